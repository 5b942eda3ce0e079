"""The arguments of `qyran fly`, and the run from the plan's file to the vehicle's last item."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ground_station.arguments import duration_s, system_id
from missions.errors import BadInput

if TYPE_CHECKING:
    from ground_station.fly.flight import FlightReport

EXAMPLE = """examples:
  qyran fly patrol.plan --link udpin:127.0.0.1:14540
  qyran fly patrol.plan --upload-only --json
  qyran fly patrol.plan --link serial:/dev/ttyUSB0:57600 --keys hub-data/signing-keys

A key for all vehicles comes from QYRAN_SIGNING_PASSPHRASE, as for the hub. PX4 SITL sends to port
14550 (ground station) and 14540 (companion computer)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran fly`."""
    parser.usage = "%(prog)s PLAN [options]"
    parser.description = (
        "Upload a plan with its fence and rally points, prove that it is on board (the vehicle\n"
        "reports the predicted hash and finds the mission feasible), start it and follow it to\n"
        "its end. The vehicle ARMS AND TAKES OFF; --upload-only keeps it on the ground."
    )
    parser.epilog = EXAMPLE
    parser.add_argument("plan", type=Path, metavar="PLAN", help="a .plan or .waypoints file")
    parser.add_argument(
        "--link",
        default="udpin:0.0.0.0:14550",
        metavar="URL",
        help="as for `qyran hub`: udpin:HOST:PORT, serial:... (default: %(default)s)",
    )
    parser.add_argument(
        "--system-id",
        type=system_id,
        metavar="N",
        help="which vehicle, where several are heard (default: the first)",
    )
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="DIR",
        help="folder of the vehicles' signing keys (`qyran signing`, or a hub's signing-keys)",
    )
    parser.add_argument(
        "--upload-only", action="store_true", help="prove the plan on board and do not fly"
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="fly it though the plan was made for another class of vehicle",
    )
    parser.add_argument(
        "--at-item",
        type=int,
        default=1,
        metavar="N",
        help="start at this item of the mission, counted from 1 (default: the first)",
    )
    parser.add_argument(
        "--wait-s",
        type=duration_s,
        default=30.0,
        metavar="SECONDS",
        help="how long to wait for a vehicle with a home position (default: %(default)g)",
    )
    parser.add_argument(
        "--time-limit-s",
        type=duration_s,
        default=3600.0,
        metavar="SECONDS",
        help="stop following the flight after this long; it flies on (default: %(default)g)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the report as JSON; progress goes to stderr"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fly the plan; 0 if it was proven on board and, unless only uploaded, flown to its end."""
    from ground_station.fly.flight import fly
    from ground_station.fly.telling import Telling
    from ground_station.links.secrets import signing_key
    from ground_station.vehicles import vehicles_over_links
    from missions.files import read_plan

    plan = read_plan(arguments.plan)
    if not plan.items:
        raise BadInput(where=str(arguments.plan), what="has no mission items to fly")
    if not 1 <= arguments.at_item <= len(plan.items):
        raise BadInput(where="--at-item", what=f"the mission has items 1 to {len(plan.items)}")
    if arguments.keys is not None and not arguments.keys.is_dir():
        raise BadInput(where="--keys", what=f"{arguments.keys} is no folder")
    vehicles = vehicles_over_links(
        links=[arguments.link],
        names={},
        lean_streams=False,
        key=signing_key(None),
        keys=arguments.keys,
    )
    telling = Telling(sys.stderr if arguments.json else sys.stdout)
    if plan.made_for is not None and plan.made_for.says:
        telling.line(f"the plan was made for {plan.made_for.says}")
    report = asyncio.run(
        fly(
            plan,
            vehicles=vehicles,
            telling=telling,
            system_id=arguments.system_id,
            upload_only=arguments.upload_only,
            at_item=arguments.at_item - 1,
            wait_s=arguments.wait_s,
            time_limit_s=arguments.time_limit_s,
            anyway=arguments.anyway,
        )
    )
    if arguments.json:
        print(json.dumps(report.as_json(), indent=2))
    return _status(report, upload_only=arguments.upload_only)


def _status(report: "FlightReport", *, upload_only: bool) -> int:
    done = report.proven and (upload_only or report.flown_to_end)
    if not done:
        print(f"qyran fly: {report.reason}", file=sys.stderr)
    return 0 if done else 1
