"""px4-fidelity.md, D: the parameter protocol, as PX4 spoke it in recording 01."""

from collections.abc import Callable
from typing import Any

import pytest


def test_point_25_the_list_is_px4s_in_order_number_and_pace(bench: Callable[..., Any]) -> None:
    flown = bench(payload=False).ready()
    began_s = flown.now_s
    flown.tell("PARAM_REQUEST_LIST", target_system=1, target_component=1)
    flown.run(2.0)
    values = flown.all("PARAM_VALUE")
    assert len(values) == 953
    first = values[0].message
    assert (first.param_id, first.param_index, first.param_type) == ("_HASH_CHECK", 65535, 5)
    names = [heard.message.param_id for heard in values[1:]]
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("ADSB_CALLSIGN_1", "WV_YRATE_MAX")
    assert values[-1].at_s - began_s == pytest.approx(0.94, rel=0.1)


@pytest.mark.parametrize(("name", "kind", "error"), [("NO_SUCH_PARAM", 9, 1), ("RTL_TYPE", 9, 7)])
def test_point_26_errors_are_px4s(
    bench: Callable[..., Any], name: str, kind: int, error: int
) -> None:
    flown = bench().ready()
    answers = flown.tell(
        "PARAM_SET", target_system=1, target_component=1, param_id=name, param_value=1.0,
        param_type=kind,
    )  # fmt: skip
    assert [(a.name, a.error) for a in answers if a.name == "PARAM_ERROR"] == [
        ("PARAM_ERROR", error)
    ]


def test_point_26_a_value_out_of_range_is_taken_and_told_on_every_link(
    bench: Callable[..., Any],
) -> None:
    flown = bench().ready()
    flown.tell(
        "PARAM_SET", target_system=1, target_component=1, param_id="MPC_XY_CRUISE",
        param_value=999.0, param_type=9,
    )  # fmt: skip
    flown.run(0.2)
    for link in ("ground", "companion"):
        told = flown.last("PARAM_VALUE", link=link)
        assert (told.param_id, told.param_value) == ("MPC_XY_CRUISE", 999.0)
