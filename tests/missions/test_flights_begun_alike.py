"""A flight that begins as the one before it did is gone on with, and is the same as flown alone."""

from dataclasses import replace

import numpy as np
import pytest

from missions.assemble import Assembly, assemble
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Home, Plan
from missions.px4_flight import flight
from missions.px4_flight.begun_alike import LastFlight
from missions.px4_flight.flight import FlownStages, fly_stages
from missions.px4_flight.stages import stages_of
from missions.vehicle import default_vehicle
from missions.wind import CALM

PLANE = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
VEHICLE = default_vehicle()


def there_and_back(legs: int, *, heading_at: int | None = None) -> Plan:
    points = tuple(
        PathPoint(
            position=PLANE.geo(200.0 * (i % 2), 30.0 * i),
            height=HeightAboveHome(50.0 + 3.0 * (i % 3)),
            dwell_s=4.0 * (i == heading_at),
            heading_rad=1.0 if i == heading_at else None,
        )
        for i in range(legs)
    )
    home = Home(position=PLANE.geo(-60.0, 0.0), height=HeightAmsl(100.0))
    path = PatrolPath(pattern="there and back", points=points)
    return assemble(path, home, Assembly(speed_m_s=9.0))


def flown(plan: Plan, *, every_s: float = 0.5) -> FlownStages:
    made = stages_of(plan, VEHICLE, comes_home=True)
    assert made is not None
    return fly_stages(made, VEHICLE, CALM, every_s=every_s)


def cut(plan: Plan, items: int) -> Plan:
    return replace(plan, items=plan.items[:items])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (there_and_back(12), cut(there_and_back(12), 7)),
        (cut(there_and_back(12), 7), there_and_back(12)),
        (cut(there_and_back(12), 7), cut(there_and_back(12), 8)),
        (there_and_back(12), there_and_back(12)),
        (there_and_back(12), there_and_back(12, heading_at=9)),
        (there_and_back(12, heading_at=9), there_and_back(12, heading_at=10)),
    ],
)
@pytest.mark.parametrize("every_s", [0.5, float("inf")])
def test_flight_after_another_is_the_same_as_flown_alone(
    before: Plan, after: Plan, every_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flight, "LAST", LastFlight())
    alone = flown(after, every_s=every_s)
    monkeypatch.setattr(flight, "LAST", LastFlight())
    flown(before, every_s=every_s)
    again = flown(after, every_s=every_s)
    assert np.array_equal(alone.ends_s, again.ends_s)
    assert np.array_equal(alone.track, again.track)
    assert np.array_equal(alone.passing, again.passing)
    assert [(i, way.tolist()) for i, way in alone.asides] == [
        (i, way.tolist()) for i, way in again.asides
    ]


def test_what_two_flights_share_is_not_flown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    last = LastFlight()
    monkeypatch.setattr(flight, "LAST", last)
    flown(there_and_back(12))
    assert last.flown is not None
    stages, settings = last.flown.stages, last.flown.settings
    other = stages.copy()
    other[5, 0] += 1.0
    assert last.flown.first_other(other, settings, 0.5) == 5
    assert last.flown.first_other(other, settings, 1.0) == 0
    assert last.begins(stages[:4], settings, 0.5)[0] == 3
