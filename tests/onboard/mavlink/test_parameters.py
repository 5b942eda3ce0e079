"""Parameters as PX4 carries them, against the list that it sent in flight 01."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.parameters import (
    HASH_CHECK,
    BadParameterName,
    BadParameterValue,
    ParameterEnd,
    ParameterRead,
    ParameterType,
    ParameterWrite,
    value_from_wire,
    value_to_wire,
)

GROUND, VEHICLE = Address(255, 190), Address(1, 1)
INT32, REAL32 = ParameterType.INT32, ParameterType.REAL32

Messages = list[tuple[float, Message]]


def _from_vehicle(name: str, **fields: float | str) -> Message:
    return Decoder().feed(Encoder(system_id=1, component_id=1).encode(name, **fields))[0]


def _value(name: str, value: float, kind: ParameterType) -> Message:
    carried = value_to_wire(value, kind)
    return _from_vehicle("PARAM_VALUE", param_id=name, param_value=carried, param_type=kind)


def _read(name: str = "RTL_TYPE") -> ParameterRead:
    return ParameterRead(own=GROUND, vehicle=VEHICLE, name=name)


def _write(value: float, kind: ParameterType = INT32) -> ParameterWrite:
    return ParameterWrite(own=GROUND, vehicle=VEHICLE, name="RTL_TYPE", value=value, kind=kind)


@pytest.mark.shared_data
def test_every_parameter_of_px4_reads_as_its_own_list_has_it(
    recorded_messages: Callable[[str, str], Messages], shared_reference: Path
) -> None:
    listed = json.loads((shared_reference / "px4-traces/px4_sih_quadx_params.json").read_text())
    told = {
        m.param_id: value_from_wire(m.param_value, m.param_type)
        for _, m in recorded_messages("01_boot_idle_1x.gcs", "PARAM_VALUE")
        if m.param_index < m.param_count
    }
    assert {name: value for name, value in told.items() if listed[name] != value} == {}
    assert len(told) == 952


@pytest.mark.shared_data
def test_a_full_list_begins_with_the_hash_check(
    recorded_messages: Callable[[str, str], Messages],
) -> None:
    told = [m for _, m in recorded_messages("01_boot_idle_1x.gcs", "PARAM_VALUE")]
    begin = next(i for i, m in enumerate(told) if m.param_id == HASH_CHECK)
    hash_check, first = told[begin : begin + 2]
    assert (hash_check.param_index, hash_check.param_type) == (65535, ParameterType.UINT32)
    assert (first.param_index, first.param_id) == (0, "ADSB_CALLSIGN_1")
    # The recording's own reading of the hash, as a signed integer.
    assert value_from_wire(hash_check.param_value, ParameterType.INT32) == -1797046634


def test_an_integer_travels_as_its_bytes() -> None:
    assert struct.pack("<f", value_to_wire(3, INT32)) == struct.pack("<i", 3)
    assert struct.pack("<f", value_to_wire(-1, INT32)) == struct.pack("<i", -1)
    assert value_to_wire(2.5, REAL32) == 2.5


@given(st.integers(-4_194_304, 2_139_095_040))
def test_an_integer_survives_the_wire(value: int) -> None:
    assert value_from_wire(value_to_wire(value, INT32), INT32) == value


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1.5, INT32), (2**31, INT32), (-5_000_000, INT32), (-1, ParameterType.UINT8), (1e39, REAL32)],
)
def test_a_value_that_cannot_travel_is_refused(value: float, kind: ParameterType) -> None:
    with pytest.raises(BadParameterValue):
        value_to_wire(value, kind)


def test_a_type_that_no_param_value_carries_is_refused() -> None:
    with pytest.raises(BadParameterValue):
        value_from_wire(1.0, 10)


def test_a_read_asks_by_name_and_ends_with_the_value() -> None:
    read = _read()
    (send,) = read.start(0.0)
    assert (send.name, send.fields["param_id"], send.fields["param_index"]) == (
        "PARAM_REQUEST_READ",
        "RTL_TYPE",
        -1,
    )
    read.receive(_value("RTL_CONE_ANG", 45, INT32), 0.1)
    assert read.outcome is None
    read.receive(_value("RTL_TYPE", 3, INT32), 0.1)
    assert read.outcome is not None
    assert (read.outcome.end, read.outcome.value, read.outcome.kind) == ("done", 3, INT32)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (1, "the vehicle has no such parameter"),
        (7, "the parameter is of another type"),
        (99, "the vehicle answered 99"),
    ],
)
def test_px4s_parameter_error_ends_the_exchange_in_words(error: int, words: str) -> None:
    read = _read()
    read.start(0.0)
    read.receive(
        _from_vehicle("PARAM_ERROR", param_id="RTL_TYPE", error=error, target_system=255), 0.1
    )
    assert read.outcome is not None
    assert (read.outcome.end, read.outcome.words) == (ParameterEnd.REFUSED, words)


def test_a_value_of_a_type_that_is_none_is_an_answer_but_no_value() -> None:
    read = _read()
    read.start(0.0)
    read.receive(_from_vehicle("PARAM_VALUE", param_id="RTL_TYPE", param_type=77), 0.1)
    assert read.outcome is not None
    assert (read.outcome.end, read.outcome.value) == (ParameterEnd.REFUSED, None)


def test_silence_is_asked_into_four_times() -> None:
    read = _read()
    sends: list[Send] = read.start(0.0)
    sends += [send for step in range(60) for send in read.tick(step / 10)]
    assert len(sends) == 4
    assert read.outcome is not None
    assert read.outcome.end is ParameterEnd.NO_ANSWER


def test_a_write_ends_when_the_vehicle_echoes_it() -> None:
    write = _write(3)
    (send,) = write.start(0.0)
    assert (send.name, send.fields["param_type"]) == ("PARAM_SET", 6)
    write.receive(_value("RTL_TYPE", 3, INT32), 0.1)
    assert write.outcome is not None
    assert write.outcome.end is ParameterEnd.DONE


def test_a_vehicle_that_keeps_another_value_is_found_out() -> None:
    write = _write(3)
    write.start(0.0)
    write.receive(_value("RTL_TYPE", 0, INT32), 0.1)
    assert write.outcome is not None
    assert (write.outcome.end, write.outcome.value) == (ParameterEnd.DIFFERENT, 0)


@pytest.mark.parametrize("name", ["", "A_NAME_OF_17_CHARS"])
def test_a_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(BadParameterName):
        _read(name)
