"""Random numbers inside kernels: xorshift64* (Vigna 2016), one word of state, never zero."""

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.compiled import inner

Words = npt.NDArray[np.uint64]


def chance_from(seed: int) -> Words:
    """A state from any seed, mixed by splitmix64 so that near seeds are far apart."""
    mixed = (seed + 0x9E3779B97F4A7C15) % 2**64
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) % 2**64
    return np.array([(mixed ^ (mixed >> 31)) or 1], dtype=np.uint64)


@inner
def shuffled(state: np.uint64) -> np.uint64:
    """The state after one."""
    x = state
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    return x


@inner
def mixed(state: np.uint64) -> np.uint64:
    """The 64 bits of a state."""
    found: np.uint64 = state * np.uint64(2685821657736338717)
    return found


@inner
def bits(state: np.uint64) -> np.int64:
    """A whole number from 0 to 2^53 - 1, of a state."""
    return np.int64(mixed(state) >> np.uint64(11))


@inner
def word(chance: Words) -> np.uint64:
    """The next 64 bits."""
    chance[0] = shuffled(chance[0])
    return mixed(chance[0])


@inner
def below(chance: Words, count: int) -> int:
    """A whole number from 0 to count - 1."""
    return int(np.int64(word(chance) >> np.uint64(33)) % count)


@inner
def unit(chance: Words) -> float:
    """A number from 0 to just under 1."""
    chance[0] = shuffled(chance[0])
    return float(bits(chance[0])) * (1.0 / 9007199254740992.0)
