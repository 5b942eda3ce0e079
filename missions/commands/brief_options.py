"""The option for a flight brief, of both `qyran plan` and `qyran check`."""

import argparse


def add_brief(group: argparse._ActionsContainer) -> None:
    """`--brief`."""
    group.add_argument(
        "--brief", metavar="FILE.pdf", help="a brief to print: map, figures, findings, every item"
    )
