"""Boot, streams and requests about them (px4-fidelity.md, A), read back from real bytes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.px4_modes import Px4Mode, custom_mode
from sim.clock import SteppedClock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.vehicle import Vehicle

GIMBAL = 154
LEAN_RATES = {
    "HEARTBEAT": 1,
    "GLOBAL_POSITION_INT": 10,
    "ATTITUDE_QUATERNION": 10,
    "SYSTEM_TIME": 1,
    "SYS_STATUS": 1,
    "BATTERY_STATUS": 1,
    "EXTENDED_SYS_STATE": 1,
    "MISSION_CURRENT": 1,
    "HOME_POSITION": 1,
}
PX4_RATES = {
    "ATTITUDE": 50.0,
    "ATTITUDE_QUATERNION": 50.0,
    "LOCAL_POSITION_NED": 50.0,
    "GLOBAL_POSITION_INT": 50.0,
    "SERVO_OUTPUT_RAW": 50.0,
    "GPS_RAW_INT": 5.0,
    "VFR_HUD": 4.0,
    "SYS_STATUS": 1.0,
    "HOME_POSITION": 0.5,
}


def counts(bench: Any, seconds: float, link: str) -> Counter[str]:
    before = len(bench.heard)
    bench.run(seconds)
    heard = [h.message for h in bench.heard[before:] if h.link == link]
    return Counter(m.name for m in heard if m.name != "HEARTBEAT" or m.component_id == 1)


@pytest.mark.parametrize(("link", "gimbal"), [("ground", 2), ("companion", 10)])
def test_lean_profile_sends_its_rates_on_both_links(
    bench: Callable[..., Any], link: str, gimbal: int
) -> None:
    ready = bench(streams="lean").ready()
    ready.tell("HEARTBEAT", link=link, type=18, autopilot=8)
    seen = counts(ready, 20.0, link)
    wanted = LEAN_RATES | {"GIMBAL_DEVICE_ATTITUDE_STATUS": gimbal}
    assert {name: round(seen[name] / 20.0) for name in wanted} == wanted


def test_gimbal_is_not_passed_on_to_a_companion_that_was_never_heard(
    bench: Callable[..., Any],
) -> None:
    silent = counts(bench(streams="lean").ready(), 5.0, "companion")
    assert "GIMBAL_DEVICE_ATTITUDE_STATUS" not in silent


def test_px4_profile_sends_the_ground_links_rates(bench: Callable[..., Any]) -> None:
    seen = counts(bench(streams="px4").ready().run(5.0), 20.0, "ground")
    for name, rate in PX4_RATES.items():
        assert seen[name] / 20.0 == pytest.approx(rate, rel=0.05), name


def test_companion_link_has_attitude_at_100_hz(bench: Callable[..., Any]) -> None:
    seen = counts(bench(streams="px4").ready(), 5.0, "companion")
    assert seen["ATTITUDE"] / 5.0 == pytest.approx(100.0, rel=0.05)


def test_heartbeat_before_ready_is_uninitialised_hold(bench: Callable[..., Any]) -> None:
    booting = bench().run(2.2)
    heartbeat = next(h for h in booting.all("HEARTBEAT") if h.message.component_id == 1).message
    assert (heartbeat.base_mode, heartbeat.system_status) == (29, 0)
    assert heartbeat.custom_mode == custom_mode(Px4Mode.HOLD)
    assert (heartbeat.type, heartbeat.autopilot) == (2, 12)


def test_boot_tells_home_and_its_complaint_at_px4s_times(bench: Callable[..., Any]) -> None:
    booted = bench(streams="px4").ready()
    assert booted.all("HEARTBEAT")[0].at_s >= 1.1
    assert booted.all("HOME_POSITION")[0].at_s >= 2.1
    assert booted.text_at_s("Preflight Fail: no heading") == pytest.approx(2.55, abs=0.1)
    assert 4.1 <= booted.now_s <= 4.6


def test_prearm_bit_of_health_appears_when_it_may_be_armed(bench: Callable[..., Any]) -> None:
    booting = bench().run(3.0)
    assert not booting.last("SYS_STATUS").onboard_control_sensors_health & 1 << 28
    booting.ready().run(1.1)
    assert booting.last("SYS_STATUS").onboard_control_sensors_health & 1 << 28


def test_system_time_ties_boot_to_utc(bench: Callable[..., Any]) -> None:
    booted = bench().ready().run(3.0)
    message = booted.last("SYSTEM_TIME")
    began_us = booted.clock.began_utc.timestamp() * 1e6
    assert message.time_unix_usec - began_us == pytest.approx(message.time_boot_ms * 1e3, abs=2e3)


def test_message_interval_can_be_set_stopped_and_restored(bench: Callable[..., Any]) -> None:
    booted = bench(streams="px4").ready()
    assert booted.command(511, 33.0, 100_000.0) == 0
    assert counts(booted, 10.0, "ground")["GLOBAL_POSITION_INT"] / 10 == pytest.approx(10, rel=0.05)
    booted.command(511, 33.0, -1.0)
    assert counts(booted, 3.0, "ground")["GLOBAL_POSITION_INT"] == 0
    booted.command(511, 33.0, 0.0)
    assert counts(booted, 10.0, "ground")["GLOBAL_POSITION_INT"] / 10 == pytest.approx(5, rel=0.05)


def test_interval_of_an_unknown_message_fails(bench: Callable[..., Any]) -> None:
    assert bench().ready().command(511, 65_000.0, 1000.0) == 4


def test_interval_is_told_when_asked(bench: Callable[..., Any]) -> None:
    booted = bench(streams="px4").ready()
    assert booted.command(510, 30.0) == 0
    assert booted.last("MESSAGE_INTERVAL").interval_us == 20_000


def test_requested_version_is_px4s(bench: Callable[..., Any]) -> None:
    booted = bench().ready()
    assert booted.command(512, 148.0) == 0
    version = booted.last("AUTOPILOT_VERSION")
    assert (version.capabilities, version.flight_sw_version) == (59647, 0x011100FF)


def test_all_28_modes_are_listed(bench: Callable[..., Any]) -> None:
    booted = bench().ready()
    assert booted.command(512, 435.0, 0.0) == 0
    modes = [heard.message for heard in booted.all("AVAILABLE_MODES")]
    assert [mode.mode_index for mode in modes] == list(range(1, 29))
    assert modes[4].mode_name == "Hold"


@pytest.mark.parametrize("number", [259.0, 42.0, 33.0, 60_000.0])
def test_request_for_what_px4_does_not_send_is_denied(
    bench: Callable[..., Any], number: float
) -> None:
    assert bench().ready().command(512, number) == 2


def test_gimbal_answers_for_itself(bench: Callable[..., Any]) -> None:
    booted = bench().ready().run(1.5)
    assert booted.command(512, 283.0, target_component=GIMBAL) == 0
    assert booted.last("GIMBAL_DEVICE_INFORMATION").component_id == GIMBAL
    assert booted.command(512, 280.0) == 0
    assert booted.last("GIMBAL_MANAGER_INFORMATION").gimbal_device_id == GIMBAL


def test_timesync_is_echoed_with_boot_time(bench: Callable[..., Any]) -> None:
    booted = bench().ready()
    (answer,) = booted.tell("TIMESYNC", tc1=0, ts1=123)
    assert (answer.ts1, answer.tc1) == (123, pytest.approx(booted.now_s * 1e9, rel=1e-6))


def test_ping_is_answered_to_its_sender(bench: Callable[..., Any]) -> None:
    (answer,) = bench().ready().tell("PING", time_usec=5, seq=7)
    assert (answer["seq"], answer.target_system, answer.target_component) == (7, 255, 190)


def test_same_seed_gives_the_same_words(bench: Callable[..., Any]) -> None:
    first, second = (bench(seed=3).ready().run(5.0) for _ in range(2))
    # By their text, because a NaN differs from itself.
    assert [repr(h.message) for h in first.heard] == [repr(h.message) for h in second.heard]


def test_time_that_was_not_simulated_passes_for_utc_and_not_since_boot() -> None:
    clock = SteppedClock()
    vehicle = Vehicle(VehicleConfig(), clock=clock, seed=1, booted_at_s=0.0)
    vehicle.step(2.0)
    vehicle.skip(500.0)
    vehicle.step(503.0)
    pose = vehicle.pose(503.0)
    assert pose.boot_s == pytest.approx(3.0, abs=0.01)
    assert pose.utc.timestamp() == pytest.approx(clock.began_utc.timestamp() + 503.0, abs=0.01)
    assert vehicle.unix_s() == pytest.approx(pose.utc.timestamp(), abs=0.01)
