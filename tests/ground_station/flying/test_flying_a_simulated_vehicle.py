"""Transactions end when the vehicle is seen to do what was asked, or with the reason why not."""

import asyncio
from typing import Any

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult

NORTH = w.Divert(latitude_deg=44.8504, longitude_deg=65.51)
TAKE_OFF = w.TakeOff(height_above_home_m=12.0)


def test_take_off_is_done_at_the_height_and_in_hold(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        outcome = await bench.pilot.do(TAKE_OFF, "Aigul")
        assert outcome.outcome is CommandResult.DONE, outcome.reason
        assert abs(bench.session.state.height_above_home_m - 12.0) < 1.5
        assert bench.session.state.mode.value == "hold"

    bench = fly(deeds)
    stages = [deed.stage for deed in bench.heard]
    assert (stages[0], stages[-1]) == ("asked", "ended")
    assert any(deed.progress for deed in bench.heard)


def test_disarming_in_the_air_is_refused_in_plain_words(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        outcome = await bench.pilot.do(w.Disarm(), "Aigul")
        assert outcome.outcome is CommandResult.REFUSED
        assert "дрон в воздухе" in outcome.words.ru or "сейчас" in outcome.words.ru

    fly(deeds)


def test_mission_is_not_started_where_there_is_none(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        outcome = await bench.pilot.do(w.Start(), "Aigul")
        assert outcome.outcome is CommandResult.REFUSED
        assert "no valid mission" in outcome.reason

    fly(deeds)


def test_return_takes_the_place_of_a_flight_to_a_place(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        away = asyncio.create_task(bench.pilot.do(NORTH, "Aigul"))
        await asyncio.sleep(2.0)
        home = await bench.pilot.do(w.Return(), "Marat")
        assert (await away).outcome is CommandResult.CANCELLED
        assert "return" in (await away).reason
        assert home.outcome is CommandResult.DONE, home.reason

    fly(deeds)


def test_motors_stop_in_the_air_only_with_the_code_that_was_told(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        first = await bench.pilot.do(w.Kill(), "Aigul")
        wrong = await bench.pilot.do(w.Kill(confirmation="0000"), "Aigul")
        assert (first.outcome, wrong.outcome) == (CommandResult.REFUSED, CommandResult.REFUSED)
        assert bench.session.state.armed
        again = w.Kill(confirmation=wrong.confirmation)
        assert (await bench.pilot.do(again, "Aigul")).outcome is CommandResult.DONE
        assert bench.session.state.armed is False

    fly(deeds)


def test_landing_that_is_aborted_climbs(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        assert (await bench.pilot.do(w.Land(), "Aigul")).outcome is CommandResult.DONE
        await asyncio.sleep(2.0)
        outcome = await bench.pilot.do(w.Abort(), "Aigul")
        assert outcome.outcome is CommandResult.DONE, outcome.reason
        assert "climbs" in outcome.reason

    fly(deeds)


def test_silent_vehicle_fails_with_what_was_last_known(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        bench.lost = True
        outcome = await bench.pilot.do(w.Return(), "Aigul")
        assert outcome.outcome is CommandResult.FAILED
        assert "did not answer" in outcome.reason

    fly(deeds)


def test_cancelled_flight_leaves_the_vehicle_hovering(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await bench.pilot.do(TAKE_OFF, "Aigul")
        away = asyncio.create_task(bench.pilot.do(NORTH, "Aigul"))
        await asyncio.sleep(2.0)
        assert await bench.pilot.cancel() == 1
        assert (await away).outcome is CommandResult.CANCELLED
        assert bench.session.state.mode.value == "hold"
        assert bench.session.state.ground_speed_m_s < 1.0

    fly(deeds)


def test_gimbal_camera_light_and_voice_are_seen_to_do_it(fly: Any) -> None:
    async def deeds(bench: Any) -> None:
        await asyncio.sleep(3.0)
        for wish in (
            w.AimGimbal(pitch_rad=-0.5),
            w.TakePhoto(),
            w.StartVideo(),
            w.StopVideo(),
            w.Zoom(share=0.5),
            w.Light(on=True, brightness=0.5),
            w.ReleaseGimbal(),
        ):
            outcome = await bench.pilot.do(wish, "Aigul")
            assert outcome.outcome is CommandResult.DONE, (wish.command, outcome.reason)

    fly(deeds)
