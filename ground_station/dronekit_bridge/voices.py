"""Frames of all that passes the bridge, numbered anew: either side sees each sender without gaps.

Messages that the bridge makes or takes out would otherwise look like loss to whoever counts.
"""

from ground_station.dronekit_bridge.known import Known
from ground_station.dronekit_bridge.words import Side, Word
from onboard.mavlink.codec import Address, Encoder, Message
from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.message import MAGIC_V2

_SEQUENCE_V1, _SEQUENCE_V2 = 2, 4


class Voices:
    """Makes the frame of each word. A signed frame stays as it is: its number is sealed."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._encoders: dict[tuple[Side, Address], Encoder] = {}

    def frame(self, word: Word) -> bytes:
        """The bytes to transmit."""
        what = word.what
        if not isinstance(what, Message):
            return self._encoder(word.to, self._speaker(word.to)).encode_send(what)
        if what.signed:
            return what.frame
        encoder = self._encoder(word.to, what.sender)
        frame = renumbered(what, encoder.sequence)
        encoder.sequence = (encoder.sequence + 1) & 0xFF
        return frame

    def _speaker(self, to: Side) -> Address:
        vehicle = self._known.vehicle
        if to is Side.VEHICLE or vehicle is None:
            return self._known.client
        return vehicle

    def _encoder(self, to: Side, speaker: Address) -> Encoder:
        encoder = self._encoders.get((to, speaker))
        if encoder is None:
            encoder = Encoder(system_id=speaker.system_id, component_id=speaker.component_id)
            self._encoders[to, speaker] = encoder
        return encoder


def renumbered(message: Message, sequence: int) -> bytes:
    """The message's frame with another number and the checksum that goes with it."""
    frame = bytearray(message.frame)
    frame[_SEQUENCE_V2 if frame[0] == MAGIC_V2 else _SEQUENCE_V1] = sequence
    frame[-2:] = checksum(bytes(frame[1:-2]), message.layout.seed).to_bytes(2, "little")
    return bytes(frame)
