"""Targets of one transaction each, at the ground's end or at the vehicle's."""

from unittest.mock import patch

from fuzz_moves import GROUND, VEHICLE, Moves, converse, ends, play, silence

from onboard.mavlink.codec import SigningKey
from onboard.mavlink.command import CommandSender
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanReader, PlanSender, PlanStore
from onboard.mavlink.parameters import ParameterRead, ParameterType, ParameterWrite
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.signing_setup import SigningSetup
from sim.vehicle import parameters as vehicle_parameters

PARAMETERS = {f"FUZZ_{number}": number for number in range(11)} | {"MPC_XY_CRUISE": 5.0}
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
    # A dozen of them: the list of a thousand is sent a thousand times as slowly.
    with patch.object(vehicle_parameters, "px4_defaults", lambda: dict(PARAMETERS)):
        store = vehicle_parameters.ParameterStore()
    endpoint = vehicle_parameters.ParameterEndpoint(store, own=VEHICLE)
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


def signing_setup(data: bytes) -> None:
    """Giving a key to any vehicle."""
    moves = Moves(data)
    key = KEY if moves.byte() & 1 else None
    machine = SigningSetup(vehicle=VEHICLE, key=key, timestamp=lambda: 5)
    ends(machine, moves, ("HEARTBEAT", "STATUSTEXT", "SETUP_SIGNING", "COMMAND_ACK"))
