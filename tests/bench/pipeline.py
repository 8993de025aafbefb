#!/usr/bin/env python3
"""Watches the memory of `topogram pipeline` over many series, and what becomes of those that cannot be prepared.

    tests/bench/pipeline.py TOPOGRAM [COUNT]

Needs numpy and pydicom. COUNT series (1,000) of 24 slices of 128 x 128 are computed; of every hundredth
one slice is cut short in the middle of its pixels, and another is of another size. Prints the resident memory
when a tenth, three tenths, six tenths and all are done, and what the manifest says; then the same with `--resume`.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time

from export import series

SLICES, ROWS = 24, 128


def memory(process):
    """Resident memory of a process now and at most so far, MiB; nothing once it has ended."""
    try:
        with open(f"/proc/{process.pid}/status") as status:
            said = dict(line.split(":", 1) for line in status)
        return [int(said[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]
    except (OSError, KeyError):
        return None


def watch(command, out, count):
    """Runs it; memory by the number of series done, its exit status and what it complained of."""
    before = len(os.listdir(out)) if os.path.isdir(out) else 0
    seen, last = {}, None
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        while process.poll() is None:
            last = memory(process) or last
            done = sum(name.endswith(".npy") for name in os.listdir(out)) if os.path.isdir(out) else 0
            for mark in (count // 10, count * 3 // 10, count * 6 // 10):
                if done >= mark and not before:
                    seen.setdefault(mark, last)
            time.sleep(0.02)
        errors.seek(0)
        seen["all"] = last
        return seen, process.returncode, errors.read()


def main():
    topogram, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    scratch = tempfile.mkdtemp(prefix="topogram-pipeline-")
    try:
        data, out = f"{scratch}/data", f"{scratch}/out"
        for number in range(count):
            folder = f"{data}/{number:05}"
            series(folder, SLICES, ROWS, f"1.2.826.0.1.3680043.9.{number + 1}")
            if number % 100 == 50:
                with open(f"{folder}/0006.dcm", "r+b") as file:
                    file.truncate(900)
            if number % 100 == 51:
                series(f"{scratch}/odd", SLICES, ROWS // 2, f"1.2.826.0.1.3680043.9.{number + 1}")
                shutil.copy(f"{scratch}/odd/0006.dcm", f"{folder}/0006.dcm")
        steps = "--resample 1mm --lungs --normalise -1000,400 --zero-centre --jobs 2".split()
        for extra in [], ["--resume"]:
            command = [topogram, "pipeline", data, "-o", out, *steps, *extra]
            seen, code, errors = watch(command, out, count)
            print(f"{' '.join(extra) or 'first run'}: exit {code}, {len(errors.splitlines())} lines of trouble")
            for done, (now, most) in seen.items():
                print(f"  {done:>4} series done: {now:6.1f} MiB resident, {most:6.1f} MiB at most so far")
            with open(f"{out}/manifest.csv", newline="") as file:
                rows = list(csv.DictReader(file))
            failed = [row for row in rows if row["problem"]]
            print(f"  manifest: {len(rows)} rows of {len({row['series_uid'] for row in rows})} series, {len(failed)} with a problem")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
