"""The commands `qyran plan`, `qyran check` and `qyran convert`."""

import argparse

PLAN_EXAMPLES = """examples:
  qyran plan square.geojson --pattern sweep --camera qyran-sim --height-m 60 --out square.plan
  qyran plan road.kml --pattern corridor --swath-m 40 --width-m 100 --out road.plan
  qyran plan park.geojson --pattern perimeter --standoff-m -15 --home 44.84,65.49,129 \\
      --out park.plan
  qyran plan points.geojson --pattern round --dwell-s 20 --out round.plan --json
  qyran plan district.geojson --feature park-1 --avoid district.geojson --out park.plan
  qyran plan tower.geojson --pattern orbit --standoff-m 25 --heights-m 20,35,50 --out tower.plan
  qyran plan school.geojson --pattern facade --camera dji-m30t-wide --gsd-cm 0.5 \\
      --structure-height-m 18 --out school.plan --png school.png
  qyran plan lost.geojson --pattern search --search map --out search.plan --png search.png"""

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
        choices=("sweep", "corridor", "perimeter", "orbit", "facade", "round", "search"),
        default="sweep",
        help="sweep an area, follow lines, go round an edge, circle a structure, scan its walls, "
        "visit places, search (default: %(default)s)",
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
    parser.add_argument(
        "--png", metavar="FILE", help="also draw it: map, path, findings, height profile"
    )
    parser.add_argument("--json", action="store_true", help="print what was planned as JSON")
    _add_flight(parser.add_argument_group("flight"))
    _add_camera(parser.add_argument_group("camera"))
    _add_patterns(parser.add_argument_group("options of one pattern"))


def _add_patterns(group: argparse._ArgumentGroup) -> None:
    _add_line_and_edge(group)
    _add_structure(group)
    group.add_argument(
        "--dwell-s",
        metavar="S",
        type=_not_negative,
        default=15.0,
        help="round: seconds at each place (default: %(default)g)",
    )
    group.add_argument(
        "--action",
        choices=("photo", "video-start", "video-stop"),
        help="round: what the camera does at each place; a point's own properties dwell_s, "
        "height_m, standoff_m, heading_deg, gimbal_pitch_deg and action go before",
    )
    group.add_argument(
        "--keep-order", action="store_true", help="round: visit as the file lists, not the shortest"
    )
    _add_search(group)


def _add_line_and_edge(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--width-m", metavar="M", type=_positive, help="corridor: width to be seen")
    group.add_argument("--passes", metavar="N", type=int, help="corridor: passes, side by side")
    group.add_argument(
        "--offset-m",
        metavar="M",
        type=_number,
        default=0.0,
        help="corridor: to the left of the line",
    )
    group.add_argument(
        "--beside",
        choices=("left", "right"),
        help="corridor: fly --standoff-m to that side and look back at the line",
    )
    group.add_argument(
        "--standoff-m",
        metavar="M",
        type=_number,
        help="perimeter: outside the edge, negative inside; orbit and facade: off the structure; "
        "corridor: beside the line; round: short of each place",
    )
    group.add_argument(
        "--look",
        choices=("inward", "outward"),
        help="perimeter: turn the gimbal across the path (default: ahead)",
    )
    group.add_argument(
        "--laps", metavar="N", type=int, default=1, help="perimeter and orbit: times round"
    )


def _add_structure(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--radius-m", metavar="M", type=_positive, help="orbit: of the circle; search: how far out"
    )
    group.add_argument(
        "--heights-m",
        metavar="M,M,...",
        type=_numbers,
        help="orbit: a circle at each height above home (default: --height-m)",
    )
    group.add_argument(
        "--aim",
        choices=("roi", "gimbal", "heading"),
        default="roi",
        help="orbit: what holds the camera on the structure (default: %(default)s)",
    )
    group.add_argument(
        "--anticlockwise", action="store_true", help="orbit, square search: the other way round"
    )
    group.add_argument(
        "--structure-height-m",
        metavar="M",
        type=_positive,
        help="orbit, facade: how tall it is (default: the drawing's height or building:levels)",
    )
    group.add_argument(
        "--base-m",
        metavar="M",
        type=_number,
        default=0.0,
        help="orbit, facade: its foot above home (default: %(default)g)",
    )
    group.add_argument(
        "--scan",
        choices=("rows", "columns"),
        default="rows",
        help="facade: how each wall is scanned (default: %(default)s)",
    )
    group.add_argument(
        "--lowest-m",
        metavar="M",
        type=_positive,
        default=5.0,
        help="facade: not flown nearer to the structure's foot (default: %(default)g)",
    )


def _add_search(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--search",
        choices=("square", "sector", "map"),
        default="square",
        help="search: an expanding square or sectors about the drawing's point, or where its "
        "weighted areas and points make it likely (default: %(default)s)",
    )
    group.add_argument(
        "--heading-deg",
        metavar="DEG",
        type=_number,
        default=0.0,
        help="search: the first leg's direction from north (default: %(default)g)",
    )
    group.add_argument(
        "--searches",
        metavar="N",
        type=int,
        default=1,
        help="sector search: times, each turned by 30 degrees (default: %(default)s)",
    )
    group.add_argument(
        "--spread-m",
        metavar="M",
        type=_positive,
        help="map search: standard deviation about a point without sigma_m (default: two swaths)",
    )
    group.add_argument(
        "--weights", metavar="FILE", help="map search: a grid of weights, .asc or .tif in degrees"
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
        help="height above home (default: 60, or by --gsd-cm)",
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
        type=_number,
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
        "--overlap",
        metavar="SHARE",
        type=_fraction,
        help="side overlap, 0 to 0.95 (default: 0, facade 0.6)",
    )
    group.add_argument(
        "--front-overlap",
        metavar="SHARE",
        type=_fraction,
        help="trigger pictures by distance (default: none, facade 0.6)",
    )
    group.add_argument(
        "--gsd-cm",
        metavar="CM",
        type=_positive,
        help="centimetres a pixel, in the middle of the picture: sets the height, or a facade's "
        "stand-off",
    )
    group.add_argument(
        "--gimbal-pitch-deg",
        metavar="DEG",
        type=_number,
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


def _not_negative(text: str) -> float:
    value = _number(text)
    if value < 0.0:
        raise argparse.ArgumentTypeError(f"{text} is below zero")
    return value


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_positive(part) for part in text.split(","))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not abs(value) < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number that makes sense")
    return value
