#!/usr/bin/env python3
"""Times `topogram export` and `pipeline` beside pydicom with numpy, and dcm2niix, over the same files.

    tests/bench/export.py TOPOGRAM [SERIES...]

Needs numpy and pydicom; dcm2niix and nibabel as far as they are there. Without SERIES a CT of 300 slices
of 512 x 512 is computed. Of every series given, voxels and affines of NIfTI are compared with dcm2niix's.
Each figure is the smallest of three runs, user and system time of the process beside its wall time.
"""

import glob
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

STACK = """
import sys, glob, numpy as np, pydicom
slices = [pydicom.dcmread(f) for f in glob.glob(sys.argv[1] + '/*')]
slices.sort(key=lambda d: float(d.ImagePositionPatient[2]))
hu = np.stack([d.pixel_array for d in slices]).astype(np.int16)
for k, d in enumerate(slices):
    hu[k] += np.int16(d.RescaleIntercept)
np.save(sys.argv[2], hu)
"""


def series(folder, count, rows, uid):
    """Writes a CT of noise and a gradient."""
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(1)
    base = (rng.normal(1000, 40, (rows, rows)) + np.linspace(0, 800, rows)).astype(np.int16)
    for k in range(count):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"{uid}.{k + 1}"
        d = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        d.SOPClassUID, d.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        d.StudyInstanceUID, d.SeriesInstanceUID, d.FrameOfReferenceUID = uid + ".100001", uid, uid + ".100002"
        d.PatientID, d.PatientName, d.Modality, d.SeriesNumber, d.InstanceNumber = uid[-12:], "B", "CT", 1, k + 1
        d.ImagePositionPatient, d.ImageOrientationPatient = [0, 0, k * 1.0], [1, 0, 0, 0, 1, 0]
        d.PixelSpacing, d.SliceThickness, d.Rows, d.Columns = [0.7, 0.7], 1, rows, rows
        d.SamplesPerPixel, d.PhotometricInterpretation, d.BitsAllocated, d.BitsStored = 1, "MONOCHROME2", 16, 16
        d.HighBit, d.PixelRepresentation, d.RescaleSlope, d.RescaleIntercept = 15, 1, 1, -1024
        d.PixelData = np.roll(base, k, 1).tobytes()
        d.save_as(f"{folder}/{k:04}.dcm", enforce_file_format=True)


def run(command, before=lambda: None):
    """Smallest CPU and wall seconds of three runs, and the peak memory in MiB."""
    best = (1e9, 1e9, 0)
    for _ in range(3):
        before()
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if status:
            sys.exit(f"{command}: {error.decode(errors='replace')}")
        best = min(best, (usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024))
    return best


def line(what, figures, than=None):
    ratio = f"   {than[0] / figures[0]:5.1f}x less CPU, {than[1] / figures[1]:5.1f}x faster" if than else ""
    print(f"{what:<34} CPU {figures[0]:7.3f} s  wall {figures[1]:7.3f} s  {figures[2]:7.0f} MiB{ratio}")


def compare(topogram, folder, scratch):
    """Voxels and affine of our NIfTI against those of dcm2niix."""
    import nibabel

    ours, theirs = f"{scratch}/ours", f"{scratch}/theirs"
    for place in (ours, theirs):
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
    subprocess.run([topogram, "export", folder, "--to", "nii", "-o", ours], capture_output=True)
    subprocess.run(["dcm2niix", "-z", "n", "-o", theirs, folder], capture_output=True)

    def load(place):
        for name in sorted(glob.glob(place + "/*.nii")):
            image = nibabel.load(name)
            values = np.asarray(image.dataobj.get_unscaled())
            yield os.path.basename(name), values.astype(np.float64), image.affine

    known = list(load(theirs))
    for name, values, affine in load(ours):
        same = [n for n, v, a in known if v.shape == values.shape and (v == values).all()]
        near = [n for n, v, a in known if n in same and abs(a - affine).max() < 1e-3]
        print(f"  {name}: voxels {'as ' + same[0] if same else 'DIFFER'}, affine {'equal' if near else 'differs'}")


def main():
    topogram, given = os.path.abspath(sys.argv[1]), sys.argv[2:]
    scratch = tempfile.mkdtemp(prefix="export-bench-")
    try:
        if given and shutil.which("dcm2niix"):
            for folder in given:
                print(folder)
                compare(topogram, folder, scratch)
            return
        chest = f"{scratch}/chest"
        series(chest, 300, 512, "1.2.826.0.1.3680043.10.999.77")
        out = f"{scratch}/out"
        clean = lambda: (shutil.rmtree(out, ignore_errors=True), os.makedirs(out))
        theirs = run([sys.executable, "-c", STACK, chest, out + "/x.npy"], clean)
        line("pydicom + numpy, npy", theirs)
        line("topogram export --to npy", run([topogram, "export", chest, "--to", "npy", "-o", out], clean), theirs)
        if shutil.which("dcm2niix"):
            theirs = run(["dcm2niix", "-z", "n", "-o", out, chest], clean)
            line("dcm2niix -z n", theirs)
            line("topogram export --to nii", run([topogram, "export", chest, "--to", "nii", "-o", out], clean), theirs)
        many = f"{scratch}/many"
        for patient in range(1000):
            series(f"{many}/{patient:04}", 4, 64, f"1.2.826.0.1.3680043.10.999.78.{patient}")
        for query, what in (("patient:9.78.1", "few"), ("", "1,000")):
            command = [topogram, "pipeline", many, "-o", out, "--resample", "1mm", "--normalise=-1000,400"]
            command += ["--query", query] if query else []
            line(f"topogram pipeline, {what} series", run(command, clean))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
