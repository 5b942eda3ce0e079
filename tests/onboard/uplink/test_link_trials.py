"""A small version of `python -m benchmarks.onboard_link`: a link and a process that fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.hub_ingest import hub_process
from benchmarks.link_weather import THIN, THIN_BYTES_S, WORST, Flight
from benchmarks.outbox_kills import trial
from benchmarks.thin_link import Weather
from onboard.messages import Severity

WEATHERS = (
    THIN,
    replace(WORST, name="everything at once"),
    replace(WORST, name="nothing for an hour", silence=((30.0, 3_630.0),)),
)


@pytest.mark.parametrize("weather", WEATHERS, ids=lambda each: each.name)
def test_every_event_arrives_once_and_urgent_first(tmp_path: Path, weather: Weather) -> None:
    outcome = Flight(tmp_path, weather, seed=5, for_s=240.0).run(until_s=4 * 3_600.0)
    assert outcome.events == 60
    assert (outcome.arrived, outcome.effects, outcome.refused) == (60, 60, 0)
    assert outcome.overtaken == 0
    assert outcome.pictures_arrived == outcome.pictures


def test_alarms_come_within_seconds_on_a_thin_link_full_of_pictures(tmp_path: Path) -> None:
    outcome = Flight(tmp_path, THIN, seed=5, for_s=240.0).run(until_s=3_600.0)
    assert max(outcome.waited_s[Severity.ALARM]) < 10.0
    assert outcome.mean_picture_bytes < 7.0 * THIN_BYTES_S


def test_two_dozen_kills_lose_nothing_that_put_has_returned_from(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    data.mkdir()
    with hub_process(data) as (process, url):

        def end_hub() -> Path:
            process.terminate()
            process.wait()
            return data

        outcome = trial(tmp_path, url, end_hub, kills=24)
    assert outcome.told > 24
    assert outcome.arrived == outcome.told
    assert outcome.effects == outcome.arrived + outcome.half_done
    assert outcome.pictures_arrived == outcome.pictures_told
