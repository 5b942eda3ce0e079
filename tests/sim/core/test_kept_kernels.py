"""Compiled kernels are kept where they may be, shared by processes, renewed when they change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.vehicle.core import compiled

STAMP = """
import numpy as np
from sim.vehicle.core.frames import stamp
frame = np.array([0xFD, 1, 0, 0, 0, 1, 1, 0, 0, 0, 7, 0, 0], np.uint8)
print(stamp(frame, 5, np.array([50], np.uint8), 1000), frame.tobytes().hex())
print(sum(stamp.stats.cache_hits.values()))
"""


def _stamping(folder: Path) -> "subprocess.Popen[str]":
    environment = os.environ | {compiled.KEPT_IN: str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", STAMP], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_processes_that_compile_at_once_share_what_they_keep(tmp_path: Path) -> None:
    at_once = [_stamping(tmp_path) for _ in range(2)]
    said = [process.communicate(timeout=300)[0].split("\n") for process in at_once]
    assert said[0][0] == said[1][0]
    later = _stamping(tmp_path).communicate(timeout=300)[0].split("\n")
    assert later[0] == said[0][0]
    assert later[1] == "1"


def test_a_folder_that_vanishes_only_costs_the_time_to_compile(tmp_path: Path) -> None:
    file = tmp_path / "no folder"
    file.write_text("in the way")
    said, _ = _stamping(file / "kernels").communicate(timeout=300)
    assert said.startswith("(6, 13, 1)")


def test_a_read_only_install_keeps_them_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(compiled.KEPT_IN, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "FOLDER", Path("/proc/nowhere"))
    compiled.kernel_folder.cache_clear()
    folder = compiled.kernel_folder()
    compiled.kernel_folder.cache_clear()
    assert folder == tmp_path / "qyran" / "kernels"


def test_kernels_of_other_versions_are_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(compiled.KEPT_IN, str(tmp_path))
    compiled.kernel_folder.cache_clear()
    (tmp_path / "run.run-kernel1-0123456789ab.py311.nbi").touch()
    kept = tmp_path / f"run.run-kernel1-{compiled.source_digest()[:12]}.py311.nbi"
    kept.touch()
    assert compiled.forget_others() == 1
    compiled.kernel_folder.cache_clear()
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
