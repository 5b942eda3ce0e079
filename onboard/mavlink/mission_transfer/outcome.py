"""How a transfer of a plan ended, seen from the ground."""

from dataclasses import dataclass
from enum import StrEnum

from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_items import RESULT_WORDS


class TransferEnd(StrEnum):
    """The kinds of end."""

    COMPLETE = "complete"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"
    # The vehicle says 'accepted' and names another plan's hash.
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOutcome:
    """The end of an upload or a download.

    `result` is MAV_MISSION_RESULT where the vehicle gave one; `opaque_id` is the plan's hash as the
    vehicle reported it; `items` are the downloaded items (empty after an upload); `item` is the
    index of one that was refused.
    """

    end: TransferEnd
    result: int | None = None
    item: int | None = None
    words: str = ""
    opaque_id: int | None = None
    items: tuple[WireItem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all of the plan has arrived."""
        return self.end is TransferEnd.COMPLETE


def refused(result: int, *, item: int | None = None) -> TransferOutcome:
    """The vehicle answered with an error, at item number `item` where one was under way."""
    words = RESULT_WORDS.get(result, f"the vehicle answered {result}")
    if item is not None:
        words = f"{words} (item {item})"
    return TransferOutcome(end=TransferEnd.REFUSED, result=result, item=item, words=words)


def no_answer(waiting_for: str) -> TransferOutcome:
    """The vehicle fell silent."""
    words = f"the vehicle fell silent: no {waiting_for}"
    return TransferOutcome(end=TransferEnd.NO_ANSWER, words=words)


CANCELLED = TransferOutcome(end=TransferEnd.CANCELLED, words="cancelled from the ground")
