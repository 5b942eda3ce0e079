"""`qyran rules` on files: what it prints, in which plane, and what it refuses."""

import argparse
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest

from missions.errors import BadInput
from onboard.commands.rules import add_rules, run_rules
from onboard.messages import EventKind, ObjectClass
from onboard.messages.report import PixelBox

SQUARE = [[65.5, 44.8], [65.51, 44.8], [65.51, 44.81], [65.5, 44.81], [65.5, 44.8]]


def district(folder: Path) -> str:
    file = folder / "district.geojson"
    feature = {
        "type": "Feature",
        "properties": {"id": "closed-1", "kind": "closed_area"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(file)


def tracks(folder: Path, en_m: tuple[float, float], **header: object) -> str:
    file = folder / "tracks.jsonl"
    lines: list[object] = [{"format": "qyran-tracks", "version": 1, "unit": "m", **header}]
    for step in range(12):
        track = {
            "id": 7,
            "class": "person",
            "confidence": 0.9,
            "en_m": en_m,
            "velocity_en_m_s": [0.0, 0.0],
            "covariance_m2": [[1.0, 0.0], [0.0, 1.0]],
            "own_m2": [[0.1, 0.0], [0.0, 0.1]],
            "velocity_m2_s2": [[0.1, 0.0], [0.0, 0.1]],
            "box": [0, 0, 10, 25],
            "first_seen_s": 0.0,
            "last_seen_s": 0.5 * step,
            "sightings": step + 1,
        }
        lines.append({"t_s": 0.5 * step, "tracks": [track]})
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return str(file)


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_rules(parser)
    return parser.parse_args(given)


def test_tracks_about_another_origin_are_judged_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Oracle: PROJ's transverse Mercator about the file's origin tells where the person stands."""
    local = pyproj.Proj(proj="tmerc", lat_0=44.79, lon_0=65.49, ellps="WGS84", k=1)
    en_m = local(65.505, 44.805)
    file = tracks(tmp_path, en_m, origin=[44.79, 65.49])
    assert run_rules(arguments("--tracks", file, "--district", district(tmp_path), "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    (finding,) = told["findings"]
    assert (finding["kind"], finding["zone"], finding["track_ids"]) == (
        "intrusion",
        "closed-1",
        [7],
    )
    place = (finding["latitude_deg"], finding["longitude_deg"])
    np.testing.assert_allclose(place, (44.805, 65.505), atol=1e-5)


def test_tracks_without_an_origin_lie_on_the_districts_plane(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tracks(tmp_path, (0.0, 0.0))
    run_rules(arguments("--tracks", file, "--district", district(tmp_path), "--language", "ru"))
    assert "закрытой зоне" in capsys.readouterr().out


def test_nothing_found_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tracks(tmp_path, (5000.0, 0.0))
    run_rules(arguments("--tracks", file, "--district", district(tmp_path)))
    assert capsys.readouterr().out == "nothing found\n"


def test_a_rule_is_configured_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[intrusion]\ndwell_s = 60.0\n")
    file = tracks(tmp_path, (0.0, 0.0))
    run_rules(arguments("--tracks", file, "--district", district(tmp_path), "--rules", str(rules)))
    assert capsys.readouterr().out == "nothing found\n"


@pytest.mark.parametrize(
    ("toml", "what"),
    [("[intrusion]\ndwel_s = 1", "intrusion.dwel_s"), ("[", "not TOML"), ("[rule]", "rule")],
)
def test_a_rules_file_that_is_wrong_is_named(tmp_path: Path, toml: str, what: str) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(toml)
    with pytest.raises(BadInput, match=what):
        run_rules(arguments("--tracks", tracks(tmp_path, (0.0, 0.0)), "--rules", str(rules)))


def test_tracks_in_pixels_are_refused(tmp_path: Path) -> None:
    file = tracks(tmp_path, (0.0, 0.0), unit="px")
    with pytest.raises(BadInput, match="pixels"):
        run_rules(arguments("--tracks", file))


@pytest.mark.parametrize("moment", ["yesterday", "2026-09-01T22:00:00"])
def test_a_time_of_day_without_its_offset_is_refused(tmp_path: Path, moment: str) -> None:
    with pytest.raises(BadInput, match="--began-at"):
        run_rules(arguments("--tracks", tracks(tmp_path, (0.0, 0.0)), "--began-at", moment))


def test_a_class_and_a_kind_of_a_newer_aircraft_are_other_to_an_older_hub() -> None:
    box = PixelBox.model_validate(
        {
            "left_px": 0,
            "top_px": 0,
            "width_px": 1,
            "height_px": 1,
            "object_class": "camel",
            "confidence": 0.5,
        }
    )
    assert box.object_class is ObjectClass.OTHER
    assert EventKind("volcano") is EventKind.OTHER
