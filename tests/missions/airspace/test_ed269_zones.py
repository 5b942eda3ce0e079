"""ED-269: the fields of the standard, as files really write them, and bad ones refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from shapely.geometry import Point

from missions.airspace.reading import zones_from_text
from missions.airspace.zone import Airspace, Circle, Restriction, Zone
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl

RING = [[65.50, 44.84], [65.52, 44.84], [65.52, 44.86], [65.50, 44.86], [65.50, 44.84]]


def volume(**changes: Any) -> dict[str, Any]:
    return {
        "uomDimensions": "M",
        "lowerLimit": 0,
        "lowerVerticalReference": "AGL",
        "upperLimit": 120,
        "upperVerticalReference": "AGL",
        "horizontalProjection": {"type": "Polygon", "coordinates": [RING]},
    } | changes


def feature(**changes: Any) -> dict[str, Any]:
    return {
        "identifier": "KZA0001",
        "country": "KAZ",
        "name": "Airfield",
        "type": "COMMON",
        "restriction": "REQ_AUTHORISATION",
        "reason": ["AIR_TRAFFIC"],
        "applicability": [{"permanent": "YES"}],
        "zoneAuthority": [{"name": "Tower", "phone": "+7 7242", "purpose": "AUTHORIZATION"}],
        "geometry": [volume()],
    } | changes


def read(*features: dict[str, Any], key: str = "features") -> Airspace:
    return zones_from_text(json.dumps({"title": "t", key: list(features)}), "zones.json")


def one(**changes: Any) -> Zone:
    return read(feature(**changes)).zones[0]


def test_everything_that_a_check_needs_is_read() -> None:
    zone = one()
    assert (zone.identifier, zone.name) == ("KZA0001", "Airfield")
    assert zone.restriction is Restriction.REQUIRES_AUTHORISATION
    assert zone.reasons == ("AIR_TRAFFIC",)
    assert zone.asked == "Tower, +7 7242"
    assert zone.periods == ()
    assert zone.volumes[0].lower == HeightAboveGround(0.0)
    assert zone.volumes[0].upper == HeightAboveGround(120.0)


def test_feet_become_metres_and_a_circle_keeps_its_metres() -> None:
    circle = {"type": "Circle", "center": [65.51, 44.85], "radius": 2500}
    high = volume(
        uomDimensions="FT",
        upperLimit=4000,
        upperVerticalReference="AMSL",
        horizontalProjection=circle,
    )
    found = one(geometry=[high]).volumes[0]
    assert found.upper == HeightAmsl(pytest.approx(1219.2))
    center = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
    assert found.outline == Circle(center=center, radius_m=2500.0)


def test_limits_as_text_or_null_and_lists_by_another_name_are_read() -> None:
    loose = feature(geometry=[volume(lowerLimit="0", upperLimit=None)], zoneAuthority=None)
    zone = read(loose, key="UASZoneList").zones[0]
    assert zone.volumes[0].lower == HeightAboveGround(0.0)
    assert zone.volumes[0].upper is None
    assert zones_from_text(json.dumps([feature()]), "list.json").zones[0].name == "Airfield"


def test_hours_are_read_in_either_spelling_of_the_time() -> None:
    schedule = [{"day": ["SAT", "SUN"], "startTime": "17:00:00.00Z", "endTime": "23:59Z"}]
    period = {
        "permanent": "NO",
        "startDateTime": "2026-06-15T09:00:00.00Z",
        "endDateTime": "2027-06-15T09:00:00.00Z",
        "schedule": schedule,
    }
    found = one(applicability=[period]).periods[0]
    assert found.start == datetime(2026, 6, 15, 9, tzinfo=UTC)
    assert found.daily[0].days == {5, 6}
    assert str(found.daily[0].start) == "17:00:00+00:00"


def test_an_empty_schedule_of_a_permanent_zone_is_no_limit() -> None:
    empty = {"permanent": "YES", "startDateTime": None, "dailyPeriod": [{"day": []}]}
    assert one(applicability=[empty]).periods == ()


def test_a_zone_without_geometry_is_counted_and_not_used() -> None:
    found = read(feature(geometry=[]), feature())
    assert len(found.zones) == 1
    assert found.notes == ("zone KZA0001 (Airfield) has no geometry: not used",)


def test_a_circles_polygon_holds_all_of_the_circle() -> None:
    circle = {"type": "Circle", "center": [65.51, 44.85], "radius": 1000}
    plane = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
    shape = one(geometry=[volume(horizontalProjection=circle)]).volumes[0].shape(plane)
    assert shape.covers(Point(0.0, 0.0).buffer(999.99, quad_segs=64))
    assert not shape.intersects(Point(0.0, 1002.0))


@pytest.mark.parametrize(
    ("wrong", "key", "what"),
    [
        ({"restriction": "FORBIDDEN"}, "features[0].restriction", "is not one of PROHIBITED"),
        ({"identifier": 7}, "features[0].identifier", "should be text"),
        (
            {"geometry": [volume(uomDimensions="KM")]},
            "features[0].geometry[0].uomDimensions",
            '"KM" is not one of M',
        ),
        (
            {"geometry": [volume(lowerVerticalReference="QFE")]},
            "geometry[0].lowerVerticalReference",
            "is not one of AGL",
        ),
        ({"geometry": [volume(upperLimit="high")]}, "upperLimit", "is not a number"),
        (
            {"geometry": [volume(horizontalProjection={"type": "Ellipse"})]},
            "horizontalProjection.type",
            "neither Circle nor Polygon",
        ),
        (
            {
                "geometry": [
                    volume(
                        horizontalProjection={"type": "Circle", "center": [65, 44], "radius": -1}
                    )
                ]
            },
            "horizontalProjection.radius",
            "not above 0",
        ),
        (
            {
                "geometry": [
                    volume(
                        horizontalProjection={"type": "Polygon", "coordinates": [[[65.5, 144.0]]]}
                    )
                ]
            },
            "coordinates[0][0]",
            "latitude 144",
        ),
        (
            {"applicability": [{"permanent": "NO", "startDateTime": "tomorrow"}]},
            "applicability[0].startDateTime",
            "is not a date and time",
        ),
        (
            {
                "applicability": [
                    {"permanent": "NO", "startDateTime": "2026-02-01", "endDateTime": "2026-01-01"}
                ]
            },
            "applicability[0].endDateTime",
            "is before startDateTime",
        ),
        (
            {"applicability": [{"permanent": "NO", "schedule": [{"day": ["MONDAY"]}]}]},
            "schedule[0].day[0]",
            '"MONDAY" is not one of MON',
        ),
    ],
)
def test_what_is_wrong_is_refused_with_line_key_and_reason(
    wrong: dict[str, Any], key: str, what: str
) -> None:
    text = json.dumps({"features": [feature(**wrong)]}, indent=1)
    with pytest.raises(BadInput) as refused:
        zones_from_text(text, "zones.json")
    assert refused.value.where.startswith("zones.json: line ")
    assert key in refused.value.where
    assert what in refused.value.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ('{"zones": []}', "is neither ED-269, ED-318 nor"),
        ('{"features": [7]}', "should be an object"),
        ("7", "is neither ED-269"),
    ],
)
def test_other_documents_are_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        zones_from_text(text, "zones.json")
