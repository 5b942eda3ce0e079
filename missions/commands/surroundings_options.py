"""What lies round a flight: options that `qyran plan` and `qyran check` share."""

import argparse

from missions.commands.convert_options import add_crs
from missions.commands.numbers import not_negative, positive


def add_surroundings(group: argparse._ArgumentGroup) -> None:
    """Wind, link, people, privacy, airspace, other plans; read in `missions.asked.surroundings`."""
    group.add_argument(
        "--wind",
        metavar="SPEED@FROM[,GUST]",
        help="m/s and degrees it blows from, with gusts: 6@270,11; the way home is reckoned in it",
    )
    group.add_argument(
        "--zones",
        metavar="FILE",
        action="append",
        default=[],
        help="airspace: an ED-269, ED-318 or GeoJSON file; may be given again",
    )
    group.add_argument(
        "--at", metavar="TIME", help="take-off, ISO 8601 with its offset, for zones with hours"
    )
    group.add_argument(
        "--authorised",
        metavar="ID",
        action="append",
        default=[],
        help="a zone whose authority has agreed; may be given again",
    )
    group.add_argument(
        "--people", metavar="FILE", help="a drawing of areas with people; kind=crowd is an error"
    )
    group.add_argument(
        "--privacy", metavar="FILE", help="a drawing of areas that no camera may look into"
    )
    group.add_argument(
        "--other",
        metavar="PLAN[@START]",
        action="append",
        default=[],
        help="a plan flown meanwhile, beginning START seconds after this one or at an ISO time; "
        "may be given again",
    )
    add_crs(group)
    _add_link(group)


def _add_link(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--station",
        metavar="LAT,LON[,AGL]",
        help="the ground station, and its antenna above the ground (2 m): line of sight",
    )
    group.add_argument(
        "--link-range-m", metavar="M", type=positive, help="how far the link reaches"
    )
    group.add_argument(
        "--return-height-m",
        metavar="M",
        type=not_negative,
        help="PX4's RTL_RETURN_ALT, above home (60)",
    )
