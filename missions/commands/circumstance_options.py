"""What a plan is held against: options that `qyran plan` and `qyran check` share."""

import argparse

from missions.commands.surroundings_options import add_surroundings


def add_circumstances(group: argparse._ArgumentGroup) -> None:
    """`--terrain`; every such option is read in `missions.commands.against`."""
    group.add_argument(
        "--terrain",
        metavar="FILE",
        help="the ground: an .hgt, .tif or .dt2 tile, or a folder of them; clearance and ceiling "
        "are then held every 10 m",
    )
    add_surroundings(group)
