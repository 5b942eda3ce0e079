"""The subcommands `hub` and `fly`: arguments here, the work in its own package, loaded when run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ground_station.configuration import HubConfiguration

HUB_EPILOG = """examples:
  qyran hub --config district/hub.toml --listen 127.0.0.1:8040
  qyran hub --data hub-data --link udpin:0.0.0.0:14550 --json"""


def add_hub(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran hub`; each overrides what the configuration file says."""
    parser.usage = "%(prog)s [--config FILE] [options]"
    parser.description = (
        "Run the operations centre: links to vehicles, the store, alerts, the API and the\n"
        "web page. It serves until Ctrl-C or SIGTERM.\n\n"
        "Where the environment variable QYRAN_HUB_TOKEN is set, every write must carry it.\n"
        "Where QYRAN_SIGNING_PASSPHRASE is set, MAVLink is signed and must be."
    )
    parser.epilog = HUB_EPILOG
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a hub.toml; the options below go before it"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder where everything is kept")
    parser.add_argument(
        "--listen", metavar="HOST:PORT", help="of the page and the API (default: 127.0.0.1:8040)"
    )
    parser.add_argument(
        "--district",
        type=Path,
        metavar="DIR",
        help="folder of district.geojson and cameras.geojson",
    )
    parser.add_argument(
        "--link",
        action="append",
        metavar="URL",
        help="MAVLink: udpin:HOST:PORT, udpout:HOST:PORT, tcp:HOST:PORT, tcpin:HOST:PORT, "
        "serial:/dev/ttyX:57600 or replay:FILE?speed=4; may be given again",
    )
    parser.add_argument(
        "--record", type=Path, metavar="DIR", help="keep every frame of every link as tlog here"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")


def run_hub(args: argparse.Namespace) -> int:
    """Run a hub until it is told to end."""
    from ground_station.configuration import bearer_token
    from ground_station.hub.server import serve

    serve(_hub_configuration(args), token=bearer_token(), json_output=args.json)
    return 0


def add_fly(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran fly`."""
    from ground_station.fly.command import add_arguments

    add_arguments(parser)


def run_fly(args: argparse.Namespace) -> int:
    """Upload a plan, prove it on board and fly it."""
    from ground_station.fly.command import run

    return run(args)


def add_replay(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran replay`."""
    from ground_station.recording.command import add_arguments

    add_arguments(parser)


def run_replay(args: argparse.Namespace) -> int:
    """Tell what a telemetry log holds, or play it."""
    from ground_station.recording.command import run

    return run(args)


def add_bridge(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran bridge`."""
    from ground_station.dronekit_bridge.command import add_arguments

    add_arguments(parser)


def run_bridge(args: argparse.Namespace) -> int:
    """Let DroneKit scripts fly a vehicle that runs PX4."""
    from ground_station.dronekit_bridge.command import run

    return run(args)


def add_signing(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran signing`."""
    from ground_station.vehicles.signing_command import add_arguments

    add_arguments(parser)


def run_signing(args: argparse.Namespace) -> int:
    """Give a vehicle its signing key, or take it away."""
    from ground_station.vehicles.signing_command import run

    return run(args)


def _hub_configuration(args: argparse.Namespace) -> "HubConfiguration":
    from ground_station.configuration import HubConfiguration, read_hub_configuration

    configuration = (
        HubConfiguration() if args.config is None else read_hub_configuration(args.config)
    )
    given: dict[str, object] = {}
    if args.data is not None:
        given["data_folder"] = args.data
    if args.district is not None:
        given["district_folder"] = args.district
    if args.link is not None:
        given["links"] = tuple(args.link)
    if args.record is not None:
        given["recording"] = configuration.recording.model_copy(update={"folder": args.record})
    if args.listen is not None:
        given["listen_host"], given["listen_port"] = _listen(args.listen)
    return configuration.model_copy(update=given)


def _listen(text: str) -> tuple[str, int]:
    from missions.errors import BadInput

    host, separator, port = text.rpartition(":")
    if not (separator and host and port.isascii() and port.isdigit() and int(port) <= 65535):
        raise BadInput(where="--listen", what=f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)
