#!/usr/bin/env python3
"""Compares volumes of other formats, as topogram exports them, with what their reference readers say.

    formats.py TOPOGRAM FILE...

Needs numpy, nibabel and SimpleITK. Of every file, each voxel is looked up by its place in the patient: the
reference's affine takes it there, and ours takes it back to an index. Values must be equal to the last bit in
double precision, places within a thousandth of a voxel.
"""
import json, pathlib, subprocess, sys, tempfile
import numpy as np


def nifti(path):
    import nibabel
    image = nibabel.load(path)
    return np.asarray(image.dataobj), np.diag([-1, -1, 1, 1]) @ image.affine


def itk(path):
    import SimpleITK
    image = SimpleITK.ReadImage(str(path))
    values = SimpleITK.GetArrayFromImage(image)
    spatial = image.GetDimension()
    order = list(range(spatial))[::-1] + list(range(spatial, values.ndim))
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(spatial, spatial)[:3, :3] @ np.diag(image.GetSpacing()[:3])
    affine[:3, 3] = image.GetOrigin()[:3]
    return values.transpose(order), affine


def ours(program, path, folder):
    done = subprocess.run([program, "export", "--to", "npy", "--out", folder, "--force", path],
                          capture_output=True, text=True)
    arrays = sorted(pathlib.Path(folder).glob("*.npy"))
    if not arrays:
        raise SystemExit(f"{path}: {done.stderr.strip()}")
    found = [(np.load(array), json.loads(array.with_suffix(".json").read_text())) for array in arrays]
    for array in arrays:
        array.unlink(), array.with_suffix(".json").unlink()
    return found


def main(program, *paths):
    failed = 0
    for path in paths:
        reference, affine = nifti(path) if ".nii" in path or path.endswith((".hdr", ".img")) else itk(path)
        if reference.ndim == 3:
            reference = reference[..., None]
        with tempfile.TemporaryDirectory() as folder:
            found = ours(program, path, folder)
        array, about = np.concatenate([array for array, _ in found]), found[0][1]
        i, j, k = np.meshgrid(*map(np.arange, reference.shape[:3]), indexing="ij")
        world = affine @ np.stack([i.ravel(), j.ravel(), k.ravel(), np.ones(i.size)])
        back = np.linalg.inv(np.array(about["geometry"]["affine_lps"])) @ world
        column, row, slice_ = np.rint(back[:3]).astype(int)
        off = float(np.abs(back[:3] - np.rint(back[:3])).max())
        depth, volumes = reference.shape[2], reference.shape[3]
        # Volumes of one place come one after the other.
        array = array.reshape(volumes, depth, *array.shape[1:])
        wrong = sum(
            int((array[at, slice_, row, column].astype(float) != reference[..., at].ravel().astype(float)).sum())
            for at in range(volumes)
        )
        failed += bool(wrong or off > 1e-3)
        print(f"{path}: {reference.size} voxels, {wrong} differ, places off by {off:.1e} voxels")
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
