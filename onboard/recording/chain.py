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
        # Keys are in order: what stands before and after `chain` is written once for both.
        before = _members({key: value for key, value in told.items() if key < "chain"})
        after = _members({key: value for key, value in told.items() if key > "chain"})
        self.head = _after(self.head, _object(before, after))
        return _object(before, b'"chain":"' + self.head.encode("ascii") + b'"', after) + b"\n"


def linked(head: str, told: dict[str, Any]) -> str:
    """The chain after a line."""
    return _after(head, _text(told))


def _after(head: str, text: bytes) -> str:
    return hashlib.sha256(head.encode("ascii") + text).hexdigest()


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


def _members(told: dict[str, Any]) -> bytes:
    return _text(told)[1:-1]


def _object(*members: bytes) -> bytes:
    return b"{" + b",".join(filter(None, members)) + b"}"


def _text(told: dict[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
