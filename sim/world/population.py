"""Who lives in the world: the walkers of its places and pavements, groups, herds, and the extras
that scripted events need."""

from collections.abc import Iterator

import numpy as np
import shapely

from missions.errors import BadInput
from onboard.messages import ObjectClass
from sim.district.features import Array, District
from sim.world.objects import Population
from sim.world.roams import AreaRoam, PathRoam, SpotRoam
from sim.world.scenario import CrowdForms, Intrusion, Pair, Scenario, geo
from sim.world.walkers import Roam, Walkers

PUBLIC = ("square", "park", "bazaar", "embankment")
PAVEMENT_BESIDE_M = 2.6
HERD_CLEAR_OF_EDGE_M = 14.0
CROWD_STARTS_BEYOND_M = 22.0


class People:
    """All people and animals with the parts that scripted events move, by event or herd id."""

    def __init__(self, district: District, scenario: Scenario, rng: np.random.Generator) -> None:
        self.scenario = scenario
        self._district = district
        self._rng = rng
        self._starts: list[Array] = []
        self._roams: list[Roam] = []
        self._speeds: list[float] = []
        self.crowds: dict[str, range] = {}
        self.intruders: dict[str, int] = {}
        self.herds: dict[str, range] = {}
        self._check_references()
        self.walkers = self._people()
        self.population = Population.of(ObjectClass.PERSON, len(self.walkers), rng)
        self.animals = self._animals()
        species = tuple(
            ObjectClass(herd.species) for herd in scenario.herd for _ in range(herd.count)
        )
        self.animal_population = Population.mixed(species, rng)

    def _check_references(self) -> None:
        """Every id that the scenario names must be there."""
        places = {place.id for place in self._district.places}
        roads = {road.id for road in self._district.roads}
        herds = {herd.id for herd in self.scenario.herd}
        for number, event in enumerate(self.scenario.event):
            for key, known in (("place", places), ("road", roads), ("herd", herds)):
                value = getattr(event, key, None)
                if value is not None and value not in known:
                    raise BadInput(
                        where=f"event.{number}.{key}", what=f"the district has no {value!r}"
                    )
        for number, herd in enumerate(self.scenario.herd):
            if herd.place not in places:
                raise BadInput(
                    where=f"herd.{number}.place", what=f"the district has no {herd.place!r}"
                )

    def _people(self) -> Walkers:
        for start, roam in (*self._in_places(), *self._on_pavements(), *self._grouped()):
            self._add(start, roam, float(self._rng.uniform(0.8, 1.5)))
        for stroll in self.scenario.stroll:
            path = self._en(stroll.path)
            self._add(path[0], PathRoam(path, first=1), stroll.speed_m_s)
        for event in self.scenario.event:
            if isinstance(event, CrowdForms):
                self.crowds[event.id] = self._kept_for_crowd(event)
            elif isinstance(event, Intrusion):
                self.intruders[event.id] = len(self._starts)
                start = self._en(event.path)[0]
                self._add(start, SpotRoam(start, spread_m=1.5), event.speed_m_s)
        return self._walkers()

    def _add(self, start: Array, roam: Roam, speed_m_s: float) -> None:
        self._starts.append(start)
        self._roams.append(roam)
        self._speeds.append(speed_m_s)

    def _walkers(self) -> Walkers:
        walkers = Walkers(
            at=np.array(self._starts).reshape(-1, 2),
            speed_m_s=np.array(self._speeds),
            roams=self._roams,
            rng=self._rng,
        )
        self._starts, self._roams, self._speeds = [], [], []
        return walkers

    def _in_places(self) -> Iterator[tuple[Array, Roam]]:
        blocks = shapely.union_all(
            [shapely.Polygon(each.ring).buffer(1.0) for each in self._district.buildings]
        )
        for place in self._district.places:
            if place.kind not in PUBLIC:
                continue
            area = shapely.Polygon(place.ring).buffer(-2.0)
            within = blocks.intersection(area.buffer(3.0))
            roam = AreaRoam(area, obstacles=None if within.is_empty else within)
            for _ in range(self.scenario.ambient.walkers_a_place):
                yield roam.sample(self._rng), roam

    def _on_pavements(self) -> Iterator[tuple[Array, Roam]]:
        streets = [road for road in self._district.roads if road.road_class in ("avenue", "street")]
        for _ in range(self.scenario.ambient.walkers_on_pavements if streets else 0):
            road = streets[int(self._rng.integers(len(streets)))]
            beside = road.width_m / 2.0 + PAVEMENT_BESIDE_M
            side = 1.0 if self._rng.random() < 0.5 else -1.0
            # A curve beside a bent line may fall into pieces.
            pieces = shapely.get_parts(shapely.LineString(road.line).offset_curve(side * beside))
            path = shapely.get_coordinates(max(pieces, key=shapely.length, default=None))
            if len(path) < 2:
                continue
            first = int(self._rng.integers(1, len(path)))
            share = self._rng.random()
            start = path[first - 1] * share + path[first] * (1.0 - share)
            yield start, PathRoam(path, first=first)

    def _grouped(self) -> Iterator[tuple[Array, Roam]]:
        for group in self.scenario.group:
            centre = self._en((group.at,))[0]
            roam = SpotRoam(centre, spread_m=group.spread_m, wait_s=(20.0, 90.0))
            for _ in range(group.count):
                yield roam.next_target(centre, self._rng)[0], roam

    def _kept_for_crowd(self, event: CrowdForms) -> range:
        """People about the square who will gather; until then each keeps to an own corner."""
        first = len(self._starts)
        area = AreaRoam(shapely.Polygon(self._district.place(event.place).ring).buffer(30.0))
        spot = self._en((event.at,))[0]
        while len(self._starts) < first + event.count:
            start = area.sample(self._rng)
            if np.hypot(*(start - spot)) > CROWD_STARTS_BEYOND_M:
                self._add(start, SpotRoam(start, spread_m=3.0), float(self._rng.uniform(0.8, 1.4)))
        return range(first, first + event.count)

    def _animals(self) -> Walkers:
        for herd in self.scenario.herd:
            first = len(self._starts)
            pasture = shapely.Polygon(self._district.place(herd.place).ring)
            centre = shapely.Point(self._en((herd.at,))[0]).buffer(herd.spread_m)
            grazed = pasture.buffer(-HERD_CLEAR_OF_EDGE_M).intersection(centre)
            if grazed.is_empty:
                raise BadInput(where=f"herd {herd.id}", what=f"its spot is not in {herd.place}")
            roam = AreaRoam(grazed, wait_s=(10.0, 45.0), reach_m=12.0)
            for _ in range(herd.count):
                self._add(roam.sample(self._rng), roam, float(self._rng.uniform(0.3, 0.6)))
            self.herds[herd.id] = range(first, len(self._starts))
        return self._walkers()

    def _en(self, pairs: tuple[Pair, ...]) -> Array:
        plane = self._district.plane
        return np.array([plane.en(geo(pair)) for pair in pairs])
