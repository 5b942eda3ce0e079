"""The parameter protocol (px4-fidelity.md, D)."""

import json
import lzma
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from missions.errors import BadInput
from onboard.mavlink.codec import Decoder
from sim.vehicle.parameters import ParameterStore, px4_defaults

TARGET = {"target_system": 1, "target_component": 1}


def int32(value: float) -> int:
    number: int = struct.unpack("<i", struct.pack("<f", value))[0]
    return number


def test_whole_list_begins_with_the_hash_and_is_in_name_order(bench: Callable[..., Any]) -> None:
    asking = bench(payload=False).ready()
    began_s = asking.now_s
    asking.tell("PARAM_REQUEST_LIST", **TARGET)
    asking.run(1.5)
    values = [heard.message for heard in asking.all("PARAM_VALUE")]
    assert (values[0].param_id, values[0].param_index, values[0].param_type) == (
        "_HASH_CHECK",
        65535,
        5,
    )
    assert [value.param_index for value in values[1:]] == list(range(952))
    assert [value.param_id for value in values[1:]] == sorted(px4_defaults())
    assert asking.all("PARAM_VALUE")[-1].at_s - began_s == pytest.approx(0.94, abs=0.05)


@pytest.mark.shared_data
def test_values_are_those_px4_reported(shared_reference: Path) -> None:
    recorded = json.loads((shared_reference / "px4-traces/px4_sih_quadx_params.json").read_text())
    recorded.pop("_HASH_CHECK")
    assert px4_defaults() == pytest.approx(recorded, rel=1e-6)


def test_integer_values_travel_byte_for_byte(bench: Callable[..., Any]) -> None:
    (answer,) = bench(payload=False).tell(
        "PARAM_REQUEST_READ", param_id="COM_LOW_BAT_ACT", param_index=-1, **TARGET
    )
    assert (answer.param_type, int32(answer.param_value)) == (6, 3)


def test_set_value_is_taken_and_echoed_on_every_link(bench: Callable[..., Any]) -> None:
    asking = bench(payload=False).ready()
    asking.tell("PARAM_SET", param_id="MPC_XY_CRUISE", param_value=7.0, param_type=9, **TARGET)
    assert asking.last("PARAM_VALUE", link="ground").param_value == 7.0
    assert asking.last("PARAM_VALUE", link="companion").param_value == 7.0
    asking.run(0.1)
    assert asking.vehicle.aircraft.state.settings.cruise_m_s == 7.0


@pytest.mark.parametrize(("name", "kind", "error"), [("NO_SUCH_PARAM", 9, 1), ("RTL_TYPE", 9, 7)])
def test_errors_are_px4s(bench: Callable[..., Any], name: str, kind: int, error: int) -> None:
    (answer,) = bench(payload=False).tell(
        "PARAM_SET", param_id=name, param_value=1.0, param_type=kind, **TARGET
    )
    assert (answer.name, answer.error, answer.param_index) == ("PARAM_ERROR", error, 511)


def test_values_out_of_range_are_taken_as_they_are(bench: Callable[..., Any]) -> None:
    (answer,) = bench(payload=False).tell(
        "PARAM_SET", param_id="MPC_XY_CRUISE", param_value=999.0, param_type=9, **TARGET
    )
    assert answer.param_value == 999.0


def test_unknown_parameter_in_the_configuration_is_named() -> None:
    with pytest.raises(BadInput, match=r"parameters\.NOT_ONE"):
        ParameterStore({"NOT_ONE": 1})


@pytest.mark.shared_data
def test_hash_over_px4s_values_is_the_one_that_px4_told(shared_reference: Path) -> None:
    tlog = lzma.decompress(
        (shared_reference / "px4-traces/01_boot_idle_1x.gcs.tlog.xz").read_bytes()
    )
    told: list[int] = []
    values: dict[str, int | float] = {}
    decoder, at = Decoder(), 0
    while at + 10 < len(tlog):
        length = tlog[at + 9] + 12 + 13 * (tlog[at + 10] & 1)
        for message in decoder.feed(tlog[at + 8 : at + 8 + length]):
            if message.name == "PARAM_VALUE" and message.param_index == 65535:
                told.append(int32(message.param_value) & 0xFFFFFFFF)
            elif message.name == "PARAM_VALUE" and told:
                wire = message.param_value
                number = int32(wire) if message.param_type == 6 else wire
                values.setdefault(message.param_id, number)
        at += 8 + length
    assert len(values) == 952
    assert ParameterStore(values).hash() == told[0]


def test_hash_is_read_only(bench: Callable[..., Any]) -> None:
    (answer,) = bench(payload=False).tell(
        "PARAM_SET", param_id="_HASH_CHECK", param_value=1.0, param_type=5, **TARGET
    )
    assert (answer.name, answer.error) == ("PARAM_ERROR", 5)


def test_type_that_px4_has_not_is_refused(bench: Callable[..., Any]) -> None:
    (answer,) = bench(payload=False).tell(
        "PARAM_SET", param_id="RTL_TYPE", param_value=1.0, param_type=2, **TARGET
    )
    assert (answer.name, answer.error) == ("PARAM_ERROR", 6)


def test_gimbal_manager_lists_its_parameters_too(bench: Callable[..., Any]) -> None:
    managed = bench().ready()
    (answer,) = managed.tell(
        "PARAM_REQUEST_READ", param_id="MNT_MODE_OUT", param_index=-1, **TARGET
    )
    assert (answer.param_count, int32(answer.param_value)) == (970, 2)
