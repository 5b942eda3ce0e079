"""The commands `qyran plan`, `qyran check` and `qyran convert`."""

import argparse

PLAN_EXAMPLES = """examples:
  qyran plan square.geojson --pattern sweep --camera qyran-sim --height-m 60 --out square.plan
  qyran plan road.kml --pattern corridor --swath-m 40 --width-m 100 --out road.plan
  qyran plan park.geojson --pattern perimeter --standoff-m -15 --home 44.84,65.49,129 \\
      --out park.plan
  qyran plan points.geojson --pattern round --dwell-s 20 --out round.plan --json
  qyran plan district.geojson --feature park-1 --avoid district.geojson --out park.plan"""

CHECK_EXAMPLES = """examples:
  qyran check patrol.plan
  qyran check patrol.plan --json"""

CONVERT_EXAMPLES = """examples:
  qyran convert mission.waypoints mission.plan
  qyran convert patrol.plan patrol.geojson"""


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran plan`."""
    parser.description = "Plan a patrol over a place and write it to a file."
    parser.epilog = PLAN_EXAMPLES
    parser.add_argument("area", metavar="AREA", help="a .geojson, .kml or .plan file")
    parser.add_argument(
        "--pattern", choices=("sweep", "corridor", "perimeter", "round"), default="sweep"
    )
    parser.add_argument("--out", required=True, metavar="FILE", help=".plan, .waypoints, .geojson")
    parser.add_argument("--feature", metavar="NAME", help="the id or name of the one shape to take")
    parser.add_argument(
        "--avoid", metavar="FILE", action="append", default=[], help="no-fly areas of a drawing"
    )
    _add_flight(parser)
    _add_camera(parser)
    parser.add_argument("--width-m", type=_positive, help="corridor: the width to be seen")
    parser.add_argument("--passes", type=int, help="corridor: how many passes, side by side")
    parser.add_argument("--offset-m", type=float, default=0.0, help="corridor: to the left of it")
    parser.add_argument(
        "--standoff-m",
        type=float,
        default=0.0,
        help="perimeter: outside the edge, negative inside; round: short of each place",
    )
    parser.add_argument("--laps", type=int, default=1, help="perimeter: times round")
    parser.add_argument("--dwell-s", type=float, default=15.0, help="round: seconds at each place")
    parser.add_argument("--keep-order", action="store_true", help="round: as the file lists them")
    parser.add_argument("--path-json", metavar="FILE", help="write [[lon, lat, height], ...]")
    parser.add_argument("--json", action="store_true", help="say what was planned as JSON")


def _add_flight(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", metavar="LAT,LON[,AMSL]", help="default: the path's first point")
    parser.add_argument("--height-m", type=_positive, default=60.0, help="above home (60)")
    parser.add_argument("--speed-m-s", type=_positive, help="default: the vehicle's cruise speed")
    parser.add_argument("--vehicle", default="multirotor", help="a name from the list (multirotor)")
    parser.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
    parser.add_argument("--ending", choices=("rtl", "land"), default="rtl")
    parser.add_argument("--loops", type=int, default=1, help="fly the pattern so many times")
    parser.add_argument("--fence-m", type=float, default=50.0, help="round the path (50); 0: none")


def _add_camera(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--camera", metavar="NAME", help="default: qyran-sim, unless --swath-m")
    parser.add_argument("--cameras", metavar="FILE", help="a TOML file with more cameras")
    parser.add_argument("--swath-m", type=_positive, help="width seen, instead of a camera")
    parser.add_argument("--overlap", type=_fraction, default=0.0, help="side overlap, 0 to 0.95")
    parser.add_argument("--front-overlap", type=_fraction, help="trigger pictures by distance")
    parser.add_argument("--gimbal-pitch-deg", type=float, default=-45.0, help="0 level, -90 down")


def run_plan(args: argparse.Namespace) -> int:
    """Plan, check, write; 1 when the plan has errors."""
    from missions.planning import plan_command

    return plan_command(args)


def add_check(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran check`."""
    parser.description = "Say what PX4 would refuse of a plan, and what it should not accept."
    parser.epilog = CHECK_EXAMPLES
    parser.add_argument("plan", metavar="PLAN", help="a .plan or .waypoints file")
    parser.add_argument("--vehicle", default="multirotor")
    parser.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
    parser.add_argument("--vtol", action="store_true", help="the vehicle is a VTOL")
    parser.add_argument("--max-items", type=int, default=10_000, help="what the board holds")
    parser.add_argument("--json", action="store_true", help="findings and PX4's answer as JSON")


def run_check(args: argparse.Namespace) -> int:
    """Print the findings; 1 when one is an error."""
    from missions.planning import check_command

    return check_command(args)


def add_convert(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran convert`."""
    parser.description = "Turn a plan file into another format, saying what is left out."
    parser.epilog = CONVERT_EXAMPLES
    parser.add_argument("source", metavar="IN", help="a .plan or .waypoints file")
    parser.add_argument("target", metavar="OUT", help="a .plan, .waypoints or .geojson file")
    parser.add_argument("--json", action="store_true", help="what was written as JSON")


def run_convert(args: argparse.Namespace) -> int:
    """Read one file and write the other."""
    from missions.planning import convert_command

    return convert_command(args)


def _positive(text: str) -> float:
    value = float(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def _fraction(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 0.95")
    return value
