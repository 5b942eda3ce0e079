"""`qyran rules`: what the rules find in recorded tracks."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from missions.geodesy import LocalPlane
    from onboard.rules import RuleSettings
    from onboard.rules.replay import Fired
    from onboard.track.files import TracksFile

LANGUAGES = ("en", "kk", "ru")


def add_rules(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran rules`."""
    parser.description = (
        "Show recorded tracks to the rules, frame by frame, and print what they find. The formats "
        "of tracks, district and findings are told in docs/rules.md."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran rules --tracks patrol.jsonl --district district.geojson\n"
        "  qyran rules --tracks patrol.jsonl --district district.geojson --rules rules.toml \\\n"
        "      --began-at 2026-09-01T22:00:00+05:00 --json"
    )
    parser.add_argument(
        "--tracks", metavar="FILE", required=True, help="a tracks file (qyran track), in metres"
    )
    parser.add_argument(
        "--district", metavar="FILE", help="district.geojson: roads and zones (none: no zones)"
    )
    parser.add_argument("--rules", metavar="FILE", help="TOML, a table for each rule (defaults)")
    parser.add_argument(
        "--began-at",
        metavar="TIME",
        help="the time of day at 0 s, ISO 8601 with its offset, for zones that have hours "
        "(unknown: those zones always hold)",
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the sentences (en)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run_rules(args: argparse.Namespace) -> int:
    """Replay the tracks and print the findings; 0 whether there are any or not.

    Raises:
        BadInput: a file cannot be read or is malformed, or the tracks are not in metres.
    """
    from onboard.rules import Zones, make_rules, read_district
    from onboard.rules.replay import on_plane, replay
    from onboard.track.files import read_tracks

    recorded = read_tracks(Path(args.tracks))
    if recorded.words:
        print(f"{args.tracks}: {recorded.words}", file=sys.stderr)
    plane = _plane(recorded, args.tracks)
    frames, zones = recorded.frames, Zones()
    if args.district is not None:
        district_plane, zones = read_district(Path(args.district))
        if plane is not None:
            frames = tuple(on_plane(frame, plane, district_plane) for frame in frames)
        plane = district_plane
    rules = make_rules(_settings(args.rules), stills=False)
    fired = list(replay(frames, rules, zones, epoch=_epoch(args.began_at), plane=plane))
    print(_document(fired, plane) if args.json else _lines(fired, args.language))
    return 0


def _plane(recorded: "TracksFile", where: str) -> "LocalPlane | None":
    """The tracks' plane; None where the file does not say, and they lie on the district's."""
    from missions.errors import BadInput
    from missions.geodesy import GeoPoint, LocalPlane

    if recorded.header.unit != "m":
        raise BadInput(where=where, what="its places are pixels; rules judge metres on the ground")
    if recorded.header.origin is None:
        return None
    latitude_deg, longitude_deg = recorded.header.origin
    return LocalPlane(GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg))


def _settings(file: str | None) -> "RuleSettings":
    from missions.toml_file import read_model
    from onboard.rules import RuleSettings

    return RuleSettings() if file is None else read_model(Path(file), RuleSettings)


def _epoch(text: str | None) -> datetime | None:
    from missions.errors import BadInput

    if text is None:
        return None
    try:
        epoch = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(where=f"--began-at {text}", what="not a time of ISO 8601") from error
    if epoch.tzinfo is None:
        raise BadInput(where=f"--began-at {text}", what="without an offset such as +05:00")
    return epoch


def _lines(fired: "list[Fired]", language: str) -> str:
    if not fired:
        return "nothing found"
    return "\n".join(
        f"{each.at_s:10.2f} s  {each.finding.kind:22}  {each.finding.zone or '-':16}  "
        f"{getattr(each.finding.explanation, language)}"
        for each in fired
    )


def _document(fired: "list[Fired]", plane: "LocalPlane | None") -> str:
    origin = None
    if plane is not None:
        origin = [plane.origin.latitude_deg, plane.origin.longitude_deg]
    document = {
        "format": "qyran-findings",
        "version": 1,
        "origin": origin,
        "findings": [_as_json(each, plane) for each in fired],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def _as_json(fired: "Fired", plane: "LocalPlane | None") -> dict[str, Any]:
    finding = fired.finding
    told: dict[str, Any] = {
        "kind": finding.kind.value,
        "t_s": fired.at_s,
        "began_s": finding.began_s,
        "severity": finding.severity.value,
        "certainty": round(finding.certainty, 4),
        "en_m": finding.en_m.round(3).tolist(),
        "covariance_m2": finding.covariance_m2.round(6).tolist(),
        "zone": finding.zone,
        "class": finding.object_class.value,
        "count": finding.object_count,
        "track_ids": [track.track_id for track in finding.tracks],
        "explanation": finding.explanation.model_dump(),
    }
    if plane is not None:
        told["latitude_deg"], told["longitude_deg"] = plane.geo_from_en(finding.en_m).tolist()
    return told
