"""Targets of a whole vehicle, seen from the ground or being one: state, plans, files."""

from struct import pack
from typing import Any

from fuzz_moves import GROUND, VEHICLE, Moves, any_message, message_of, sendable, silence
from fuzz_transactions import MISSION_WORDS

from ground_station.hub.vehicles_port import DroneName, UploadResult
from ground_station.vehicles.missed_events import MissedEvents
from ground_station.vehicles.plan_on_board.held import held_from_plan
from ground_station.vehicles.px4_events import OBJECTIONS, objection
from ground_station.vehicles.state import FOLDS, VehicleState
from ground_station.vehicles.texts import TextAssembler
from ground_station.vehicles.upload import UploadLimits, VerifiedUpload
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FenceCircle, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Encoder, Send
from sim.vehicle.wire import ftp as vehicle_ftp
from sim.vehicle.wire.files import VehicleFiles

PLACE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)


def _plan(items: int, height_m: float) -> Plan:
    params = (0.0, 0.0, 0.0, 0.0, PLACE.latitude_deg, PLACE.longitude_deg, height_m)
    frame = Frame.GLOBAL_RELATIVE_ALT
    item = MissionItem(command=Command.NAV_WAYPOINT, frame=frame, params=params)
    return Plan(
        items=(item,) * items,
        fence=Fence(circles=(FenceCircle(center=PLACE, radius_m=height_m, inclusion=True),)),
        rally=(RallyPoint(position=PLACE, height=HeightAboveHome(height_m)),),
    )


NEW, OLD = _plan(3, 50.0), _plan(2, 30.0)
AFTER, BEFORE = held_from_plan(NEW), held_from_plan(OLD)
WHOLE_S = UploadLimits().whole(new=AFTER.size, before=BEFORE.size)
HASHES = {part.kind.name.lower(): part.hash for part in AFTER.parts}
OLD_HASHES = {part.kind.name.lower(): part.hash for part in BEFORE.parts}
UPLOAD_WORDS = (*MISSION_WORDS, "STATUSTEXT", "EVENT", "HEARTBEAT")
TEXTS = (b"Mission rejected: item 2\t", b"Geofence invalid, doesn't contain Home position\t", b"x")
LONGEST_STEP_S = 3.2
FILES = {"/etc/extras/one.json": bytes(range(256)) * 3, "/etc/extras/two.json": b"two"}
PATHS = (
    *FILES,
    "/etc",
    "/",
    "",
    "/fs/microsd",
    "/fs/microsd/a",
    "/fs/microsd/b/c",
    "/../..",
    "\xff",
)


def verified_upload(data: bytes) -> None:
    """The whole upload against any vehicle: it ends in time, and proves nothing that is not so."""
    moves = Moves(data)
    before = BEFORE if moves.byte() & 1 else None
    undoing = "left" if moves.byte() % 8 == 1 else ""
    machine = VerifiedUpload(vehicle=VEHICLE, plan=NEW, before=before, undoing=undoing)
    encoder = Encoder(system_id=255, component_id=190)
    sendable(machine.start(100.0), encoder)
    now_s = 100.0
    while moves.left and machine.outcome is None:
        step = moves.byte()
        now_s += (step & 0x3F) / 20.0
        if step & 0x40:
            sendable(machine.tick(now_s), encoder)
        if step == 0xBF:
            sendable(machine.cancel(now_s), encoder)
        sendable(machine.receive(_upload_word(moves), now_s), encoder)
        _in_time(machine, now_s)
    silence(machine, now_s, GROUND)
    assert machine.outcome is not None
    if machine.outcome.outcome is UploadResult.PROVEN:
        told = (machine.outcome.mission_hash, machine.outcome.fence_hash)
        assert told == (HASHES["mission"], HASHES["fence"])
    assert not machine.outcome.restored or before is not None
    assert machine.tick(now_s + 2 * WHOLE_S) == []


def _in_time(machine: VerifiedUpload, now_s: float) -> None:
    # Time passes for it only with a tick: the last may be some steps ago.
    late = now_s - 100.0 > WHOLE_S + 60.0
    if late:
        machine.tick(now_s)
        machine.tick(now_s + 100.0)
        machine.tick(now_s + 200.0)
    assert not late or machine.outcome is not None, machine


def _upload_word(moves: Moves) -> Any:
    """What matters to an upload, oftener than chance would have it."""
    kind = moves.byte()
    if kind & 0x03 == 0:
        hashes = moves.one_of((HASHES, OLD_HASHES, {**HASHES, "mission": 0}))
        fields = {
            "mission_id": hashes["mission"],
            "fence_id": hashes["fence"],
            "rally_points_id": hashes["rally"],
            "mission_state": moves.byte() % 4,
        }
        return message_of(Send("MISSION_CURRENT", fields), VEHICLE)
    if kind & 0x3F == 1:
        text = {"text": moves.one_of(TEXTS), "severity": moves.byte() % 8}
        return message_of(Send("STATUSTEXT", text), VEHICLE)
    if kind & 0x3F == 2:
        event = {"id": moves.one_of(tuple(OBJECTIONS)), "arguments": moves.take(40)}
        return message_of(Send("EVENT", event), VEHICLE)
    return any_message(moves, UPLOAD_WORDS, sender=VEHICLE, to=GROUND)


def missed_events(data: bytes) -> None:
    """Any numbers of events: what is asked for is bounded, and a quiet vehicle is not asked on."""
    moves = Moves(data)
    missed = MissedEvents(VEHICLE)
    encoder = Encoder(system_id=255, component_id=190)
    words = ("EVENT", "CURRENT_EVENT_SEQUENCE", "RESPONSE_EVENT_ERROR")
    now_s = 0.0
    while moves.left:
        now_s += moves.byte() / 50.0
        message = any_message(moves, words, sender=VEHICLE, to=GROUND)
        sends = missed.receive(message, now_s)
        sendable(sends, encoder)
        assert len(sends) <= 64
    beat = message_of(Send("HEARTBEAT", {}), VEHICLE)
    for step in range(20):
        missed.receive(beat, now_s + 1.0 + step)
    assert not missed.waiting


def ftp(data: bytes) -> None:
    """A vehicle's files under any client; they can then be fetched, whole and unchanged."""
    moves = Moves(data)
    server = vehicle_ftp.FtpServer(VehicleFiles(dict(FILES)))
    encoder = Encoder(system_id=1, component_id=1)
    now_s = 0.0
    while moves.left:
        now_s += moves.byte() / 50.0
        sendable(server.receive(_request(moves), now_s), encoder)
    now_s += 2 * vehicle_ftp.IDLE_S
    for path, content in FILES.items():
        opened = _asked(server, vehicle_ftp.OPEN_READ, path.encode(), now_s)
        assert opened[3] == vehicle_ftp.ACK, opened
        read = b""
        while len(read) < len(content):
            part = _asked(server, vehicle_ftp.READ, b"", now_s, opened[2], len(read))
            assert part[3] == vehicle_ftp.ACK, part
            read += part[12 : 12 + part[4]]
        assert read == content
        _asked(server, vehicle_ftp.TERMINATE, b"", now_s, opened[2])


def _request(moves: Moves) -> Any:
    shape = moves.byte()
    if shape & 0x40:
        payload = moves.take(251)
    else:
        said = moves.one_of(PATHS).encode("latin-1")
        said += b"\0" + moves.one_of(PATHS).encode("latin-1") if shape & 0x01 else b""
        size = len(said) if shape & 0x02 else moves.byte()
        offset = moves.byte() << (24 if shape & 0x04 else 0)
        header = pack(
            "<HBBBBBBI", moves.byte(), moves.byte() % 12, moves.byte() % 18, size, 0, 0, 0, offset
        )
        payload = header + said
    fields = {"target_system": 1, "target_component": 1, "payload": payload[:251]}
    return message_of(Send("FILE_TRANSFER_PROTOCOL", fields), GROUND)


def _asked(
    server: Any, opcode: int, said: bytes, now_s: float, session: int = 0, offset: int = 0
) -> bytes:
    size = len(said) or 200
    # A number that no earlier request bore: one that comes again is answered from memory.
    sequence = (hash((opcode, said, session, offset)) & 0x7FFF) | 0x8000
    header = pack("<HBBBBBBI", sequence, session, opcode, size, 0, 0, 0, offset)
    fields = {"target_system": 1, "target_component": 1, "payload": header + said}
    (answer,) = server.receive(message_of(Send("FILE_TRANSFER_PROTOCOL", fields), GROUND), now_s)
    payload: bytes = bytes(answer.fields["payload"])
    return payload


def vehicle_state(data: bytes) -> None:
    """What the hub folds of a vehicle: any field may hold anything."""
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
