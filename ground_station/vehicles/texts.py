"""STATUSTEXT put together again: PX4 cuts texts longer than 50 characters into chunks.

Source: https://mavlink.io/en/messages/common.html#STATUSTEXT (id 0: not chunked; a chunk whose
text is full is followed by another).
"""

from dataclasses import dataclass

from onboard.mavlink.codec import Message

CHUNK_CHARACTERS = 50
UNFINISHED_AT_MOST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleText:
    """One whole text of a vehicle; `severity` is MAV_SEVERITY (0 emergency .. 7 debug)."""

    system_id: int
    severity: int
    text: str


class TextAssembler:
    """Holds the chunks of texts that have not ended; `lost_chunks` counts gaps."""

    def __init__(self) -> None:
        self.lost_chunks = 0
        self._chunks: dict[tuple[int, int], list[str]] = {}

    def receive(self, message: Message) -> VehicleText | None:
        """The text that this STATUSTEXT ends, or None while more is to come."""
        text = str(message["text"])
        if message["id"] == 0:
            return self._whole(message, text)
        key = (message.component_id, message["id"])
        chunks = self._chunks.setdefault(key, [])
        if message["chunk_seq"] != len(chunks):
            self.lost_chunks += 1
        chunks.append(text)
        self._forget_oldest()
        if len(text) >= CHUNK_CHARACTERS:
            return None
        return self._whole(message, "".join(self._chunks.pop(key, [text])))

    def _whole(self, message: Message, text: str) -> VehicleText:
        return VehicleText(
            system_id=message.system_id,
            severity=message["severity"],
            # A tab at the end says that an event mirrors the text; it is not part of it.
            text=text.rstrip("\t \0"),
        )

    def _forget_oldest(self) -> None:
        while len(self._chunks) > UNFINISHED_AT_MOST:
            del self._chunks[next(iter(self._chunks))]
            self.lost_chunks += 1
