"""px4-fidelity.md, A: identity, streams, boot. Figures read off PX4's recording 01 (boot, idle)."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.compare.tlog import read_log
from sim.vehicle.config import FleetConfig, VehicleConfig

IDLE_S = 20.0
ONE_TIMERS = frozenset(("STATUSTEXT", "EVENT", "COMMAND_LONG", "COMMAND_ACK", "PARAM_VALUE"))
READY_BIT = 1 << 28


@pytest.fixture(scope="module")
def idle(bench_type: Any) -> Any:
    """A vehicle with PX4's own streams that stood for a while after it was ready."""
    from sim.clock import SteppedClock
    from sim.vehicle.vehicle import Vehicle

    clock = SteppedClock()
    return bench_type(Vehicle(VehicleConfig(streams="px4", payload=False), clock=clock), clock).run(
        10.0 + IDLE_S
    )


def rates(heard: list[tuple[float, str]], since_s: float, until_s: float) -> dict[str, float]:
    counts = Counter(name for at_s, name in heard if since_s <= at_s < until_s)
    return {name: count / (until_s - since_s) for name, count in counts.items()}


def test_point_1_system_id_is_the_instance_plus_one_and_frames_are_unsigned(idle: Any) -> None:
    beat = idle.last("HEARTBEAT")
    assert (beat.system_id, beat.component_id, beat.signed) == (1, 1, False)
    assert VehicleConfig(instance=9).system_id == 10
    assert FleetConfig().base_port_offset == 0


def test_point_2_heartbeat_is_one_hertz_and_says_what_px4_says(idle: Any) -> None:
    beats = [h for h in idle.all("HEARTBEAT") if h.at_s > 10.0 and h.message.component_id == 1]
    assert len(beats) == pytest.approx(IDLE_S, abs=1)
    last = beats[-1].message
    assert (last.type, last.autopilot, last.base_mode, last.system_status) == (2, 12, 29, 3)


def test_point_3_boots_in_hold(idle: Any) -> None:
    assert idle.all("HEARTBEAT")[0].message.custom_mode == 4 << 16 | 3 << 24


@pytest.mark.shared_data
@pytest.mark.parametrize(("link", "name"), [("ground", "gcs"), ("companion", "api")])
def test_point_4_every_stream_at_rest_has_px4s_rate(
    idle: Any, shared_reference: Path, link: str, name: str
) -> None:
    path = shared_reference / "px4-traces" / f"01_boot_idle_1x.{name}.tlog.xz"
    told = [(f.boot_s, f.message.name) for f in read_log(path).ours]
    ours = [(h.at_s, h.message.name) for h in idle.heard if h.link == link]
    px4 = rates(told, 10.0, 10.0 + IDLE_S)
    flown = rates(ours, 10.0, 10.0 + IDLE_S)
    names = (set(px4) | set(flown)) - ONE_TIMERS
    room = {n: max(0.05 * px4.get(n, 0.0), 1.01 / IDLE_S) for n in names}
    off = {n: (px4.get(n, 0.0), flown.get(n, 0.0)) for n in names}
    assert {n: o for n, o in off.items() if abs(o[0] - o[1]) > room[n]} == {}


def test_point_5_interval_zero_gives_the_modes_own_rate(bench: Callable[..., Any]) -> None:
    flown = bench(streams="px4").ready()
    assert flown.command(511, 33.0, 100_000.0) == 0
    before = len(flown.all("GLOBAL_POSITION_INT"))
    flown.run(10.0)
    assert len(flown.all("GLOBAL_POSITION_INT")) - before == pytest.approx(100, abs=5)
    assert flown.command(511, 33.0, -1.0) == 0
    before = len(flown.all("GLOBAL_POSITION_INT"))
    flown.run(5.0)
    assert len(flown.all("GLOBAL_POSITION_INT")) == before
    assert flown.command(511, 33.0, 0.0) == 0
    flown.run(10.0)
    assert len(flown.all("GLOBAL_POSITION_INT")) - before == pytest.approx(50, abs=3)
    assert flown.command(511, 60_000.0, 100_000.0) == 4


def test_point_6_requested_messages_are_px4s(bench: Callable[..., Any]) -> None:
    flown = bench().ready()
    assert flown.command(512, 148.0) == 0
    version = flown.last("AUTOPILOT_VERSION")
    assert (version.capabilities, version.flight_sw_version) == (59647, 0x011100FF)
    assert flown.command(512, 435.0, 0.0) == 0
    assert len(flown.all("AVAILABLE_MODES")) == 28
    assert [flown.command(512, number) for number in (436.0, 242.0, 261.0, 264.0)] == [0, 0, 0, 0]
    assert [flown.command(512, number) for number in (259.0, 42.0, 33.0)] == [2, 2, 2]


def test_point_7_boot_keeps_px4s_times(idle: Any) -> None:
    assert idle.all("HEARTBEAT")[0].at_s == pytest.approx(1.1, abs=0.5)
    assert idle.all("HOME_POSITION")[0].at_s == pytest.approx(2.1, abs=0.3)
    assert idle.text_at_s("Preflight Fail: no heading reference") == pytest.approx(2.55, abs=0.3)
    states = idle.all("SYS_STATUS")
    ready = [h.at_s for h in states if h.message.onboard_control_sensors_health & READY_BIT]
    assert 4.1 <= ready[0] <= 7.2
    first_fix = idle.all("GPS_RAW_INT")[0].message
    assert (first_fix.fix_type, first_fix.satellites_visible) == (3, 10)


def test_point_8_texts_are_mirrored_by_events(idle: Any) -> None:
    assert idle.all("EVENT") != []
    numbers = [heard.message["sequence"] for heard in idle.all("EVENT")]
    assert numbers == sorted(numbers)
    beats = [h for h in idle.all("CURRENT_EVENT_SEQUENCE") if h.at_s > 10.0]
    assert len(beats) == pytest.approx(IDLE_S / 3.0, abs=2)


def test_point_9_time_sync_and_ping_are_answered(bench: Callable[..., Any]) -> None:
    flown = bench().ready()
    sync = next(a for a in flown.tell("TIMESYNC", tc1=0, ts1=4711) if a.name == "TIMESYNC")
    assert sync.ts1 == 4711
    assert sync.tc1 == pytest.approx(flown.now_s * 1e9, rel=0.01)
    ping = next(a for a in flown.tell("PING", time_usec=1, seq=7) if a.name == "PING")
    assert (ping.target_system, ping.target_component, ping["seq"]) == (255, 190, 7)
