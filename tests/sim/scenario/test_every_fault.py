"""Every fault of a scenario file is seen by who is on the link, and not without the fault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from onboard.mavlink.codec import Message, Send
from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_modes import Px4Mode
from sim.scenario.play import ScenarioFleet
from sim.scenario.read import scenario_from_text
from sim.scenario.station import Order

FILE = """
title = "one drone that holds"
proves = "nothing by itself"
[[drones]]
id = "qyran-1"
parameters = {{ SIM_BAT_DRAIN = 600, SIM_BAT_MIN_PCT = 0{parameters} }}
patrol = {{ points = [[20, 0, 20], [40, 0, 20], [40, 20, 20]] }}
fence = {{ inside = [[-60, -60], [60, -60], [60, 60], [-60, 60]] }}
[[faults]]
when = {{ above_m = 11.0 }}
{fault}
"""
NO_FAULT = 'vehicle = { fault = "gps", state = "on" }'
PLANS, COPIES = 3, 2


@dataclass
class Watched:
    """What a flight showed: messages on the ground link with the second they came, and the end."""

    fleet: ScenarioFleet
    heard: list[tuple[float, Message]] = field(default_factory=list)
    least_height_m: float = 99.0
    orders: list[Order] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    listed: int = 0

    @property
    def drone(self) -> Any:
        return self.fleet["qyran-1"]

    def all(self, name: str) -> list[Message]:
        return [message for _, message in self.heard if message.name == name]

    def last(self, name: str) -> Message:
        return self.all(name)[-1]

    def note(self, now_s: float) -> None:
        self.least_height_m = min(self.least_height_m, self.drone.height_m)

    def moved(self, name: str) -> list[Message]:
        """Messages of a name that were sent before one that came earlier."""
        came = self.all(name)
        return [b for a, b in pairwise(came) if b.time_boot_ms < a.time_boot_ms]


@cache
def watched(fault: str, parameters: str = "") -> Watched:
    """A drone that climbs to 12 m and holds; the fault begins there, 20 s are watched."""
    text = FILE.format(fault=fault, parameters=parameters)
    fleet = ScenarioFleet(scenario_from_text(text, where="test"), folder=Path())
    flight = Watched(fleet)
    fleet.ready()
    flight.drone.upload(fleet.plan("qyran-1"))
    flight.drone.take_off(12.0)
    fleet.run_until(lambda: flight.drone.height_m > 11.0, at_most_s=60.0)
    flight.drone.links["ground"].listeners.append(
        lambda message, now_s: flight.heard.append((now_s, message))
    )
    fleet.watch(flight.note)
    fleet.run(5.0)
    flight.orders.append(flight.drone.station.mode(Px4Mode.HOLD))
    flight.drone.station.begin(flight.orders[0], fleet.now_s)
    fleet.run(15.0)
    return flight


def _count(flight: Watched) -> int:
    return len(flight.all("ATTITUDE_QUATERNION"))


def _age_s(flight: Watched) -> float:
    at_s, last = [each for each in flight.heard if each[1].name == "ATTITUDE_QUATERNION"][-1]
    return float(at_s - last.time_boot_ms / 1e3)


def _believed_off_m(flight: Watched) -> float:
    body = flight.drone.vehicle.aircraft.flight
    believed = body.belief.position
    return float(max(abs(a - b) for a, b in zip(believed, body.body.position, strict=True)))


def _lean(flight: Watched) -> float:
    leans = [abs(each.q2) + abs(each.q3) for each in flight.all("ATTITUDE_QUATERNION")[50:]]
    return float(max(leans))


def _turned(flight: Watched) -> float:
    return float(max(abs(each.yawspeed) for each in flight.all("ATTITUDE_QUATERNION")))


def _utc_minus_boot_s(flight: Watched) -> float:
    told = flight.last("SYSTEM_TIME")
    return float(told.time_unix_usec / 1e6 - told.time_boot_ms / 1e3)


def _payload_beats(flight: Watched) -> int:
    beats = flight.all("HEARTBEAT")
    return sum(each.component_id != 1 for each in beats)


def _told(text: str) -> Callable[[Watched], bool]:
    return lambda flight: flight.drone.was_told(text)


def _vehicle(fault: str, state: str, **values: float) -> str:
    given = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f'vehicle = {{ fault = "{fault}", state = "{state}", values = {{ {given} }} }}'


def _link(words: str) -> str:
    return f"link = {{ {words} }}"


CALM = {"gust_deviation_m_s": 0.0, "gust_time_s": 2.0}
FAULTS: dict[str, tuple[str, Callable[[Watched], bool]]] = {
    "link down": (_link("down = true"), lambda f: _count(f) < 5),
    "link loss": (_link("loss = 0.5"), lambda f: _count(f) < 130),
    "link loss in bursts": (_link("loss = 0.5, burst = 8"), lambda f: _count(f) < 160),
    "link latency": (_link("delay_s = 0.5"), lambda f: _age_s(f) > 0.45),
    "link jitter": (_link("delay_s = 0.3, jitter_s = 0.1"), lambda f: _age_s(f) > 0.1),
    "link duplication": (_link("duplicate = 1.0"), lambda f: _count(f) > 380),
    "link reordering": (
        _link("delay_s = 0.3, reorder = 0.2"),
        lambda f: bool(f.moved("ATTITUDE_QUATERNION")),
    ),
    "link corruption": (_link("corrupt = 0.9"), lambda f: _count(f) < 50),
    "link rate": (_link("rate_bit_s = 4000"), lambda f: _count(f) < 120),
    "link up only": (
        _link('down = true, direction = "up"'),
        lambda f: _count(f) > 150 and not f.orders[0].succeeded,
    ),
    "gps off": (_vehicle("gps", "off"), lambda f: f.last("GPS_RAW_INT").fix_type == 0),
    "gps without a 3D fix": (
        _vehicle("gps", "wrong"),
        lambda f: f.last("GPS_RAW_INT").fix_type < 3,
    ),
    "gps drift": (
        _vehicle("gps", "drift", north_m_s=0.5, east_m_s=0.0, down_m_s=0.0),
        lambda f: _believed_off_m(f) > 5.0,
    ),
    "gps offset": (
        _vehicle("gps", "offset", north_m=12.0, east_m=0.0, down_m=0.0),
        lambda f: _believed_off_m(f) > 5.0,
    ),
    "gps noise": (_vehicle("gps", "noise", deviation_m=3.0), lambda f: _believed_off_m(f) > 0.2),
    "magnetometer off": (_vehicle("magnetometer", "off"), _told("MAG #0 failed")),
    "magnetometer bias": (
        _vehicle("magnetometer", "bias", bias=0.3),
        lambda f: (
            abs(
                f.drone.vehicle.aircraft.flight.belief.yaw
                - f.drone.vehicle.aircraft.flight.body.yaw
            )
            > 0.2
        ),
    ),
    "barometer off": (_vehicle("barometer", "off"), _told("BARO #0 failed")),
    "gyroscope off": (
        _vehicle("inertial", "gyroscope off"),
        lambda f: not f.drone.vehicle.aircraft.estimate.attitude_valid,
    ),
    "motor off": (
        _vehicle("motor", "off", number=1),
        lambda f: f.least_height_m < 10.5 and _lean(f) > 0.05,
    ),
    "motor weak": (
        _vehicle("motor", "effectiveness", number=1, effectiveness=0.2),
        lambda f: _turned(f) > 0.2,
    ),
    "battery drain": (
        _vehicle("battery", "drain", factor=8.0),
        lambda f: f.last("BATTERY_STATUS").battery_remaining < 80,
    ),
    "battery cell failure": (
        _vehicle("battery", "dead cells", count=1),
        lambda f: f.last("SYS_STATUS").voltage_battery < 15_500,
    ),
    "battery almost empty": (
        _vehicle("battery", "remaining", remaining=0.06),
        _told("Critical battery"),
    ),
    "battery off": (
        _vehicle("battery", "off"),
        lambda f: f.last("SYS_STATUS").voltage_battery < 1000,
    ),
    "wind": (
        _vehicle("weather", "wind", north_m_s=6.0, east_m_s=0.0, **CALM),
        lambda f: _lean(f) > 0.1,
    ),
    "gusts": (
        _vehicle(
            "weather", "wind", north_m_s=0.0, east_m_s=0.0, gust_deviation_m_s=3.0, gust_time_s=2.0
        ),
        lambda f: _lean(f) > 0.05,
    ),
    "fence breach": (
        _vehicle("gps", "drift", north_m_s=-6.0, east_m_s=0.0, down_m_s=0.0),
        lambda f: not f.drone.inside_fence or f.drone.mode == "rtl",
    ),
    "payload silent": (_vehicle("payload", "silent"), lambda f: _payload_beats(f) <= 3),
    "clock jump": (
        _vehicle("clock", "jump", seconds=3600.0),
        lambda f: _utc_minus_boot_s(f) > 3590.0 + f.fleet.clock.began_utc.timestamp(),
    ),
    "reboot in flight": (
        _vehicle("computer", "reboot"),
        lambda f: f.last("SYSTEM_TIME").time_boot_ms < 21_000 and not f.drone.armed,
    ),
}
PARAMETERS = {"fence breach": ", GF_ACTION = 3"}


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_seen_and_not_without_the_fault(name: str) -> None:
    fault, seen = FAULTS[name]
    parameters = PARAMETERS.get(name, "")
    assert not seen(watched(NO_FAULT, parameters))
    assert seen(watched(fault, parameters))


def test_a_jumped_clock_leaves_the_time_since_boot_alone_and_outlives_a_reboot() -> None:
    jump = _vehicle("clock", "jump", seconds=3600.0)
    flight = watched(jump)
    assert not flight.moved("SYSTEM_TIME")
    assert flight.last("SYSTEM_TIME").time_boot_ms / 1e3 == pytest.approx(
        flight.fleet.now_s, abs=1.5
    )
    flight.drone.vehicle.reboot()
    flight.fleet.run(8.0)
    told = flight.last("SYSTEM_TIME")
    began = flight.fleet.clock.began_utc.timestamp()
    assert told.time_boot_ms < 9000
    assert told.time_unix_usec / 1e6 == pytest.approx(began + flight.fleet.now_s + 3600.0, abs=1.5)
    watched.cache_clear()


CHAOS_FILE = """
title = "one drone on its pad"
proves = "nothing by itself"
[[drones]]
id = "qyran-1"
patrol = {{ points = [[20, 0, 20], [40, 0, 20], [40, 20, 20]] }}
{fault}
"""


def _under_way(order: Order) -> Callable[[], bool]:
    return lambda: not order.ended


@cache
def asked(chaos: str) -> Watched:
    """A drone that is given a plan, a mode and a parameter, and asked for all its parameters."""
    fault = f"[[faults]]\nwhen = {{ ready = true }}\nchaos = {{ {chaos} }}" if chaos else ""
    scenario = scenario_from_text(CHAOS_FILE.format(fault=fault), where="test")
    fleet = ScenarioFleet(scenario, folder=Path())
    flight = Watched(fleet)
    fleet.ready()
    fleet.run(0.5)
    flight.drone.links["ground"].listeners.append(
        lambda message, now_s: flight.heard.append((now_s, message))
    )
    station = flight.drone.station
    orders = [
        station.upload(fleet.plan("qyran-1")),
        station.mode("hold"),
        station.parameter("NAV_DLL_ACT", 2),
    ]
    for order in orders:
        began_s = fleet.now_s
        station.begin(order, began_s)
        fleet.run_while(_under_way(order), at_most_s=60.0)
        flight.took_s.append(fleet.now_s - began_s)
    flight.orders += orders
    before = len(flight.all("PARAM_VALUE"))
    ask = Send("PARAM_REQUEST_LIST", {"target_system": 1, "target_component": 1})
    station.say([ask], fleet.now_s)
    fleet.run(5.0)
    flight.listed = len(flight.all("PARAM_VALUE")) - before
    return flight


def _plan_is_on_board(flight: Watched) -> bool:
    items = flight.drone.vehicle.aircraft.plans.items(MissionType.MISSION)
    return len(items) == len(flight.fleet.plan("qyran-1").items)


def _requested(flight: Watched) -> list[int]:
    return [each["seq"] for each in flight.all("MISSION_REQUEST_INT")]


def _results(flight: Watched) -> list[int]:
    return [each.result for each in flight.all("COMMAND_ACK")]


CHAOS: dict[str, tuple[str, Callable[[Watched], bool]]] = {
    "mission: wrong number": (
        'family = "mission", wrong_number = 1',
        lambda f: 1 in _requested(f)[:1],
    ),
    "mission: refused item": (
        'family = "mission", refuse = { 2 = 13 }',
        lambda f: 13 in [each.type for each in f.all("MISSION_ACK")] and not _plan_is_on_board(f),
    ),
    "mission: no ack": ('family = "mission", no_ack = true', lambda f: not f.all("MISSION_ACK")),
    "mission: late ack": (
        'family = "mission", late_ack_s = 1.0',
        lambda f: f.took_s[0] > 2.9,
    ),
    "mission: ack said again": (
        'family = "mission", copies = 2',
        lambda f: len(f.all("MISSION_ACK")) == PLANS * (1 + COPIES),
    ),
    "mission: half a list": (
        'family = "mission", stop_after = 5',
        lambda f: not _plan_is_on_board(f),
    ),
    "command: refused": ('family = "command", refuse = { 176 = 4 }', lambda f: 4 in _results(f)),
    "command: no ack": ('family = "command", no_ack = true', lambda f: not _results(f)),
    "command: late ack": (
        'family = "command", late_ack_s = 0.8',
        lambda f: f.took_s[1] > 0.7,
    ),
    "command: ack said again": (
        'family = "command", copies = 1',
        lambda f: len(_results(f)) == 2,
    ),
    "parameter: half a list": (
        'family = "parameter", stop_after = 100',
        lambda f: f.listed < 100,
    ),
    "parameter: no answer": ('family = "parameter", no_ack = true', lambda f: f.listed == 0),
    "parameter: late answer": (
        'family = "parameter", late_ack_s = 4.5',
        lambda f: f.listed < 600,
    ),
    "parameter: answer said again": (
        'family = "parameter", copies = 1',
        lambda f: f.listed > 1500,
    ),
}


@pytest.mark.parametrize("name", CHAOS)
def test_chaos_is_met_and_not_without_it(name: str) -> None:
    chaos, met = CHAOS[name]
    assert not met(asked(""))
    assert met(asked(chaos))


def test_without_chaos_every_order_succeeds() -> None:
    assert [order.succeeded for order in asked("").orders] == [True, True, True]
