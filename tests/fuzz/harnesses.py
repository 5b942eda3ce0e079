"""What is fuzzed, one function a target: bytes in, an assertion where something is wrong.

The bytes say what happens: time passes, a message comes (its fields mostly as the bytes have them,
its addresses and numbers mostly such that they matter), garbage comes. After that there is silence,
and then an outcome; then a new transaction, which must work. `atheris_run.py` drives these by
coverage and the tests beside it with Hypothesis.
"""

from collections.abc import Callable
from struct import error as StructError
from typing import Any

from onboard.mavlink.codec import (
    Address,
    Decoder,
    Encoder,
    Message,
    Send,
    Signing,
    SigningKey,
)
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.command import CommandSender
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanReader, PlanSender, PlanStore
from onboard.mavlink.parameters import ParameterRead, ParameterType, ParameterWrite
from onboard.mavlink.plan_items import MissionType, WireItem

GROUND, VEHICLE, STRANGER = Address(255, 190), Address(1, 1), Address(7, 42)
LONGEST_SILENCE_S = 600.0
# No answer to one message or one tick is longer than a list of parameters' next stretch.
SENDS_AT_MOST = 1200
KEY = SigningKey(bytes(range(32)))
ITEMS = tuple(
    WireItem(
        frame=6,
        command=16,
        current=index == 0,
        autocontinue=True,
        param1=0.0,
        param2=0.0,
        param3=0.0,
        param4=0.0,
        x=448_500_000 + index,
        y=655_100_000,
        z=40.0,
    )
    for index in range(3)
)
MISSION_WORDS = (
    "MISSION_COUNT",
    "MISSION_REQUEST_INT",
    "MISSION_REQUEST",
    "MISSION_REQUEST_LIST",
    "MISSION_ITEM_INT",
    "MISSION_ACK",
    "MISSION_CLEAR_ALL",
    "MISSION_SET_CURRENT",
    "MISSION_CURRENT",
    "MISSION_ITEM_REACHED",
    "MISSION_ITEM",
    "MISSION_WRITE_PARTIAL_LIST",
    "MISSION_REQUEST_PARTIAL_LIST",
)
COMMAND_WORDS = ("COMMAND_ACK", "COMMAND_LONG", "HEARTBEAT")
PARAMETER_WORDS = (
    "PARAM_VALUE",
    "PARAM_ERROR",
    "PARAM_SET",
    "PARAM_REQUEST_READ",
    "PARAM_REQUEST_LIST",
)
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


def decoder(data: bytes) -> None:
    """Any bytes, cut anywhere; then good frames are understood again."""
    moves = Moves(data)
    cut = moves.byte()
    raw = moves.rest()
    whole, pieces = Decoder(), Decoder()
    first = whole.feed(raw)
    second = pieces.feed(raw[:cut]) + pieces.feed(raw[cut:])
    assert [m.frame for m in first] == [m.frame for m in second]
    for message in first:
        assert message.fields is not None
    good = Encoder(system_id=3, component_id=1).encode("HEARTBEAT", type=2)
    # Whatever length a damaged frame claims, this many bytes are longer.
    assert good in [m.frame for m in whole.feed(bytes(300) + good)]


def signed_decoder(data: bytes) -> None:
    """No bytes that were not signed with the key are taken for signed; good ones then are."""
    signing = Signing(key=KEY, link_id=0, unix_s=lambda: 1.7e9)
    judge = Decoder(signing=signing)
    for message in judge.feed(data):
        assert message.id == 109, message
    ours = Signing(key=KEY, link_id=1, unix_s=lambda: 1.7e9 + 10)
    good = Encoder(system_id=3, component_id=1, signing=ours).encode("PING", seq=5)
    assert good in [m.frame for m in judge.feed(bytes(300) + good)]
    replayed = judge.replayed
    assert judge.feed(good) == []
    assert judge.replayed == replayed + 1


def repaired_frames(data: bytes) -> None:
    """Frames of every known message with any payload and a right checksum: all fields read."""
    from onboard.mavlink.codec.checksum import checksum
    from onboard.mavlink.codec.dialect import LAYOUT_BY_ID

    moves = Moves(data)
    ids = tuple(LAYOUT_BY_ID)
    reading = Decoder()
    count = 0
    while moves.left and count < 8:
        layout = LAYOUT_BY_ID[ids[(moves.byte() << 8 | moves.byte()) % len(ids)]]
        payload = moves.take(moves.byte())
        body = bytes((len(payload), 0, 0, count, 1, 1)) + layout.id.to_bytes(3, "little") + payload
        frame = b"\xfd" + body + checksum(body, layout.seed).to_bytes(2, "little")
        (message,) = reading.feed(frame)
        assert set(message.fields) == set(layout.places)
        assert message.frame == frame
        assert len(layout.struct.pack(*message.values)) == layout.size
        count += 1


def mission_sender(data: bytes) -> None:
    """The ground's upload against any vehicle."""
    moves = Moves(data)
    items = ITEMS[: moves.byte() % 4]
    sender = PlanSender(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION, items=items)
    ends(sender, moves, MISSION_WORDS)


def mission_reader(data: bytes) -> None:
    """The ground's download from any vehicle."""
    reader = PlanReader(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION)
    ends(reader, Moves(data), MISSION_WORDS)


def mission_endpoint(data: bytes) -> None:
    """The vehicle's end under any partner; an upload and a download then work."""
    store = PlanStore()
    store.replace(MissionType.MISSION, ITEMS[:2])
    endpoint = PlanEndpoint(store, own=VEHICLE)
    now_s = play(endpoint, Moves(data), MISSION_WORDS, ground=False)
    now_s = silence(endpoint, now_s, VEHICLE)
    sender = PlanSender(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION, items=ITEMS)
    now_s = converse(sender, endpoint, now_s)
    assert sender.outcome is not None
    assert sender.outcome.complete, sender.outcome
    assert store.items(MissionType.MISSION) == ITEMS
    reader = PlanReader(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION)
    converse(reader, endpoint, now_s)
    assert reader.outcome is not None
    assert reader.outcome.complete, reader.outcome


def converse(ground: Any, vehicle: Any, now_s: float) -> float:
    """A perfect wire between both ends, as bytes, until the ground has its outcome."""
    up, down = Encoder(system_id=255, component_id=190), Encoder(system_id=1, component_id=1)
    to_vehicle, to_ground = Decoder(), Decoder()
    rising = ground.start(now_s)
    for _ in range(200):
        falling: list[Send] = []
        for send in rising:
            for message in to_vehicle.feed(up.encode_send(send)):
                falling += vehicle.receive(message, now_s)
        now_s += 0.1
        falling += vehicle.tick(now_s)
        rising = []
        for send in falling:
            for message in to_ground.feed(down.encode_send(send)):
                rising += ground.receive(message, now_s)
        rising += ground.tick(now_s)
        if ground.outcome is not None:
            break
    return now_s


def command(data: bytes) -> None:
    """A command against any vehicle."""
    sender = CommandSender(own=GROUND, vehicle=VEHICLE, command=400, params=(1.0,))
    ends(sender, Moves(data), COMMAND_WORDS)


def parameters(data: bytes) -> None:
    """A read or a write of a parameter against any vehicle."""
    moves = Moves(data)
    machine: ParameterRead | ParameterWrite
    if moves.byte() & 1:
        machine = ParameterRead(own=GROUND, vehicle=VEHICLE, name="MPC_XY_CRUISE")
    else:
        kind = moves.one_of(tuple(ParameterType))
        machine = ParameterWrite(
            own=GROUND, vehicle=VEHICLE, name="MPC_XY_CRUISE", value=5.0, kind=kind
        )
    ends(machine, moves, PARAMETER_WORDS)


def parameter_endpoint(data: bytes) -> None:
    """The simulated vehicle's parameters under any partner; a write and a read then work."""
    from sim.vehicle.parameters import ParameterEndpoint, ParameterStore

    store = ParameterStore()
    endpoint = ParameterEndpoint(store, own=VEHICLE)
    now_s = play(endpoint, Moves(data), PARAMETER_WORDS, ground=False)
    now_s = silence(endpoint, now_s, VEHICLE)
    write = ParameterWrite(
        own=GROUND,
        vehicle=VEHICLE,
        name="MPC_XY_CRUISE",
        value=7.5,
        kind=ParameterType.REAL32,
    )
    now_s = converse(write, endpoint, now_s)
    assert write.outcome is not None
    assert write.outcome.value == 7.5, write.outcome


def vehicle_state(data: bytes) -> None:
    """What the hub folds of a vehicle: any field may hold anything."""
    from ground_station.hub.vehicles_port import DroneName
    from ground_station.vehicles.px4_events import objection
    from ground_station.vehicles.state import FOLDS, VehicleState
    from ground_station.vehicles.texts import TextAssembler

    moves = Moves(data)
    state, texts = VehicleState(system_id=1), TextAssembler()
    names = (*sorted(name for name in FOLDS if isinstance(name, str)), "STATUSTEXT", "EVENT")
    now_s = 0.0
    while moves.left:
        message = any_message(moves, names, sender=VEHICLE, to=GROUND)
        now_s += 0.1
        state.receive(message, now_s)
        if message.name == "STATUSTEXT":
            texts.receive(message)
        if message.name == "EVENT":
            objection(message)
        assert state.utc is None or state.utc.tzinfo is not None
    state.view(name=DroneName("a", "b"), plan_proven=False, now_s=now_s)


def signing_setup(data: bytes) -> None:
    """Giving a key to any vehicle."""
    from onboard.mavlink.signing_setup import SigningSetup

    moves = Moves(data)
    key = KEY if moves.byte() & 1 else None
    machine = SigningSetup(vehicle=VEHICLE, key=key, timestamp=5)
    ends(machine, moves, ("HEARTBEAT", "STATUSTEXT", "SETUP_SIGNING", "COMMAND_ACK"))


def tlog_reader(data: bytes) -> None:
    """Any file is read to its end, and all that is found in it can be sought and played."""
    from ground_station.recording.player import Player
    from ground_station.recording.reader import Tlog
    from ground_station.recording.tlog import record

    good = Encoder(system_id=3, component_id=1).encode("HEARTBEAT", type=2)
    tail = record(1 << 50, good)
    tlog = Tlog(data + bytes(300) + tail)
    assert len(tlog)
    assert tlog.record(len(tlog) - 1).frame == good
    assert sum(len(each.frame) + 8 for each in tlog.records()) + tlog.skipped_bytes == (
        len(data) + 300 + len(tail)
    )
    tlog.of_item(0)
    tlog.counts()
    assert 0 <= tlog.at_time(1.0) <= len(tlog)
    player = Player(tlog, speed=1000.0)
    now_s, played = 0.0, 0
    while not player.ended:
        played += len(player.due(now_s))
        now_s += 1.0
        assert now_s < 1000.0
    assert played == len(tlog)


def stations_and_routes(data: bytes) -> None:
    """Who is where: whoever speaks, by whichever wire, is kept track of within bounds."""
    from ground_station.links.routes import Routes
    from ground_station.links.stations import STATIONS_AT_MOST, Stations

    moves = Moves(data)
    stations, routes = Stations(GROUND), Routes()
    wires: Any = (object(), object())
    now_s = 0.0
    while moves.left:
        now_s += moves.byte() / 100.0
        speaker = Address(moves.byte(), moves.byte())
        message = any_message(moves, ("HEARTBEAT", "PING"), sender=speaker, to=GROUND)
        if moves.byte() & 1:
            stations.said(message.frame)
        stations.is_echo(message)
        stations.hears(message, "link", now_s)
        routes.hears(message.system_id, message.component_id, moves.one_of(wires), now_s)
        assert routes.wire(message.system_id, message.component_id) is not None
    assert len(stations.heard_lately(now_s)) <= STATIONS_AT_MOST


Harness = Callable[[bytes], None]
HARNESSES: dict[str, Harness] = {
    each.__name__: each
    for each in (
        decoder,
        signed_decoder,
        repaired_frames,
        mission_sender,
        mission_reader,
        mission_endpoint,
        command,
        parameters,
        parameter_endpoint,
        vehicle_state,
        signing_setup,
        tlog_reader,
        stations_and_routes,
    )
}
