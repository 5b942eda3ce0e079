"""`qyran sim payload`: arguments here, the work elsewhere, loaded when run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.payload.config import PayloadConfig

EPILOG = """examples:
  qyran sim payload --instance 0
  qyran sim payload --instance 0 --run-folder heard --recordings messages --json
  qyran sim payload --instance 3 --host 192.168.1.20 --bind-host 0.0.0.0

PX4 wants MNT_MODE_IN 4 and MNT_MODE_OUT 2 (and a restart) to use a MAVLink gimbal."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran sim payload`."""
    parser.description = (
        "Run a gimbal (component 154), camera (100), loudspeaker (158) and light (243) for one\n"
        "vehicle, a real PX4 or a simulated one, on PX4's gimbal and payload ports.\n"
        "Runs until Ctrl-C or SIGTERM."
    )
    parser.epilog = EPILOG
    parser.add_argument(
        "--instance", type=int, default=0, metavar="N", help="PX4's instance (default: 0)"
    )
    parser.add_argument(
        "--system-id", type=int, metavar="N", help="the vehicle's (default: instance + 1)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="HOST", help="where the vehicle is (%(default)s)"
    )
    parser.add_argument(
        "--bind-host", default="127.0.0.1", metavar="ADDRESS", help="listen here (%(default)s)"
    )
    parser.add_argument(
        "--port-offset", type=int, default=0, metavar="N", help="added to every port (default: 0)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="FACTOR", help="of the vehicle's clock"
    )
    parser.add_argument(
        "--video-uri", default="", metavar="URL", help="what the camera says its stream is"
    )
    parser.add_argument(
        "--run-folder", type=Path, metavar="DIR", help="write what the loudspeaker plays here"
    )
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR", help="WAV files it holds from the start"
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of state a second, as JSON"
    )


def run(args: argparse.Namespace) -> int:
    """Serve one vehicle's payload until told to end."""
    from sim.payload.run import run as run_payload

    return run_payload(
        _config(args),
        instance=args.instance,
        host=args.host,
        bind_host=args.bind_host,
        port_offset=args.port_offset,
        speed=_speed(args.speed),
        run_folder=args.run_folder,
        recordings=args.recordings,
        as_json=args.json,
    )


def _config(args: argparse.Namespace) -> "PayloadConfig":
    from pydantic import ValidationError

    from missions.errors import BadInput
    from sim.payload.config import CameraSettings, PayloadConfig

    if not 0 <= args.instance <= 199:
        raise BadInput(where="--instance", what=f"{args.instance} is not within 0..199")
    system_id = args.instance + 1 if args.system_id is None else args.system_id
    try:
        camera = CameraSettings(video_uri=args.video_uri)
        return PayloadConfig(system_id=system_id, camera=camera)
    except ValidationError as error:
        first = error.errors()[0]
        flag = "--" + str(first["loc"][-1]).replace("_", "-")
        raise BadInput(where=flag, what=first["msg"].lower()) from error


def _speed(speed: float) -> float:
    from missions.errors import BadInput

    if not 0.0 < speed < float("inf"):
        raise BadInput(where="--speed", what=f"{speed} is not above zero")
    return speed
