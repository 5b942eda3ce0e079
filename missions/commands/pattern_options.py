"""The options of `qyran plan` that one pattern or a few take, a group for each."""

import argparse

from missions.commands.numbers import not_negative, number, numbers, positive


def add_patterns(parser: argparse.ArgumentParser) -> None:
    """Every pattern's own options."""
    _add_several(parser.add_argument_group("several patterns"))
    _add_sweep(parser.add_argument_group("sweep"))
    _add_corridor(parser.add_argument_group("corridor"))
    _add_perimeter(parser.add_argument_group("perimeter"))
    _add_structure(parser.add_argument_group("orbit and facade"))
    _add_round(parser.add_argument_group("round"))
    _add_search(parser.add_argument_group("search"))
    _add_patrol(parser.add_argument_group("patrol"))


def _add_several(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--standoff-m",
        metavar="M",
        type=number,
        help="perimeter: outside the edge, negative inside; orbit and facade: off the structure; "
        "corridor: beside the line; round: short of each place",
    )
    group.add_argument(
        "--drones",
        metavar="N",
        type=int,
        default=1,
        help="how many share the work; FILE.plan becomes FILE-1.plan, FILE-2.plan, ...",
    )
    group.add_argument(
        "--docks",
        metavar="LAT,LON[,AMSL];...",
        help="sweep, round: where the drones stand, in turn; without it and --home each takes off "
        "where its part begins. patrol: where any of them lands and batteries are changed",
    )
    group.add_argument(
        "--fleet",
        metavar="FILE",
        help="sweep, round: a TOML file of [[drone]] name, vehicle, camera, dock, battery (0 to 1, "
        "now), free_from_s",
    )
    group.add_argument(
        "--radius-m", metavar="M", type=positive, help="orbit: of the circle; search: how far out"
    )
    group.add_argument(
        "--laps", metavar="N", type=int, default=1, help="perimeter and orbit: times round"
    )
    group.add_argument(
        "--anticlockwise", action="store_true", help="orbit, square search: the other way round"
    )


def _add_patrol(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--swap-s",
        metavar="S",
        type=not_negative,
        default=120.0,
        help="to change a battery at a dock (default: %(default)g)",
    )
    group.add_argument(
        "--charge-s",
        metavar="S",
        type=not_negative,
        default=0.0,
        help="to charge an empty battery at a dock (default: %(default)g)",
    )
    group.add_argument(
        "--by-chance",
        action="store_true",
        help="times and orders that nobody can learn, all intervals kept",
    )
    group.add_argument(
        "--hours",
        metavar="H",
        type=positive,
        default=1.0,
        help="by chance: how long a timetable (default: %(default)g)",
    )
    group.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the same seed, the same plan"
    )


def _add_sweep(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--angle-deg",
        metavar="DEG",
        type=number,
        help="the passes' direction from north (default: whatever is quickest, spirals too)",
    )
    group.add_argument(
        "--keep-inside",
        action="store_true",
        help="on wings: turns lie inside the area too, which sees less of its margins",
    )


def _add_corridor(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--width-m", metavar="M", type=positive, help="width to be seen")
    group.add_argument("--passes", metavar="N", type=int, help="passes, side by side")
    group.add_argument(
        "--offset-m", metavar="M", type=number, default=0.0, help="to the left of the line"
    )
    group.add_argument(
        "--beside",
        choices=("left", "right"),
        help="fly --standoff-m to that side and look back at the line",
    )


def _add_perimeter(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--look",
        choices=("inward", "outward"),
        help="turn the gimbal across the path (default: ahead)",
    )


def _add_structure(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--structure-height-m",
        metavar="M",
        type=positive,
        help="how tall it is (default: the drawing's height or building:levels)",
    )
    group.add_argument(
        "--base-m",
        metavar="M",
        type=number,
        default=0.0,
        help="its foot above home (default: %(default)g)",
    )
    group.add_argument(
        "--heights-m",
        metavar="M,M,...",
        type=numbers,
        help="orbit: a circle at each height above home (default: --height-m)",
    )
    group.add_argument(
        "--aim",
        choices=("roi", "gimbal", "heading"),
        default="roi",
        help="orbit: what holds the camera on the structure (default: %(default)s)",
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
        type=positive,
        default=5.0,
        help="facade: not flown nearer to the structure's foot (default: %(default)g)",
    )


def _add_round(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--dwell-s",
        metavar="S",
        type=not_negative,
        default=15.0,
        help="seconds at each place (default: %(default)g)",
    )
    group.add_argument(
        "--action",
        choices=("photo", "video-start", "video-stop"),
        help="what the camera does at each place; a point's own properties dwell_s, height_m, "
        "standoff_m, heading_deg, gimbal_pitch_deg and action go before",
    )
    group.add_argument(
        "--keep-order", action="store_true", help="visit as the file lists, not the shortest"
    )


def _add_search(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--search",
        choices=("square", "sector", "map"),
        default="square",
        help="an expanding square or sectors about the drawing's point, or where its weighted "
        "areas and points make it likely (default: %(default)s)",
    )
    group.add_argument(
        "--heading-deg",
        metavar="DEG",
        type=number,
        default=0.0,
        help="the first leg's direction from north (default: %(default)g)",
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
        type=positive,
        help="map search: standard deviation about a point without sigma_m (default: two swaths)",
    )
    group.add_argument(
        "--weights", metavar="FILE", help="map search: a grid of weights, .asc or .tif in degrees"
    )
