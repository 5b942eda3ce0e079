"""Where this package's kernels are kept, and how they are compiled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from missions.compiled import HOW, Kernels, inner

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

F = TypeVar("F", bound=Callable[..., Any])

KERNELS = Kernels.of(Path(__file__).parent, tag="sweep")
entry = KERNELS.entry


def inlined(function: F) -> F:
    """Compile a function into its callers' own code: for what is called for each row of cells."""
    return cast(F, numba.njit(forceinline=True, **HOW)(function))


__all__ = ["KERNELS", "Array", "Ints", "entry", "inlined", "inner"]
