"""What the payload has heard of the autopilot: attitude, position and clock, by MAVLink alone.

AUTOPILOT_STATE_FOR_GIMBAL_DEVICE (20 Hz on PX4's gimbal port), ATTITUDE_QUATERNION,
GLOBAL_POSITION_INT and SYSTEM_TIME (payload port). In the vehicle's own process nobody streams:
the same values are asked for (`Live`) when they are wanted, so that a payload at rest is free.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from onboard.mavlink.codec import Message
from sim.vehicle.pose import Quaternion
from sim.vehicle.rotation import IDENTITY, wrap_pi

METRES_PER_DEGREE = 111_194.93
FRESH_S = 0.1
EXTRAPOLATED_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position: degrees, metres above sea level and above home."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float
    height_above_home_m: float


class Live(Protocol):
    """An autopilot in the same process; it speaks of the present instant."""

    def heading(self) -> float | None:
        """Its yaw; None until it runs."""

    def place(self) -> Place | None:
        """Where it believes to be; None until it runs."""

    def boot_s(self) -> float:
        """Seconds since its boot."""

    def unix_s(self) -> float:
        """UTC as it has it."""


class AutopilotView:
    """The last word of the autopilot, carried on to the present by its rates."""

    def __init__(self, *, began_s: float) -> None:
        self.attitude: Quaternion = IDENTITY
        self.heading = 0.0
        self.live: Live | None = None
        self._place: Place | None = None
        self._heading_known = False
        self._began_s = began_s
        self._heading_rate = 0.0
        self._attitude_s = -math.inf
        self._place_s = -math.inf
        self._velocity_n_e_d = (0.0, 0.0, 0.0)
        self._boot_offset_s: float | None = None
        self._utc_offset_s: float | None = None

    @property
    def place(self) -> Place | None:
        """Where the vehicle said last that it is."""
        return self._place if self.live is None else self.live.place()

    @property
    def heading_known(self) -> bool:
        """Whether the vehicle has said where its nose points."""
        return self._heading_known if self.live is None else self.live.heading() is not None

    def hear_state(self, message: Message, now_s: float) -> None:
        """AUTOPILOT_STATE_FOR_GIMBAL_DEVICE."""
        self._boot_offset_s = message.time_boot_us * 1e-6 - now_s
        self._hear_attitude(message.q, now_s)

    def hear_attitude(self, message: Message, now_s: float) -> None:
        """ATTITUDE_QUATERNION; passed over while the quicker state stream is heard."""
        if now_s - self._attitude_s > FRESH_S:
            self._boot_offset_s = message.time_boot_ms * 1e-3 - now_s
            self._hear_attitude((message.q1, message.q2, message.q3, message.q4), now_s)

    def hear_position(self, message: Message, now_s: float) -> None:
        """GLOBAL_POSITION_INT."""
        self._place = Place(
            latitude_deg=message.lat * 1e-7,
            longitude_deg=message.lon * 1e-7,
            height_amsl_m=message.alt * 1e-3,
            height_above_home_m=message.relative_alt * 1e-3,
        )
        self._velocity_n_e_d = (message.vx * 0.01, message.vy * 0.01, message.vz * 0.01)
        self._place_s = now_s

    def hear_time(self, message: Message, now_s: float) -> None:
        """SYSTEM_TIME; PX4 sends zero UTC until its receiver knows it."""
        if message.time_unix_usec:
            self._utc_offset_s = message.time_unix_usec * 1e-6 - now_s

    def boot_ms(self, now_s: float) -> int:
        """The autopilot's time since boot; the payload's own until the autopilot is heard."""
        if self.live is not None:
            return max(0, round(self.live.boot_s() * 1000)) & 0xFFFFFFFF
        offset_s = -self._began_s if self._boot_offset_s is None else self._boot_offset_s
        return max(0, round((now_s + offset_s) * 1000)) & 0xFFFFFFFF

    def utc_us(self, now_s: float) -> int:
        """Microseconds since 1970; 0 where the autopilot has not told."""
        if self.live is not None:
            return round(self.live.unix_s() * 1e6)
        return 0 if self._utc_offset_s is None else round((now_s + self._utc_offset_s) * 1e6)

    def heading_at(self, now_s: float) -> float:
        """The vehicle's yaw, north-east-down."""
        if self.live is not None:
            return self.live.heading() or 0.0
        ahead_s = min(now_s - self._attitude_s, FRESH_S)
        return wrap_pi(self.heading + self._heading_rate * ahead_s) if ahead_s > 0 else self.heading

    def place_at(self, now_s: float) -> Place | None:
        """Where the vehicle is, moved on by its velocity; None until it has said where."""
        if self.live is not None:
            return self.live.place()
        place = self._place
        if place is None:
            return None
        ahead_s = min(max(now_s - self._place_s, 0.0), EXTRAPOLATED_S)
        north, east, down = (speed * ahead_s for speed in self._velocity_n_e_d)
        return moved(place, north_m=north, east_m=east, up_m=-down)

    def _hear_attitude(self, q: tuple[float, ...], now_s: float) -> None:
        if not all(map(math.isfinite, q)):
            return
        self.attitude = (q[0], q[1], q[2], q[3])
        heading = euler_from_quaternion(self.attitude)[2]
        since_s = now_s - self._attitude_s
        turned = wrap_pi(heading - self.heading)
        self._heading_rate = turned / since_s if 0.01 < since_s < 0.5 else 0.0
        self.heading, self._heading_known, self._attitude_s = heading, True, now_s


def moved(place: Place, *, north_m: float, east_m: float, up_m: float) -> Place:
    """A place some metres away; for the few hundred metres that a payload looks over."""
    per_degree_m = METRES_PER_DEGREE * math.cos(math.radians(place.latitude_deg))
    return Place(
        latitude_deg=place.latitude_deg + north_m / METRES_PER_DEGREE,
        longitude_deg=place.longitude_deg + east_m / per_degree_m,
        height_amsl_m=place.height_amsl_m + up_m,
        height_above_home_m=place.height_above_home_m + up_m,
    )


def offset_m(origin: Place, place: Place) -> tuple[float, float, float]:
    """From one place to another: metres north, east and down."""
    per_degree_m = METRES_PER_DEGREE * math.cos(math.radians(origin.latitude_deg))
    return (
        (place.latitude_deg - origin.latitude_deg) * METRES_PER_DEGREE,
        (place.longitude_deg - origin.longitude_deg) * per_degree_m,
        origin.height_amsl_m - place.height_amsl_m,
    )


def euler_from_quaternion(q: Quaternion) -> tuple[float, float, float]:
    """Roll, pitch and yaw of a rotation (yaw first, about the moving axes)."""
    w, x, y, z = q
    roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
    pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
    yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
    return roll, pitch, yaw


def rotated(q: Quaternion, v: tuple[float, float, float]) -> tuple[float, float, float]:
    """A vector turned by a rotation."""
    w, x, y, z = q
    a, b, c = v
    tx, ty, tz = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return (
        a + w * tx + y * tz - z * ty,
        b + w * ty + z * tx - x * tz,
        c + w * tz + x * ty - y * tx,
    )
