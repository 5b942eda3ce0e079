"""Faults and what the vehicle believes because of them; times of PX4 v1.17 (recording 09, live)."""

from random import Random
from typing import Any

import pytest

from sim.vehicle.battery import Battery, ChargeState
from sim.vehicle.faults import FAULTS, SensorState, VehicleFaults
from sim.vehicle.modes.injection import inject
from sim.vehicle.modes.requests import Result
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.safety.estimate import Estimate
from sim.vehicle.trajectory import Ned

STEP_S = 0.05


class Stand:
    """An estimate of a vehicle that flies north, stepped by hand."""

    def __init__(self, speed_m_s: float = 4.0, seed: int = 1, **parameters: float) -> None:
        self.faults = VehicleFaults()
        self.estimate = Estimate(self.faults, Random(seed))
        self.parameters = ParameterStore(parameters).values
        self.speed_m_s, self.now_s, self.north_m = speed_m_s, 50.0, 0.0

    def run(self, seconds: float) -> "Stand":
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.north_m += self.speed_m_s * STEP_S
            self.estimate.step(
                position=Ned(self.north_m, 0.0, -20.0),
                velocity=Ned(self.speed_m_s, 0.0, 0.0),
                flying=True,
                parameters=self.parameters,
                now_s=self.now_s,
            )
        return self

    @property
    def believed_north_m(self) -> float:
        return self.north_m + self.estimate.position_error.n


def compass_fault(flying: Stand) -> bool:
    return flying.estimate.magnetometer_fault


def gps(faults: VehicleFaults) -> SensorState:
    return faults.gps


def test_without_a_fault_belief_is_truth_and_nothing_is_computed() -> None:
    standing = Stand().run(10.0)
    assert standing.estimate.settled
    assert standing.estimate.position_error == Ned(0.0, 0.0, 0.0)


def test_gps_off_loses_the_position_after_five_seconds() -> None:
    flying = Stand().run(1.0)
    flying.faults.gps_fails(SensorState.OFF)
    assert flying.run(4.9).estimate.position_valid
    assert not flying.run(0.2).estimate.position_valid
    assert (flying.estimate.fix_type, flying.estimate.satellites) == (0, 255)


def test_returning_gps_is_used_after_a_second_and_a_half() -> None:
    flying = Stand().run(1.0)
    flying.faults.gps_fails(SensorState.OFF)
    flying.run(12.0)
    flying.faults.gps_works()
    assert not flying.run(1.4).estimate.position_valid
    assert flying.run(0.3).estimate.position_valid
    assert flying.run(20.0).estimate.settled


def test_stuck_gps_is_believed_at_one_stroke_nine_seconds_after_it_is_doubted() -> None:
    flying = Stand().run(1.0)
    flying.faults.gps_fails(SensorState.STUCK)
    flying.run(8.0)
    assert flying.believed_north_m == pytest.approx(flying.north_m, abs=2.0)
    flying.run(3.0)
    assert flying.estimate.resets >= 1
    assert flying.believed_north_m < flying.north_m - 20.0
    assert flying.estimate.position_valid


def test_drifting_gps_moves_the_belief_with_it() -> None:
    flying = Stand(speed_m_s=0.0).run(1.0)
    flying.faults.gps_drifts(Ned(0.5, -0.2, 0.0))
    flying.run(20.0)
    assert flying.estimate.position_error.n == pytest.approx(10.0, abs=0.2)
    assert flying.estimate.position_error.e == pytest.approx(-4.0, abs=0.2)
    flying.faults.gps_works()
    assert flying.run(30.0).estimate.position_error == Ned(0.0, 0.0, 0.0)


def test_noise_wanders_but_stays_about_the_truth_and_is_the_same_for_a_seed() -> None:
    def errors(seed: int) -> list[float]:
        flying = Stand(speed_m_s=0.0, seed=seed)
        flying.faults.gps_noisy(2.0)
        return [flying.run(1.0).estimate.position_error.n for _ in range(200)]

    once, again, other = errors(3), errors(3), errors(4)
    assert once == again
    assert once != other
    assert abs(sum(once) / len(once)) < 1.0
    assert 0.3 < max(once) < 8.0


def test_barometer_drift_moves_the_height_where_it_is_the_reference() -> None:
    alone, beside = Stand(EKF2_HGT_REF=0), Stand()
    for flying in (alone, beside):
        flying.faults.barometer_drifts(0.1)
        flying.run(60.0)
    assert alone.estimate.position_error.d == pytest.approx(-6.0, abs=0.5)
    assert abs(beside.estimate.position_error.d) < 2.0


def test_turned_compass_turns_the_heading_and_a_strong_one_is_found_out() -> None:
    flying = Stand()
    flying.faults.magnetometer_turned(0.3)
    assert flying.run(20.0).estimate.yaw_error == pytest.approx(0.3, abs=0.01)
    assert not compass_fault(flying)
    flying.faults.magnetometer_turned(1.5)
    flying.run(20.0)
    assert compass_fault(flying)
    assert flying.estimate.yaw_error == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("name", "state", "after_s", "text"),
    [
        ("magnetometer", "off", 1.07, "MAG #0 failed:  TIMEOUT!\t"),
        ("barometer", "off", 1.0, "BARO #0 failed:  TIMEOUT!\t"),
        ("barometer", "stuck", 1.6, "BARO #0 failed:  STALE!\t"),
    ],
)
def test_silent_sensor_is_told_of_as_px4_does(
    name: str, state: str, after_s: float, text: str
) -> None:
    flying = Stand()
    flying.faults.set(name, state)
    assert flying.run(after_s - 0.2).estimate.texts == []
    assert flying.run(0.4).estimate.texts == [(0, text)]


def test_dead_accelerometer_takes_the_attitude_away() -> None:
    flying = Stand()
    flying.faults.set("inertial", "accelerometer off")
    assert not flying.run(2.0).estimate.attitude_valid


def test_everything_ends_at_once() -> None:
    flying = Stand()
    flying.faults.gps_fails(SensorState.OFF)
    flying.faults.magnetometer_turned(0.3)
    flying.run(10.0)
    flying.faults.all_end()
    assert flying.run(40.0).estimate.settled


def test_every_named_fault_can_be_set_with_its_values() -> None:
    given: dict[str, Any] = {"number": 2.0, "count": 1.0, "effectiveness": 0.5, "remaining": 0.5}
    for name, kinds in FAULTS.items():
        for state, kind in kinds.items():
            faults = VehicleFaults()
            faults.set(name, state, **{value: given.get(value, 1.0) for value in kind.values})
            assert faults.revision > 0, (name, state)


@pytest.mark.parametrize(
    ("name", "state", "values"),
    [
        ("gsp", "off", {}),
        ("gps", "of", {}),
        ("gps", "noise", {}),
        ("gps", "off", {"deviation_m": 1.0}),
        ("motor", "effectiveness", {"number": 7.0, "effectiveness": 0.5}),
        ("motor", "effectiveness", {"number": 1.0, "effectiveness": 1.5}),
    ],
)
def test_what_is_no_fault_is_refused(name: str, state: str, values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        VehicleFaults().set(name, state, **values)


def test_injection_says_what_px4_says() -> None:
    # Texts and results of PX4 v1.17 in SITL.
    faults, nan = VehicleFaults(), float("nan")
    off = inject(faults, unit=4.0, kind=1.0, instance=0.0, mask=0.0)
    assert (off.result, off.text) == (Result.ACCEPTED, "Injected: gps off, all instances")
    assert gps(faults) is SensorState.OFF
    clear = inject(faults, unit=4.0, kind=0.0, instance=0.0, mask=0.0)
    assert clear.text == "Cleared: gps, all instances"
    assert gps(faults) is SensorState.ON
    motor = inject(faults, unit=101.0, kind=1.0, instance=1.0, mask=0.0)
    assert motor.text == "Injected: motor off, instances 1"
    assert faults.motor_effectiveness == (0.0, 1.0, 1.0, 1.0)
    both = inject(faults, unit=101.0, kind=1.0, instance=nan, mask=6.0)
    assert both.text == "Injected: motor off, instances 2,3"
    assert inject(faults, unit=55.0, kind=1.0, instance=0.0, mask=0.0).result == 3


def battery(curve: bool = False, **parameters: float) -> Battery:
    values = {"SIM_BAT_DRAIN": 120.0, "SIM_BAT_MIN_PCT": 0.0} | parameters
    return Battery(ParameterStore(values).values, curve=curve)


def drain(cells: Battery, seconds: float, *, armed: bool = True) -> Battery:
    for _ in range(round(seconds / STEP_S)):
        cells.step(armed=armed, dt_s=STEP_S)
    return cells


def test_battery_is_told_of_a_second_late_as_px4_does() -> None:
    # Recording 08, armed at 4.87 s with 120 s to empty: low at 107.95, critical 117.59,
    # emergency 119.96; 60 % a second after disarming an empty one.
    cells = battery()
    assert drain(cells, 102.6).state is ChargeState.OK
    assert drain(cells, 0.6).state is ChargeState.LOW
    assert drain(cells, 9.5).state is ChargeState.CRITICAL
    assert drain(cells, 2.4).state is ChargeState.EMERGENCY
    drain(cells, 27.0)
    drain(cells, 0.92, armed=False)
    assert cells.remaining == pytest.approx(0.6, abs=0.02)


def test_lithium_curve_is_flat_in_the_middle_and_is_not_refilled_by_disarming() -> None:
    cells = battery(curve=True)
    full = cells.voltage_v
    half = drain(cells, 60.0).voltage_v
    low = drain(cells, 54.0).voltage_v
    empty = drain(cells, 6.0).voltage_v
    assert full - half > half - low
    assert (low - empty) / 6.0 > 4.0 * (half - low) / 54.0
    assert drain(cells, 10.0, armed=False).remaining < 0.01


def test_dead_cell_lowers_voltage_and_charge() -> None:
    cells = drain(battery(), 12.0)
    before = cells.voltage_v
    cells.dead_cells = 1
    drain(cells, 5.0)
    assert cells.voltage_v < before - 0.8
    assert cells.remaining < 0.5


def test_disconnected_battery_is_an_emergency_as_in_px4() -> None:
    cells = battery()
    cells.connected = False
    assert drain(cells, 4.0).state is ChargeState.EMERGENCY
    assert cells.voltage_v == 0.0


def test_drain_factor_and_charge_now() -> None:
    cells = battery()
    cells.drain_factor = 4.0
    assert drain(cells, 12.0).charge == pytest.approx(0.6, abs=0.01)
    cells.hold(0.2)
    assert drain(cells, 1.0, armed=False).charge == 0.2
