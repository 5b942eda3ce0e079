"""Lines of JSON in a hash chain: none can be changed, left out or moved without a break.

A line's `chain` is the SHA-256 of the chain before it, as hex, and of the line without `chain`.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

START = "0" * 64


class Chain:
    """`head` is the chain after the last line."""

    def __init__(self, head: str = START) -> None:
        self.head = head

    def line(self, told: dict[str, Any]) -> bytes:
        """The next line."""
        self.head = linked(self.head, told)
        return _text({**told, "chain": self.head}) + b"\n"


def linked(head: str, told: dict[str, Any]) -> str:
    """The chain after a line."""
    return hashlib.sha256(head.encode("ascii") + _text(told)).hexdigest()


def lines(data: bytes) -> Iterator[dict[str, Any]]:
    """Every whole line up to the first that is none: a kill may have cut the last one short."""
    for line in data.split(b"\n")[:-1]:
        try:
            told = json.loads(line)
        except ValueError:
            return
        if not isinstance(told, dict):
            return
        yield told


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
