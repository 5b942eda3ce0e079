"""What the targets share: decisions read off the bytes, messages made of them, and the life of a
machine: it starts, suffers what the bytes say, then hears nothing, and must have come to an end.
"""

from struct import error as StructError
from typing import Any

from onboard.mavlink.codec import Address, Encoder, Message, Send
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.encoder import pack_payload

GROUND, VEHICLE, STRANGER = Address(255, 190), Address(1, 1), Address(7, 42)
LONGEST_SILENCE_S = 600.0
# No answer to one message or one tick is longer than a list of parameters' next stretch.
SENDS_AT_MOST = 1200
# Numbers that protocols turn on: within, at and beyond the ends of lists.
SMALL = (0, 1, 2, 3, 4, 0xFFFF)


class Moves:
    """Reads decisions off the bytes; past their end everything is zero."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> bool:
        """Whether anything is still to come."""
        return self._at < len(self._data)

    def byte(self) -> int:
        """The next byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def take(self, count: int) -> bytes:
        """The next bytes, zeros where there are none."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken.ljust(count, b"\0")

    def one_of(self, choices: tuple[Any, ...]) -> Any:
        """One of these."""
        return choices[self.byte() % len(choices)]

    def rest(self) -> bytes:
        """Everything that is left."""
        taken, self._at = self._data[self._at :], len(self._data)
        return taken


def frame_of(name: str, payload: bytes, sender: Address, sequence: int) -> Message:
    """A message as a decoder would hand it on: checksums are the decoder's own target."""
    layout = LAYOUT_BY_NAME[name]
    header = bytes((0xFD, len(payload), 0, 0, sequence, sender.system_id, sender.component_id))
    frame = header + layout.id.to_bytes(3, "little") + payload + b"\0\0"
    return Message(layout, frame, sender.system_id, sender.component_id, sequence)


def any_message(moves: Moves, words: tuple[str, ...], *, sender: Address, to: Address) -> Message:
    """One message: raw fields, then some of them set to what the receiver would heed."""
    name = moves.one_of(words)
    layout = LAYOUT_BY_NAME[name]
    shape = moves.byte()
    payload = moves.take(layout.size) if shape & 0x80 else bytes(layout.size)
    values = list(layout.struct.unpack(payload))
    wanted = {"target_system": to.system_id, "target_component": to.component_id}
    if shape & 0x01:
        wanted |= {name: moves.one_of(SMALL) for name in ("seq", "count", "start_index")}
    if shape & 0x02:
        wanted |= {"mission_type": moves.byte() % 3, "command": 400}
    if shape & 0x04:
        wanted |= {"type": moves.byte(), "result": moves.byte() % 8, "param_type": moves.byte()}
    for field, value in wanted.items():
        place = layout.places.get(field)
        if type(place) is int:
            values[place] = value if field != "target_system" or not shape & 0x08 else 99
    if "param_id" in layout.places and shape & 0x10:
        layout.places["param_id"].write(values, "MPC_XY_CRUISE")  # type: ignore[union-attr]
    try:
        payload = layout.struct.pack(*values)
    except (OverflowError, StructError):
        payload = layout.struct.pack(*layout.blank)
    speaker = STRANGER if shape & 0x20 else sender
    return frame_of(name, payload, speaker, moves.byte())


def sendable(sends: list[Send], encoder: Encoder) -> None:
    """What a machine asks to send can be said, and it does not flood."""
    assert len(sends) <= SENDS_AT_MOST, len(sends)
    for send in sends:
        assert encoder.encode_send(send)


def play(machine: Any, moves: Moves, words: tuple[str, ...], *, ground: bool) -> float:
    """Let everything happen to a machine that the bytes say; returns the time it is then."""
    sender, own = (VEHICLE, GROUND) if ground else (GROUND, VEHICLE)
    encoder = Encoder(system_id=own.system_id, component_id=own.component_id)
    now_s = 100.0
    while moves.left:
        step = moves.byte()
        now_s += (step & 0x3F) / 20.0
        if step & 0x40:
            sendable(machine.tick(now_s), encoder)
        message = any_message(moves, words, sender=sender, to=own)
        sendable(machine.receive(message, now_s), encoder)
    return now_s


def silence(machine: Any, now_s: float, own: Address) -> float:
    """Nobody speaks any more; returns the time when that ends."""
    encoder = Encoder(system_id=own.system_id, component_id=own.component_id)
    end_s = now_s + LONGEST_SILENCE_S
    while now_s < end_s and getattr(machine, "outcome", None) is None:
        now_s += 1.0
        sendable(machine.tick(now_s), encoder)
        if not hasattr(machine, "outcome") and not getattr(machine, "busy", False):
            # A vehicle's end has nothing to wait for but its partner's silence.
            now_s += 60.0
    return now_s


def ends(machine: Any, moves: Moves, words: tuple[str, ...]) -> None:
    """The whole life of a ground machine: it starts, suffers, and has an outcome in the end."""
    encoder = Encoder(system_id=255, component_id=190)
    sendable(machine.start(100.0), encoder)
    now_s = play(machine, moves, words, ground=True)
    silence(machine, now_s, GROUND)
    assert machine.outcome is not None, machine
    assert machine.tick(now_s + 2 * LONGEST_SILENCE_S) == []


def message_of(send: Send, sender: Address) -> Message:
    """What was sent, as the other end reads it; bytes are the decoder's own target."""
    layout = LAYOUT_BY_NAME[send.name]
    return frame_of(send.name, pack_payload(layout, dict(send.fields)), sender, 0)


def converse(ground: Any, vehicle: Any, now_s: float) -> float:
    """A perfect wire between both ends until the ground has its outcome; returns the time then."""
    rising = ground.start(now_s)
    for _ in range(200):
        falling: list[Send] = []
        for send in rising:
            falling += vehicle.receive(message_of(send, GROUND), now_s)
        now_s += 0.1
        falling += vehicle.tick(now_s)
        rising = []
        for send in falling:
            rising += ground.receive(message_of(send, VEHICLE), now_s)
        rising += ground.tick(now_s)
        if ground.outcome is not None:
            break
    return now_s
