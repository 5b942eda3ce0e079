"""The four links of a vehicle and the UDP ports that PX4's SITL gives them.

Source: PX4-Autopilot v1.17, ROMFS/px4fmu_common/init.d-posix/px4-rc.mavlink.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

GROUND, COMPANION, GIMBAL, PAYLOAD = "ground", "companion", "gimbal", "payload"
LINKS = (GROUND, COMPANION, PAYLOAD, GIMBAL)
LAST_COMPANION_REMOTE = 14549


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a link listens and where it sends to."""

    local: int
    remote: int


# The ground station's port is the same for every vehicle.
_BASE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        GROUND: (18570, 14550),
        COMPANION: (14580, 14540),
        PAYLOAD: (14280, 14030),
        GIMBAL: (13030, 13280),
    }
)


def ports_of(link: str, instance: int, *, offset: int = 0) -> Ports:
    """The ports of a vehicle's link, all shifted by `offset`."""
    local, remote = _BASE[link]
    if link != GROUND:
        remote += instance
    if link == COMPANION:
        remote = min(remote, LAST_COMPANION_REMOTE)
    return Ports(local=local + instance + offset, remote=remote + offset)
