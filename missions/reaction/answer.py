"""What a reaction answers: who goes, by which way, when, what is left undone, how each goes on.

Seconds are from the moment of the situation; heights are above the home of the drone that flies.
"""

from dataclasses import dataclass
from enum import StrEnum

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.reaction.situation import Alarm, Situation, Stop


class How(StrEnum):
    """How a drone goes on with its patrol.

    `continue`: as it does, nothing is to be done. `resume`: after the alarm, on the leg that it
    left. `jump`: at another item of the plan on board. `new-plan`: a plan has to be uploaded.
    `land`: nothing is left for it. `wait`: it stays on its dock.
    """

    CONTINUE = "continue"
    RESUME = "resume"
    JUMP = "jump"
    NEW_PLAN = "new-plan"
    LAND = "land"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePoint:
    """Where a drone goes on, as the ground station's resume, jump and start want it.

    `item` is the mission item of the plan on board, from 0, None where that plan is not used any
    more or nobody said its items. `stop` is the first stop then; `left_at` and `left_height` are
    the place on its leg where a flying drone leaves its plan.
    """

    how: How
    item: int | None = None
    stop: str | None = None
    left_at: GeoPoint | None = None
    left_height: HeightAboveHome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stop or an alarm as it will be done, come to over `via`, where the way turns.

    `late_s` is against what the running plans had promised (0 for alarms), `away_m` how far from
    an alarm the drone looks at it. `battery_s` is what the battery holds on arrival.
    """

    task: Stop | Alarm
    position: GeoPoint
    leaves_at: GeoPoint
    height: HeightAboveHome
    via: tuple[GeoPoint, ...]
    along: tuple[GeoPoint, ...]
    arrive_s: float
    leave_s: float
    battery_s: float
    late_s: float = 0.0
    missed: bool = False
    away_m: float = 0.0
    circles: bool = False

    @property
    def is_alarm(self) -> bool:
        """Whether it is an alarm."""
        return isinstance(self.task, Alarm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one drone does from now on. `battery_s` is what it lands with, reserve included."""

    drone: str
    visits: tuple[Visit, ...]
    resume: ResumePoint
    landing: str | None
    home_via: tuple[GeoPoint, ...]
    lands_s: float
    battery_s: float
    spare_s: float
    taken_over: tuple[str, ...]
    given_away: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anybody has to tell the drone anything."""
        return self.resume.how not in (How.CONTINUE, How.WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An alarm, who goes there and when it is there; nobody and None where nobody can."""

    alarm: str
    drone: str | None
    arrive_s: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a drone does not go to an alarm; `arrive_s` is when it could have been there."""

    alarm: str
    drone: str
    reason: str
    arrive_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A stop that nobody does, whose it was, and why."""

    stop: Stop
    drone: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the rest costs, in seconds, by part (see `Aims`), and the alarms' weighted wait."""

    alarms_s: float
    lateness_s: float
    makespan_s: float
    flight_s: float
    missed: float
    undone: float
    total_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A whole answer. `sentences` say it in words, the alarms first."""

    situation: Situation
    alarms: tuple[Answered, ...]
    routes: tuple[Route, ...]
    refusals: tuple[Refused, ...]
    undone: tuple[Undone, ...]
    cost: Cost
    iterations: int
    sentences: tuple[str, ...]

    def route(self, drone: str) -> Route:
        """A drone's route.

        Raises:
            KeyError: there is no such drone.
        """
        found = {route.drone: route for route in self.routes}
        return found[drone]
