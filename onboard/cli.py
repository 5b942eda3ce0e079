"""`qyran onboard`: an aircraft's perception and its link to a hub."""

import argparse
import threading
from pathlib import Path
from typing import Any

from onboard.commands.count import add_count as add_count
from onboard.commands.count import run_count as run_count
from onboard.commands.detect import add_detect as add_detect
from onboard.commands.detect import run_detect as run_detect
from onboard.commands.executive import add_executive as add_executive
from onboard.commands.executive import run_executive as run_executive
from onboard.commands.geolocate import add_geolocate as add_geolocate
from onboard.commands.geolocate import run_geolocate as run_geolocate
from onboard.commands.misb import add_misb as add_misb
from onboard.commands.misb import run_misb as run_misb
from onboard.commands.models import add_models as add_models
from onboard.commands.models import run_models as run_models
from onboard.commands.recording import add_recording as add_recording
from onboard.commands.recording import run_recording as run_recording
from onboard.commands.rules import add_rules as add_rules
from onboard.commands.rules import run_rules as run_rules
from onboard.commands.track import add_track as add_track
from onboard.commands.track import run_track as run_track


def add_onboard(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran onboard`."""
    parser.description = (
        "See, follow, place and judge what a camera shows, and tell a hub. A live source runs "
        "until SIGTERM; a folder or a file ends, and the status is 0 once the hub has every event."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran onboard --source mjpeg+http://127.0.0.1:14800/stream \\\n"
        "      --link udpin:127.0.0.1:14540 --model simulated-world \\\n"
        "      --hub http://127.0.0.1:8040 --district district.geojson\n"
        "  qyran onboard --source frames/ --model yolox_nano.onnx --input-size 1280x736 \\\n"
        "      --hub http://127.0.0.1:8040 --json"
    )
    parser.add_argument(
        "--source",
        metavar="ADDRESS",
        help="mjpeg+http://..., rtsp://..., a folder of pictures, or a video file",
    )
    parser.add_argument(
        "--model",
        metavar="FILE",
        help="a YOLOX-style ONNX model; auto, a known one that was fetched or the one that comes "
        "with this package; or simulated-world (default), which knows the simulation's colours and "
        "no real ones",
    )
    parser.add_argument(
        "--input-size", metavar="WxH", help="the model's input, multiples of 32 (its own)"
    )
    parser.add_argument("--hub", metavar="URL", help="where events go (none: they stay here)")
    parser.add_argument(
        "--link", metavar="udpin:HOST:PORT", help="the autopilot's MAVLink, for the camera's pose"
    )
    parser.add_argument(
        "--district", metavar="FILE", help="district.geojson: roads and closed areas for the rules"
    )
    parser.add_argument("--drone-id", metavar="NAME", help="this aircraft's name (qyran-1)")
    parser.add_argument("--outbox", metavar="FOLDER", help="where events are kept (outbox)")
    parser.add_argument(
        "--ground-height-amsl-m",
        type=float,
        metavar="M",
        help="the ground's height above mean sea level (that of the vehicle's home)",
    )
    parser.add_argument(
        "--rate", type=float, metavar="HZ", help="the most frames a second of capture time (all)"
    )
    parser.add_argument("--config", metavar="FILE", help="TOML; arguments go before it")
    parser.add_argument("--record", metavar="FOLDER", help="record the camera there, in a ring")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="start the process again when it crashes or is stuck, and go on with its tracks",
    )
    parser.add_argument("--json", action="store_true", help="print a summary as JSON at the end")


def run_onboard(args: argparse.Namespace) -> int:
    """Run until the source ends or SIGTERM comes.

    Raises:
        BadInput: an argument, file, port or folder is not usable.
        Failed: a finite source's events did not reach the hub.
    """
    import signal

    # Before anything that takes time is loaded: a SIGTERM that comes meanwhile ends it well.
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    if args.keep:
        from onboard.watch.keeper import keep

        return keep(lambda: _fly(args, stop), stop)
    return _fly(args, stop)


def _fly(args: argparse.Namespace, stop: threading.Event) -> int:
    from onboard.aircraft import Aircraft
    from onboard.building import built
    from onboard.configuration import read_configuration
    from onboard.summary import print_summary

    file = None if args.config is None else Path(args.config)
    configuration = read_configuration(file, _given(args))
    aircraft = Aircraft(configuration, built(configuration), stop)
    print_summary(aircraft.run(), as_json=args.json)
    return 0


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """What the command line says, under the configuration's names."""
    given = {
        "source": args.source,
        "model": args.model,
        "hub": args.hub,
        "link": args.link,
        "district": args.district,
        "drone_id": args.drone_id,
        "outbox": args.outbox,
        "ground_height_amsl_m": args.ground_height_amsl_m,
        "rate_hz": args.rate,
    }
    told = {key: value for key, value in given.items() if value is not None}
    if args.input_size is not None:
        told["detector"] = _input_size(args.input_size)
    if args.record is not None:
        told["recording"] = {"folder": args.record}
    return told


def _input_size(text: str) -> dict[str, int]:
    from missions.errors import BadInput

    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise BadInput(where=f"--input-size {text}", what="not WIDTHxHEIGHT, such as 1280x736")
    return {"input_width_px": int(width), "input_height_px": int(height)}
