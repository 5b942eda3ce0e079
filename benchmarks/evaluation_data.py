"""The evaluation data that lies beside the project and is never part of it."""

import os
from pathlib import Path

from missions.errors import Failed

BESIDE_THE_PROJECT = Path(__file__).resolve().parents[2] / "shared"


def evaluation_data(*parts: str) -> Path:
    """A file or folder of it: in QYRAN_SHARED, or in `shared` beside the project.

    Raises:
        Failed: it is not there.
    """
    path = Path(os.environ.get("QYRAN_SHARED", BESIDE_THE_PROJECT)).joinpath(*parts)
    if not path.exists():
        raise Failed(f"evaluation data is not here: {path} (set QYRAN_SHARED to its folder)")
    return path
