"""What is wrong with an aircraft's process, by names that do not change and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST_TEXT = 500

Name = Literal[
    "camera_unreachable",
    "camera_silent",
    "camera_frozen",
    "pictures_corrupt",
    "no_model",
    "no_pose",
    "telemetry_silent",
    "clock_jumped",
    "outbox_disk",
    "hub_unreachable",
    "recording",
    "restarted",
    "state_refused",
]
# With any of these nothing can be found now.
BLINDING = frozenset({"camera_unreachable", "camera_silent", "camera_frozen", "pictures_corrupt"})
BLINDING |= {"no_model", "no_pose"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong now."""

    name: Name
    words: str


def state_of(problems: Sequence[Problem]) -> str:
    """`ok`, `degraded`, or `blind` where nothing can be found now."""
    if any(each.name in BLINDING for each in problems):
        return "blind"
    return "degraded" if problems else "ok"


def words_of(problems: Sequence[Problem]) -> str:
    """All of them, for a person; empty where all is well."""
    return "; ".join(each.words for each in problems)[:LONGEST_TEXT]
