"""Seconds and battery of every way that a plan may take, by kind of drone.

What does not move (stops, landings, zones) is worked out once, before there is an alarm: a
`Theatre`. An alarm and the drones' places of the moment then cost a few rows.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en
from missions.geodesy import GeoPoint, LocalPlane
from missions.reaction.ground import Ground
from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints
from missions.reaction.kernels.ways import Corners, Motion, join_corners, trace, ways_between
from missions.reaction.motion import Kind, kind_of
from missions.reaction.situation import RunningDrone, Situation, Stop
from missions.wind import Wind

# A height that is the same as the other end's: climbs from and to the ground are reckoned apart.
LEVEL = NEVER
ROOM_M = 2000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Places as kernels want them, (n, 4), and the corners that they see, (n, c)."""

    at: Floats
    sees: Bits


class Ways:
    """The ways of one kind of drone over one ground."""

    def __init__(self, ground: Ground, motion: Motion) -> None:
        self.ground, self.motion = ground, motion
        count = len(ground.corners)
        square = (count, count)
        self._corners = Corners(
            ground.corners, np.empty(square), np.empty(square), np.empty(square, dtype=np.int64)
        )
        seen = ground.clear_between(ground.corners, ground.corners)
        join_corners(self._corners, seen, motion)
        self._reach = np.empty((2, count))
        self._by = np.empty(count, dtype=np.int64)

    def between(self, sources: Nodes, goals: Nodes) -> tuple[Floats, Floats]:
        """Seconds and battery, (s, g), from standing to standing; NEVER: no way."""
        shape = (len(sources.at), len(goals.at))
        seconds, battery = np.empty(shape), np.empty(shape)
        ways_between(
            sources.at,
            goals.at,
            sources.sees,
            goals.sees,
            self.ground.walls,
            self._corners,
            self.motion,
            self._reach,
            self._by,
            seconds,
            battery,
        )
        return seconds, battery

    def turns(self, sources: Nodes, i: int, goals: Nodes, j: int) -> Floats | None:
        """The points, (n, 2), that the way from a source to a goal turns at; None: no way."""
        if sources.at[i, 3] >= NEVER or goals.at[j, 3] >= NEVER:
            return None
        over = np.empty(len(self.ground.corners) + 1, dtype=np.int64)
        count = trace(
            sources.at[i],
            goals.at[j],
            sources.sees[i],
            goals.sees[j],
            self.ground.walls,
            self._corners,
            self.motion,
            self._reach,
            self._by,
            over,
        )
        if count < 0:
            return None
        begins = sources.at[i : i + 1, :2] if sources.at[i, 3] > 0.0 else np.zeros((0, 2))
        ends_at = goals.at[j : j + 1, :2] if goals.at[j, 3] > 0.0 else np.zeros((0, 2))
        return np.concatenate((begins, self.ground.corners[over[:count]], ends_at))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """Of one kind: ways from every stop's end to every stop and landing, and along each stop."""

    ways: Ways
    begins: Nodes
    ends: Nodes
    landings: Nodes
    go: tuple[Floats, Floats]
    down: tuple[Floats, Floats]
    along: tuple[Floats, Floats]


class Theatre:
    """What does not move, of one situation; it serves every later one with the same ground, wind
    and docks, and the same stops or fewer."""

    def __init__(self, situation: Situation) -> None:
        self._ground_key = _ground_key(situation)
        self.plane = LocalPlane(situation.drones[0].position)
        self._around = _around(self.plane, situation)
        shapely.prepare(self._around)
        self._grounds: dict[tuple[Area | None, float], Ground] = {}
        had = situation.stops()
        self._index = {_stop_key(stop): i for i, (stop, _) in enumerate(had)}
        self._stops = [stop for stop, _ in had]
        self._heights = stop_heights(situation)
        places = {
            landing.position: None for drone in situation.drones for landing in drone.landings
        }
        self._landings = {place: i for i, place in enumerate(places)}
        self.kinds: dict[Kind, Known] = {}
        for drone in situation.drones:
            self._know(drone, situation)

    def fits(self, situation: Situation) -> bool:
        """Whether what is known here is true of a situation, too."""
        return (
            _ground_key(situation) == self._ground_key
            and self._around.buffer(-ROOM_M / 2.0).covers(_places(self.plane, situation))
            and all(_stop_key(stop) in self._index for stop, _ in situation.stops())
            and all(kind_of(drone, situation.wind) in self.kinds for drone in situation.drones)
            and all(
                landing.position in self._landings
                for drone in situation.drones
                for landing in drone.landings
            )
        )

    def indices(self, situation: Situation) -> Ints:
        """Which of the known stops those of a situation are."""
        found = [self._index[_stop_key(stop)] for stop, _ in situation.stops()]
        return np.array(found, dtype=np.int64)

    def landings_of(self, drone: RunningDrone) -> list[int]:
        """Which of the known landings a drone's are."""
        return [self._landings[landing.position] for landing in drone.landings]

    def nodes(
        self,
        ground: Ground,
        places: tuple[GeoPoint, ...],
        heights: Floats,
        *,
        may_stand_in: bool = False,
    ) -> Nodes:
        """Places settled on a ground."""
        en = ring_en(self.plane, places) if places else np.zeros((0, 2))
        at = np.ascontiguousarray(ground.settled(en, heights, may_stand_in=may_stand_in))
        return Nodes(at=at, sees=ground.sees(at))

    def _know(self, drone: RunningDrone, situation: Situation) -> None:
        kind = kind_of(drone, situation.wind)
        if kind in self.kinds:
            return
        clearance_m = situation.clearance_m + 0.5 * drone.vehicle.turn_radius_m
        key = (drone.fence, clearance_m)
        if key not in self._grounds:
            self._grounds[key] = Ground(
                self.plane, situation.no_fly, drone.fence, clearance_m, self._around
            )
        ways = Ways(self._grounds[key], kind[0])
        begins = self.nodes(ways.ground, tuple(s.position for s in self._stops), self._heights)
        legs = [i for i, stop in enumerate(self._stops) if stop.leaves_at is not None]
        ends = begins
        if legs:
            ends = self.nodes(ways.ground, tuple(s.end for s in self._stops), self._heights)
        level = np.full(len(self._landings), LEVEL)
        landings = self.nodes(ways.ground, tuple(self._landings), level)
        self.kinds[kind] = Known(
            ways=ways,
            begins=begins,
            ends=ends,
            landings=landings,
            go=ways.between(ends, begins),
            down=ways.between(ends, landings),
            along=_along(ways, begins, ends, legs),
        )


def _along(ways: Ways, begins: Nodes, ends: Nodes, legs: list[int]) -> tuple[Floats, Floats]:
    seconds, battery = np.zeros(len(begins.at)), np.zeros(len(begins.at))
    for i in legs:
        one, other = picked(begins, [i]), picked(ends, [i])
        found = ways.between(one, other)
        seconds[i], battery[i] = found[0][0, 0], found[1][0, 0]
    return seconds, battery


def picked(nodes: Nodes, indices: list[int] | Ints) -> Nodes:
    """Some of the nodes."""
    return Nodes(
        at=np.ascontiguousarray(nodes.at[indices]), sees=np.ascontiguousarray(nodes.sees[indices])
    )


def stop_heights(situation: Situation) -> Floats:
    """Heights of all stops, metres above one level where homes are known, else above home."""
    return np.array(
        [stop.height.m + stop_level_m(situation, stop, at) for stop, at in situation.stops()]
    )


def stop_level_m(situation: Situation, stop: Stop, owner: int) -> float:
    """The level of the home that a stop's height is above, 0 where nobody said it."""
    if stop.home_height is not None:
        return stop.home_height.m
    return home_level_m(situation.drones[owner]) if owner >= 0 else 0.0


def home_level_m(drone: RunningDrone) -> float:
    """The level of a drone's home, 0 where nobody said it."""
    return 0.0 if drone.home_height is None else drone.home_height.m


def _places(plane: LocalPlane, situation: Situation) -> BaseGeometry:
    """Everywhere that anybody may have to go."""
    places = [place for stop, _ in situation.stops() for place in stop.ends]
    places += [drone.position for drone in situation.drones]
    places += [landing.position for drone in situation.drones for landing in drone.landings]
    places += [alarm.position for alarm in situation.alarms]
    return shapely.MultiPoint(ring_en(plane, tuple(places)))


def _around(plane: LocalPlane, situation: Situation) -> Polygon:
    """A box round everywhere, with room for ways round what stands there."""
    west, south, east, north = _places(plane, situation).bounds
    room_m = ROOM_M + 0.25 * max(east - west, north - south)
    return box(west - room_m, south - room_m, east + room_m, north + room_m)


def _ground_key(situation: Situation) -> tuple[tuple[Area, ...], float, Wind]:
    return situation.no_fly, situation.clearance_m, situation.wind


def _stop_key(stop: Stop) -> tuple[GeoPoint, GeoPoint | None, float]:
    return stop.position, stop.leaves_at, stop.height.m
