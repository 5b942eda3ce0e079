"""What atheris drives by coverage, driven here by Hypothesis: short, and in every test run."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground_station.hub.vehicles_port import DroneName
from ground_station.vehicles.state import VehicleState
from onboard.mavlink.codec import Decoder, Encoder

TARGETS = (
    "decoder",
    "signed_decoder",
    "repaired_frames",
    "mission_sender",
    "mission_reader",
    "mission_endpoint",
    "command",
    "parameters",
    "parameter_endpoint",
    "vehicle_state",
    "verified_upload",
    "missed_events",
    "ftp",
    "signing_setup",
    "tlog_reader",
    "stations_and_routes",
)
# Messages that matter, again and again: a shape byte, then the few numbers that it asks for.
LIKELY = st.lists(
    st.tuples(
        st.integers(0, 0x7F),
        st.integers(0, 12),
        st.sampled_from((0x03, 0x07, 0x17, 0x01, 0x05)),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=40,
).map(lambda moves: bytes(byte for move in moves for byte in move))


def test_every_target_is_driven_here(harnesses: dict[str, Callable[[bytes], None]]) -> None:
    assert set(harnesses) == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.one_of(st.binary(max_size=400), LIKELY))
def test_any_bytes_leave_it_whole(
    target: str, data: bytes, harnesses: dict[str, Callable[[bytes], None]]
) -> None:
    harnesses[target](data)


# What fuzzing has found, each mended: a battery of 106 per cent made the list of all vehicles an
# error; a clock beyond the year 9999 raised in the middle of a datagram; a PARAM_VALUE that was
# forwarded to a vehicle names no target; a name that is no UTF-8 could not be said back.
FOUND = (
    ("vehicle_state", "6a6a0100" + "91" * 22 + "00" * 14 + "6a6a6a"),
    ("parameter_endpoint", "000000"),
    ("parameter_endpoint", "82b686000000000000baffffffffffffffff"),
)


@pytest.mark.parametrize(("target", "found"), FOUND)
def test_what_was_found_once_is_not_found_again(
    target: str, found: str, harnesses: dict[str, Callable[[bytes], None]]
) -> None:
    harnesses[target](bytes.fromhex(found))


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("SYSTEM_TIME", {"time_unix_usec": 2**64 - 1}),
        ("BATTERY_STATUS", {"battery_remaining": 106}),
        ("BATTERY_STATUS", {"battery_remaining": -128}),
    ],
)
def test_a_value_beyond_all_sense_is_not_said(message: str, fields: dict[str, int]) -> None:
    state = VehicleState(system_id=1)
    for each in Decoder().feed(Encoder(system_id=1, component_id=1).encode(message, **fields)):
        state.receive(each, 1.0)
    view = state.view(name=DroneName("one", "One"), plan_proven=False, now_s=1.0)
    assert (view.battery_remaining, state.utc) == (None, None)
