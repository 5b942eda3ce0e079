"""Random numbers inside kernels: xorshift64* (Vigna 2016), one word of state, never zero.

A second word counts down to the next rare event, so that most of them cost no number at all.

The same generator as the patrol's kernels have; a copy, because what is compiled is kept by a
digest of this package's own text.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.reaction.kernels.compiled import inner

Words = npt.NDArray[np.uint64]


def chance_from(seed: int) -> Words:
    """A state from any seed, mixed by splitmix64 so that near seeds are far apart."""
    mixed = (seed + 0x9E3779B97F4A7C15) % 2**64
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) % 2**64
    return np.array([(mixed ^ (mixed >> 31)) or 1, 0], dtype=np.uint64)


@inner
def word(chance: Words) -> np.uint64:
    """The next 64 bits."""
    x = chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    chance[0] = x
    mixed: np.uint64 = x * np.uint64(2685821657736338717)
    return mixed


@inner
def below(chance: Words, count: int) -> int:
    """A whole number from 0 to count - 1."""
    return int(np.int64(word(chance) >> np.uint64(33)) % count)


@inner
def unit(chance: Words) -> float:
    """A number from 0 to just under 1."""
    return float(np.int64(word(chance) >> np.uint64(11))) * (1.0 / 9007199254740992.0)


@inner
def rarely(chance: Words, log_of_rest: float) -> bool:
    """Whether a rare event happens; `log_of_rest` is the logarithm of 1 less its chance."""
    if chance[1] > np.uint64(0):
        chance[1] -= np.uint64(1)
        return False
    chance[1] = np.uint64(math.log(1.0 - unit(chance)) / log_of_rest)
    return True
