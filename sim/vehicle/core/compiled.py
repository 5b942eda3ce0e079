"""How the flight core's kernels are compiled, and where they are kept: see `missions.compiled`.

There is no fastmath, so that a flight is the same on every run.
"""

from functools import cache
from pathlib import Path

from missions.compiled import KEPT_IN, Kernels, digest_of, folder_for, inner

FOLDER = Path(__file__).parent


@cache
def source_digest() -> str:
    """A digest of every kernel's text."""
    return digest_of(FOLDER)


@cache
def kernel_folder() -> Path:
    """The first folder that may be written: named, the package's, the user's, the temporary one."""
    return folder_for(FOLDER)


_KERNELS = Kernels(tag="kernel", digest=source_digest, folder=kernel_folder)
entry = _KERNELS.entry
forget_others = _KERNELS.forget_others

__all__ = ["KEPT_IN", "entry", "forget_others", "inner", "kernel_folder", "source_digest"]
