"""Speech, light and a payload that falls silent, through our own vehicle's links."""

import json
import math
from array import array
from collections.abc import Callable
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from onboard.mavlink.codec import Address
from onboard.mavlink.command import CommandEnd
from onboard.mavlink.loudspeaker import Order, PlayOrder, speak_parts
from onboard.mavlink.loudspeaker_order import LoudspeakerOrder
from sim.payload.sound import Sound, WavFolder, wav_of
from sim.payload.voice import EspeakVoice
from sim.scenario.play import ScenarioFleet
from sim.scenario.read import scenario_from_text

GROUND_STATION, SPEAKER = Address(255, 190), 158
INJECT_FAILURE, TAKE_PICTURE, LIGHT_ON_OFF, LIGHT_CONFIGURE = 420, 2000, 405, 406
TEXTS = {
    "kk": "Назар аударыңыз! Бұл полиция. Аумақтан шығыңыз.",
    "ru": "Внимание! Говорит полиция. Покиньте территорию.",
    "en": "Attention! This is the police. Leave the area.",
}
DEVICES = {100, 154, 158, 243}


def ordered(ground: Any, packets: list[Order]) -> LoudspeakerOrder:
    """Drive the ground's end of an order through the vehicle until it is over."""
    asked = LoudspeakerOrder(own=GROUND_STATION, speaker=Address(1, SPEAKER), packets=packets)
    sends = asked.start(ground.clock.now_s())
    for _ in range(300):
        heard = len(ground.heard)
        for send in sends:
            ground.tell(send.name, **send.fields)
        ground.run(0.1)
        for message in ground.heard[heard:]:
            asked.receive(message, ground.clock.now_s())
        sends = asked.tick(ground.clock.now_s())
        if asked.outcome is not None:
            break
    return asked


def ftp(ground: Any, opcode: int, data: bytes, *, sequence: int, offset: int = 0) -> int:
    """One request; the opcode of the answer."""
    payload = pack("<HBBBBBBI", sequence, 0, opcode, len(data), 0, 0, 0, offset) + data
    said = ground.tell("FILE_TRANSFER_PROTOCOL", payload=payload, target_component=SPEAKER)
    answers = [m for m in said if m.name == "FILE_TRANSFER_PROTOCOL"]
    return int(answers[-1].payload[3])


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_text_is_spoken_by_the_vehicles_loudspeaker(
    grounded: Callable[..., Any], tmp_path: Path, language: str
) -> None:
    pytest.importorskip("espeakng_loader")
    ground = grounded(voice=EspeakVoice(), listener=WavFolder(tmp_path))
    asked = ordered(ground, list(speak_parts(3, TEXTS[language], language)))
    assert asked.outcome is not None
    assert asked.outcome.end is CommandEnd.ACCEPTED
    told = json.loads((tmp_path / "heard.jsonl").read_text(encoding="utf-8"))
    assert (told["language"], told["title"]) == (language, TEXTS[language])
    assert 2.0 < told["length_s"] < 7.0


def test_recording_is_brought_by_ftp_through_the_vehicle_and_played(
    grounded: Callable[..., Any], tmp_path: Path
) -> None:
    ground = grounded(listener=WavFolder(tmp_path))
    tone = (round(9000 * math.sin(math.tau * 400 * n / 8000)) for n in range(8000))
    wav = wav_of(Sound(rate_hz=8000, samples=array("h", tone).tobytes()))
    assert ftp(ground, 6, b"warning.wav", sequence=0) == 128
    for number, start in enumerate(range(0, len(wav), 239), start=1):
        part = wav[start : start + 239]
        assert ftp(ground, 7, part, sequence=number, offset=start) == 128
    assert ftp(ground, 1, b"", sequence=9999) == 128
    played = ordered(ground, [PlayOrder(request=1, name="warning.wav")])
    assert played.outcome is not None
    assert played.outcome.accepted
    told = json.loads((tmp_path / "heard.jsonl").read_text(encoding="utf-8"))
    assert told["length_s"] == pytest.approx(1.0, abs=0.02)


def test_light_is_switched_dimmed_and_refused_through_the_vehicle(ground: Any) -> None:
    light = ground.payload.light
    assert ground.command(LIGHT_ON_OFF, 1, to=243) == [(243, 0)]
    assert ground.command(LIGHT_CONFIGURE, 1, 40, 0, 0, to=243) == [(243, 0)]
    assert light.brightness_at(ground.clock.now_s()) == pytest.approx(0.4)
    assert ground.last("ILLUMINATOR_STATUS").brightness == pytest.approx(40.0)
    assert ground.command(LIGHT_CONFIGURE, 1, 140, 0, 0, to=243) == [(243, 2)]
    assert ground.command(LIGHT_ON_OFF, 0, to=243) == [(243, 0)]
    assert light.brightness_at(ground.clock.now_s()) == 0.0
    # PX4 does not know the command itself.
    assert (1, 3) in ground.command(LIGHT_ON_OFF, 1, to=1)


def test_silent_payload_neither_speaks_nor_obeys_and_comes_back(ground: Any) -> None:
    faults = ground.vehicle.aircraft.faults
    assert ground.command(TAKE_PICTURE, 0, 0, 1, 1, to=100) == [(100, 0)]
    ground.run(1.0)
    taken = len(ground.payload.camera.captures)
    faults.payload_falls_silent(True)
    ground.run(1.0)
    before = len(ground.heard)
    assert ground.command(TAKE_PICTURE, 0, 0, 1, 2, to=100) == []
    assert ground.command(LIGHT_ON_OFF, 1, to=243) == []
    ground.run(5.0)
    assert not {m.component_id for m in ground.heard[before:]} & DEVICES
    assert len(ground.payload.camera.captures) == taken
    assert ground.payload.light.brightness_at(ground.clock.now_s()) == 0.0
    faults.payload_falls_silent(False)
    before = len(ground.heard)
    ground.run(2.5)
    assert {m.component_id for m in ground.heard[before:]} >= DEVICES
    assert ground.command(TAKE_PICTURE, 0, 0, 1, 3, to=100) == [(100, 0)]


def test_scenario_can_silence_the_payload_for_a_while() -> None:
    text = """
title = "The payload falls silent for ten seconds"
proves = "A payload without power is noticed by its silence."

[[drones]]
id = "qyran-1"

[[faults]]
when = { ready = true }
delay_s = 2.0
for_s = 10.0
vehicle = { fault = "payload", state = "silent" }
"""
    fleet = ScenarioFleet(scenario_from_text(text, where="silence.toml"), folder=Path())
    fleet.ready()
    vehicle = fleet["qyran-1"].vehicle
    assert vehicle.payload is not None
    silent: list[bool] = []
    for _ in range(16):
        fleet.run(1.0)
        silent.append(vehicle.payload.faults.silent)
    assert silent[0] is False
    assert silent.count(True) in (10, 11)
    assert silent[-1] is False


def test_failures_of_camera_and_gimbal_are_none_that_px4_injects(
    grounded: Callable[..., Any],
) -> None:
    # FAILURE_UNIT has sensors, battery, motors, links: no payload. Whoever asks must hear a no.
    ground = grounded(parameters={"SYS_FAILURE_EN": 1})
    assert ground.command(INJECT_FAILURE, 107, 1, to=1) == [(1, 3)]
    assert ground.command(INJECT_FAILURE, 107, 1, to=100) == [(100, 3)]
    assert ground.command(INJECT_FAILURE, 107, 1, to=154) == [(154, 3)]
    assert not ground.payload.faults.silent
