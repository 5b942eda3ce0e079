"""Dense crowds, people who gather or scatter, people in water and on ice, lights and fires."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from missions.errors import BadInput
from onboard.messages import EventKind, ObjectClass, Severity
from onboard.rules import Rule, Zones, read_district
from onboard.rules.circles import fullest_circles
from onboard.rules.crowd import Crowd, CrowdSettings, DenseCrowd, DenseCrowdSettings
from onboard.rules.in_water import InWater, InWaterSettings, Water
from onboard.rules.lights import Fire, FireSettings, LightAtNight, LightSettings
from onboard.rules.seasons import Season, parsed_season
from onboard.rules.sudden import (
    Gathering,
    GatheringSettings,
    Scattering,
    ScatteringSettings,
)
from onboard.rules.zones import Zone
from onboard.track.track import Track
from tests.onboard.rules.scripted import Frames, seen, watched

STEP_S = 0.5
Places = npt.NDArray[np.float64]


def people(places: Places) -> list[Track]:
    return [
        seen(ObjectClass.PERSON, (east, north), number)
        for number, (east, north) in enumerate(places.tolist())
    ]


def disc(count: int, radius_m: float) -> Places:
    """Sunflower seeds: evenly over a disc."""
    index = np.arange(count) + 0.5
    angles = math.pi * (1.0 + math.sqrt(5.0)) * index
    radii = radius_m * np.sqrt(index / count)
    return np.stack((radii * np.cos(angles), radii * np.sin(angles)), axis=-1)


def test_a_crush_is_an_alarm_and_a_crowd_as_well() -> None:
    frames = [people(disc(60, 2.3))] * 20
    (crush,) = watched(DenseCrowd(DenseCrowdSettings()), frames)
    assert (crush.kind, crush.severity) == (EventKind.DENSE_CROWD, Severity.ALARM)
    (crowd,) = watched(Crowd(CrowdSettings()), frames)
    assert crowd.severity is Severity.WARNING


def test_a_crowds_sentence_tells_how_dense_it_is() -> None:
    # 50 people, evenly over a circle of 4 m, are one a square metre.
    (crowd,) = watched(Crowd(CrowdSettings()), [people(disc(50, 4.0))] * 20)
    assert "1.0 a square metre" in crowd.explanation.en


def test_as_many_with_room_to_walk_are_no_crush() -> None:
    assert watched(DenseCrowd(DenseCrowdSettings()), [people(disc(60, 8.0))] * 20) == []


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=40))
def test_every_place_is_in_one_circle_and_the_first_is_the_fullest(
    places: list[tuple[float, float]],
) -> None:
    circles = list(fullest_circles(np.array(places).reshape(-1, 2), 10.0))
    assert sorted(index for circle in circles for index in circle.tolist()) == list(
        range(len(places))
    )
    sizes = [len(circle) for circle in circles]
    assert sizes == sorted(sizes, reverse=True)


def moving(speed_m_s: float, *, away: bool, count: int = 14, steps: int = 40) -> Frames:
    """People on rays from a middle: they stand for 8 s, and then go for the rest."""
    ways = disc(count, 1.0)
    ways /= np.hypot(*ways.T)[:, None]
    from_m = np.linspace(1.0, 5.0, count) if away else np.linspace(19.0, 25.0, count)
    frames = []
    for step in range(steps):
        gone = speed_m_s * max(0.0, step * STEP_S - 8.0)
        radii = from_m + gone if away else np.maximum(from_m - gone, np.linspace(0.5, 3, count))
        frames.append(people(ways * radii[:, None]))
    return frames


def test_people_who_hurry_to_one_place_gather() -> None:
    (finding,) = watched(Gathering(GatheringSettings()), moving(2.0, away=False))
    assert finding.kind is EventKind.SUDDEN_GATHERING
    assert finding.object_count >= 10


def test_people_who_run_apart_scatter() -> None:
    (finding,) = watched(Scattering(ScatteringSettings()), moving(4.0, away=True))
    assert finding.kind is EventKind.SUDDEN_SCATTERING
    assert 8.0 <= finding.began_s <= 18.0


@pytest.mark.parametrize(
    "frames",
    [
        moving(0.3, away=False),  # they stroll up
        moving(2.0, away=False, count=8),  # a few
        [people(disc(14, 5.0) + np.array([1.3 * step, 0.0])) for step in range(40)],  # a procession
        [people(disc(14, 5.0))] * 40,
    ],
)
def test_strollers_few_people_processions_and_bystanders_do_not_gather(
    frames: Frames,
) -> None:
    assert watched(Gathering(GatheringSettings()), frames) == []


@pytest.mark.parametrize(
    "frames",
    [
        moving(1.2, away=True),  # they go home
        moving(4.0, away=True, count=5),
        # They run together.
        [people(disc(14, 5.0) + np.array([1.5 * step, 0.0])) for step in range(40)],
    ],
)
def test_people_who_go_home_or_run_together_do_not_scatter(frames: Frames) -> None:
    assert watched(Scattering(ScatteringSettings()), frames) == []


LAKE = shapely.box(0.0, 0.0, 200.0, 200.0)
ICE = Season((((11, 20), (3, 25)),))
SUMMER, WINTER = datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 1, 15, 8, tzinfo=UTC)


def waters(safe_ice: Season | None = None) -> Zones:
    bridge = Zone("bridge", shapely.box(90.0, -50.0, 110.0, 250.0))
    lake = Water("lake", LAKE, ice=ICE, safe_ice=safe_ice or Season())
    return Zones(carriageways=(bridge,), waters=(lake,))


@pytest.mark.parametrize(
    ("utc", "kind"),
    [
        (SUMMER, EventKind.PERSON_IN_WATER),
        (WINTER, EventKind.PERSON_ON_ICE),
        (None, EventKind.PERSON_IN_WATER),
    ],
)
def test_who_is_in_a_lake_is_in_its_water_or_on_its_ice(
    utc: datetime | None, kind: EventKind
) -> None:
    frames = [[seen(ObjectClass.PERSON, (50.0, 50.0))]] * 20
    (finding,) = watched(InWater(InWaterSettings()), frames, waters(), utc=utc)
    assert (finding.kind, finding.zone, finding.severity) == (kind, "lake", Severity.ALARM)


@pytest.mark.parametrize(
    "tracks",
    [
        [seen(ObjectClass.PERSON, (-3.0, 50.0))],  # on the beach
        [seen(ObjectClass.PERSON, (100.0, 50.0))],  # on the bridge
        [seen(ObjectClass.PERSON, (50.0, 50.0)), seen(ObjectClass.BOAT, (51.5, 50.0), 2)],
        [seen(ObjectClass.BOAT, (50.0, 50.0), 2)],
    ],
)
def test_who_is_beside_over_or_in_a_boat_on_a_lake_is_not_in_it(tracks: list[Track]) -> None:
    assert watched(InWater(InWaterSettings()), [tracks] * 20, waters(), utc=SUMMER) == []


def test_people_near_each_other_in_the_water_are_one_event_that_counts_them() -> None:
    pair = [seen(ObjectClass.PERSON, (50.0 + 8.0 * i, 50.0), i) for i in range(2)]
    (finding,) = watched(InWater(InWaterSettings()), [pair] * 20, waters(), utc=SUMMER)
    assert finding.object_count == 2
    assert finding.explanation.ru.startswith("Люди (2) находятся в воде")


def test_a_boat_that_frames_miss_still_carries_its_people() -> None:
    frames = []
    for step in range(40):
        east = 20.0 + 2.0 * step * STEP_S
        rower = seen(ObjectClass.PERSON, (east, 50.0), velocity=(2.0, 0.0))
        boat = seen(ObjectClass.BOAT, (east, 50.5), 2, velocity=(2.0, 0.0))
        frames.append([rower, boat] if step % 12 == 0 else [rower])
    assert watched(InWater(InWaterSettings()), frames, waters(), utc=SUMMER) == []


def test_people_on_ice_that_is_safe_by_then_are_no_event() -> None:
    safe = waters(Season((((12, 20), (2, 28)),)))
    frames = [[seen(ObjectClass.PERSON, (50.0, 50.0))]] * 20
    assert watched(InWater(InWaterSettings()), frames, safe, utc=WINTER) == []
    thin = datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert len(watched(InWater(InWaterSettings()), frames, safe, utc=thin)) == 1


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)))
def test_a_season_over_the_new_year_is_the_rest_of_the_one_that_is_not(at: datetime) -> None:
    utc = at.replace(tzinfo=UTC)
    rest = Season((((3, 26), (11, 19)),))
    assert ICE.holds(utc) != rest.holds(utc)


@pytest.mark.parametrize(
    ("spans", "offset"),
    [([], 0), ("11-20/03-25", 0), (["20-11/03-25"], 0), (["11-20/03-25"], "five")],
)
def test_a_season_that_cannot_be_read_is_refused(spans: object, offset: object) -> None:
    with pytest.raises(ValueError, match=r"span|offset"):
        parsed_season(spans, offset)


SQUARE = [[65.5, 44.8], [65.51, 44.8], [65.51, 44.81], [65.5, 44.81], [65.5, 44.8]]


def written(folder: Path, kind: str, **more: object) -> Path:
    file = folder / "district.geojson"
    feature = {
        "type": "Feature",
        "properties": {"id": "lake-1", "kind": kind, **more},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return file


def test_a_districts_water_has_its_seasons_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    ice = {"ice": ["11-20/03-25"], "safe_ice": ["12-20/02-28"], "utc_offset_h": 5}
    _, zones = read_district(written(tmp_path, "water", **ice))
    (water,) = zones.waters
    assert isinstance(water, Water)
    assert water.ice.holds(WINTER)
    assert not water.ice.holds(SUMMER)
    with pytest.raises(BadInput, match=r"lake-1.*span"):
        read_district(written(tmp_path, "water", ice=["winter"]))


STEPPE = Zones(
    carriageways=(Zone("track", shapely.box(90.0, -50.0, 110.0, 250.0)),),
    dark_areas=(Zone("steppe", LAKE),),
)


@pytest.mark.parametrize(
    ("rule", "what", "kind"),
    [
        (LightAtNight(LightSettings()), ObjectClass.LIGHT, EventKind.LIGHT_AT_NIGHT),
        (Fire(FireSettings()), ObjectClass.HOT_SPOT, EventKind.FIRE),
    ],
)
def test_a_light_or_a_hot_spot_in_the_dark_is_one_event(
    rule: Rule, what: ObjectClass, kind: EventKind
) -> None:
    (finding,) = watched(rule, [[seen(what, (50.0, 50.0))]] * 30, STEPPE)
    assert (finding.kind, finding.zone) == (kind, "steppe")


@pytest.mark.parametrize("east", [100.0, -5.0])
def test_lights_on_the_road_and_outside_are_none(east: float) -> None:
    frames = [[seen(ObjectClass.LIGHT, (east, 50.0))]] * 30
    assert watched(LightAtNight(LightSettings()), frames, STEPPE) == []
