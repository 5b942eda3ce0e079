"""How the kernels of this package are compiled, and where what is compiled is kept."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.compiled import Kernels, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint8]

KERNELS = Kernels.of(Path(__file__).parent, tag="reaction")
entry = KERNELS.entry
NEVER = 1e15

__all__ = ["KERNELS", "NEVER", "Bits", "Floats", "Ints", "entry", "inner"]
