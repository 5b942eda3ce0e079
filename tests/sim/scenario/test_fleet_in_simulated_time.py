"""Tests of autonomy are written like this: the fixture, simulated time, and no sleep."""

from pathlib import Path

import pytest

from missions.geodesy import GeoPoint
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.px4_modes import Px4Mode
from sim.scenario.drone import OrderFailed
from sim.scenario.fleet import NotInTime, SimulatedFleet
from sim.scenario.play import ScenarioFleet
from sim.vehicle.config import VehicleConfig

ZURICH = GeoPoint(latitude_deg=47.3977432, longitude_deg=8.5455938)


class ComesHomeAboveTwentyMetres:
    """Autonomy as a developer writes it: hears MAVLink, says MAVLink."""

    def __init__(self) -> None:
        self.told_at_s: float | None = None

    def receive(self, message: Message, now_s: float) -> list[Send]:
        high = message.name == "GLOBAL_POSITION_INT" and message.relative_alt > 20_000
        if not high or self.told_at_s is not None:
            return []
        self.told_at_s = now_s
        fields = {"command": 176, "target_system": 1, "target_component": 1}
        return [Send("COMMAND_LONG", fields | {"param1": 1.0, "param2": 4.0, "param3": 5.0})]

    def tick(self, now_s: float) -> list[Send]:
        return []


def test_a_drone_takes_off_and_comes_home(fleet: ScenarioFleet) -> None:
    drone = fleet["qyran-1"]
    drone.take_off()
    fleet.run_until(lambda: drone.height_m > 9.0, at_most_s=60.0)
    drone.fly_mode(Px4Mode.RTL)
    fleet.run_until(lambda: not drone.armed, at_most_s=120.0)
    assert drone.from_home_m < 0.2


def test_autonomy_on_the_companion_link_flies_the_drone(fleet: ScenarioFleet) -> None:
    program = ComesHomeAboveTwentyMetres()
    fleet.attach(program, "qyran-1")
    drone = fleet["qyran-1"]
    drone.take_off(30.0)
    fleet.run_until(lambda: drone.mode is Px4Mode.RTL, at_most_s=90.0)
    assert drone.height_m == pytest.approx(20.0, abs=1.5)
    assert program.told_at_s == pytest.approx(fleet.now_s, abs=0.2)


def test_a_refused_order_says_what_the_drone_answered(fleet: ScenarioFleet) -> None:
    with pytest.raises(OrderFailed, match=r"qyran-1: command 300: denied"):
        fleet["qyran-1"].start()


def test_waiting_for_what_never_comes_ends_and_says_where_everyone_is(fleet: ScenarioFleet) -> None:
    with pytest.raises(NotInTime, match=r"qyran-1 hold, landed, 0\.0 m high"):
        fleet.run_until(lambda: False, at_most_s=1.0)


def test_a_station_that_cannot_reach_the_drone_is_told_so(fleet: ScenarioFleet) -> None:
    drone = fleet["qyran-1"]
    drone.set_link(down=True)
    with pytest.raises(OrderFailed, match="did not answer"):
        drone.fly_mode(Px4Mode.HOLD)
    fleet.run(2.0)
    assert not drone.linked
    drone.set_link()
    fleet.run(1.0)
    assert drone.linked


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    logs = [_log_of_a_run(tmp_path / name, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))]
    assert len(logs[0]) > 100_000
    assert logs[0] == logs[1] != logs[2]


def _log_of_a_run(folder: Path, seed: int) -> bytes:
    from sim.scenario.log import RunLog

    with RunLog(folder) as log:
        fleet = SimulatedFleet(
            [VehicleConfig()], home=ZURICH, ground_amsl_m=489.4, pads=[(0, 0)], seed=seed, log=log
        )
        fleet.ready()
        drone = fleet["qyran-1"]
        drone.set_link(loss=0.2, delay_s=0.1, jitter_s=0.05, duplicate=0.05)
        drone.take_off()
        fleet.run(40.0)
    return (folder / "qyran-1.tlog").read_bytes()
