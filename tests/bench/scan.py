#!/usr/bin/env python3
"""What a scan costs beside other programs: CPU, wall time, memory, system calls, and how it all grows.

    scan.py [--corpus FOLDER] [--million] [--runs N]

Writes its corpora below FOLDER (default: a temporary folder that is removed again): 20,000 images of 86 kB,
and for --million 1,000,000 files that are hardly more than headers, 5 GB on disk. Peers are taken from PATH
and from this Python, those that are not there are left out: dicomfind (vtk-dicom), gdcmscanner and gdcminfo
(GDCM), dcm2niix, dcmdump and dcmftest (DCMTK), pydicom. They read different attributes, none of them more
than topogram. All caches are warm; the best of N runs counts.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PYDICOM = """
import os, sys, pydicom
tags = ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "PatientName", "InstanceNumber",
        "ImagePositionPatient", "ImageOrientationPatient", "Modality", "Rows", "Columns", "PixelSpacing"]
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        pydicom.dcmread(os.path.join(folder, name), specific_tags=tags, stop_before_pixels=True)
"""
GDCM_TAGS = ["0008,0018", "0020,000d", "0020,000e", "0010,0010", "0010,0020", "0020,0013", "0020,0032", "0020,0037"]


def bench():
    """The program that scan.rs is compiled to."""
    built = subprocess.run(
        ["cargo", "build", "--release", "--bench", "scan", "--message-format=json"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    return next(m["executable"] for m in messages
                if m.get("executable") and m.get("target", {}).get("name") == "scan")


def measured(command, runs, **keywords):
    """Best CPU and wall seconds, and peak kB, of a command; None if it fails."""
    best = None
    for _ in range(runs):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **keywords)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        # xargs tells with 123 that a program found something odd.
        if done.returncode not in (0, 123):
            return None
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = (cpu, wall) if best is None else (min(best[0], cpu), min(best[1], wall))
    return best


def own(program, what, folder, threads, runs):
    """Best of what our own bench says of itself."""
    results = [json.loads(subprocess.run([program, what, folder, str(threads)], check=True, capture_output=True,
                                         text=True).stdout) for _ in range(runs)]
    best = dict(results[0])
    for name in best:
        best[name] = min(result[name] for result in results)
    return best


def peers(folder):
    """Name and command of every peer that is installed."""
    def each(*command):
        return ["sh", "-c", f'find "$1" -type f -print0 | xargs -0 -n 500 {" ".join(command)}', "sh", folder]
    tags = [part for tag in GDCM_TAGS for part in ("-t", tag)]
    found = [
        ("dicomfind (1 key)", "dicomfind", ["dicomfind", "-k", "Modality=ZZ", folder]),
        ("gdcmscanner (8 tags)", "gdcmscanner", ["gdcmscanner", "-d", folder, "-r", *tags]),
        ("gdcminfo", "gdcminfo", ["gdcminfo", "-r", folder]),
        ("dcm2niix -n -1", "dcm2niix", ["dcm2niix", "-n", "-1", "-d", "9", folder]),
        ("dcmdump +P (8 tags)", "dcmdump", each("dcmdump", "-q", "+P", "0020,000e", "+P", "0020,0032")),
        ("dcmftest (magic only)", "dcmftest", each("dcmftest")),
    ]
    here = [(name, command) for name, program, command in found if shutil.which(program)]
    if subprocess.run([sys.executable, "-c", "import pydicom"], check=False, capture_output=True).returncode == 0:
        here.append(("pydicom (12 tags)", [sys.executable, "-c", PYDICOM, folder]))
    return here


def system_calls(command, files):
    """System calls for each file, or None without strace."""
    if not shutil.which("strace"):
        return None
    with tempfile.NamedTemporaryFile("r") as table:
        subprocess.run(["strace", "-f", "-c", "-o", table.name, *command], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        total = re.search(r"^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total", table.read(), re.MULTILINE)
    return int(total.group(1)) / files if total else None


def verdict(name, value, most, unit=""):
    """One line of the table of what must hold."""
    print(f"  {'ok  ' if value <= most else 'MISS'} {name}: {value:.2f}{unit} (must be at most {most:g}{unit})")


def side_by_side(program, folder, runs):
    """The corpus of 20,000 images beside everyone else."""
    files = 20_000
    ours, floor = own(program, "ours", folder, 2, runs), own(program, "floor", folder, 2, runs)
    rows = [("topogram, 2 threads", ours["cpu"], ours["wall"]), ("floor, 2 threads", floor["cpu"], floor["wall"])]
    for name, command in peers(folder):
        best = measured(command, 1 if "pydicom" in name or "dcm" in name else runs)
        if best is None:
            print(f"  {name}: failed")
        else:
            rows.append((name, *best))
    print(f"{'':26}{'CPU µs/file':>12}{'wall µs/file':>14}")
    for name, cpu, wall in rows:
        print(f"{name:26}{cpu / files * 1e6:12.1f}{wall / files * 1e6:14.1f}")
    # What only looks at four bytes is no scan.
    rivals = [row for row in rows[2:] if "magic" not in row[0]]
    if rivals:
        verdict("CPU against the fastest peer", ours["cpu"] / min(row[1] for row in rivals), 0.6, "x")
        verdict("wall against the fastest peer", ours["wall"] / min(row[2] for row in rivals), 0.4, "x")
    verdict("CPU against the floor", ours["cpu"] / floor["cpu"], 1.5, "x")
    calls = system_calls([program, "ours", folder, "2"], files)
    if calls is None:
        print("  SKIPPED system calls: there is no strace")
    else:
        verdict("system calls per file", calls, 4.005)


def growth(program, folder, counts):
    """How the cost grows with the number of files."""
    print(f"{'files':>10}{'CPU µs/file':>13}{'wall s':>9}{'first s':>9}{'peak MB':>9}{'kept B/file':>13}")
    last = None
    for count in counts:
        part = os.path.join(folder, f"headers-{count}")
        if not os.path.isdir(part):
            subprocess.run([program, "make", "headers", part, str(count)], check=True)
        own(program, "floor", part, 2, 1)
        last = own(program, "ours", part, 2, 1 if count > 100_000 else 3)
        assert last["files"] == count, f"{last['files']} of {count} files were seen"
        print(f"{count:10}{last['cpu'] / count * 1e6:13.1f}{last['wall']:9.2f}{last['first']:9.4f}"
              f"{last['peak_kb'] / 1e3:9.1f}{last['kept_kb'] * 1024 / count:13.1f}")
    if counts[-1] == 1_000_000:
        verdict("scan of 1,000,000 files", last["wall"], 40, " s")
        verdict("peak memory", last["peak_kb"] * 1024 / 1e6, 400, " MB")
        names = sum(len(os.fsencode(name)) for _, _, names in os.walk(part) for name in names) / counts[-1]
        verdict("bytes kept per instance beyond its file name", last["kept_kb"] * 1024 / counts[-1] - names, 200, " B")
        verdict("first file found", last["first"] * 1e3, 100, " ms")


def lists(program):
    """Every order of the browser over 100,000 series."""
    times = json.loads(subprocess.run([program, "lists", "100000"], check=True, capture_output=True, text=True).stdout)
    for name, ms in times.items():
        verdict(name, ms, 16, " ms")


def main():
    """Everything, in the order of the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--corpus", help="keep the corpora here")
    arguments.add_argument("--million", action="store_true", help="measure 1,000,000 files as well")
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--program", help="the bench, if it is built already")
    options = arguments.parse_args()
    program = options.program or bench()
    folder = options.corpus or tempfile.mkdtemp(prefix="topogram-scan-")
    try:
        slices = os.path.join(folder, "slices-20000")
        if not os.path.isdir(slices):
            subprocess.run([program, "make", "slices", slices, "20000"], check=True)
        own(program, "floor", slices, 2, 1)
        print("20,000 images, 1.7 GB")
        side_by_side(program, slices, options.runs)
        print("\nGrowth")
        growth(program, folder, [1_000, 10_000, 100_000] + [1_000_000] * options.million)
        print("\nLists of 100,000 series")
        lists(program)
    finally:
        if not options.corpus:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
