"""Where this package's kernels are kept, and how they are compiled."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.compiled import Kernels, inner

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

KERNELS = Kernels.of(Path(__file__).parent, tag="sweep")
entry = KERNELS.entry

__all__ = ["KERNELS", "Array", "Ints", "entry", "inner"]
