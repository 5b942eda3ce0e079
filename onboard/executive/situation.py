"""What the vehicle last said of itself, as far as the executive needs it."""

import math
from dataclasses import dataclass

from onboard.mavlink.codec import Address, Message
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import Px4Mode, px4_mode

ON_GROUND, IN_AIR = 1, 2
# System states of MAVLink: a failsafe is active.
CRITICAL = 5
# MAVLink's MISSION_STATE_COMPLETE.
MISSION_COMPLETE = 5
SAME_RADIUS = 0.15
# Two heartbeats and a little.
MODE_HOLDS_S = 2.5


@dataclass(frozen=True, slots=True)
class Circle:
    """The orbit that the vehicle says it flies; a negative radius is flown anticlockwise."""

    radius_m: float
    at_s: float


@dataclass(frozen=True, slots=True)
class Target:
    """Where the vehicle says it is going: a place to hold, or the middle of its orbit."""

    place: CommandPlace
    at_s: float


def same_circle(seen_m: float, asked_m: float) -> bool:
    """Whether the radius that is reported is the one that was asked for."""
    return math.isfinite(seen_m) and abs(seen_m - asked_m) <= SAME_RADIUS * abs(asked_m)


class Situation:
    """Takes in the autopilot's messages; nothing is known until it has been said.

    `remaining` is a share of the full battery. `mission_hash` and `fence_hash` are the ids of
    MISSION_CURRENT, 0 where there is none; `items` is how many the mission has. `mission_over`: the
    vehicle has said so since it was last seen to enter Mission mode.
    """

    def __init__(self, vehicle: Address) -> None:
        self._vehicle = vehicle
        self.mode: Px4Mode | None = None
        self.failsafe = False
        self._mode_s = -math.inf
        self.landed: bool | None = None
        self.airborne = False
        self.place: CommandPlace | None = None
        self.velocity_en_m_s = (0.0, 0.0)
        self.home: CommandPlace | None = None
        self.remaining: float | None = None
        self.item: int | None = None
        self.items: int | None = None
        self.mission_over = False
        self.mission_hash: int | None = None
        self.fence_hash: int | None = None
        self.circle: Circle | None = None
        self.target: Target | None = None

    @property
    def ground_speed_m_s(self) -> float:
        """Over the ground."""
        return math.hypot(*self.velocity_en_m_s)

    def known(self, now_s: float) -> bool:
        """Whether the mode is known as of now: who has not heard it lately cannot know whose the
        vehicle is."""
        return now_s - self._mode_s <= MODE_HOLDS_S

    @property
    def height_m(self) -> float | None:
        """Above home; None while either height is not known."""
        if self.place is None or self.home is None:
            return None
        return self.place.height_amsl_m - self.home.height_amsl_m

    def receive(self, message: Message, now_s: float) -> None:
        """Take in a message; those of others are passed over."""
        if message.sender != self._vehicle:
            return
        match message.name:
            case "HEARTBEAT":
                self._is_in(px4_mode(message.custom_mode), now_s)
                self.failsafe = message.system_status >= CRITICAL
            case "CURRENT_MODE":
                self._is_in(px4_mode(message.custom_mode), now_s)
            case "EXTENDED_SYS_STATE" if message.landed_state:
                self.landed = message.landed_state == ON_GROUND
                self.airborne = message.landed_state == IN_AIR
            case "GLOBAL_POSITION_INT":
                self._placed(message)
            case "HOME_POSITION":
                self.home = _place(message.latitude, message.longitude, message.altitude)
            case "SYS_STATUS" | "BATTERY_STATUS" if message.battery_remaining >= 0:
                self.remaining = message.battery_remaining / 100.0
            case "MISSION_CURRENT":
                self.item, self.items = message.seq, message.total
                self.mission_over = message.mission_state == MISSION_COMPLETE
                self.mission_hash, self.fence_hash = message.mission_id, message.fence_id
            case "ORBIT_EXECUTION_STATUS":
                self.circle = Circle(message.radius, now_s)
                self._aimed(_place(message.x, message.y, round(1000 * message.z)), now_s)
            case "POSITION_TARGET_GLOBAL_INT" if self.mode is Px4Mode.HOLD:
                height_mm = round(1000 * message.alt)
                self._aimed(_place(message.lat_int, message.lon_int, height_mm), now_s)

    def _is_in(self, mode: Px4Mode | None, now_s: float) -> None:
        # A take-off of its own, or the mission of before, was told as complete as well.
        if mode is Px4Mode.MISSION and self.mode is not mode:
            self.mission_over = False
        self.mode, self._mode_s = mode, now_s

    def _aimed(self, place: CommandPlace | None, now_s: float) -> None:
        self.target = None if place is None else Target(place, now_s)

    def _placed(self, message: Message) -> None:
        place = _place(message.lat, message.lon, message.alt)
        if place is not None:
            self.place = place
            self.velocity_en_m_s = (message.vy / 100.0, message.vx / 100.0)


def _place(latitude: int, longitude: int, height_mm: int) -> CommandPlace | None:
    if abs(latitude) > 900_000_000 or abs(longitude) > 1_800_000_000:
        return None
    return CommandPlace(
        latitude_deg=latitude * 1e-7,
        longitude_deg=longitude * 1e-7,
        height_amsl_m=height_mm / 1000.0,
    )
