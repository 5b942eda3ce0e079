"""`qyran misb`: what motion imagery metadata a stream holds, and what of it was lost."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onboard.telemetry.misb.datalink import Packet

EXAMPLES = """examples:
  qyran misb DJI_0042.ts
  qyran misb recorded.klv | head -1"""


def add_misb(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qyran misb`."""
    parser.description = (
        "Print the packets of MISB ST 0601 in a transport stream or a .klv file as JSON, one a "
        "line, with the targets of ST 0903 in them; what was lost or damaged goes to stderr."
    )
    parser.epilog = EXAMPLES
    parser.add_argument("file", metavar="FILE", help=".ts, .m2ts, .mpg, or .klv: bare metadata")


def run_misb(args: argparse.Namespace) -> int:
    """Print packet by packet as they are read; 1 where there was none.

    Raises:
        BadInput: the file cannot be read.
    """
    import json
    import sys
    from itertools import chain

    from onboard.telemetry.misb.flight import notes_of, opened, pieces

    stream = opened(Path(args.file))
    read = chain.from_iterable(stream.feed(piece) for piece in pieces(Path(args.file)))
    for each in chain(read, stream.close()):
        print(json.dumps(_told(each.packet, each.at_s), allow_nan=False))
    for note in [f"{stream.klv.packets} packets of ST 0601", *notes_of(stream)]:
        print(note, file=sys.stderr)
    return 0 if stream.klv.packets else 1


def _told(packet: "Packet", at_s: float | None) -> dict[str, Any]:
    from onboard.telemetry.misb.klv import KlvFault
    from onboard.telemetry.misb.security import classification

    told: dict[str, Any] = {"stream_s": at_s}
    for name, value in packet.values.items():
        told[name] = value.hex() if isinstance(value, bytes) else value
    try:
        if isinstance(security := packet.values.get("security"), bytes):
            told["security"] = classification(security)
        if isinstance(packet.values.get("vmti"), bytes):
            told["vmti"] = _targets(packet)
    except KlvFault as fault:
        # The packet's own sum is right: its sender wrote a set that cannot be read.
        told["malformed"] = str(fault)
    told["unknown"] = {str(tag): value.hex() for tag, value in packet.unknown.items()}
    return told


def _targets(packet: "Packet") -> dict[str, Any]:
    import dataclasses
    import math

    from onboard.telemetry.misb.targets import targets_of

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return value if isinstance(value, int | str | None) else str(value)

    return dict(plain(dataclasses.asdict(targets_of(packet))))
