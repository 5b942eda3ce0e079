"""How the kernels of this package are compiled, and where what is compiled is kept."""

from pathlib import Path

from missions.compiled import Kernels, inner

KERNELS = Kernels.of(Path(__file__).parent, tag="fleet")
entry = KERNELS.entry

__all__ = ["KERNELS", "entry", "inner"]
