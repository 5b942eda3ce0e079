"""Imports point one way: missions <- the contracts <- everything else, and never sideways."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ("onboard.mavlink", "onboard.messages")
ALLOWED = {
    "missions": ("missions",),
    "onboard.mavlink": ("missions", "onboard.mavlink"),
    "onboard.messages": ("missions", "onboard.messages"),
    "onboard": ("missions", "onboard"),
    "ground_station": ("missions", *CONTRACTS, "ground_station"),
    "sim": ("missions", *CONTRACTS, "sim"),
}
OURS = ("missions", "onboard", "ground_station", "sim", "tests", "benchmarks", "qyran")
VISION = ("cv2", "onnxruntime")


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _owner(module: str) -> str:
    return max((name for name in ALLOWED if _within(module, name)), key=len)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _trespasses(package: str) -> list[str]:
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        owner = _owner(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in _imported(path):
            ours = any(_within(name, top) for top in OURS)
            if ours and not any(_within(name, allowed) for allowed in ALLOWED[owner]):
                found.append(f"{path.relative_to(ROOT)} imports {name}")
    return found


@pytest.mark.parametrize("package", ["missions", "onboard", "ground_station", "sim"])
def test_package_imports_only_what_the_design_allows(package: str) -> None:
    assert any((ROOT / package).rglob("*.py"))
    assert _trespasses(package) == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_loads_no_vision_library(contract: str) -> None:
    program = f"import sys, {contract}; print([m for m in {VISION!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["sim.cli", "ground_station.cli", "missions.cli", "onboard.cli"])
def test_a_subcommand_module_loads_no_other_package(module: str) -> None:
    package = module.partition(".")[0]
    program = f"import sys, {module}; print(sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(ast.literal_eval(done.stdout)) & {"onboard", "ground_station", "sim", *VISION}
    assert loaded <= {package, "onboard"}
    assert not loaded & set(VISION)
