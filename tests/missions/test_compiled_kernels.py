"""Kernels of several packages in one folder, and who imports numba."""

import subprocess
import sys
from pathlib import Path

import pytest

from missions.compiled import KEPT_IN, Kernels


def test_a_package_forgets_only_its_own_old_kernels(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package, kept_in = tmp_path / "package", tmp_path / "kept"
    package.mkdir()
    kept_in.mkdir()
    (package / "run.py").write_text("text")
    monkeypatch.setenv(KEPT_IN, str(kept_in))
    kernels = Kernels.of(package, tag="sweep")
    mine = f"run.run-sweep1-{kernels.digest()[:12]}.py311.nbi"
    others = "run.run-kernel1-0123456789ab.py311.nbi"
    for name in (mine, others, "run.run-sweep1-0123456789ab.py311.nbi"):
        (kept_in / name).touch()
    assert kernels.forget_others() == 1
    assert {path.name for path in kept_in.iterdir()} == {mine, others}


def test_a_package_of_another_text_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text("one")
    before = Kernels.of(tmp_path, tag="sweep").digest()
    (tmp_path / "run.py").write_text("two")
    assert Kernels.of(tmp_path, tag="sweep").digest() != before


def test_who_only_imports_the_sweep_does_not_wait_for_numba() -> None:
    asked = "import sys, missions.patterns.sweep; print('numba' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
