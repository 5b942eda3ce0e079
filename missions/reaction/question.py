"""A situation in the numbers that the search works with: seconds, battery, weights.

Tasks are the stops in the situation's order, then the alarms.
"""

import math
from dataclasses import dataclass

import numpy as np

from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints
from missions.reaction.kernels.routes import Work
from missions.reaction.motion import Kind, kind_of
from missions.reaction.situation import Alarm, RunningDrone, Situation, Stop
from missions.reaction.stands import Stand, stand_for, stand_nodes
from missions.reaction.travel import (
    Known,
    Nodes,
    Theatre,
    home_level_m,
    picked,
    stop_heights,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leg:
    """What is needed to find a kind's ways again: nodes of drones, tasks and landings."""

    known: Known
    begins: Nodes
    ends: Nodes
    starts: Nodes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """A situation, its numbers, and of each kind (by `work.kind`) its nodes and stands."""

    situation: Situation
    theatre: Theatre
    tasks: tuple[Stop | Alarm, ...]
    work: Work
    legs: tuple[Leg, ...]
    stands: tuple[tuple[Stand | None, ...], ...]
    lands_at: Ints
    idle_at: Ints

    @property
    def stop_count(self) -> int:
        """How many tasks are stops."""
        return len(self.work.weight) - len(self.situation.alarms)


def question_of(situation: Situation, theatre: Theatre) -> Question:
    """The numbers of a situation."""
    return _Asking(situation, theatre).question()


class _Asking:
    def __init__(self, situation: Situation, theatre: Theatre) -> None:
        self.situation, self.theatre = situation, theatre
        self.indices = theatre.indices(situation)
        self.drones = situation.drones
        had = situation.stops()
        self.stops = [stop for stop, _ in had]
        self.own = np.array([at for _, at in had], dtype=np.int64)
        levels = [home_level_m(drone) for drone in self.drones]
        alarm_heights = [alarm.height.m + max(levels) for alarm in situation.alarms]
        self.heights = np.concatenate((stop_heights(situation), alarm_heights))
        found: dict[Kind, int] = {}
        self.kind_at = np.array(
            [found.setdefault(kind_of(d, situation.wind), len(found)) for d in self.drones],
            dtype=np.int64,
        )
        self.kinds = list(found)
        self.count, self.tasks = len(self.drones), len(self.heights)

    def question(self) -> Question:
        count, tasks, kinds = self.count, self.tasks, len(self.kinds)
        self.go, self.go_e = (np.empty((kinds, tasks, tasks)) for _ in range(2))
        self.serve, self.serve_e = (np.empty((kinds, tasks)) for _ in range(2))
        self.start, self.start_e, self.home, self.home_e = (
            np.empty((count, tasks)) for _ in range(4)
        )
        self.idle, self.idle_e = np.zeros(count), np.zeros(count)
        self.lands_at = np.zeros((count, tasks), dtype=np.int64)
        self.idle_at = np.zeros(count, dtype=np.int64)
        sides = [self._side(at, kind) for at, kind in enumerate(self.kinds)]
        return Question(
            situation=self.situation,
            theatre=self.theatre,
            tasks=(*self.stops, *self.situation.alarms),
            work=self._work(),
            legs=tuple(leg for leg, _ in sides),
            stands=tuple(stands for _, stands in sides),
            lands_at=self.lands_at,
            idle_at=self.idle_at,
        )

    def _side(self, at: int, kind: Kind) -> tuple[Leg, tuple[Stand | None, ...]]:
        """Everything of one kind."""
        known = self.theatre.kinds[kind]
        ground = known.ways.ground
        members = np.flatnonzero(self.kind_at == at)
        starts = self.theatre.nodes(
            ground,
            tuple(self.drones[i].position for i in members),
            np.array([self._start_height(self.drones[i]) for i in members]),
            may_stand_in=True,
        )
        stops = len(self.stops)
        alarms = self.situation.alarms
        stands = [
            stand_for(alarm, self.theatre.plane, known.ways, starts, height)
            for alarm, height in zip(alarms, self.heights[stops:], strict=True)
        ]
        at_alarms = stand_nodes(ground, stands, self.heights[stops:])
        begins = _both(picked(known.begins, self.indices), at_alarms)
        same = known.ends is known.begins
        ends = begins if same else _both(picked(known.ends, self.indices), at_alarms)
        leg = Leg(known=known, begins=begins, ends=ends, starts=starts)
        self._fill_go(at, leg, at_alarms)
        self._fill_serve(at, kind, known)
        self._fill_starts(members, leg)
        self._fill_homes(members, leg, at_alarms)
        return leg, tuple(stands)

    def _fill_go(self, at: int, leg: Leg, at_alarms: Nodes) -> None:
        stops, known = len(self.stops), leg.known
        square = np.ix_(self.indices, self.indices)
        self.go[at, :stops, :stops] = known.go[0][square]
        self.go_e[at, :stops, :stops] = known.go[1][square]
        if self.tasks > stops:
            from_alarms = known.ways.between(at_alarms, leg.begins)
            self.go[at, stops:], self.go_e[at, stops:] = from_alarms
            before = Nodes(at=leg.ends.at[:stops], sees=leg.ends.sees[:stops])
            to_alarms = known.ways.between(before, at_alarms)
            self.go[at, :stops, stops:], self.go_e[at, :stops, stops:] = to_alarms

    def _fill_serve(self, at: int, kind: Kind, known: Known) -> None:
        stops = len(self.stops)
        dwell = np.array(
            [stop.dwell_s for stop in self.stops]
            + [alarm.look_s for alarm in self.situation.alarms]
        )
        self.serve[at], self.serve_e[at] = dwell, dwell * kind[1]
        self.serve[at, :stops] += known.along[0][self.indices]
        self.serve_e[at, :stops] += known.along[1][self.indices]

    def _fill_starts(self, members: Ints, leg: Leg) -> None:
        seconds, battery = leg.known.ways.between(leg.starts, leg.begins)
        straight = leg.known.ways.ground.clear_between(leg.starts.at, leg.begins.at)
        for row, drone_at in enumerate(members):
            drone = self.drones[drone_at]
            more = self._first_seconds(drone, leg, row, straight[row])
            self.start[drone_at] = _plus(seconds[row], more)
            self.start_e[drone_at] = _plus(battery[row], more)

    def _first_seconds(self, drone: RunningDrone, leg: Leg, row: int, straight: Bits) -> Floats:
        """Seconds that a first leg takes more than from standing: climbing from the ground, or
        turning from the way that the drone flies now."""
        if not drone.flying:
            rise = np.maximum(self.heights - home_level_m(drone), 0.0)
            return np.asarray(rise / drone.vehicle.climb_speed_m_s)
        speed, acceleration = leg.known.ways.motion.speed_m_s, drone.vehicle.acceleration_m_s2
        legs = leg.begins.at[:, :2] - leg.starts.at[row, :2]
        ahead = speed * legs / np.maximum(np.hypot(legs[:, 0], legs[:, 1]), 1e-9)[:, None]
        course = drone.course_rad
        now = drone.speed_m_s * np.array((math.sin(course), math.cos(course)))
        turn = ((ahead - now) ** 2).sum(axis=1)
        # Where the way begins round a corner its direction may be any.
        turn = np.where(straight > 0, turn, (speed + drone.speed_m_s) ** 2)
        return np.asarray((turn - speed**2) / (2.0 * acceleration * speed))

    def _fill_homes(self, members: Ints, leg: Leg, at_alarms: Nodes) -> None:
        ways, landings = leg.known.ways, leg.known.landings
        down = [part[self.indices] for part in leg.known.down]
        down_alarms = ways.between(at_alarms, landings)
        seconds = np.concatenate((down[0], down_alarms[0]))
        battery = np.concatenate((down[1], down_alarms[1]))
        idle, idle_e = ways.between(leg.starts, landings)
        for row, drone_at in enumerate(members):
            drone = self.drones[drone_at]
            own = self.theatre.landings_of(drone)
            best = np.argmin(seconds[:, own], axis=1)
            self.lands_at[drone_at] = best
            rows = np.arange(self.tasks)
            fall = np.maximum(self.heights - home_level_m(drone), 0.0)
            fall /= drone.vehicle.descent_speed_m_s
            self.home[drone_at] = _plus(seconds[:, own][rows, best], fall)
            self.home_e[drone_at] = _plus(battery[:, own][rows, best], fall)
            if drone.flying:
                nearest = int(np.argmin(idle[row, own]))
                self.idle_at[drone_at] = nearest
                down_s = max(0.0, drone.height.m) / drone.vehicle.descent_speed_m_s
                self.idle[drone_at] = min(idle[row, own][nearest] + down_s, NEVER)
                self.idle_e[drone_at] = min(idle_e[row, own][nearest] + down_s, NEVER)

    def _start_height(self, drone: RunningDrone) -> float:
        return drone.height.m + home_level_m(drone) if drone.flying else NEVER

    def _work(self) -> Work:
        aims, alarms = self.situation.aims, self.situation.alarms
        weights = np.array([stop.weight for stop in self.stops])
        none = np.zeros(len(alarms))
        share = aims.lateness / weights.sum() if len(weights) else 0.0
        never = np.full(self.tasks, NEVER)
        deadline = never.copy()
        deadline[: len(self.stops)] = np.minimum([s.deadline_s for s in self.stops], NEVER)
        return Work(
            go=self.go,
            go_e=self.go_e,
            come=np.ascontiguousarray(self.go.transpose(0, 2, 1)),
            serve=self.serve,
            serve_e=self.serve_e,
            start=self.start,
            start_e=self.start_e,
            home=self.home,
            home_e=self.home_e,
            idle=self.idle,
            idle_e=self.idle_e,
            ready=np.array([0.0 if d.flying else d.free_from_s for d in self.drones]),
            budget=np.array([d.battery_s - d.reserve_s for d in self.drones]),
            kind=self.kind_at,
            can=self._can(),
            weight=np.concatenate((share * weights, none)),
            due=np.zeros(self.tasks),
            deadline=deadline,
            miss=np.concatenate((aims.missed_s * weights, none)),
            undone=np.concatenate((aims.undone_s * weights, none + NEVER)),
            latest=never,
            pinned=np.full(self.tasks, -1, dtype=np.int64),
            own=np.concatenate((self.own, np.full(len(alarms), -1, dtype=np.int64))),
            aims=np.array((aims.makespan, aims.flight / self.count, aims.handover_s)),
        )

    def _can(self) -> Bits:
        """Who may serve what: what it carries, whose it is, a way there and home, the wind."""
        can = np.zeros((self.count, self.tasks), dtype=np.uint8)
        needs = [stop.needs for stop in self.stops]
        needs += [alarm.needs for alarm in self.situation.alarms]
        free = np.array([s.movable for s in self.stops] + [True] * len(self.situation.alarms), bool)
        for at, drone in enumerate(self.drones):
            mine = np.concatenate((self.own == at, np.zeros(len(self.situation.alarms), bool)))
            carried = np.array([need <= drone.carries for need in needs], dtype=bool)
            whole = self.start[at] + self.home[at] + self.serve[self.kind_at[at]]
            calm = self.situation.wind.strongest_m_s <= drone.vehicle.wind_limit_m_s
            can[at] = carried & (whole < NEVER) & (mine | (free & calm))
        return can


def _both(one: Nodes, other: Nodes) -> Nodes:
    return Nodes(at=np.concatenate((one.at, other.at)), sees=np.concatenate((one.sees, other.sees)))


def _plus(ways: Floats, more: Floats) -> Floats:
    return np.where(ways >= NEVER, NEVER, np.maximum(ways + more, 0.0))
