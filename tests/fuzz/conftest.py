"""The targets of the fuzz run, for the tests that drive them with Hypothesis."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    # As for `atheris_run.py`, whose own folder Python puts first.
    sys.path.insert(0, str(Path(__file__).parent))
    path = Path(__file__).with_name("harnesses.py")
    spec = importlib.util.spec_from_file_location("fuzz_harnesses", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def harnesses() -> dict[str, Callable[[bytes], None]]:
    """Every target by name."""
    found: dict[str, Callable[[bytes], None]] = _load().HARNESSES
    return found
