#!/usr/bin/env python3
"""Times reading a CT of 300 slices of 512 x 512 into a volume, beside pydicom with numpy, SimpleITK, and cat.

    tests/bench/volume.py BENCH [FOLDER]

BENCH is the program that `cargo bench --bench volume --no-run` names. Without FOLDER the CT is computed.
Peers that are not there are left out; without FOLDER numpy and pydicom are needed. Each figure is the smallest of
three rounds, in each of which everybody has a turn: wall time, and user and system time of the process less those
of starting it. Last comes how much memory reading takes, the volume included.
"""

import glob
import os
import resource
import subprocess
import sys
import tempfile
import time

PEERS = {
    "cat": None,
    "memcpy": "import numpy as np; a = np.ones((300, 512, 512), np.int16); START(); b = a.copy()",
    "pydicom + numpy": """
import pydicom, numpy as np, glob; START()
d = sorted((pydicom.dcmread(f) for f in glob.glob(FOLDER + '/*')), key=lambda d: float(d.ImagePositionPatient[2]))
v = np.stack([s.pixel_array for s in d])""",
    "SimpleITK": """
import SimpleITK as sitk; START()
r = sitk.ImageSeriesReader(); r.SetFileNames(r.GetGDCMSeriesFileNames(FOLDER)); v = r.Execute()""",
}
PREFIX = """
import time, os, sys
FOLDER = sys.argv[1]
def START():
    global wall, cpu
    wall, cpu = time.time(), sum(os.times()[:2])
"""
SUFFIX = "\nprint((time.time() - wall) * 1e3, (sum(os.times()[:2]) - cpu) * 1e3)"


def write(folder):
    import numpy as np
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    noise = np.random.default_rng(1).integers(-1000, 1000, (512, 512), np.int16)
    for k in range(300):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.3.{k + 1}"
        d = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        d.SOPClassUID, d.SOPInstanceUID, d.Modality = CTImageStorage, meta.MediaStorageSOPInstanceUID, "CT"
        d.PatientID, d.StudyInstanceUID, d.SeriesInstanceUID, d.InstanceNumber = "1", "1.2.3", "1.2.4", k + 1
        d.ImagePositionPatient, d.ImageOrientationPatient = [0, 0, k], [1, 0, 0, 0, 1, 0]
        d.PixelSpacing, d.Rows, d.Columns, d.SamplesPerPixel = [0.7, 0.7], 512, 512, 1
        d.PhotometricInterpretation, d.BitsAllocated, d.BitsStored, d.HighBit = "MONOCHROME2", 16, 16, 15
        d.PixelRepresentation, d.RescaleSlope, d.RescaleIntercept = 1, 1, 0
        d.PixelData = np.roll(noise, k).tobytes()
        d.save_as(f"{folder}/{k:04}.dcm", enforce_file_format=True)


def cat(folder):
    files = sorted(glob.glob(folder + "/*"))
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run(["cat", *files], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (time.time() - start) * 1e3, cpu * 1e3


def peer(code, folder):
    done = subprocess.run([sys.executable, "-c", PREFIX + code + SUFFIX, folder], capture_output=True, text=True)
    return tuple(map(float, done.stdout.split())) if done.returncode == 0 else None


def main(bench, folder):
    runs = {name: [] for name in PEERS}
    for _ in range(3):
        for name, code in PEERS.items():
            runs[name].append(peer(code, folder) if code else cat(folder))
        done = subprocess.run([os.path.abspath(bench), "load", folder], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            name, times = line.split(": ")
            wall, cpu = (float(part.split()[0]) for part in times.split(", "))
            runs.setdefault(name, []).append((wall, cpu))
    for name, times in runs.items():
        if None in times:
            print(f"{name:24} is not there")
            continue
        print(f"{name:24} {min(t[0] for t in times):8.0f} ms {min(t[1] for t in times):8.0f} ms of processor")
    # The largest of all children is a peer: one of its own tells of this program alone.
    own = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
    own += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    words = [sys.executable, "-c", own, os.path.abspath(bench), "load", folder]
    print(f"{int(subprocess.run(words, capture_output=True, text=True, check=True).stdout) >> 10} MiB at most")


if len(sys.argv) > 2:
    main(sys.argv[1], sys.argv[2])
else:
    with tempfile.TemporaryDirectory() as made:
        write(made)
        main(sys.argv[1], made)
