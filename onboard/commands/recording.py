"""`qyran recording verify`: whether a recording is what was captured."""

import argparse
from pathlib import Path
from typing import Any


def add_recording(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran recording`."""
    parser.description = (
        "Take every hash of a recording anew: those of the pictures, of the lines beside them and "
        "of each segment. The status is 1 where something was changed; a segment that a kill or a "
        "power cut left unended is told, and is no fault."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran recording verify recording/\n"
        "  qyran recording verify recording/ --link 5d1f... --json"
    )
    parser.add_argument("action", choices=("verify",))
    parser.add_argument("folder", type=Path, metavar="DIR", help="the recording's folder")
    parser.add_argument(
        "--link",
        metavar="HASH",
        help="a link of the chain that was kept elsewhere (an event's recording_link at the hub)",
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run_recording(args: argparse.Namespace) -> int:
    """0 where everything holds, 1 where not.

    Raises:
        BadInput: the folder cannot be read or holds no recording.
    """
    import json

    from onboard.recording.verify import verify

    verdict = verify(args.folder)
    faults = list(verdict.faults)
    if args.link is not None and not verdict.holds_link(args.link):
        faults.append(f"the chain does not go through {args.link}")
    told: dict[str, Any] = {
        "segments": [
            {
                "name": each.name,
                "frames": each.frames,
                "events": each.events,
                "torn": each.torn,
                "faults": list(each.faults),
            }
            for each in verdict.segments
        ],
        "missing": verdict.missing,
        "faults": faults,
    }
    print(json.dumps(told, indent=2, ensure_ascii=False) if args.json else _as_text(told))
    return 1 if faults else 0


def _as_text(told: dict[str, Any]) -> str:
    segments = told["segments"]
    torn = [
        f"{each['name']}: never ended, whole up to its last picture"
        for each in segments
        if each["torn"]
    ]
    frames = sum(each["frames"] for each in segments)
    events = sum(each["events"] for each in segments)
    summary = (
        f"{len(segments)} segments, {frames} pictures as they were captured, {events} events, "
        f"{told['missing']} segments gone between them, {len(told['faults'])} faults"
    )
    return "\n".join([*torn, *told["faults"], summary])
