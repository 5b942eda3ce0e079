"""The averaged network as ONNX, proven against itself by another runtime."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import torch

from missions.errors import Failed
from sim.training.classes import CLASSES, class_map_text
from sim.training.learning.course import read_checkpoint
from sim.training.learning.network import Exported, Network

MODEL = "qyran-aerial.onnx"
OPSET = 17
SAME = 1e-3
CLASS_MAP = ".classes.toml"
MOST_BYTES = 5_000_000
ROW = """# Written by `qyran train --finish --into`.
[qyran-aerial]
about = "0.5 M parameters, 8 classes, trained on rendered views only: comes with this package"
role = "own"
licence = "Apache-2.0"
authors = "Qyran"
files = [{{ name = "{name}", url = "", sha256 = "{digest}" }}]
"""
PROBES = ((96, 64), (416, 416), (640, 384))


def exported(folder: Path) -> Path:
    """Write the average of a training's folder as `qyran-aerial.onnx` with its class map beside it.

    Any input size that is a multiple of 32; the outputs are YOLOX's.

    Raises:
        Failed: ONNX Runtime says something else than the network itself.
    """
    network = Network(len(CLASSES))
    network.load_state_dict(read_checkpoint(folder, torch.device("cpu"))["average"])
    model = Exported(network).eval()
    file = folder / MODEL
    axes = {"images": {2: "height", 3: "width"}, "output": {1: "cells"}}
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, 320, 320),),
        str(file),
        input_names=["images"],
        output_names=["output"],
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    off = max(_difference(model, file, size) for size in PROBES)
    if off > SAME:
        raise Failed(f"the export {file} differs from the network by {off:.2g}")
    file.with_name(file.name + CLASS_MAP).write_text(class_map_text(), encoding="utf-8")
    return file


def handed_over(model: Path, folder: Path) -> Path:
    """Copy a model and its class map to another folder, with its row for `qyran models`.

    Raises:
        Failed: it is larger than what the package may carry.
    """
    if model.stat().st_size > MOST_BYTES:
        raise Failed(f"{model} has more than {MOST_BYTES / 1e6:g} MB")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (model.name, model.name + CLASS_MAP):
        shutil.copyfile(model.with_name(name), folder / name)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    (folder / "registry.toml").write_text(ROW.format(name=model.name, digest=digest), "utf-8")
    return folder / model.name


def _difference(model: Exported, file: Path, size_px: tuple[int, int]) -> float:
    """The greatest difference of any output on noise, relative to one where it is greater."""
    import onnxruntime

    rng = np.random.default_rng(3)
    picture = rng.uniform(0, 255, (1, 3, size_px[1], size_px[0])).astype(np.float32)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (told,) = session.run(None, {"images": picture})
    with torch.no_grad():
        own = model(torch.from_numpy(picture)).numpy()
    return float(np.max(np.abs(told - own) / np.maximum(np.abs(own), 1.0)))
