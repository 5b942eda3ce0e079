"""`qyran train`: refused where PyTorch is absent, and nothing else of it wants PyTorch."""

import importlib.util
from pathlib import Path

import cv2
import pytest

from qyran import main


def test_without_pytorch_training_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["train", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        "qyran train: torch: is not installed here (pip install qyran[train])\n"
    )


@pytest.mark.parametrize("option", ["--steps", "--batch", "--renderers", "--judge", "--show"])
def test_a_number_below_one_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--out", str(tmp_path), option, "0"]) == 2
    assert f"{option} 0: must be at least 1" in capsys.readouterr().err


def test_views_are_shown_without_pytorch(tmp_path: Path) -> None:
    assert main(["train", "--out", str(tmp_path), "--show", "2"]) == 0
    pictures = [cv2.imread(str(file)) for file in sorted(tmp_path.glob("*.png"))]
    assert [picture.shape for picture in pictures] == [(320, 320, 3)] * 2
