"""The world: people, vehicles and animals that move by a seed, and what a scenario makes happen.

It steps on virtual time and looks at no clock; the same seed, scenario and steps give the same
world.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from onboard.messages import ObjectClass
from sim.district.features import Array, District
from sim.world.happenings import Happening, happenings
from sim.world.lanes import Lanes
from sim.world.objects import Population, Snapshot, numbered
from sim.world.parking import Bays, bays
from sim.world.population import People
from sim.world.scenario import Scenario
from sim.world.traffic import Traffic

VEHICLE_SHARES = ((ObjectClass.CAR, 0.84), (ObjectClass.TRUCK, 0.1), (ObjectClass.BUS, 0.06))
STEP_S = 0.1
# An event that flickers at its threshold is one event: it is over when it stays so.
OVER_AFTER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldEvent:
    """A scripted event that became so; `ended_s` is set when it ceased to be."""

    id: str
    kind: str
    place: str
    harmless: bool
    began_s: float
    ended_s: float | None
    en: tuple[float, float]
    object_ids: tuple[str, ...]


class World:
    """Everything that moves. `step` moves it on; `snapshot` shows it; `news` tells of events."""

    def __init__(self, district: District, scenario: Scenario, seed: int) -> None:
        rng = np.random.default_rng((seed, 7))
        self.district = district
        self.now_s = 0.0
        self.bays: Bays = bays(district, seed)
        self._people = People(district, scenario, rng)
        self._traffic, moving = _traffic(district, scenario.ambient.vehicles, rng)
        parked_at = self.bays.at[self.bays.taken]
        parked = Population.of(ObjectClass.CAR, len(parked_at), rng)
        self._population = numbered(
            (self._people.population, self._people.animal_population, moving, parked)
        )
        self._parked = (parked_at, self.bays.heading_rad[self.bays.taken])
        people, animals = len(self._people.walkers), len(self._people.animals)
        self._waiting: list[Happening] = happenings(
            district, self._people, self._traffic, (0, people, people + animals)
        )
        self._started: list[Happening] = []
        self._current: dict[str, WorldEvent] = {}
        self._last_so_s: dict[str, float] = {}
        self._news: list[WorldEvent] = []

    def step(self, dt_s: float, took_off_s: Mapping[str, float]) -> None:
        """Move everything on by `dt_s`; `took_off_s` says when each vehicle took off, if it has."""
        self.now_s += dt_s
        self._people.walkers.step(dt_s)
        self._people.animals.step(dt_s)
        self._traffic.step(self.now_s, dt_s)
        for happening in [each for each in self._waiting if self._is_due(each, took_off_s)]:
            self._waiting.remove(happening)
            self._started.append(happening)
            happening.start()
        for happening in self._started:
            self._note(happening)

    def _is_due(self, happening: Happening, took_off_s: Mapping[str, float]) -> bool:
        return happening.event.due(self.now_s, took_off_s)

    def _note(self, happening: Happening) -> None:
        """Report what began and what ended."""
        came = happening.check()
        known = self._current.get(happening.event.id)
        if came is not None and known is None:
            began = WorldEvent(
                id=happening.event.id,
                kind=happening.kind,
                place=happening.place,
                harmless=happening.harmless,
                began_s=self.now_s,
                ended_s=None,
                en=(float(came.en[0]), float(came.en[1])),
                object_ids=tuple(self._population.ids[index] for index in came.members),
            )
            self._current[began.id] = began
            self._last_so_s[began.id] = self.now_s
            self._news.append(began)
        elif came is not None and known is not None:
            self._last_so_s[known.id] = self.now_s
            self._note_joined(known, came.members)
        elif known is not None and self.now_s - self._last_so_s[known.id] > OVER_AFTER_S:
            del self._current[known.id]
            self._news.append(replace(known, ended_s=self._last_so_s[known.id]))

    def _note_joined(self, known: WorldEvent, members: tuple[int, ...]) -> None:
        """Report an event again when more take part in it."""
        ids = {self._population.ids[index] for index in members} | set(known.object_ids)
        if len(ids) > len(known.object_ids):
            self._current[known.id] = replace(known, object_ids=tuple(sorted(ids)))
            self._news.append(self._current[known.id])

    def news(self) -> list[WorldEvent]:
        """Events that began, grew or ended since the last call; the id tells which."""
        news, self._news = self._news, []
        return news

    def snapshot(self) -> Snapshot:
        """Every object as it is now; the arrays are the caller's."""
        walkers, animals = self._people.walkers, self._people.animals
        driving, driving_heading = self._traffic.positions()
        parked, parked_heading = self._parked
        still = np.zeros(len(driving) + len(parked))
        return Snapshot(
            now_s=self.now_s,
            ids=self._population.ids,
            codes=self._population.codes,
            en=np.concatenate((walkers.at, animals.at, driving, parked)),
            heading_rad=np.concatenate(
                (walkers.heading_rad, animals.heading_rad, driving_heading, parked_heading)
            ),
            size_m=self._population.size_m,
            look=self._population.look,
            stride=np.concatenate((walkers.stride, animals.stride, still)),
        )


def _traffic(
    district: District, count: int, rng: np.random.Generator
) -> tuple[Traffic, Population]:
    """Vehicles spread over the lanes by length, avenues three times as dense, never overlapping.

    No more than there are lanes: each begins on one of its own.
    """
    lanes = Lanes(district.roads)
    count = min(count, lanes.lane_count)
    usable = lanes.length_m[: lanes.lane_count]
    weights = usable * np.where(lanes.limit_m_s[: lanes.lane_count] > 12.0, 3.0, 1.0)
    track = np.empty(0, dtype=np.int64)
    if count:
        track = rng.choice(lanes.lane_count, count, replace=False, p=weights / weights.sum())
    along: Array = rng.uniform(0.1, 0.6, count) * usable[track]
    shares = [share for _, share in VEHICLE_SHARES]
    kinds = tuple(
        VEHICLE_SHARES[index][0] for index in rng.choice(len(shares), count, p=shares).tolist()
    )
    population = Population.mixed(kinds, rng)
    traffic = Traffic(lanes, length_m=population.size_m[:, 0], rng=rng, start=(track, along))
    return traffic, population
