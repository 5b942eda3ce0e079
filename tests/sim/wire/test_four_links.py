"""Four links with PX4's recorded rates, and what PX4 passes from one to another (1, 4, 40)."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onboard.mavlink.codec import Address
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from sim.vehicle.wire.ports import Ports, ports_of

CAMERA, GIMBAL = Address(1, 100), Address(1, 154)
SECONDS = 20.0
RECORDED = {"ground": "gcs", "companion": "api", "payload": "payload", "gimbal": "gimbal"}
# PX4's stream of what it was asked, and one that it sends when something changed.
NOT_STREAMED = {"GPS_GLOBAL_ORIGIN"}


def alive(bench: Any, sender: Address, link: str, kind: int) -> None:
    bench.tell("HEARTBEAT", sender=sender, link=link, type=kind, autopilot=8, system_status=4)


@pytest.mark.shared_data
@pytest.mark.parametrize("link", RECORDED)
def test_every_message_comes_as_often_as_recorded(
    bench: Callable[..., Any], shared_reference: Path, link: str
) -> None:
    trace = shared_reference / "px4-traces" / "01_boot_idle_1x.json"
    rates = json.loads(trace.read_text())["idle_rates_hz"][RECORDED[link]]
    named = {LAYOUT_BY_ID[int(k)].name if k.isdigit() else k: v for k, v in rates.items()}
    idle = bench(streams="px4", payload=False).ready().run(10.0)
    before = len(idle.heard)
    idle.run(SECONDS)
    seen = Counter(h.message.name for h in idle.heard[before:] if h.link == link)
    # The recording lasted 29.6 s, ours lasts 20: one message more or less on either side.
    for name in named.keys() - NOT_STREAMED:
        expected = named[name]
        assert seen[name] / SECONDS == pytest.approx(expected, rel=0.05, abs=0.09), name
    assert set(seen) - set(named) <= {"EVENT", "STATUSTEXT", "HOME_POSITION"}


def test_ports_are_px4s() -> None:
    assert ports_of("ground", 3) == Ports(18573, 14550)
    assert ports_of("companion", 3) == Ports(14583, 14543)
    assert ports_of("companion", 12) == Ports(14592, 14549)
    assert ports_of("payload", 3) == Ports(14283, 14033)
    assert ports_of("gimbal", 3) == Ports(13033, 13283)


def test_message_for_a_component_goes_only_where_that_was_heard(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, CAMERA, "payload", 30)
    alive(vehicle, Address(1, 191), "companion", 18)
    before = len(vehicle.heard)
    vehicle.tell("COMMAND_LONG", target_system=1, target_component=100, command=2000, param3=1.0)
    passed = [h for h in vehicle.heard[before:] if h.message.name == "COMMAND_LONG"]
    assert [h.link for h in passed] == ["payload"]
    assert passed[0].message.sender == Address(255, 190)


def test_answer_of_a_camera_comes_back_to_the_ground(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    vehicle.tell("HEARTBEAT", type=6, autopilot=8)
    vehicle.tell(
        "COMMAND_ACK", sender=CAMERA, link="payload", command=2000, result=0,
        target_system=255, target_component=190,
    )  # fmt: skip
    ack = vehicle.last("COMMAND_ACK")
    assert (ack.sender, ack.command, ack.result) == (CAMERA, 2000, 0)


def test_command_to_everybody_is_answered_and_passed_on(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, CAMERA, "payload", 30)
    assert vehicle.command(2000, 0.0, 0.0, 1.0, target_component=0) == 3
    assert vehicle.last("COMMAND_LONG", "payload").command == 2000


def test_broadcast_goes_to_every_link_on_which_somebody_is(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, CAMERA, "payload", 30)
    alive(vehicle, Address(255, 190), "ground", 6)
    alive(vehicle, GIMBAL, "gimbal", 26)
    before = len(vehicle.heard)
    vehicle.tell(
        "GIMBAL_DEVICE_ATTITUDE_STATUS", sender=GIMBAL, link="gimbal", q=(1.0, 0.0, 0.0, 0.0)
    )
    links = [h.link for h in vehicle.heard[before:] if h.message.component_id == 154]
    # The lean profile streams the gimbal's attitude itself, ten times a second.
    assert links == []
    full = bench(payload=False, streams="px4").ready()
    alive(full, Address(255, 190), "ground", 6)
    before = len(full.heard)
    full.tell("GIMBAL_DEVICE_ATTITUDE_STATUS", sender=GIMBAL, link="gimbal", q=(1.0, 0, 0, 0))
    assert [h.link for h in full.heard[before:] if h.message.component_id == 154] == ["ground"]


def test_signing_key_is_never_passed_on(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, CAMERA, "payload", 30)
    vehicle.tell("SETUP_SIGNING", target_system=1, target_component=0, secret_key=bytes(range(32)))
    assert vehicle.all("SETUP_SIGNING", "payload") == []


def test_gimbals_link_passes_commands_on_and_does_none(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    answers = vehicle.tell(
        "COMMAND_LONG", sender=GIMBAL, link="gimbal", target_system=1, target_component=1,
        command=400, param1=1.0,
    )  # fmt: skip
    assert answers == []
    assert not vehicle.vehicle.aircraft.commander.armed
    assert vehicle.vehicle.counts()["gimbal"]["ignored"] == 1


def test_ack_goes_to_every_link_that_knows_the_asker(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, Address(255, 190), "companion", 6)
    vehicle.command(300)
    assert vehicle.last("COMMAND_ACK", "ground").result == 2
    assert vehicle.last("COMMAND_ACK", "companion").result == 2
    assert vehicle.all("COMMAND_ACK", "payload") == []


def test_texts_stop_where_the_ground_station_fell_silent(bench: Callable[..., Any]) -> None:
    vehicle = bench(payload=False).ready()
    alive(vehicle, Address(255, 190), "ground", 6)
    vehicle.run(4.0)
    before = len(vehicle.all("STATUSTEXT"))
    vehicle.command(20, target_component=1)
    vehicle.run(1.0)
    assert len(vehicle.all("STATUSTEXT")) == before
    assert "Returning to launch\t" in [
        heard.message.text for heard in vehicle.all("STATUSTEXT", "companion")
    ]
