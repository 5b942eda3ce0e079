"""The options of `qyran check`."""

import argparse

from missions.commands.brief_options import add_brief
from missions.commands.circumstance_options import add_circumstances
from missions.commands.vehicle_options import add_vehicle

CHECK_EXAMPLES = """examples:
  qyran check patrol.plan
  qyran check patrol.plan --wind 6@270,11 --zones uas-zones.json --at 2026-11-24T09:00+05:00
  qyran check patrol.plan --people market.geojson --privacy homes.geojson --other east.plan@60
  qyran check patrol.plan --terrain dem/ --station 44.842,65.503,6 --link-range-m 5000
  qyran check patrol.plan --terrain dem/ --fix --out mended.plan
  qyran check patrol.plan --px4-param RTL_TYPE=3 --px4-param RTL_RETURN_ALT=40
  qyran check patrol.plan --json"""


def add_check(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran check`."""
    parser.description = (
        "Say what PX4 would refuse of a plan, and what it would accept but should not."
    )
    parser.epilog = CHECK_EXAMPLES
    parser.add_argument("plan", metavar="PLAN", help="a .plan, .waypoints or DJI .kmz file")
    add_vehicle(parser, of_a_plan=True)
    parser.add_argument(
        "--camera",
        metavar="NAME",
        help="what it carries; a wrong name lists the known ones (default: as the plan was made "
        "for, else qyran-sim)",
    )
    parser.add_argument("--cameras", metavar="FILE", help="a TOML file with more cameras")
    parser.add_argument("--vtol", action="store_true", help="it is a VTOL, whatever --vehicle says")
    parser.add_argument(
        "--max-items",
        metavar="N",
        type=int,
        default=10_000,
        help="mission items that the board holds (default: %(default)s)",
    )
    parser.add_argument(
        "--px4-param",
        metavar="NAME=VALUE",
        action="append",
        help="a parameter of the vehicle's PX4, as often as wanted: RTL_TYPE=3, "
        "GF_MAX_HOR_DIST=500, ...; a wrong name lists those that matter",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the findings and PX4's answer as JSON"
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="mend what can be mended without changing what the mission is for, and write it",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="with --fix: where the mended plan goes (default: PLAN with -mended in its name)",
    )
    add_brief(parser)
    add_circumstances(parser.add_argument_group("what it is held against"))
