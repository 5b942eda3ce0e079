"""The command `qyran`: finds a subcommand by name and loads only the package that owns it."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from missions.errors import Refusal, place_of


class Subcommand(NamedTuple):
    """Where a subcommand lives and what one line says about it."""

    module: str
    summary: str


SUBCOMMANDS = {
    "demo": Subcommand("sim.cli", "five drones patrol a simulated district, end to end"),
    "plan": Subcommand("missions.cli", "plan a patrol over a place and write it to a file"),
    "check": Subcommand("missions.cli", "say what is wrong with a plan before it is flown"),
    "convert": Subcommand("missions.cli", "turn a plan file into another format"),
    "react": Subcommand("missions.cli", "say who goes to an alarm, and how the rest goes on"),
    "fly": Subcommand("ground_station.cli", "upload a plan, prove it on board and fly it"),
    "sim": Subcommand("sim.cli", "run simulated vehicles, their world and their cameras"),
    "replay": Subcommand("ground_station.cli", "tell what a telemetry log holds, or play it again"),
    "bridge": Subcommand("ground_station.cli", "let DroneKit scripts upload to and fly PX4"),
    "signing": Subcommand("ground_station.cli", "give a vehicle its signing key, or take it away"),
    "hub": Subcommand("ground_station.cli", "run the operations centre and its web page"),
    "onboard": Subcommand("onboard.cli", "run an aircraft's perception and its link to a hub"),
    "detect": Subcommand("onboard.cli", "search a folder of pictures and write COCO results"),
    "train": Subcommand("sim.training.cli", "teach the detector that ships, on rendered views"),
    "models": Subcommand("onboard.cli", "list, verify and fetch published detection weights"),
    "track": Subcommand("onboard.cli", "follow recorded detections and write tracks"),
    "count": Subcommand("onboard.cli", "count people, vehicles and herds in recorded tracks"),
    "geolocate": Subcommand("onboard.cli", "place pixels of a flight on the ground"),
    "misb": Subcommand("onboard.cli", "print the metadata of a motion imagery stream"),
    "recording": Subcommand("onboard.cli", "say whether a recording is what was captured"),
    "executive": Subcommand("onboard.cli", "draw how an aircraft decides for itself on patrol"),
    "rules": Subcommand("onboard.cli", "say what the rules find in recorded tracks"),
}

EXIT_STATUS_HELP = "exit status: 0 done, 1 a finding or failure that it names, 2 bad input or usage"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in SUBCOMMANDS:
        return _without_subcommand(given)
    try:
        return _run(given[0], given[1:])
    except Refusal as refusal:
        print(f"qyran {given[0]}: {refusal}", file=sys.stderr)
        return refusal.exit_status
    except BrokenPipeError:
        return 1
    except OSError as error:
        print(f"qyran {given[0]}: {place_of(error, 'system')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(name: str, arguments: Sequence[str]) -> int:
    module = importlib.import_module(SUBCOMMANDS[name].module)
    parser = argparse.ArgumentParser(
        prog=f"qyran {name}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    getattr(module, f"add_{name}")(parser)
    parser.epilog = "\n\n".join(filter(None, (parser.epilog, EXIT_STATUS_HELP)))
    status: int = getattr(module, f"run_{name}")(parser.parse_args(arguments))
    return status


def _without_subcommand(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="qyran",
        description="Drone-patrol autonomy and ground station.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_listing(),
    )
    parser.add_argument("--version", action="version", version=f"qyran {_version()}")
    parser.add_argument("subcommand", choices=sorted(SUBCOMMANDS), metavar="SUBCOMMAND")
    if not arguments:
        parser.print_help()
        return 2
    parser.parse_args(arguments)
    return 2


def _listing() -> str:
    rows = [f"  {name:<9}{entry.summary}" for name, entry in SUBCOMMANDS.items()]
    return "\n".join(
        ("subcommands (qyran SUBCOMMAND --help says more):", *rows, "", EXIT_STATUS_HELP)
    )


def _version() -> str:
    try:
        return version("qyran")
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
