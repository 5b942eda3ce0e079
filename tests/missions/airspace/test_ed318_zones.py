"""ED-318: layers and circles within the geometry, hours by daylight, and bad files refused.

The documents have the shape of the examples of github.com/UASGeoZones/ED-318 (EUROCONTROL, MIT).
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from missions.airspace.daylight import SunEvent
from missions.airspace.reading import zones_from_text
from missions.airspace.zone import Airspace, Circle, Restriction, Zone
from missions.errors import BadInput
from missions.heights import HeightAboveEllipsoid, HeightAboveGround, HeightAmsl

RING = [[65.50, 44.84], [65.52, 44.84], [65.52, 44.86], [65.50, 44.86], [65.50, 44.84]]
LAYER = {"upper": 150, "upperReference": "AGL", "lower": 50, "lowerReference": "AGL", "uom": "m"}
SQUARE = {"type": "Polygon", "coordinates": [RING], "layer": LAYER}


def feature(geometry: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    properties = {
        "identifier": "NFZ6547",
        "country": "KAZ",
        "name": [{"text": "Әуежай", "lang": "kk-KZ"}, {"text": "Airport", "lang": "en-GB"}],
        "type": "PROHIBITED",
        "variant": "COMMON",
        "reason": ["POPULATION", "NATURE"],
        "zoneAuthority": [
            {"name": [{"text": "Office"}], "email": "a@b.kz", "purpose": "INFORMATION"}
        ],
    }
    return {"type": "Feature", "geometry": geometry or SQUARE, "properties": properties | changes}


def read(*features: dict[str, Any], **more: Any) -> Airspace:
    document = {"type": "FeatureCollection", "features": list(features)} | more
    return zones_from_text(json.dumps(document, ensure_ascii=False), "zones.json")


def one(geometry: dict[str, Any] | None = None, **changes: Any) -> Zone:
    return read(feature(geometry, **changes)).zones[0]


def test_everything_that_a_check_needs_is_read() -> None:
    zone = one()
    assert zone.title == "NFZ6547 (Airport)"
    assert zone.restriction is Restriction.PROHIBITED
    assert zone.asked == "Office, a@b.kz"
    assert zone.volumes[0].lower == HeightAboveGround(50.0)
    assert zone.volumes[0].upper == HeightAboveGround(150.0)


def test_a_point_with_an_extent_is_a_circle() -> None:
    extent = {"subType": "Circle", "radius": 3500}
    found = one({"type": "Point", "coordinates": [65.5, 44.8], "extent": extent, "layer": LAYER})
    assert isinstance(found.volumes[0].outline, Circle)
    assert found.volumes[0].outline.radius_m == 3500.0


def test_a_collection_gives_a_volume_for_each_layer() -> None:
    low = SQUARE | {"layer": LAYER | {"upper": 50, "lower": 0}}
    found = one({"type": "GeometryCollection", "geometries": [SQUARE, low]})
    assert [volume.upper for volume in found.volumes] == [
        HeightAboveGround(150.0),
        HeightAboveGround(50.0),
    ]


def test_each_reference_is_its_own_kind_of_height_and_feet_are_metres() -> None:
    layer = {"lower": 100, "lowerReference": "AMSL", "upper": 1000, "upperReference": "WGS84"}
    found = one(SQUARE | {"layer": layer | {"uom": "ft"}}).volumes[0]
    assert found.lower == HeightAmsl(pytest.approx(30.48))
    assert found.upper == HeightAboveEllipsoid(pytest.approx(304.8))


def test_99999_metres_is_no_upper_limit() -> None:
    assert one(SQUARE | {"layer": LAYER | {"upper": 99999}}).volumes[0].upper is None


def test_daylight_events_bound_a_day() -> None:
    hours = {"day": ["ANY"], "startEvent": "SS", "endEvent": "SR"}
    found = one(limitedApplicability=[{"schedule": [hours]}]).periods[0]
    assert (found.daily[0].start, found.daily[0].end) == (SunEvent.SUNSET, SunEvent.SUNRISE)


def test_either_spelling_of_authorisation_is_read() -> None:
    kinds = {one(type=f"REQ_AUTHORI{letter}ATION").restriction for letter in "SZ"}
    assert kinds == {Restriction.REQUIRES_AUTHORISATION}
    assert one(type="USPACE").restriction is Restriction.U_SPACE


def test_facts_in_a_member_of_their_own_are_read_as_enaire_writes_them() -> None:
    properties = {
        "UASZone": {"identifier": "GCPU0", "type": "REQ_AUTHORIZATION", "name": "HELIPUERTO"},
        "limitedApplicability": [{"startDateTime": "", "schedule": [{"day": "ANY"}]}],
        "verticalLayer": {"upper": 900, "upperReference": "AGL", "lower": 0, "UOM": ""},
        "zoneAuthority": [{"purpose": "AUTHORIZATION", "intervalBefore": 0, "name": ""}],
    }
    geometry = {"type": "Polygon", "coordinates": [RING]}
    written = {"type": "Feature", "geometry": geometry, "properties": properties}
    zone = zones_from_text(json.dumps(written), "enaire.json").zones[0]
    assert zone.title == "GCPU0 (HELIPUERTO)"
    assert zone.periods == ()
    assert zone.volumes[0].upper == HeightAboveGround(900.0)


def test_the_files_own_time_is_read() -> None:
    found = read(feature(), metadata={"validTo": "2026-12-31T15:59:59Z"})
    assert found.valid_to == datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)


def test_a_line_covers_no_area_and_is_counted() -> None:
    line = {"type": "LineString", "coordinates": [[65.5, 44.8], [65.6, 44.8]], "layer": LAYER}
    found = read(feature(line))
    assert found.zones == ()
    assert found.notes[0] == "a LineString of zone Airport covers no area: not used"


@pytest.mark.parametrize(
    ("document", "key", "what"),
    [
        (
            {"features": [feature()], "metadata": {"validFrom": {"a": 1}}},
            "metadata.validFrom",
            "should be text",
        ),
        ({"features": [feature(type="CLOSED")]}, "properties.type", '"CLOSED" is not one of'),
        (
            {"features": [feature(SQUARE | {"layer": {"lower": 0, "uom": "fathom"}})]},
            "geometry.layer.uom",
            '"fathom" is not one of',
        ),
        (
            {"features": [feature({"type": "Point", "coordinates": [65, 95], "extent": {}})]},
            "geometry.extent",
            '"subType" is missing',
        ),
        (
            {"features": [feature(limitedApplicability=[{"schedule": [{"startTime": "25:00"}]}])]},
            "schedule[0].startTime",
            "is not a time of day",
        ),
        (
            {"features": [feature(limitedApplicability=[{"schedule": [{"endEvent": "NOON"}]}])]},
            "schedule[0].endEvent",
            '"NOON" is not one of BMCT, SR, SS, EECT',
        ),
    ],
)
def test_what_is_wrong_is_refused_with_line_key_and_reason(
    document: dict[str, Any], key: str, what: str
) -> None:
    with pytest.raises(BadInput) as refused:
        zones_from_text(json.dumps({"type": "FeatureCollection"} | document, indent=1), "z.json")
    assert "z.json: line " in refused.value.where
    assert key in refused.value.where
    assert what in refused.value.what
