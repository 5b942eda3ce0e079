"""Kernels of several packages in one folder, and who imports numba."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from numba.extending import is_jitted

import missions
from missions.compiled import KEPT_IN, Kernels, digest_of
from missions.kernel_sources import sources_of

ROOT = Path(missions.__file__).parent.parent


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


PACKAGES = (
    "missions.checks.zones",
    "missions.fleet.kernels",
    "missions.patrol.kernels",
    "missions.patterns.sweep.core",
    "sim.training.kernels",
    "missions.patterns.kernels",
    "missions.patterns.turns.kernels",
    "missions.px4_wings.kernels",
    "missions.px4_flight.kernels",
    "missions.reaction.kernels",
    "sim.vehicle.core",
)


def kernels_in(package: Path) -> list[Any]:
    """Every compiled function of a package's modules."""
    names = [path.stem for path in sorted(package.glob("[!_]*.py"))]
    top = ".".join(package.relative_to(ROOT).parts)
    modules = [importlib.import_module(f"{top}.{name}") for name in names]
    return [one for module in modules for one in vars(module).values() if is_jitted(one)]


def reached_files(kernels: list[Any]) -> set[Path]:
    """The files of all that kernels call or name, by what numba is given: not by any import."""
    found: set[Path] = set()
    seen: set[int] = set()
    ahead = [kernel.py_func for kernel in kernels]
    while ahead:
        function = ahead.pop()
        found.add(Path(inspect.getfile(function)))
        named = [function.__globals__.get(name) for name in function.__code__.co_names]
        called = [one.py_func for one in named if is_jitted(one)]
        ahead += [one for one in called if id(one) not in seen]
        seen.update(map(id, called))
        found |= {Path(inspect.getfile(one)) for one in named if inspect.isclass(one) and ours(one)}
    return found


def ours(named: type) -> bool:
    return named.__module__.partition(".")[0] in ("missions", "sim")


def test_all_packages_of_kernels_are_named_here() -> None:
    tops = (ROOT / "missions", ROOT / "sim")
    texts = {path: path.read_text() for top in tops for path in top.rglob("*.py")}
    asked = {path.parent for path, text in texts.items() if "Kernels.of(" in text}
    asked |= {path.parent for path, text in texts.items() if " Kernels(tag=" in text}
    named = {".".join(folder.relative_to(ROOT).parts) for folder in asked}
    assert named == set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_no_kernel_reaches_a_text_that_its_digest_does_not_hold(name: str) -> None:
    package = ROOT.joinpath(*name.split("."))
    kernels = kernels_in(package)
    assert kernels
    assert reached_files(kernels) <= set(sources_of(package))


def test_what_is_reached_beyond_a_package_is_found() -> None:
    kernels = kernels_in(ROOT / "missions" / "fleet" / "kernels")
    assert ROOT / "missions" / "patrol" / "kernels" / "chance.py" in reached_files(kernels)


@pytest.fixture
def two_packages(tmp_path: Path) -> Path:
    """A package of kernels that imports one of another, that imports a third; and a fourth."""
    texts = {
        "one/kernels/run.py": "from one.ways import far\nimport numpy as np\n",
        "one/kernels/__main__.py": "from one.unused import nothing\n",
        "one/ways.py": "from one import (\n    settings,\n)\n\n\ndef far(): ...\n",
        "one/settings.py": "FAR_M = 1.0\n",
        "one/unused.py": "nothing = 0\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in ("one", "one/kernels"):
        (tmp_path / folder / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize("edited", ["one/ways.py", "one/settings.py", "one/kernels/run.py"])
def test_another_text_of_what_kernels_import_is_another_digest(
    two_packages: Path, edited: str
) -> None:
    before = digest_of(two_packages / "one" / "kernels")
    with (two_packages / edited).open("a") as file:
        file.write("# edited\n")
    assert digest_of(two_packages / "one" / "kernels") != before


def test_another_text_of_what_kernels_do_not_import_changes_no_digest(two_packages: Path) -> None:
    before = digest_of(two_packages / "one" / "kernels")
    (two_packages / "one" / "unused.py").write_text("nothing = 1\n")
    assert digest_of(two_packages / "one" / "kernels") == before
