"""Scripted events: each starts when it is due and says when it has truly become so in the world."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

from sim.district.features import Array, District
from sim.world.population import People
from sim.world.roams import PathRoam, SpotRoam, StripRoam
from sim.world.scenario import (
    AnimalsOnRoad,
    CrowdForms,
    Event,
    Intrusion,
    VehicleStops,
    geo,
)
from sim.world.traffic import StopOrder, Traffic
from sim.world.walkers import Walkers

HURRY_M_S = 1.8
DRIVE_M_S = 1.6
LOOKS_BEFORE_BRINGING = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """An event is so now: whom it concerns (indices in the snapshot) and where its middle is."""

    members: tuple[int, ...]
    en: Array


class Happening(Protocol):
    """One scripted event on its way."""

    kind: str
    place: str
    harmless: bool

    @property
    def event(self) -> Event:
        """What the scenario says of it."""

    def start(self) -> None:
        """Begin to bring it about."""

    def check(self) -> Came | None:
        """What is so now; None while it is not."""


class CrowdHappening:
    """People who were kept for it walk to the spot."""

    kind = "crowd"
    harmless = False

    def __init__(
        self, event: CrowdForms, district: District, people: Walkers, members: range, base: int
    ) -> None:
        self.event = event
        self.place = event.place
        self._people, self._members, self._base = people, members, base
        self._spot = np.array(district.plane.en(geo(event.at)))

    def start(self) -> None:
        """All set out for the spot."""
        for index in self._members:
            roam = SpotRoam(self._spot, spread_m=self.event.spread_m, wait_s=(10.0, 40.0))
            self._people.redirect(index, roam, speed_m_s=HURRY_M_S)

    def check(self) -> Came | None:
        """So when enough of them are close to the spot."""
        at = self._people.at[self._members.start : self._members.stop]
        near = np.hypot(*(at - self._spot).T) <= self.event.within_m
        if int(near.sum()) < self.event.is_crowd_at:
            return None
        members = np.array(self._members)[near]
        return Came(members=tuple((members + self._base).tolist()), en=at[near].mean(axis=0))


class StopHappening:
    """The next vehicle that can, on the lane that is meant, stops at the spot."""

    kind = "vehicle_stopped"

    def __init__(
        self, event: VehicleStops, district: District, traffic: Traffic, base: int
    ) -> None:
        self.event = event
        self.place = event.road
        self.harmless = event.harmless
        self._traffic, self._base = traffic, base
        spot = np.array(district.plane.en(geo(event.at)))
        self._track, self._along_m = traffic.lanes.nearest(
            spot, road_id=event.road, lane=event.lane
        )
        self._spot = spot
        self._order: StopOrder | None = None
        self._looked = 0

    def start(self) -> None:
        """From now on a vehicle is looked for."""
        self._looked = 0

    def check(self) -> Came | None:
        """So when the vehicle stands."""
        if self._order is None:
            self._look()
            return None
        if not self._traffic.has_stopped(self._order):
            return None
        at, _ = self._traffic.positions()
        vehicle = self._order.vehicle
        return Came(members=(vehicle + self._base,), en=at[vehicle])

    def _look(self) -> None:
        vehicle = self._traffic.candidate(self._track, self._along_m)
        self._looked += 1
        if vehicle is None and self._looked == LOOKS_BEFORE_BRINGING:
            self._traffic.bring(self._track, away_from=self._spot)
            self._looked = 0
        if vehicle is None:
            return
        self._order = StopOrder(
            vehicle=vehicle,
            track=self._track,
            along_m=self._along_m,
            for_s=float("inf") if self.event.for_s is None else self.event.for_s,
        )
        self._traffic.order_stop(self._order)


class AnimalsHappening:
    """The animals nearest to the road walk onto it."""

    kind = "animals_on_road"
    harmless = False

    def __init__(
        self,
        event: AnimalsOnRoad,
        district: District,
        animals: Walkers,
        members: range,
        base: int,
    ) -> None:
        self.event = event
        self.place = event.road
        self._animals, self._herd, self._base = animals, members, base
        self._spot = np.array(district.plane.en(geo(event.at)))
        road = district.road(event.road)
        self._line = shapely.LineString(road.line)
        self._half_width_m = road.width_m / 2.0

    def start(self) -> None:
        """Send as many as are wanted, the nearest first."""
        herd = np.array(self._herd)
        distance = np.hypot(*(self._animals.at[herd] - self._spot).T)
        along = self._line.project(shapely.Point(self._spot))
        a, b = (np.array(self._line.interpolate(along + step).coords[0]) for step in (-2, 2))
        roam = StripRoam(
            self._spot,
            b - a,
            half_length_m=self.event.half_length_m,
            half_width_m=self._half_width_m - 0.8,
        )
        for index in herd[np.argsort(distance)[: self.event.count]].tolist():
            self._animals.redirect(index, roam, speed_m_s=DRIVE_M_S)

    def check(self) -> Came | None:
        """So when enough of them are on the carriageway."""
        herd = np.array(self._herd)
        at = self._animals.at[herd]
        on_road = shapely.distance(self._line, shapely.points(at)) <= self._half_width_m
        if int(on_road.sum()) < self.event.is_event_at:
            return None
        members = tuple((herd[on_road] + self._base).tolist())
        return Came(members=members, en=at[on_road].mean(axis=0))


class IntrusionHappening:
    """A person who waited outside walks in and stays."""

    kind = "intrusion"
    harmless = False

    def __init__(
        self, event: Intrusion, district: District, people: Walkers, member: int, base: int
    ) -> None:
        self.event = event
        self.place = event.place
        self._people, self._member, self._base = people, member, base
        plane = district.plane
        self._way_in = np.array([plane.en(geo(pair)) for pair in event.path])
        self._inside = np.array([plane.en(geo(pair)) for pair in event.inside])
        self._area = shapely.Polygon(district.place(event.place).ring)

    def start(self) -> None:
        """The person sets out."""
        path = np.vstack((self._way_in[1:], self._inside))
        roam = PathRoam(path, turns_back_at=len(self._way_in) - 1)
        self._people.redirect(self._member, roam, speed_m_s=self.event.speed_m_s)

    def check(self) -> Came | None:
        """So when the person is in the area."""
        at = self._people.at[self._member]
        if not self._area.contains(shapely.Point(at)):
            return None
        return Came(members=(self._member + self._base,), en=at.copy())


def happenings(
    district: District, people: People, traffic: Traffic, bases: tuple[int, int, int]
) -> list[Happening]:
    """One for each event of the scenario; `bases` are where people, animals, vehicles begin."""
    people_base, animals_base, vehicles_base = bases
    found: list[Happening] = []
    for event in people.scenario.event:
        if isinstance(event, CrowdForms):
            members = people.crowds[event.id]
            found.append(CrowdHappening(event, district, people.walkers, members, people_base))
        elif isinstance(event, VehicleStops):
            found.append(StopHappening(event, district, traffic, vehicles_base))
        elif isinstance(event, AnimalsOnRoad):
            herd = people.herds[event.herd]
            found.append(AnimalsHappening(event, district, people.animals, herd, animals_base))
        else:
            member = people.intruders[event.id]
            found.append(IntrusionHappening(event, district, people.walkers, member, people_base))
    return found
