"""The light, and what all four devices share: heartbeats, streams, silence, cost."""

import math
import time
from collections.abc import Callable
from typing import Any

import pytest

LIGHT, CAMERA = 243, 100
ACCEPTED, DENIED, UNSUPPORTED = 0, 2, 3


def test_the_light_is_switched_and_says_so(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.payload.light.brightness_at(0.0) == 0.0
    assert at.command(405, 1, to=LIGHT) == [ACCEPTED]
    assert at.last("ILLUMINATOR_STATUS").enable == 1
    assert at.payload.light.brightness_at(at.now_s) == 1.0
    assert at.command(405, 0, to=LIGHT) == [ACCEPTED]
    assert at.payload.light.brightness_at(at.now_s) == 0.0


def test_the_light_strobes_at_its_brightness(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.command(406, 1, 60, 0.5, 25, to=LIGHT) == [ACCEPTED]
    at.command(405, 1, to=LIGHT)
    shares = [at.payload.light.brightness_at(at.now_s + step * 0.01) for step in range(100)]
    assert set(shares) == {0.0, 0.6}
    assert sum(share > 0 for share in shares) == pytest.approx(25, abs=2)


def test_what_the_light_cannot_do_is_refused(bench: Callable[..., Any]) -> None:
    at = bench()
    assert at.command(405, 2, to=LIGHT) == [DENIED]
    assert at.command(406, 1, 160, 0, 0, to=LIGHT) == [DENIED]
    assert at.command(406, 1, 50, 0.001, 50, to=LIGHT) == [DENIED]
    assert at.command(406, 2, 50, 0, 0, to=LIGHT) == [UNSUPPORTED]
    assert at.payload.light.refused == 4


def test_nan_leaves_the_lights_settings_as_they_are(bench: Callable[..., Any]) -> None:
    at = bench()
    at.command(406, 1, 40, 1.0, 50, to=LIGHT)
    assert at.command(406, math.nan, 70, math.nan, math.nan, to=LIGHT) == [ACCEPTED]
    status = at.last("ILLUMINATOR_STATUS")
    assert (status.brightness, status.strobe_period, status.strobe_duty_cycle) == pytest.approx(
        (70.0, 1.0, 50.0)
    )


def test_four_components_beat_once_a_second_on_their_links(bench: Callable[..., Any]) -> None:
    at = bench().run(10.0)
    beats = [
        (said.link, said.message.component_id, said.message.type)
        for said in at.said
        if said.message.name == "HEARTBEAT"
    ]
    expected = {
        ("gimbal", 154, 26),
        ("payload", 100, 30),
        ("payload", 243, 44),
        ("payload", 158, 0),
    }
    assert set(beats) == expected
    assert all(beats.count(each) in (10, 11) for each in expected)


def test_a_stream_is_set_read_and_reset(bench: Callable[..., Any]) -> None:
    at = bench().fly()
    assert at.command(511, 275, 200_000, to=CAMERA) == [ACCEPTED]
    assert len(at.run(2.0).all("CAMERA_TRACKING_IMAGE_STATUS")) == pytest.approx(10, abs=1)
    at.command(510, 275, to=CAMERA)
    assert at.last("MESSAGE_INTERVAL").interval_us == 200_000
    at.command(511, 275, -1, to=CAMERA)
    before = len(at.all("CAMERA_TRACKING_IMAGE_STATUS"))
    assert len(at.run(2.0).all("CAMERA_TRACKING_IMAGE_STATUS")) == before
    assert at.command(511, 24, 200_000, to=CAMERA) == [UNSUPPORTED]


def test_a_silent_payload_neither_speaks_nor_hears(bench: Callable[..., Any]) -> None:
    at = bench().run(1.0)
    at.payload.faults.silent = True
    before = len(at.said)
    assert at.command(405, 1, to=LIGHT) == []
    at.run(5.0)
    assert len(at.said) == before
    assert not at.payload.light.on
    at.payload.faults.silent = False
    assert len(at.run(2.0).said) > before


def test_a_payload_at_rest_costs_nearly_nothing(bench: Callable[..., Any]) -> None:
    at = bench().fly().run(1.0)
    began = time.process_time()
    for step in range(50_000):
        at.payload.tick(at.now_s + step * 1e-6)
    assert (time.process_time() - began) / 50_000 < 5e-6


def test_next_s_is_when_something_happens(bench: Callable[..., Any]) -> None:
    payload = bench().payload
    payload.tick(0.0)
    for _ in range(200):
        due_s = payload.next_s
        assert payload.tick(due_s - 1e-6) == []
        assert payload.tick(due_s)
        assert payload.next_s > due_s
