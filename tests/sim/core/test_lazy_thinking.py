"""A flight is the same whether its mind looks at every point of the grid or where it matters."""

from collections.abc import Callable
from typing import Any

import pytest

from sim.vehicle.config import StreamProfile

Make = Callable[..., Any]


def _patrol(made: Any, mission: list[Any]) -> Any:
    made.run_until(lambda: made.vehicle.aircraft.commander.ready).run(1.0)
    made.upload(mission)
    made.run(2.0)
    assert made.command(300, -1.0) == 0
    made.run(40.0)
    assert made.command(176, 1.0, 4.0, 3.0) == 0
    made.run(6.0)
    assert made.command(176, 1.0, 4.0, 4.0) == 0
    return made.run_until(lambda: not made.vehicle.aircraft.commander.armed).run(3.0)


@pytest.mark.parametrize("streams", ["lean", "px4"])
def test_a_patrol_is_the_same_to_the_byte(
    flown: Make, mission: list[Any], streams: StreamProfile
) -> None:
    lazy = _patrol(flown(streams=streams), mission)
    eager = _patrol(flown(streams=streams, lazy=False), mission)
    assert lazy.truth == eager.truth
    assert lazy.log == eager.log


def test_a_failsafe_comes_at_the_same_instant(flown: Make) -> None:
    def lose_the_ground(made: Any) -> Any:
        made.vehicle.aircraft.parameters.values["NAV_DLL_ACT"] = 2
        made.run(2.0).tell("HEARTBEAT", type=6, autopilot=8)
        made.aloft()
        return made.run(120.0)

    lazy, eager = lose_the_ground(flown()), lose_the_ground(flown(lazy=False))
    assert not lazy.vehicle.aircraft.commander.armed
    assert lazy.log == eager.log


def test_most_looks_are_left_out(flown: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.vehicle.aircraft import Aircraft

    looks: list[float] = []
    think = Aircraft._think

    def counted(aircraft: Aircraft) -> None:
        looks.append(aircraft.boot_s)
        think(aircraft)

    made = flown().aloft()
    monkeypatch.setattr(Aircraft, "_think", counted)
    made.run(60.0)
    assert len(looks) < 60
