"""Commands and their answers (px4-fidelity.md, B), and what flying by them does."""

from collections.abc import Callable
from math import nan
from typing import Any

import pytest

from onboard.mavlink.px4_modes import Px4Mode, custom_mode
from sim.vehicle.trajectory import Ned

ACCEPTED, REJECTED_NOW, DENIED, UNSUPPORTED = 0, 1, 2, 3
ARM, TAKEOFF, LAND, RETURN, SET_MODE, REPOSITION = 400, 22, 21, 20, 176, 192


def airborne(bench: Any, height_m: float = 10.0) -> Any:
    bench.ready()
    amsl = bench.vehicle.config.ground_amsl_m
    assert bench.command(TAKEOFF, 0.0, 0.0, 0.0, nan, nan, nan, amsl + height_m) == ACCEPTED
    assert bench.command(ARM, 1.0) == ACCEPTED
    return bench.run_until(lambda: bench.vehicle.aircraft.mode is Px4Mode.HOLD, at_most_s=60.0)


@pytest.mark.parametrize("command", [193, 115, 207, 410, 183, 32, 405, 406, 2000, 2500, 31000])
def test_what_px4_does_not_know_is_unsupported(bench: Callable[..., Any], command: int) -> None:
    assert bench().ready().command(command) == UNSUPPORTED


@pytest.mark.parametrize("command", [530, 531, 203, 206])
def test_what_needs_a_payload_is_met_with_silence(bench: Callable[..., Any], command: int) -> None:
    assert bench().ready().command(command) is None


@pytest.mark.parametrize("command", [TAKEOFF, LAND, RETURN, 401, 197])
def test_ground_commands_are_accepted(bench: Callable[..., Any], command: int) -> None:
    assert bench().ready().command(command, 0.0) == ACCEPTED


def test_ack_names_its_asker(bench: Callable[..., Any]) -> None:
    asking = bench().ready()
    asking.command(401)
    ack = asking.last("COMMAND_ACK")
    assert (ack.target_system, ack.target_component) == (255, 190)


@pytest.mark.parametrize("target", [{"target_system": 77}, {"target_component": 77}])
def test_commands_for_others_are_met_with_silence(
    bench: Callable[..., Any], target: dict[str, int]
) -> None:
    assert bench().ready().command(ARM, 1.0, **target) is None


def test_commands_for_all_components_are_taken(bench: Callable[..., Any]) -> None:
    assert bench().ready().command(ARM, 1.0, target_component=0) == ACCEPTED


def test_arming_before_ready_is_refused_with_its_reason(bench: Callable[..., Any]) -> None:
    booting = bench().run(2.0)
    assert booting.command(ARM, 1.0) == REJECTED_NOW
    assert "Arming denied: Resolve system health failures first\t" in booting.texts()


def test_armed_and_left_alone_it_disarms_after_ten_seconds(bench: Callable[..., Any]) -> None:
    left = bench().ready()
    left.command(ARM, 1.0)
    left.run(9.5)
    assert left.vehicle.aircraft.commander.armed
    # PX4 adds the second that the motors take to spool up.
    left.run(2.0)
    assert not left.vehicle.aircraft.commander.armed
    assert "Disarmed by auto preflight disarming\t" in left.texts()


def test_disarming_in_the_air_is_refused(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    assert flying.command(ARM, 0.0) == REJECTED_NOW
    assert "Disarming denied: not landed\t" in flying.texts()


def test_takeoff_rises_to_its_height_and_holds(bench: Callable[..., Any]) -> None:
    flying = airborne(bench(), 10.0).run(8.0)
    assert flying.pose().height_above_home_m == pytest.approx(10.0, abs=0.2)
    assert flying.last("EXTENDED_SYS_STATE").landed_state == 2
    assert flying.pose().airborne


def test_land_comes_down_disarms_and_boots_back_to_hold(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    assert flying.command(LAND) == ACCEPTED
    flying.run_until(lambda: not flying.vehicle.aircraft.commander.armed, at_most_s=60.0)
    flying.run(1.5)
    own = [h.message for h in flying.all("HEARTBEAT") if h.message.component_id == 1][-1]
    assert (own.base_mode, own.custom_mode) == (29, custom_mode(Px4Mode.HOLD))
    assert flying.last("EXTENDED_SYS_STATE").landed_state == 1


def test_reposition_flies_there_and_holds(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    target = flying.vehicle.aircraft.frame.geo(Ned(40.0, 30.0, -15.0))
    fields = {
        "frame": 5,
        "x": round(target.latitude_deg * 1e7),
        "y": round(target.longitude_deg * 1e7),
    }
    flying.tell(
        "COMMAND_INT",
        target_system=1,
        target_component=1,
        command=REPOSITION,
        param1=-1.0,
        param2=1.0,
        param4=nan,
        z=target.height_amsl_m,
        **fields,
    )
    assert flying.last("COMMAND_ACK").result == ACCEPTED
    flying.run(40.0)
    place = flying.vehicle.aircraft.flight.body.position
    assert (place.n, place.e, place.d) == pytest.approx((40.0, 30.0, -15.0), abs=0.2)


def test_return_from_near_climbs_to_px4s_height_first(bench: Callable[..., Any]) -> None:
    flying = airborne(bench())
    target = flying.vehicle.aircraft.frame.geo(Ned(15.0, 0.0, -10.0))
    flying.command(
        REPOSITION, -1.0, 1.0, 0.0, nan, target.latitude_deg, target.longitude_deg,
        target.height_amsl_m,
    )  # fmt: skip
    flying.run(15.0)
    assert flying.command(RETURN) == ACCEPTED
    flying.run_until(lambda: "RTL: land at destination\t" in flying.texts(), at_most_s=60.0)
    assert flying.pose().height_above_home_m == pytest.approx(30.0, abs=1.0)


def test_return_asked_for_on_the_ground_begins_nothing(bench: Callable[..., Any]) -> None:
    """As PX4 said it in its trace 01: that it returns, and nothing of heights."""
    asking = bench().ready()
    assert asking.command(RETURN) == ACCEPTED
    asking.run(2.0)
    assert "Returning to launch\t" in asking.texts()
    assert not [text for text in asking.texts() if text.startswith("RTL: ")]


def test_unknown_auto_mode_is_refused_in_words(bench: Callable[..., Any]) -> None:
    asking = bench().ready()
    assert asking.command(SET_MODE, 1.0, 4.0, 77.0) == REJECTED_NOW
    assert "Unsupported auto mode\t" in asking.texts()


def test_mission_start_without_a_mission_is_denied_in_words(bench: Callable[..., Any]) -> None:
    asking = bench().ready()
    assert asking.command(300, -1.0) == DENIED
    assert "Mission start denied! No valid mission\t" in asking.texts()


def test_texts_longer_than_fifty_bytes_come_in_chunks(bench: Callable[..., Any]) -> None:
    asking = bench().ready()
    asking.vehicle.aircraft.say(6, "x" * 60)
    asking.run(0.1)
    long = [h.message for h in asking.all("STATUSTEXT") if h.message.text.startswith("x")]
    assert [(len(m.text), m.chunk_seq) for m in long] == [(50, 0), (10, 1)]
    assert long[0]["id"] == long[1]["id"] != 0
