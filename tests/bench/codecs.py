#!/usr/bin/env python3
"""Decoding speed of topogram beside dcmtk, GDCM, pylibjpeg and CharLS, codec by codec, in one run.

    python3 tests/bench/codecs.py [--rounds 7] [--only rle,j2k] [--keep FOLDER]

Needs Rust, Python with numpy, pydicom and pylibjpeg[all], and as many of these as there are: the command
line tools of dcmtk and of GDCM, python-gdcm, pyjpegls, imagecodecs (the encoder of the HTJ2K and JPEG XL
files). What is missing is named and left out; the numbers of the rest still hold.

Test images are sixteen 512x512 frames of a CT-like phantom: 12 bits stored in 16, noise in the body, a flat
rim outside the circle of reconstruction; for 8-bit codecs the same through a window. Each is written in
every transfer syntax, and decoded by all: lossless codecs must give back every value, lossy ones must agree
with the reference decoder within one level. Only then are they timed.

Time is CPU, user and system, of all threads, per frame. Rounds are interleaved: each decoder has its turn
before any has its second, so that a busy machine slows all alike. The minimum counts; the median shows how
noisy the run was. Where a run without decoding is taken off, it is that of the same kind: minimum from
minimum. What is charged to whom:

- topogram: opening the file, reading, decoding, unpacking to stored values, in a process of its own
  (tests/bench/decode.rs), less an empty run of the same process.
- dcmtk: dcmdjpeg, dcmdjpls, dcmdrle or dcmconv of the file, less dcmconv of the native file, which writes the
  same bytes; so process, parsing and writing cancel.
- GDCM: the faster of gdcmconv --raw, less that of the native file, and python-gdcm's
  ImageChangeTransferSyntax in process, without reading the file. Native and deflated: with its ImageReader.
- pylibjpeg, CharLS: the decode call alone, on bytes in memory. Native and deflated: pydicom's pixel_array.
"""

import argparse
import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID, ExplicitVRLittleEndian

FRAMES, SIZE = 16, 512
PROJECT = Path(__file__).resolve().parents[2]


def module(name):
    """A Python module, or nothing if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


gdcm, libjpeg, openjpeg, rle = (module(name) for name in ("gdcm", "libjpeg", "openjpeg", "rle"))
jpeg_ls, imagecodecs = module("jpeg_ls"), module("imagecodecs")


def phantom():
    """Sixteen slices, uint16 with 12 bits: head and table in HU + 1024, noise, a flat rim."""
    random = numpy.random.default_rng(1)
    y, x = numpy.mgrid[-1:1:SIZE * 1j, -1:1:SIZE * 1j]
    slices = []
    for number in range(FRAMES):
        z = (number - FRAMES / 2) / FRAMES
        inside = lambda cx, cy, rx, ry: ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        image = numpy.full((SIZE, SIZE), 24.0)
        image[inside(0, 0, 0.72, 0.82 - 0.3 * z * z)] = 1900
        image[inside(0, 0, 0.66, 0.76 - 0.3 * z * z)] = 1060
        for angle in range(0, 360, 45):
            cx, cy = 0.4 * numpy.cos(numpy.radians(angle)), 0.4 * numpy.sin(numpy.radians(angle))
            image[inside(cx, cy, 0.06 + 0.05 * z, 0.09)] = 960 + angle
        image[inside(0.1 * z, 0.05, 0.2, 0.1)] = 1030
        image[(y > 0.9) & (abs(x) < 0.7)] = 700
        blurred = sum(numpy.roll(image, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) / 9
        noise = random.normal(0, 14, image.shape)
        noise = (noise + numpy.roll(noise, 1, 0) + numpy.roll(noise, 1, 1)) / 1.7
        values = numpy.clip(numpy.rint(blurred + noise), 0, 4095)
        values[x * x + y * y > 1] = 0
        slices.append(values.astype(numpy.uint16))
    return numpy.stack(slices)


def dataset(values, syntax, frames=None):
    """A multi-frame image of `values`; `frames` are its encoded frames, if it is not native."""
    bits = 8 * values.dtype.itemsize
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7.3" if bits == 16 else "1.2.840.10008.5.1.4.1.1.7.2"
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    meta.TransferSyntaxUID = UID(syntax)
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.StudyInstanceUID = data.SeriesInstanceUID = pydicom.uid.generate_uid()
    data.Modality, data.PatientName, data.PatientID = "OT", "Phantom", "1"
    data.NumberOfFrames, data.Rows, data.Columns = FRAMES, SIZE, SIZE
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    data.BitsAllocated, data.BitsStored = bits, min(bits, 12)
    data.HighBit = data.BitsStored - 1
    if frames is None:
        data.PixelData = values.tobytes()
        data["PixelData"].VR = "OW" if bits == 16 else "OB"
    else:
        data.PixelData = encapsulate(frames)
        data["PixelData"].VR = "OB"
    return data


def cpu():
    """CPU seconds of this process so far, all threads."""
    return time.process_time()


def process_cpu(command):
    """CPU seconds of a process, which must succeed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command[0]}: {process.stderr.read().decode(errors='replace')[:300]}")
    process.stderr.close()
    return usage.ru_utime + usage.ru_stime


def in_process(work):
    """CPU seconds of calling `work`."""
    begin = cpu()
    work()
    return cpu() - begin


class Bench:
    """Files of one transfer syntax, and everyone who can decode them."""

    def __init__(self, name, values, folder, decoder, near=0):
        self.name, self.values, self.near = name, values, near
        self.file, self.native = folder / f"{name}.dcm", folder / f"native{8 * values.dtype.itemsize}.dcm"
        self.decoder, self.folder = decoder, folder
        self.out = folder / "out.dcm"

    def prepare(self):
        self.encapsulated = not self.name.startswith(("native", "deflated"))
        data = pydicom.dcmread(self.file)
        self.streams = []
        if self.encapsulated:
            self.streams = list(generate_frames(data.PixelData, number_of_frames=FRAMES))
        self.times = max(1, 16 if self.name.startswith(("native", "deflated", "rle")) else 4)

    # Each of these gives CPU seconds for all frames, and those to take off again.

    def topogram(self):
        run = process_cpu([self.decoder, str(self.times), self.file]) / self.times
        return run, process_cpu([self.decoder, "0", self.file]) / self.times

    def dcmtk(self, tool):
        return process_cpu([tool, self.file, os.devnull]), process_cpu(["dcmconv", self.native, os.devnull])

    def dcmtk_inflate(self):
        return tuple(process_cpu(["dcmconv", "+te", file, os.devnull]) for file in (self.file, self.native))

    def gdcmconv(self):
        return tuple(process_cpu(["gdcmconv", "--raw", file, os.devnull]) for file in (self.file, self.native))

    def gdcm_python(self):
        reader = gdcm.ImageReader()
        reader.SetFileName(str(self.file))
        reading = in_process(reader.Read)
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
        change.SetInput(reader.GetImage())
        answer = []
        seconds = in_process(lambda: answer.append(change.Change()))
        if answer != [True]:
            raise RuntimeError("GDCM cannot decode it")
        # Without compression, reading is what there is to do.
        return seconds + (0 if self.encapsulated else reading), 0

    def python(self, decode):
        return in_process(lambda: [decode(stream) for stream in self.streams]), 0

    def pydicom(self):
        return in_process(lambda: pydicom.dcmread(self.file).pixel_array), 0

    def contestants(self):
        """Name and timer of everyone who is here and knows this syntax."""
        found = {"topogram": self.topogram}
        kind = self.name.split("-")[0]
        tool = {"jpeg": "dcmdjpeg", "ls": "dcmdjpls", "rle": "dcmdrle", "deflated": "dcmconv"}.get(kind)
        if tool and shutil.which(tool):
            found["dcmtk"] = lambda: self.dcmtk(tool) if tool != "dcmconv" else self.dcmtk_inflate()
        if kind != "jxl":
            if gdcm:
                found["gdcm-python"] = self.gdcm_python
            if shutil.which("gdcmconv") and kind not in ("native", "deflated", "htj2k"):
                found["gdcmconv"] = self.gdcmconv
        if kind in ("native", "deflated"):
            found["pydicom"] = self.pydicom
        if kind == "jpeg" and libjpeg:
            found["pylibjpeg"] = lambda: self.python(lambda stream: libjpeg.decode(stream))
        if kind in ("j2k", "htj2k") and openjpeg:
            found["pylibjpeg"] = lambda: self.python(lambda stream: openjpeg.decode(stream))
        if kind == "rle" and rle:
            bits = 8 * self.values.dtype.itemsize
            found["pylibjpeg"] = lambda: self.python(
                lambda stream: rle.rle.decode_frame(stream, SIZE * SIZE, bits, "<"))
        if kind == "ls" and jpeg_ls:
            found["charls"] = lambda: self.python(lambda stream: jpeg_ls.decode_buffer(stream))
        if kind == "jxl" and imagecodecs:
            found["libjxl"] = lambda: self.python(
                lambda stream: imagecodecs.jpegxl_decode(stream, numthreads=1))
        return found

    def check(self):
        """Compares what we decode with what was encoded, or with a reference where the codec is lossy."""
        bytes_ = subprocess.run([self.decoder, "--samples", self.file], check=True, capture_output=True).stdout
        ours = numpy.frombuffer(bytes_, self.values.dtype).reshape(self.values.shape).astype(int)
        wanted = self.reference().astype(int)
        worst = abs(ours - wanted).max()
        allowed = 0 if self.near == 0 or self.name.startswith("ls") else 1
        if worst > allowed:
            raise SystemExit(f"{self.name}: values differ by {worst}; not timed")
        loss = abs(ours - self.values).max()
        if loss > self.near:
            raise SystemExit(f"{self.name}: values are {loss} from the original, {self.near} at most expected")
        return worst

    def reference(self):
        """What the file holds, by a decoder that is not ours."""
        if self.near == 0:
            return self.values
        if self.name.startswith("jpeg"):
            subprocess.run(["dcmdjpeg", self.file, self.out], check=True)
            return numpy.frombuffer(pydicom.dcmread(self.out).PixelData, self.values.dtype).reshape(self.values.shape)
        decode = openjpeg.decode if self.name.startswith("j2k") else jpeg_ls.decode
        if self.name.startswith("ls"):
            frames = [numpy.frombuffer(jpeg_ls.decode_buffer(stream)[0], self.values.dtype).reshape(SIZE, SIZE)
                      for stream in self.streams]
            return numpy.stack(frames)
        return numpy.stack([decode(stream) for stream in self.streams])


def write_files(folder, wanted):
    """Writes every test file; gives name, values and tolerated loss of each."""
    values = phantom()
    narrow = numpy.clip((values.astype(int) - 824) // 2, 0, 255).astype(numpy.uint8)
    for array in (values, narrow):
        dataset(array, ExplicitVRLittleEndian).save_as(folder / f"native{8 * array.dtype.itemsize}.dcm",
                                                       enforce_file_format=True)
    native16, native8 = folder / "native16.dcm", folder / "native8.dcm"

    def tool(*command):
        return lambda name: subprocess.run([*command[:-1], command[-1], folder / f"{name}.dcm"], check=True)

    def streams(syntax, encode, array=values):
        def write(name):
            frames = [bytes(encode(frame)) for frame in array]
            # pydicom 3.0 has no JPEG XL: it writes another name of the same length, and we correct it.
            known = syntax.replace("4.110", "4.100")
            dataset(array, known, frames).save_as(folder / f"{name}.dcm", enforce_file_format=True)
            written = (folder / f"{name}.dcm").read_bytes()
            (folder / f"{name}.dcm").write_bytes(written.replace(known.encode(), syntax.encode(), 1))
        return write

    codecs = [
        ("native", values, 0, lambda name: shutil.copy(native16, folder / f"{name}.dcm")),
        ("deflated", values, 0, tool("dcmconv", "+td", native16)),
    ]
    if rle:
        def pack(frame):
            return rle.rle.encode_frame(frame.tobytes(), SIZE, SIZE, 1, 8 * frame.dtype.itemsize, "<")
        codecs.append(("rle", values, 0, streams("1.2.840.10008.1.2.5", pack)))
    codecs += [
        ("jpeg-base8", narrow, 60, tool("dcmcjpeg", "+eb", "+q", "90", "+un", native8)),
        ("jpeg-ext12", values, 800, tool("dcmcjpeg", "+ee", "+q", "90", native16)),
        ("jpeg-sv1", values, 0, tool("dcmcjpeg", "+e1", native16)),
        ("jpeg-p14", values, 0, tool("dcmcjpeg", "+el", "+sv", "4", native16)),
        ("ls-lossless", values, 0, tool("dcmcjpls", "+el", native16)),
        ("ls-near2", values, 2, tool("dcmcjpls", "+en", "+md", "2", native16)),
    ]
    if openjpeg:
        codecs += [
            ("j2k-lossless", values, 0, streams(
                "1.2.840.10008.1.2.4.90", lambda frame: openjpeg.encode(frame, photometric_interpretation=2, bits_stored=12))),
            ("j2k-lossy", values, 200, streams(
                "1.2.840.10008.1.2.4.91", lambda frame: openjpeg.encode(
                    frame, photometric_interpretation=2, bits_stored=12, compression_ratios=[8]))),
        ]
    if imagecodecs:
        codecs += [
            ("htj2k-lossless", values, 0, streams(
                "1.2.840.10008.1.2.4.201", lambda frame: imagecodecs.htj2k_encode(frame, reversible=True))),
            ("jxl-lossless", values, 0, streams(
                "1.2.840.10008.1.2.4.110", lambda frame: imagecodecs.jpegxl_encode(frame, lossless=True, effort=3))),
        ]
    for name, array, near, write in codecs:
        if wanted is None or any(name.startswith(start) for start in wanted):
            write(name)
            yield name, array, near


def build():
    """Builds tests/bench/decode.rs as a release and gives its path."""
    command = ["cargo", "bench", "--bench", "decode", "--no-run", "--message-format=json"]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    return next(m["executable"] for m in messages if m.get("target", {}).get("name") == "decode")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--only", help="beginnings of names, with commas: jpeg,ls-near")
    arguments.add_argument("--keep", help="a folder for the test files, kept")
    arguments.add_argument("--decoder", help="a built tests/bench/decode.rs, to compare versions")
    options = arguments.parse_args()
    for name, found in [("python-gdcm", gdcm), ("pylibjpeg-libjpeg", libjpeg), ("pylibjpeg-openjpeg", openjpeg),
                        ("pylibjpeg-rle", rle), ("pyjpegls", jpeg_ls), ("imagecodecs", imagecodecs),
                        ("dcmtk", shutil.which("dcmdjpeg")), ("gdcmconv", shutil.which("gdcmconv"))]:
        if not found:
            print(f"{name} is not here; nothing is compared with it", file=sys.stderr)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary)
        folder.mkdir(exist_ok=True)
        decoder = options.decoder or build()
        wanted = options.only and options.only.split(",")
        benches = [Bench(name, values, folder, decoder, near)
                   for name, values, near in write_files(folder, wanted)]
        print(f"{'codec':15} {'ratio':>6}  CPU ms per 512x512 frame, min/median of {options.rounds} rounds")
        for bench in benches:
            bench.prepare()
            bench.check()
            report(bench, options.rounds)


def report(bench, rounds):
    """Times one codec and prints its line."""
    contestants = bench.contestants()
    seconds = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in list(contestants.items()):
            try:
                seconds[name].append(run())
            except Exception as error:
                print(f"{bench.name}: {name} drops out: {error}", file=sys.stderr)
                del contestants[name], seconds[name]
    best, usual = ({name: (pick(run for run, _ in pairs) - pick(base for _, base in pairs)) * 1000 / FRAMES
                    for name, pairs in seconds.items()} for pick in (min, statistics.median))
    peers = [time for name, time in best.items() if name != "topogram"]
    ratio = f"{best['topogram'] / min(peers):6.2f}" if peers else "     -"
    cells = "  ".join(f"{name} {best[name]:.2f}/{usual[name]:.2f}" for name in best)
    print(f"{bench.name:15} {ratio}  {cells}", flush=True)


if __name__ == "__main__":
    main()
