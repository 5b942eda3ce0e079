"""The options of `qyran plan`."""

import argparse

from missions.commands.brief_options import add_brief
from missions.commands.circumstance_options import add_circumstances
from missions.commands.convert_options import add_dji
from missions.commands.numbers import fraction, number, positive
from missions.commands.pattern_options import add_patterns
from missions.commands.vehicle_options import add_vehicle

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
  qyran plan steppe.geojson --drones 3 --docks "44.84,65.49;44.86,65.52" --wind 6@270 \\
      --out steppe.plan --png steppe.png --json
  qyran plan lost.geojson --pattern search --search map --out search.plan --png search.png"""


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran plan`."""
    parser.usage = "%(prog)s AREA --out FILE [options]"
    parser.description = (
        "Plan a patrol over an area, a line or places, check it as PX4 would, and write it."
    )
    parser.epilog = PLAN_EXAMPLES
    parser.add_argument(
        "area",
        metavar="AREA",
        help="what to patrol: .geojson, .kml, .kmz, .shp, .gpx, .csv, or a .plan's shapes",
    )
    parser.add_argument(
        "--pattern",
        choices=("sweep", "corridor", "perimeter", "orbit", "facade", "round", "search", "patrol"),
        default="sweep",
        help="sweep an area, follow lines, go round an edge, circle a structure, scan its walls, "
        "visit places, search, watch places for ever (default: %(default)s)",
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
    _add_written(parser.add_argument_group("what is written"))
    _add_flight(parser.add_argument_group("flight"))
    _add_camera(parser.add_argument_group("camera"))
    add_circumstances(parser.add_argument_group("what it is held against"))
    add_patterns(parser)


def _add_written(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="the plan: .plan, .waypoints, .kmz (DJI), .kml or .geojson",
    )
    group.add_argument(
        "--plain-items",
        action="store_true",
        help="a sweep or corridor as plain waypoints, not as an item that QGroundControl can edit",
    )
    add_dji(group)
    group.add_argument(
        "--path-json",
        metavar="FILE",
        help="[[lon, lat, height], ...] as flown; a list of these where a fleet flies",
    )
    group.add_argument(
        "--png", metavar="FILE", help="a picture: map, path, findings, height profile"
    )
    add_brief(group)
    group.add_argument("--json", action="store_true", help="print what was planned as JSON")


def _add_flight(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--home",
        metavar="LAT,LON[,AMSL]",
        help="where it takes off; metres above mean sea level (default: the path's first point, "
        "or near it where a no-fly zone leaves no room there)",
    )
    group.add_argument(
        "--height-m",
        metavar="M",
        type=positive,
        help="height above home, or above the ground by --above-ground (default: 60, or by "
        "--gsd-cm)",
    )
    group.add_argument(
        "--above-ground",
        action="store_true",
        help="follow the ground of --terrain: points are added wherever it rises and falls",
    )
    group.add_argument(
        "--speed-m-s", metavar="V", type=positive, help="default: the vehicle's cruise speed"
    )
    add_vehicle(group)
    group.add_argument(
        "--ending",
        choices=("rtl", "land"),
        default="rtl",
        help="at the end: return by PX4's RTL, or a landing at home (default: %(default)s)",
    )
    group.add_argument("--loops", metavar="N", type=int, default=1, help="fly the pattern N times")
    group.add_argument(
        "--fence-m",
        metavar="M",
        type=number,
        default=50.0,
        help="fence this far round the path and the ways home, 0 for none (default: %(default)g)",
    )


def _add_camera(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--camera",
        metavar="NAME",
        help="what it carries; a wrong name lists the known ones (default: qyran-sim)",
    )
    group.add_argument("--cameras", metavar="FILE", help="a TOML file with more cameras")
    group.add_argument(
        "--swath-m", metavar="M", type=positive, help="width seen on the ground, without a camera"
    )
    group.add_argument(
        "--overlap",
        metavar="SHARE",
        type=fraction,
        help="side overlap, 0 to 0.95 (default: 0, facade 0.6)",
    )
    group.add_argument(
        "--front-overlap",
        metavar="SHARE",
        type=fraction,
        help="trigger pictures by distance (default: none, facade 0.6)",
    )
    group.add_argument(
        "--gsd-cm",
        metavar="CM",
        type=positive,
        help="centimetres a pixel, in the middle of the picture: sets the height, or a facade's "
        "stand-off",
    )
    group.add_argument(
        "--gimbal-pitch-deg",
        metavar="DEG",
        type=number,
        default=-45.0,
        help="0 is level, -90 straight down (default: %(default)g)",
    )
