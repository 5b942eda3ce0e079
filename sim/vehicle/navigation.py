"""What PX4's navigator looks at and what it asks for: shared by every navigation mode.

Source: PX4-Autopilot v1.17, src/modules/navigator (mission_block.cpp, navigator_main.cpp).
"""

import math
from dataclasses import dataclass, field

from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.local_frame import Geo, LocalFrame
from sim.vehicle.rotation import wrap_pi
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned, braking_distance_m
from sim.vehicle.wire.events import Event

ORIGIN = Ned(0.0, 0.0, 0.0)
# NAV_ACC_RAD plus NAV_LOITER_RAD: PX4 then counts as holding the place.
HELD_WITHIN_M = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line for the operator, with MAV_SEVERITY; PX4's log lines end in a tab.

    `event` says the same, where the words alone do not tell which one does; what is not `spoken`
    is told by its event alone.
    """

    severity: int
    text: str
    event: Event | None = None
    spoken: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A mission item was reached."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A command that a mission item carries, for the commander or the payload.

    `params` are MAVLink's seven, the fifth and sixth in degrees where they are a place and the
    seventh then above mean sea level.
    """

    command: int
    params: tuple[float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The mode has done all that it was for."""


NavigationEvent = Text | Reached | Issued | Completed


@dataclass(slots=True, kw_only=True)
class NavigationState:
    """What a navigation mode may look at; renewed by the vehicle before every step."""

    frame: LocalFrame
    settings: FlightSettings
    now_s: float = 0.0
    position: Ned = ORIGIN
    velocity: Ned = ORIGIN
    yaw: float = 0.0
    armed: bool = False
    landed: bool = True
    maybe_landed: bool = True
    flying: bool = False
    home: Ned = ORIGIN
    home_yaw: float = 0.0
    cruise_m_s: float | None = None
    region_of_interest: Ned | None = None
    events: list[NavigationEvent] = field(default_factory=list)

    @property
    def speed_to_fly_m_s(self) -> float:
        """The commanded speed, or the default cruise speed."""
        return self.settings.cruise_m_s if self.cruise_m_s is None else self.cruise_m_s

    @property
    def height_above_home_m(self) -> float:
        """Height above the home position."""
        return self.home.d - self.position.d

    def say(self, severity: int, text: str) -> None:
        """Tell the operator."""
        self.events.append(Text(severity=severity, text=text))

    def ned_at(self, latitude_deg: float, longitude_deg: float, height_amsl_m: float) -> Ned:
        """A place in the local frame."""
        return self.frame.ned(Geo(latitude_deg, longitude_deg, height_amsl_m))

    def stop_point(self) -> Ned:
        """Where the vehicle can come to rest from its present speed."""
        speed = math.hypot(self.velocity.n, self.velocity.e)
        if speed < 1e-6:
            return self.position
        ahead = braking_distance_m(
            speed=speed,
            jerk=self.settings.jerk_m_s3,
            acceleration=self.settings.acceleration_m_s2,
        )
        share = ahead / speed
        return Ned(
            self.position.n + self.velocity.n * share,
            self.position.e + self.velocity.e * share,
            self.position.d,
        )


def level_distance_m(a: Ned, b: Ned) -> float:
    """Horizontal distance."""
    return math.hypot(a.n - b.n, a.e - b.e)


def idle(settings: FlightSettings, position: Ned) -> Triplet:
    """A triplet that asks for no thrust."""
    return Triplet(
        leg=Leg.IDLE,
        current=position,
        acceptance_m=settings.acceptance_m,
        cruise_m_s=settings.cruise_m_s,
    )


def hold_at(state: NavigationState, place: Ned, *, yaw: float | None = None) -> Triplet:
    """A triplet that stays at a place."""
    return Triplet(
        leg=Leg.LOITER,
        current=place,
        yaw=yaw,
        acceptance_m=state.settings.acceptance_m,
        cruise_m_s=state.speed_to_fly_m_s,
    )


def held_place(state: NavigationState, flown: Triplet | None) -> Ned | None:
    """The place that is held already and that the next mode goes on holding, if there is one."""
    if flown is None or flown.leg is not Leg.LOITER:
        return None
    near = level_distance_m(state.position, flown.current) <= HELD_WITHIN_M
    return flown.current if near else None


class Arrival:
    """Whether a waypoint has been reached: place, then heading, then the time to stay."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew for another waypoint."""
        self._place_at_s: float | None = None
        self._yaw_reached = False

    @property
    def began(self) -> bool:
        """Whether the place is reached."""
        return self._place_at_s is not None

    def at_place(
        self,
        state: NavigationState,
        target: Ned,
        *,
        acceptance_m: float,
        height_only: bool = False,
        target_height_above_home_m: float = 0.0,
    ) -> bool:
        """Whether the place is reached; once it is, it stays so until cleared."""
        if self._place_at_s is not None:
            return True
        if state.landed:
            return False
        room = state.settings.height_acceptance_m
        if height_only:
            if 0.0 < target_height_above_home_m < room:
                room = target_height_above_home_m / 2.0
            reached = state.position.d < target.d + room
        else:
            close = level_distance_m(state.position, target) <= acceptance_m
            reached = close and abs(state.position.d - target.d) <= room
        if reached:
            self._place_at_s = state.now_s
        return reached

    def arrive_now(self, state: NavigationState) -> None:
        """Count the time to stay from now, wherever the vehicle is."""
        if self._place_at_s is None:
            self._place_at_s = state.now_s
            self._yaw_reached = True

    def stayed(self, state: NavigationState, *, yaw: float | None, stay_s: float) -> bool:
        """Whether the heading, too, is reached and the time to stay is over."""
        if self._place_at_s is None:
            return False
        if not self._yaw_reached and yaw is not None:
            off = abs(wrap_pi(yaw - state.yaw))
            self._yaw_reached = off < math.radians(state.settings.yaw_error_deg)
        else:
            self._yaw_reached = True
        return self._yaw_reached and state.now_s >= self._place_at_s + stay_s
