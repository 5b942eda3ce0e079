"""From raw JSON to messages: each is judged by itself, and what is refused is named.

A message is kept as it came, with what this hub does not know yet; only its content hash is ours.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from ground_station.store.chain import canonical_json
from ground_station.store.messages import Message
from onboard.messages import Envelope, IngestRefusal, message_id

LONGEST_ID_PART = 64
LONGEST_REASON = 300


def read_batch(
    batch: Iterable[dict[str, Any]],
) -> tuple[list[Message], list[IngestRefusal]]:
    """The messages of a batch that can be taken, and a refusal for each that never can."""
    taken: list[Message] = []
    refused: list[IngestRefusal] = []
    for raw in batch:
        outcome = read_message(raw)
        if isinstance(outcome, Message):
            taken.append(outcome)
        else:
            refused.append(outcome)
    return taken, refused


def read_message(raw: dict[str, Any]) -> Message | IngestRefusal:
    """One message, or why it is refused, under the id that its sender knows it by."""
    try:
        envelope = Envelope.model_validate(raw)
        content = canonical_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "message"
        return _refusal(raw, f"{place}: {first['msg']}")
    except (ValueError, RecursionError) as error:
        return _refusal(raw, f"not JSON that can be kept: {error}")
    return Message(envelope=envelope, raw=raw, sha256=hashlib.sha256(content).hexdigest())


def id_reused(message: Message) -> IngestRefusal:
    """The refusal of a message whose id is stored already with another content."""
    return IngestRefusal(id=message.id, reason="this id is stored with another content")


def _refusal(raw: dict[str, Any], reason: str) -> IngestRefusal:
    drone, boot, sequence = (
        _printable(raw.get(key), LONGEST_ID_PART) for key in ("drone_id", "boot_id", "sequence")
    )
    number = int(sequence) if sequence.isascii() and sequence.isdigit() else -1
    return IngestRefusal(
        id=message_id(drone, boot, number), reason=_printable(reason, LONGEST_REASON)
    )


def _printable(value: object, longest: int) -> str:
    # A lone surrogate in what a peer sent must not break the reply that refuses it.
    text = value if isinstance(value, str) else repr(value) if value is not None else "?"
    return text[:longest].encode("utf-8", errors="replace").decode("utf-8")
