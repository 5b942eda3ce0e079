"""How this package's kernels are compiled and kept."""

from pathlib import Path

from missions.compiled import Kernels, inner

__all__ = ["KERNELS", "inner"]
KERNELS = Kernels.of(Path(__file__).parent, tag="wings")
