"""A loaded network, whatever runs it."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

Values = Mapping[str, npt.NDArray[np.generic]]


class NotLoadable(ValueError):
    """This runtime cannot load the model, or cannot run it on this input."""


class Network(Protocol):
    """Takes arrays by name and gives arrays by name."""

    @property
    def runtime(self) -> str:
        """What runs it."""

    @property
    def inputs(self) -> Mapping[str, tuple[object, ...]]:
        """Name and shape of each input; a size that is open is no whole number."""

    def run(self, values: Values) -> dict[str, npt.NDArray[np.generic]]:
        """All outputs.

        Raises:
            NotLoadable: the network does not run on values of these shapes.
        """
