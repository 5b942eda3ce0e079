"""PX4's failsafe state machine on flags alone (px4-fidelity.md, F; PX4's failsafe_test.cpp)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState
from sim.vehicle.failsafe import Failsafe
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.safety.actions import Action
from sim.vehicle.safety.flags import Flags
from sim.vehicle.safety.rules import Situation

STEP_S = 0.05


@dataclass
class Stand:
    """A failsafe with an armed vehicle around it, stepped by hand."""

    parameters: Mapping[str, int | float]
    intended: Px4Mode = Px4Mode.MISSION
    now_s: float = 100.0
    failsafe: Failsafe = field(default_factory=Failsafe)
    flags: Flags = field(
        default_factory=lambda: Flags(
            attitude_invalid=False,
            height_invalid=False,
            local_position_invalid=False,
            rough_local_position_invalid=False,
            global_position_invalid=False,
            home_invalid=False,
            mission_missing=False,
            ground_station_lost=False,
        )
    )

    def run(self, seconds: float) -> "Stand":
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            situation = Situation(armed=True, intended=self.intended, armed_for_s=self.now_s)
            self.intended = self.failsafe.step(self.flags, situation, self.parameters, self.now_s)
        return self

    def ask_for(self, mode: Px4Mode) -> None:
        self.failsafe.operator_chose_mode()
        self.intended = mode

    def mode(self) -> Px4Mode:
        return self.failsafe.mode or self.intended

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.failsafe.texts]


def stand(**parameters: int | float) -> Stand:
    return Stand(ParameterStore(parameters).values).run(1.0)


HOLD_TEXT = "Failsafe activated: entering Hold for 5 seconds\t"
TEXT = "Failsafe activated\t"


def test_nothing_wrong_leaves_the_operators_mode() -> None:
    flying = stand().run(20.0)
    assert flying.mode() is Px4Mode.MISSION
    assert flying.texts == []
    assert flying.failsafe.idle


def test_delayed_action_waits_in_hold_then_acts_with_a_second_text() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.flags.ground_station_lost = True
    flying.run(4.9)
    assert flying.mode() is Px4Mode.HOLD
    assert flying.texts == [HOLD_TEXT]
    flying.run(0.3)
    assert flying.mode() is Px4Mode.RTL
    assert flying.texts == [HOLD_TEXT, TEXT]


@pytest.mark.parametrize(
    ("action", "mode"),
    [
        (0, Px4Mode.MISSION),
        (1, Px4Mode.HOLD),
        (2, Px4Mode.RTL),
        (3, Px4Mode.LAND),
        (5, Px4Mode.TERMINATION),
    ],
)
def test_lost_ground_station_does_what_nav_dll_act_says(action: int, mode: Px4Mode) -> None:
    flying = stand(NAV_DLL_ACT=action)
    flying.flags.ground_station_lost = True
    assert flying.run(6.0).mode() is mode


def test_lockdown_disarms() -> None:
    flying = stand(NAV_DLL_ACT=6)
    flying.flags.ground_station_lost = True
    assert flying.run(0.1).failsafe.selected is Action.DISARM


def test_regained_link_keeps_the_return_until_the_operator_chooses() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.flags.ground_station_lost = True
    flying.run(6.0)
    flying.flags.ground_station_lost = False
    assert flying.run(5.0).mode() is Px4Mode.RTL
    flying.ask_for(Px4Mode.MISSION)
    assert flying.run(0.1).mode() is Px4Mode.MISSION
    assert not flying.failsafe.active


def test_operator_takes_over_while_the_link_is_still_lost() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.flags.ground_station_lost = True
    flying.run(2.0)
    flying.ask_for(Px4Mode.ALTITUDE)
    flying.run(10.0)
    assert flying.mode() is Px4Mode.ALTITUDE
    assert flying.failsafe.taken_over


def test_graver_cause_ends_a_takeover() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.flags.ground_station_lost = True
    flying.run(6.0)
    flying.ask_for(Px4Mode.HOLD)
    flying.run(1.0)
    flying.flags.battery = ChargeState.EMERGENCY
    assert flying.run(6.0).mode() is Px4Mode.LAND


def test_exception_for_missions_ignores_a_lost_ground_station() -> None:
    flying = stand(NAV_DLL_ACT=2, COM_DLL_EXCEPT=1)
    flying.flags.ground_station_lost = True
    assert flying.run(10.0).mode() is Px4Mode.MISSION


def test_lost_position_descends_at_once_and_comes_back_by_itself() -> None:
    flying = stand()
    flying.ask_for(Px4Mode.HOLD)
    flying.run(0.1)
    flags = flying.flags
    flags.local_position_invalid = flags.rough_local_position_invalid = True
    flags.global_position_invalid = True
    assert flying.run(0.1).mode() is Px4Mode.DESCEND
    assert flying.texts == [TEXT]
    flags.local_position_invalid = flags.rough_local_position_invalid = False
    flags.global_position_invalid = False
    assert flying.run(0.1).mode() is Px4Mode.HOLD


def test_lost_position_terminates_where_the_parameter_says() -> None:
    flying = stand(COM_POS_FS_ACT=1)
    flags = flying.flags
    flags.local_position_invalid = flags.rough_local_position_invalid = True
    flags.global_position_invalid = True
    assert flying.run(0.1).mode() is Px4Mode.TERMINATION


@pytest.mark.parametrize(
    ("action", "mode"), [(0, Px4Mode.RTL), (3, Px4Mode.RTL), (4, Px4Mode.LAND), (5, Px4Mode.HOLD)]
)
def test_silent_companion_does_what_com_obl_rc_act_says(action: int, mode: Px4Mode) -> None:
    flying = stand(COM_OBL_RC_ACT=action)
    flying.flags.offboard_signal_lost = False
    flying.ask_for(Px4Mode.OFFBOARD)
    flying.run(1.0)
    flying.flags.offboard_signal_lost = True
    assert flying.run(0.1).mode() is mode
    assert flying.texts == [TEXT]
    assert flying.intended is Px4Mode.OFFBOARD
    flying.flags.offboard_signal_lost = False
    assert flying.run(0.1).mode() is Px4Mode.OFFBOARD


@pytest.mark.parametrize(
    ("action", "critical", "emergency"),
    [
        (0, Px4Mode.MISSION, Px4Mode.MISSION),
        (1, Px4Mode.RTL, Px4Mode.RTL),
        (2, Px4Mode.LAND, Px4Mode.LAND),
        (3, Px4Mode.RTL, Px4Mode.LAND),
        (4, Px4Mode.RTL, Px4Mode.TERMINATION),
    ],
)
def test_battery_does_what_com_low_bat_act_says(
    action: int, critical: Px4Mode, emergency: Px4Mode
) -> None:
    flying = stand(COM_LOW_BAT_ACT=action)
    flying.flags.battery = ChargeState.CRITICAL
    assert flying.run(6.0).mode() is critical
    flying.flags.battery = ChargeState.EMERGENCY
    assert flying.run(6.0).mode() is emergency


def test_emergency_within_the_hold_lands_when_the_hold_is_over() -> None:
    flying = stand(COM_LOW_BAT_ACT=3)
    flying.flags.battery = ChargeState.CRITICAL
    flying.run(2.4)
    flying.flags.battery = ChargeState.EMERGENCY
    assert flying.run(2.4).mode() is Px4Mode.HOLD
    assert flying.run(0.4).mode() is Px4Mode.LAND
    assert flying.texts == [HOLD_TEXT, TEXT]


@pytest.mark.parametrize(
    ("action", "mode"),
    [
        (0, Px4Mode.MISSION),
        (1, Px4Mode.MISSION),
        (2, Px4Mode.HOLD),
        (3, Px4Mode.RTL),
        (4, Px4Mode.TERMINATION),
        (5, Px4Mode.LAND),
    ],
)
def test_breached_fence_does_what_gf_action_says(action: int, mode: Px4Mode) -> None:
    flying = stand(GF_ACTION=action)
    flying.flags.fence_breached = action != 0
    assert flying.run(6.0).mode() is mode


def test_hold_at_a_fence_comes_without_a_delay() -> None:
    flying = stand(GF_ACTION=2)
    flying.flags.fence_breached = True
    flying.run(0.1)
    assert flying.texts == [TEXT]


def test_return_is_not_begun_again_by_a_failsafe_that_asks_for_it() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.ask_for(Px4Mode.RTL)
    flying.run(1.0)
    flying.flags.ground_station_lost = True
    flying.run(10.0)
    assert flying.mode() is Px4Mode.RTL
    assert flying.texts == []


def test_orbit_becomes_hold_when_a_failsafe_engages() -> None:
    flying = stand(GF_ACTION=3)
    flying.ask_for(Px4Mode.ORBIT)
    flying.run(1.0)
    flying.flags.fence_breached = True
    flying.run(1.0)
    assert flying.intended is Px4Mode.HOLD


def test_deferred_failsafe_acts_when_deferring_ends_but_a_fence_does_not_wait() -> None:
    flying = stand(NAV_DLL_ACT=2, GF_ACTION=3)
    assert flying.failsafe.defer(enabled=True)
    flying.flags.ground_station_lost = True
    flying.run(10.0)
    assert flying.mode() is Px4Mode.MISSION
    assert flying.failsafe.deferred
    flying.flags.fence_breached = True
    assert flying.run(0.1).failsafe.active


def test_deferring_ends_by_itself() -> None:
    flying = stand(NAV_DLL_ACT=2)
    flying.failsafe.defer(enabled=True, timeout_s=3.0)
    flying.flags.ground_station_lost = True
    assert flying.run(2.0).mode() is Px4Mode.MISSION
    assert flying.run(3.0).mode() is Px4Mode.HOLD


def test_flight_time_wind_and_motor_act_as_their_parameters_say() -> None:
    for flag, parameter, value, mode in (
        ("flight_time_over", "COM_FLT_TIME_MAX", 60, Px4Mode.RTL),
        ("wind_over_limit", "COM_WIND_MAX_ACT", 5, Px4Mode.LAND),
        ("motor_failed", "COM_ACT_FAIL_ACT", 2, Px4Mode.LAND),
        ("tumbling", "CBRK_FLIGHTTERM", 0, Px4Mode.TERMINATION),
    ):
        flying = stand(**{parameter: value})
        setattr(flying.flags, flag, True)
        assert flying.run(6.0).mode() is mode, flag


@pytest.mark.shared_data
def test_parameters_that_the_rules_read_are_px4s(shared_reference: Path) -> None:
    theirs = json.loads((shared_reference / "px4-traces/px4_sih_quadx_params.json").read_text())
    ours = ParameterStore({}).values
    named = ("COM_FAIL_ACT_T", "NAV_DLL_ACT", "COM_LOW_BAT_ACT", "GF_ACTION", "COM_OBL_RC_ACT")
    assert [ours[name] for name in named] == [theirs[name] for name in named]
