"""`qyran track`: follow recorded detections, and write tracks."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onboard.geolocate import PoseErrors
    from onboard.track.replay.cameras import Asked
    from onboard.track.replay.results import Followed
    from onboard.track.tracker import TrackerSettings

MOTION_WAYS = ("to-reference", "from-previous")
MOST_FRAMES = 10_000_000
CLASS_IDS = ("coco", "coco80", "visdrone", "mot")


def add_track(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran track`."""
    parser.description = (
        "Follow recorded detections over frames. Where the camera was comes from its poses, from "
        "the pictures, from both, from homographies, or, with none of these, from the detections "
        "themselves."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran track --detections det.txt --poses poses.csv --camera 1280x720:1000 \\\n"
        "      --out tracks.jsonl --mot results.txt\n"
        "  qyran track --detections results.json --frames frames/ --fps 30 --mot results.txt\n"
        "The formats are told in docs/tracking.md."
    )
    parser.add_argument(
        "--detections",
        metavar="FILE",
        required=True,
        help="MOT Challenge's text (frame, id, left, top, width, height, score, class), or COCO's "
        "JSON",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--poses", metavar="FILE", help="a pose a frame: CSV or JSON lines")
    where.add_argument(
        "--homographies", metavar="FILE", help="lines of a frame number and nine or six numbers"
    )
    parser.add_argument(
        "--frames",
        metavar="PATH",
        help="a folder of pictures, or a video; with poses they keep places still between them",
    )
    parser.add_argument(
        "--homographies-map",
        choices=MOTION_WAYS,
        default=MOTION_WAYS[0],
        help="each frame to one reference (default), or the frame before to this frame",
    )
    parser.add_argument(
        "--camera", metavar="WxH[:FOCAL]", help="the picture's size and focal length, pixels"
    )
    parser.add_argument(
        "--metres-per-pixel", type=float, metavar="M", help="of the reference, without poses"
    )
    parser.add_argument(
        "--ground-height-amsl-m", type=float, default=0.0, metavar="M", help="for poses (0)"
    )
    parser.add_argument("--fps", type=float, default=30.0, help="where poses tell no time (30)")
    parser.add_argument(
        "--class-ids", choices=CLASS_IDS, default="coco", help="what numbers of classes mean (coco)"
    )
    parser.add_argument("--config", metavar="FILE", help="TOML, its [tracker] and [pose_errors]")
    parser.add_argument("--out", metavar="FILE", help="the tracks file (JSON lines)")
    parser.add_argument("--mot", metavar="FILE", help="results as MOT Challenge has them")
    parser.add_argument(
        "--fill-s",
        type=float,
        default=2.5,
        metavar="S",
        help="the longest gap between sightings that --mot fills (2.5; 0: none)",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run_track(args: argparse.Namespace) -> int:
    """Follow, and write what was asked for.

    Raises:
        BadInput: an argument or a file is not usable.
    """
    from missions.errors import BadInput
    from onboard.track.replay.detections_file import read_detections
    from onboard.track.replay.following import follow
    from onboard.track.replay.results import result_boxes, write_results
    from onboard.track.tracker import Tracker

    _judge(args)
    detections = read_detections(Path(args.detections), class_ids=args.class_ids)
    if not detections:
        raise BadInput(where=args.detections, what="no detection in it")
    if max(detections) - min(detections) > MOST_FRAMES:
        what = f"frames from {min(detections)} to {max(detections)}: no numbers of one recording"
        raise BadInput(where=args.detections, what=what)
    tracker, errors = _settings(args.config)
    asked = _asked(args, errors, first_frame=min(detections))
    frames = list(follow(detections, asked.camera, Tracker(tracker), fps=args.fps))
    if args.out is not None:
        _write(Path(args.out), asked, frames, source=Path(args.detections).name)
    boxes = result_boxes(frames, fill_s=args.fill_s)
    if args.mot is not None:
        write_results(Path(args.mot), boxes)
    summary = {
        "frames": len(frames),
        "frames_without_camera": sum(each.picture_from_plane is None for each in frames),
        "frames_without_motion": asked.frames_without_motion(),
        "detections": sum(len(each) for each in detections.values()),
        "detections_without_ground": sum(each.not_placed for each in frames),
        "tracks": len({box.track_id for box in boxes}),
        "boxes": len(boxes),
        "boxes_filled": sum(box.filled for box in boxes),
    }
    _print(summary, as_json=args.json)
    return 0


def _judge(args: argparse.Namespace) -> None:
    from missions.errors import BadInput

    for name in ("fps", "metres_per_pixel"):
        value = getattr(args, name)
        if value is not None and not 0.0 < value < float("inf"):
            raise BadInput(where=f"--{name.replace('_', '-')} {value:g}", what="not above zero")
    if not 0.0 <= args.fill_s < float("inf"):
        raise BadInput(where=f"--fill-s {args.fill_s:g}", what="not zero or more seconds")
    if args.homographies is not None and args.frames is not None:
        raise BadInput(where="--frames", what="--homographies tell the motion already")
    if args.poses is not None and args.camera is None:
        raise BadInput(where="--poses", what="needs --camera WIDTHxHEIGHT:FOCAL too")


def _settings(config: str | None) -> "tuple[TrackerSettings, PoseErrors]":
    from onboard.configuration import read_configuration

    file = None if config is None else Path(config)
    # The command has its own source; the aircraft's file may name another, or none.
    configuration = read_configuration(file, {"source": "-"})
    return configuration.tracker, configuration.pose_errors


def _asked(args: argparse.Namespace, errors: "PoseErrors", *, first_frame: int) -> "Asked":
    from onboard.track.replay.cameras import mapped, posed, read_camera

    size = None if args.camera is None else read_camera(args.camera)
    frames = None if args.frames is None else Path(args.frames)
    if args.poses is not None and size is not None:
        return posed(
            Path(args.poses),
            size,
            ground_amsl_m=args.ground_height_amsl_m,
            errors=errors,
            frames=frames,
            first_frame=first_frame,
        )
    return mapped(
        size,
        homographies=None if args.homographies is None else Path(args.homographies),
        from_previous=args.homographies_map == MOTION_WAYS[1],
        frames=frames,
        first_frame=first_frame,
        m_per_px=args.metres_per_pixel,
    )


def _write(path: Path, asked: "Asked", frames: "list[Followed]", *, source: str) -> None:
    from onboard.track.files import write_tracks
    from onboard.track.replay.telling import header, told_frames

    m_per_px = asked.m_per_px()
    first = header(origin=asked.origin, in_metres=m_per_px is None, source=source)
    write_tracks(path, first, told_frames(frames, m_per_px=m_per_px))


def _print(summary: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        json.dump(summary, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    print(
        f"{summary['frames']} frames, {summary['detections']} detections, "
        f"{summary['tracks']} tracks, {summary['boxes_filled']} boxes filled in"
    )
