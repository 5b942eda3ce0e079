"""No message stops the vehicle: any command, any parameter value, any mission item."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onboard.mavlink.plan_items import WireItem
from sim.vehicle.commands import HANDLERS
from sim.vehicle.parameters import px4_defaults

ANY = st.floats(width=32)
PARAMS = st.lists(ANY, min_size=7, max_size=7)
COMMANDS = st.sampled_from([*HANDLERS, 510, 511, 512, 193, 31000])
FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FEW
@given(command=COMMANDS, params=PARAMS)
def test_any_command_is_survived(
    bench: Callable[..., Any], command: int, params: list[float]
) -> None:
    asked = bench().ready()
    asked.command(command, *params)
    asked.command(400, 1.0)
    assert asked.run(1.5).all("HEARTBEAT")


@FEW
@example(name="BAT1_V_CHARGED", value=17.0)
@example(name="BAT1_V_CHARGED", value=-1.0)
@example(name="BAT1_V_CHARGED", value=-1.5e20)
@example(name="BAT1_V_EMPTY", value=-3e38)
@example(name="BAT1_V_CHARGED", value=float("inf"))
@example(name="BAT1_V_CHARGED", value=float("nan"))
@given(name=st.sampled_from(sorted(px4_defaults())), value=ANY)
def test_any_parameter_value_is_survived(
    bench: Callable[..., Any], name: str, value: float
) -> None:
    asked = bench().ready()
    kind = 6 if isinstance(px4_defaults()[name], int) else 9
    asked.tell(
        "PARAM_SET", param_id=name, param_value=value, param_type=kind, target_system=1
    )  # fmt: skip
    asked.command(22)
    asked.command(400, 1.0)
    assert asked.run(5.0).all("HEARTBEAT")


@FEW
@given(
    command=st.sampled_from([16, 17, 19, 20, 21, 22, 31, 93, 177, 178, 189, 195, 206, 1000, 4501]),
    frame=st.sampled_from([0, 2, 3, 6]),
    params=st.lists(ANY, min_size=4, max_size=4),
    x=st.integers(-(2**31), 2**31 - 1),
    y=st.integers(-(2**31), 2**31 - 1),
    z=ANY,
)
def test_any_mission_item_is_survived(
    bench: Callable[..., Any],
    command: int,
    frame: int,
    params: list[float],
    x: int,
    y: int,
    z: float,
) -> None:
    asked = bench().ready()
    item = WireItem(
        frame=frame, command=command, x=x, y=y, z=z,
        param1=params[0], param2=params[1], param3=params[2], param4=params[3],
    )  # fmt: skip
    asked.upload([item])
    asked.verdict().command(300, -1.0)
    assert asked.run(1.5).all("HEARTBEAT")
