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

VEHICLE_HELP = "what flies; a wrong name lists the known ones (default: %(default)s)"


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran plan`."""
    parser.usage = "%(prog)s AREA --out FILE [options]"
    parser.description = (
        "Plan a patrol over an area, a line or places, check it as PX4 would, and write it."
    )
    parser.epilog = PLAN_EXAMPLES
    parser.add_argument(
        "area", metavar="AREA", help="what to patrol: a .geojson, .kml or .plan file"
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="a .plan, .waypoints or .geojson to write"
    )
    parser.add_argument(
        "--pattern",
        choices=("sweep", "corridor", "perimeter", "round"),
        default="sweep",
        help="sweep an area, follow a line, go round an edge, visit places (default: %(default)s)",
    )
    parser.add_argument(
        "--feature", metavar="NAME", help="id or name of the shape, where AREA holds several"
    )
    parser.add_argument(
        "--avoid",
        metavar="FILE",
        action="append",
        default=[],
        help="a drawing whose closed areas are not flown over; may be given again",
    )
    parser.add_argument("--path-json", metavar="FILE", help="also write [[lon, lat, height], ...]")
    parser.add_argument("--json", action="store_true", help="print what was planned as JSON")
    _add_flight(parser.add_argument_group("flight"))
    _add_camera(parser.add_argument_group("camera"))
    _add_patterns(parser.add_argument_group("options of one pattern"))


def _add_patterns(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--width-m", metavar="M", type=_positive, help="corridor: width to be seen")
    group.add_argument("--passes", metavar="N", type=int, help="corridor: passes, side by side")
    group.add_argument(
        "--offset-m", metavar="M", type=float, default=0.0, help="corridor: to the left of the line"
    )
    group.add_argument(
        "--standoff-m",
        metavar="M",
        type=float,
        default=0.0,
        help="perimeter: outside the edge, negative inside; round: short of each place",
    )
    group.add_argument("--laps", metavar="N", type=int, default=1, help="perimeter: times round")
    group.add_argument(
        "--dwell-s",
        metavar="S",
        type=float,
        default=15.0,
        help="round: seconds at each place (default: %(default)g)",
    )
    group.add_argument(
        "--keep-order", action="store_true", help="round: visit as the file lists, not the shortest"
    )


def _add_flight(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--home",
        metavar="LAT,LON[,AMSL]",
        help="where it takes off; metres above mean sea level (default: the path's first point)",
    )
    group.add_argument(
        "--height-m",
        metavar="M",
        type=_positive,
        default=60.0,
        help="height above home (default: %(default)g)",
    )
    group.add_argument(
        "--speed-m-s", metavar="V", type=_positive, help="default: the vehicle's cruise speed"
    )
    group.add_argument("--vehicle", metavar="NAME", default="multirotor", help=VEHICLE_HELP)
    group.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
    group.add_argument(
        "--ending",
        choices=("rtl", "land"),
        default="rtl",
        help="return home, or land at the last point (default: %(default)s)",
    )
    group.add_argument("--loops", metavar="N", type=int, default=1, help="fly the pattern N times")
    group.add_argument(
        "--fence-m",
        metavar="M",
        type=float,
        default=50.0,
        help="fence this far round the path, 0 for none (default: %(default)g)",
    )


def _add_camera(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--camera",
        metavar="NAME",
        help="what it carries; a wrong name lists the known ones (default: qyran-sim)",
    )
    group.add_argument("--cameras", metavar="FILE", help="a TOML file with more cameras")
    group.add_argument(
        "--swath-m", metavar="M", type=_positive, help="width seen on the ground, without a camera"
    )
    group.add_argument(
        "--overlap", metavar="SHARE", type=_fraction, default=0.0, help="side overlap, 0 to 0.95"
    )
    group.add_argument(
        "--front-overlap", metavar="SHARE", type=_fraction, help="trigger pictures by distance"
    )
    group.add_argument(
        "--gimbal-pitch-deg",
        metavar="DEG",
        type=float,
        default=-45.0,
        help="0 is level, -90 straight down (default: %(default)g)",
    )


def run_plan(args: argparse.Namespace) -> int:
    """Plan, check, write; 1 when the plan has errors."""
    from missions.planning import plan_command

    return plan_command(args)


def add_check(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran check`."""
    parser.description = (
        "Say what PX4 would refuse of a plan, and what it would accept but should not."
    )
    parser.epilog = CHECK_EXAMPLES
    parser.add_argument("plan", metavar="PLAN", help="a .plan or .waypoints file")
    parser.add_argument("--vehicle", metavar="NAME", default="multirotor", help=VEHICLE_HELP)
    parser.add_argument("--vehicles", metavar="FILE", help="a TOML file with more vehicles")
    parser.add_argument("--vtol", action="store_true", help="the vehicle is a VTOL")
    parser.add_argument(
        "--max-items",
        metavar="N",
        type=int,
        default=10_000,
        help="mission items that the board holds (default: %(default)s)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the findings and PX4's answer as JSON"
    )


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
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")


def run_convert(args: argparse.Namespace) -> int:
    """Read one file and write the other."""
    from missions.planning import convert_command

    return convert_command(args)


def _positive(text: str) -> float:
    value = _number(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def _fraction(text: str) -> float:
    value = _number(text)
    if not 0.0 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 0.95")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
