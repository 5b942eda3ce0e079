"""`qyran count`: how many there are in recorded tracks, each object once."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from missions.geodesy import LocalPlane
    from onboard.count import Count, Counted, Counter, CountSettings


def add_count(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran count`."""
    parser.description = (
        "Count people, vehicles and animals in recorded tracks, crowds and herds by themselves. An "
        "object that the flight passed twice is counted once; every count has an interval. What it "
        "rests on is told in docs/counting.md."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran count --tracks patrol.jsonl\n"
        "  qyran count --tracks patrol.jsonl --settings count.toml --json"
    )
    parser.add_argument(
        "--tracks", metavar="FILE", required=True, help="a tracks file (qyran track), in metres"
    )
    parser.add_argument(
        "--settings", metavar="FILE", help="TOML: the detector's recall and more (defaults)"
    )
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run_count(args: argparse.Namespace) -> int:
    """Count and print.

    Raises:
        BadInput: a file cannot be read or is malformed, or the tracks are not in metres.
    """
    from missions.errors import BadInput
    from missions.geodesy import GeoPoint, LocalPlane
    from onboard.count import Counter
    from onboard.track.files import read_tracks

    recorded = read_tracks(Path(args.tracks))
    if recorded.header.unit != "m":
        what = "its places are pixels; counting needs metres on the ground"
        raise BadInput(where=args.tracks, what=what)
    origin = recorded.header.origin
    plane = None
    if origin is not None:
        plane = LocalPlane(GeoPoint(latitude_deg=origin[0], longitude_deg=origin[1]))
    if recorded.words:
        print(f"{args.tracks}: {recorded.words}", file=sys.stderr)
    counter = Counter(_settings(args.settings))
    for frame in recorded.frames:
        counter.observe(frame.t_s, frame.tracks, frame.view_en)
    counted = counter.counted()
    print(_document(counter, counted, plane) if args.json else _lines(counted))
    return 0


def _settings(file: str | None) -> "CountSettings":
    from missions.toml_file import read_model
    from onboard.count import CountSettings

    return CountSettings() if file is None else read_model(Path(file), CountSettings)


def _lines(counted: "Counted") -> str:
    if not counted.kinds:
        return "nothing to count"
    told = [f"{_line(each)} in all" for each in counted.kinds]
    told += [f"{_line(each)} within {each.radius_m:.0f} m" for each in counted.gatherings]
    return "\n".join(told)


def _line(count: "Count") -> str:
    estimate = count.estimate
    return (
        f"{count.object_class.value:10} {estimate.count:5}  ({estimate.low} to {estimate.high}; "
        f"{count.tracks} tracks, {count.linked} of what was seen before)"
    )


def _document(counter: "Counter", counted: "Counted", plane: "LocalPlane | None") -> str:
    document = {
        "format": "qyran-counts",
        "version": 1,
        "probability": counter.settings.probability,
        "kinds": [_as_json(each, plane) for each in counted.kinds],
        "gatherings": [_as_json(each, plane) for each in counted.gatherings],
        "objects": counter.objects(),
    }
    return json.dumps(document, indent=1)


def _as_json(count: "Count", plane: "LocalPlane | None") -> dict[str, Any]:
    estimate = count.estimate
    told: dict[str, Any] = {
        "class": count.object_class.value,
        "count": estimate.count,
        "low": estimate.low,
        "high": estimate.high,
        "tracks": count.tracks,
        "linked": count.linked,
        "looked_twice": estimate.looked_twice,
        "recall": round(estimate.recall, 3),
        "en_m": count.en_m.round(2).tolist(),
        "radius_m": round(count.radius_m, 1),
    }
    if plane is not None:
        told["latitude_deg"], told["longitude_deg"] = plane.geo_from_en(count.en_m).tolist()
    return told
