"""`qyran executive`: the statechart of the patrol executive, drawn; a tasking, checked."""

import argparse
from pathlib import Path


def add_executive(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran executive`."""
    parser.description = (
        "Draw the statechart by which an aircraft decides for itself on patrol, from the same "
        "data that runs, or check the [executive] table of an aircraft's configuration and say "
        "what it allows. docs/executive.md tells both."
    )
    parser.epilog = (
        "examples:\n"
        "  qyran executive --draw executive.svg\n"
        "  qyran executive --draw executive.mmd\n"
        "  qyran executive --config qyran-1.toml"
    )
    parser.add_argument(
        "--draw", metavar="FILE", help="write a picture: .svg, .dot (Graphviz) or .mmd (Mermaid)"
    )
    parser.add_argument("--config", metavar="FILE", help="TOML with an [executive] table to check")


def run_executive(args: argparse.Namespace) -> int:
    """Draw, check, or print the chart as Mermaid where neither is asked for.

    Raises:
        BadInput: the picture's kind is not known, a file cannot be written, or a table is wrong.
    """
    from onboard.executive.drawing import mermaid

    if args.draw is not None:
        _draw(Path(args.draw))
    if args.config is not None:
        print(_allowed(Path(args.config)))
    if args.draw is None and args.config is None:
        print(mermaid(), end="")
    return 0


def _draw(file: Path) -> None:
    from missions.errors import BadInput, place_of
    from onboard.executive.drawing import dot, mermaid
    from onboard.executive.drawing_svg import svg

    makers = {".svg": svg, ".dot": dot, ".mmd": mermaid, ".mermaid": mermaid}
    make = makers.get(file.suffix)
    if make is None:
        raise BadInput(where=f"--draw {file}", what="not .svg, .dot or .mmd")
    try:
        file.write_text(make(), encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(file)) from error


def _allowed(file: Path) -> str:
    from onboard.executive.tasking_file import read_tasking

    tasking = read_tasking(file)
    if tasking is None:
        return "no [executive] table: the aircraft decides nothing by itself"
    lines = [
        f"{kind.value:24} {reaction.do:8} {reaction.seconds:5.0f} s"
        for kind, reaction in tasking.reactions.items()
    ]
    lines.append(f"link gone for {tasking.link.lost_after_s:.0f} s: {tasking.link.do}")
    lines.append(f"battery: home with {100.0 * tasking.battery.reserve:.0f} % left")
    return "\n".join(lines)
