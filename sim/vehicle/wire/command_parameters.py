"""Which of a command's seven parameters PX4 uses: another one that is neither 0 nor NaN is DENIED.

Commands that are not listed are not looked at. Bit n stands for parameter n + 1.
Source: PX4-Autopilot v1.17, src/modules/mavlink/mavlink_command_params.hpp.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

USED: Mapping[int, int] = MappingProxyType(
    {
        16: 0x7B, 17: 0x7C, 19: 0x7F, 20: 0x00, 21: 0x7B, 22: 0x79, 31: 0x7B, 80: 0x77, 84: 0x7C,
        85: 0x7F, 93: 0x0F, 112: 0x01, 114: 0x01, 176: 0x07, 177: 0x03, 178: 0x07, 179: 0x7F,
        189: 0x70, 195: 0x71, 196: 0x01, 197: 0x01, 201: 0x07, 206: 0x0F, 211: 0x03, 212: 0x03,
        214: 0x07, 224: 0x03, 400: 0x03, 420: 0x0F, 530: 0x03, 532: 0x07, 534: 0x07, 611: 0x70,
        2000: 0x0F, 2001: 0x01, 2003: 0x0F, 2500: 0x07, 2501: 0x03, 3000: 0x03, 4501: 0x00,
        42600: 0x0F,
    }
)  # fmt: skip


def unused_is_set(command: int, params: Sequence[float]) -> bool:
    """Whether a parameter carries something that PX4 would not look at."""
    used = USED.get(command)
    if used is None:
        return False
    return any(
        value != 0.0 and not math.isnan(value) and not used >> place & 1
        for place, value in enumerate(params)
    )
