"""What a reaction must know: the drones as they are now, what is left of their plans, the alarms.

Times are seconds from now. Heights are above the home of the drone that has the stop in its plan;
an alarm's is above the home of whoever goes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from missions.area import Area, Ring
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import CameraAction, Gaze
from missions.reaction.aims import Aims
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

FARTHEST_M = 50_000.0
FARTHEST_ZONE_M = 500_000.0
SPHERE_M = 6_371_000.0
MOST_TASKS = 2000
MOST_DRONES = 128
MOST_ALARMS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place, or a leg to `leaves_at`, that is still to be done.

    `weight` says how much it matters against other stops. After `deadline_s` it counts as missed,
    though late is better than never. `needs` are things that the drone must carry. `item` is the
    mission item that begins it in the plan on board; `movable` False keeps it to its drone.
    `home_height` is of the home that its height is above, None for its own drone's.
    """

    name: str
    position: GeoPoint
    height: HeightAboveHome = field(default_factory=lambda: HeightAboveHome(60.0))
    dwell_s: float = 0.0
    weight: float = 1.0
    deadline_s: float = math.inf
    needs: frozenset[str] = frozenset()
    leaves_at: GeoPoint | None = None
    item: int | None = None
    movable: bool = True
    home_height: HeightAmsl | None = None
    gaze: Gaze | None = None
    action: CameraAction | None = None

    @property
    def end(self) -> GeoPoint:
        """Where a drone is when it is done."""
        return self.position if self.leaves_at is None else self.leaves_at

    @property
    def ends(self) -> Ring:
        """Where it begins, and where it ends if that is elsewhere."""
        return (self.position,) if self.leaves_at is None else (self.position, self.leaves_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something to be looked at now.

    A second of waiting at `urgency` 2 is as bad as two at 1. The drone stands `standoff_m` off (0
    is overhead), on the side from which it is there first, or with `orbit` circles at that
    distance. Where nobody may fly, it looks from the nearest place up to `farthest_look_m` away.
    """

    name: str
    position: GeoPoint
    urgency: float = 1.0
    look_s: float = 120.0
    height: HeightAboveHome = field(default_factory=lambda: HeightAboveHome(60.0))
    needs: frozenset[str] = frozenset()
    standoff_m: float = 0.0
    orbit: bool = False
    farthest_look_m: float = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """A place where a drone may land."""

    name: str
    position: GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDrone:
    """A drone now, and what is left of its plan.

    `battery_s` is the flight in still air that its battery still holds, down to empty. On the
    ground (`flying` False) it can take off at `free_from_s`, with `battery_s` as it will be then.
    `landings` has the places where it may land, its own dock first. `home_height` makes heights of
    different homes comparable. `fence` is where it must stay, None where the no-fly zones are all.
    """

    name: str
    vehicle: Vehicle
    position: GeoPoint
    battery_s: float
    landings: tuple[Landing, ...]
    stops: tuple[Stop, ...] = ()
    height: HeightAboveHome = field(default_factory=lambda: HeightAboveHome(60.0))
    speed_m_s: float = 0.0
    course_rad: float = 0.0
    cruise_m_s: float | None = None
    flying: bool = True
    free_from_s: float = 0.0
    carries: frozenset[str] = frozenset()
    home_height: HeightAmsl | None = None
    fence: Area | None = None

    @property
    def reserve_s(self) -> float:
        """What must be left in the battery on landing."""
        return self.vehicle.reserve_fraction * self.vehicle.endurance_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything at one moment. `unassigned` are stops that no drone has, as after losing one."""

    drones: tuple[RunningDrone, ...]
    alarms: tuple[Alarm, ...] = ()
    unassigned: tuple[Stop, ...] = ()
    no_fly: tuple[Area, ...] = ()
    clearance_m: float = 10.0
    wind: Wind = CALM
    aims: Aims = field(default_factory=Aims)

    def stops(self) -> tuple[tuple[Stop, int], ...]:
        """Every stop with the index of the drone that has it now, -1 for none."""
        had = [(stop, at) for at, drone in enumerate(self.drones) for stop in drone.stops]
        return (*had, *((stop, -1) for stop in self.unassigned))

    def with_alarm(self, alarm: Alarm) -> "Situation":
        """The same with one alarm more."""
        return replace(self, alarms=(*self.alarms, alarm))

    def without_alarm(self, name: str) -> "Situation":
        """An alarm is cancelled.

        Raises:
            BadInput: there is none of that name.
        """
        kept = tuple(alarm for alarm in self.alarms if alarm.name != name)
        if len(kept) == len(self.alarms):
            raise BadInput(where=f"alarm {name!r}", what="there is none to cancel")
        return replace(self, alarms=kept)

    def without_drone(self, name: str) -> "Situation":
        """A drone is lost: its stops wait for others.

        Raises:
            BadInput: there is none of that name.
        """
        lost = [drone for drone in self.drones if drone.name == name]
        if not lost:
            raise BadInput(where=f"drone {name!r}", what="there is none to lose")
        kept = tuple(drone for drone in self.drones if drone.name != name)
        # What was tied to the drone is nobody's any more.
        waits = tuple(
            replace(
                stop,
                movable=True,
                item=None,
                home_height=stop.home_height or lost[0].home_height,
            )
            for stop in lost[0].stops
        )
        return replace(self, drones=kept, unassigned=(*self.unassigned, *waits))


def refuse_nonsense(situation: Situation) -> None:
    """Raises BadInput, with the place named, for what no plan can be made from."""
    stops = [stop for stop, _ in situation.stops()]
    if not situation.drones:
        raise BadInput(where="situation", what="there is no drone")
    _no_more("drones", len(situation.drones), MOST_DRONES)
    _no_more("stops", len(stops), MOST_TASKS)
    _no_more("alarms", len(situation.alarms), MOST_ALARMS)
    _unique("drone", (drone.name for drone in situation.drones))
    names = [stop.name for stop in stops] + [alarm.name for alarm in situation.alarms]
    _unique("stop or alarm", names)
    _finite("situation", {"clearance_m": situation.clearance_m})
    _refuse_far(situation)
    for drone in situation.drones:
        _refuse_drone(drone)
    for stop in stops:
        where = f"stop {stop.name!r}"
        numbers = {"dwell_s": stop.dwell_s, "height": stop.height.m, "weight": stop.weight}
        _finite(where, numbers)
        _positive(where, {"weight": stop.weight, "deadline_s": stop.deadline_s})
    for alarm in situation.alarms:
        where = f"alarm {alarm.name!r}"
        look = {"look_s": alarm.look_s, "standoff_m": alarm.standoff_m}
        numbers = {"farthest_look_m": alarm.farthest_look_m, "height": alarm.height.m}
        _finite(where, look | numbers | {"urgency": alarm.urgency})
        _positive(where, {"urgency": alarm.urgency})
        if alarm.orbit and alarm.standoff_m <= 0.0:
            raise BadInput(where=f"{where}: orbit", what="wants a standoff_m above 0 to circle at")


def _refuse_far(situation: Situation) -> None:
    """A plane can be flat over so much only; swapped coordinates end here, too."""
    here = situation.drones[0].position
    named = [(f"stop {stop.name!r}", place) for stop, _ in situation.stops() for place in stop.ends]
    named += [(f"alarm {alarm.name!r}", alarm.position) for alarm in situation.alarms]
    named += [(f"drone {drone.name!r}", drone.position) for drone in situation.drones]
    named += [
        (f"landing {landing.name!r}", landing.position)
        for drone in situation.drones
        for landing in drone.landings
    ]
    far_m = _far_m(here, tuple(place for _, place in named))
    farthest = int(np.argmax(far_m))
    if far_m[farthest] > FARTHEST_M:
        what = f"is {far_m[farthest] / 1000.0:.0f} km from the first drone"
        raise BadInput(
            where=named[farthest][0], what=f"{what}: at most {FARTHEST_M / 1000.0:.0f} km"
        )
    for zone in situation.no_fly:
        if float(_far_m(here, zone.outer).max(initial=0.0)) > FARTHEST_ZONE_M:
            raise BadInput(where=f"zone {zone.name!r}", what="a corner is on another continent")


def _far_m(here: GeoPoint, places: Ring) -> npt.NDArray[np.float64]:
    """Distances on a sphere, metres (haversine)."""
    south = math.radians(here.latitude_deg)
    north = np.radians([place.latitude_deg for place in places])
    east = np.radians([place.longitude_deg - here.longitude_deg for place in places])
    half = np.sin((north - south) / 2.0) ** 2
    half += math.cos(south) * np.cos(north) * np.sin(east / 2.0) ** 2
    return np.asarray(2.0 * SPHERE_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def _refuse_drone(drone: RunningDrone) -> None:
    where = f"drone {drone.name!r}"
    if not drone.landings:
        raise BadInput(where=f"{where}: landings", what="it may land nowhere")
    numbers = {
        "battery_s": drone.battery_s,
        "speed_m_s": drone.speed_m_s,
        "free_from_s": drone.free_from_s,
    }
    _finite(where, numbers | {"height": max(0.0, drone.height.m)})
    if not (math.isfinite(drone.course_rad) and math.isfinite(drone.height.m)):
        raise BadInput(where=where, what="course_rad and height must be numbers")
    if drone.cruise_m_s is not None:
        _positive(where, {"cruise_m_s": drone.cruise_m_s})


def _no_more(what: str, many: int, most: int) -> None:
    if many > most:
        raise BadInput(where=what, what=f"{many} of them: at most {most}")


def _unique(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadInput(where=f"{what} {name!r}", what="the name is there twice")
        seen.add(name)


def _finite(where: str, numbers: dict[str, float]) -> None:
    for key, number in numbers.items():
        if not 0.0 <= number < 1e7:
            raise BadInput(where=f"{where}: {key}", what=f"{number:g} is not within 0..1e7")


def _positive(where: str, numbers: dict[str, float]) -> None:
    for key, number in numbers.items():
        if not number > 0.0:
            raise BadInput(where=f"{where}: {key}", what=f"{number:g} is not above 0")
