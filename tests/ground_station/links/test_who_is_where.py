"""Routes, other stations and loss: pure, so time is a number."""

from typing import Any

import pytest

from ground_station.links.address import read_link_address
from ground_station.links.back_off import BackOff
from ground_station.links.link import Voice, Wire
from ground_station.links.quality import LossWindow
from ground_station.links.routes import Routes
from ground_station.links.stations import Stations
from ground_station.links.udp import UdpLink
from onboard.mavlink.codec import Address, Decoder, Encoder, Message

OWN = Address(255, 190)


def wire(port: int = 1) -> Wire:
    voice = Voice(own=OWN, receiver=lambda _wire, _message: None)
    link = UdpLink(address=read_link_address("udpin:127.0.0.1:0"), voice=voice)
    return Wire(
        link=link,
        peer=("10.0.0.1", port),
        decoder=Decoder(),
        encoder=Encoder(system_id=255, component_id=190),
    )


def said(name: str, *, system: int, component: int, **fields: Any) -> Message:
    (message,) = Decoder().feed(
        Encoder(system_id=system, component_id=component).encode(name, **fields)
    )
    return message


def test_a_vehicle_on_two_links_keeps_to_one_until_that_falls_silent() -> None:
    routes, radio, cell = Routes(), wire(1), wire(2)
    assert routes.hears(1, 1, radio, 0.0)
    assert not routes.hears(1, 1, cell, 0.5)
    assert routes.hears(1, 1, radio, 1.0)
    assert routes.wire(1, 1) is radio
    assert routes.hears(1, 1, cell, 3.0)
    assert routes.wire(1, 1) is cell
    assert (routes.moves, routes.elsewhere) == ({1: 1}, 1)


def test_each_component_is_reached_where_it_was_heard_and_others_by_the_autopilot() -> None:
    routes, ground, payload = Routes(), wire(1), wire(2)
    routes.hears(1, 1, ground, 0.0)
    routes.hears(1, 154, payload, 0.0)
    assert routes.wire(1, 154) is payload
    assert routes.wire(1, 100) is ground
    assert routes.wire(2, 1) is None
    assert routes.systems() == {1: ground}


def test_another_ground_station_is_noticed_and_is_no_fault() -> None:
    stations = Stations(OWN)
    heartbeat = said("HEARTBEAT", system=254, component=190, type=6, autopilot=8)
    assert stations.hears(heartbeat, "radio", 10.0)
    (station,) = stations.heard_lately(12.0)
    assert station.address == Address(254, 190)
    assert not stations.shares_our_id(station)
    assert stations.heard_lately(60.0) == []


@pytest.mark.parametrize("component", [190, 230])
def test_a_station_with_our_system_id_is_noticed(component: int) -> None:
    stations = Stations(OWN)
    heartbeat = said("HEARTBEAT", system=255, component=component, type=6, autopilot=8)
    assert not stations.is_echo(heartbeat)
    assert stations.hears(heartbeat, "radio", 10.0)
    (station,) = stations.heard_lately(12.0)
    assert stations.shares_our_id(station)


def test_what_we_said_ourselves_and_a_vehicle_gave_back_is_an_echo_and_no_twin() -> None:
    stations = Stations(OWN)
    ours = said("HEARTBEAT", system=255, component=190, type=6, autopilot=8)
    stations.said(ours.frame)
    assert stations.is_echo(ours)
    assert stations.echoes == 1
    assert stations.heard_lately(1.0) == []


def test_a_vehicle_is_no_station() -> None:
    vehicle = said("HEARTBEAT", system=1, component=1, type=2, autopilot=12)
    assert not Stations(OWN).hears(vehicle, "radio", 1.0)


def test_the_loss_of_the_last_ten_seconds_forgets_what_was_before() -> None:
    window, at = LossWindow(), wire()
    encoder = Encoder(system_id=1, component_id=1)
    for second in range(40):
        frames = [encoder.encode("PING") for _ in range(10)]
        # In the first twenty seconds every second frame is lost.
        at.decoder.feed(b"".join(frames[::2] if second < 20 else frames))
        window.sample(at, 1 << 8 | 1, float(second))
        if second == 15:
            assert window.loss().share == pytest.approx(0.5)
    assert window.loss().share == 0.0
    assert window.loss().received == 100


def test_a_silent_vehicle_has_no_loss_to_tell() -> None:
    assert LossWindow().loss().share is None


def test_waits_grow_to_a_limit_and_begin_anew_after_a_link_that_held() -> None:
    back_off = BackOff(first_s=0.5, most_s=4.0)
    assert [back_off.wait_s() for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, 4.0]
    back_off.held(1.0)
    assert back_off.wait_s() == 4.0
    back_off.held(10.0)
    assert back_off.wait_s() == 0.5
