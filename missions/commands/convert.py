"""`qyran convert`: read one file, write the other, say what was lost."""

import argparse
from pathlib import Path

from missions.asked.coordinates import asked_crs
from missions.asked.dji import asked_dji
from missions.commands.say import say
from missions.files.by_suffix import convert


def convert_command(args: argparse.Namespace) -> int:
    """`qyran convert`."""
    done = convert(
        Path(args.source),
        Path(args.target),
        dji=asked_dji(args.dji),
        crs=asked_crs(args, args.source),
    )
    said = {"out": args.target, done.kind: done.count, "notes": done.notes}
    return say(args, said, (), [f"{args.target}: {done.count} {done.kind}", *done.notes])
