"""Wind learnt from how the vehicle leaned: on our own body, whose wind is known."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.compare.setup import Told, learn_setup
from sim.compare.tlog import Frame, read_log
from sim.compare.wind import learn_wind
from sim.vehicle.parameters import px4_defaults

NAN = math.nan
HOME_AMSL_M = 489.4


@pytest.mark.shared_data
def test_still_air_is_learnt_as_no_wind(shared_reference: Path) -> None:
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    setup = learn_setup(path, read_log(path), Told())
    assert (setup.config.wind_north_m_s, setup.config.wind_east_m_s) == (0.0, 0.0)


@pytest.mark.shared_data
def test_wind_that_is_told_is_taken(shared_reference: Path) -> None:
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    setup = learn_setup(path, read_log(path), Told(wind=(4.0, -3.0)))
    assert (setup.config.wind_north_m_s, setup.config.wind_east_m_s) == (4.0, -3.0)


@pytest.mark.shared_data
def test_wind_parameters_say_where_it_comes_from(shared_reference: Path) -> None:
    """sih.cpp adds SIH_WIND_N to the ground speed: told towards the south is from the north."""
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    told = Told(parameters={"SIH_WIND_N": 4.0}, wind=(-4.0, 0.0))
    assert learn_setup(path, read_log(path), told).config.wind_north_m_s == pytest.approx(0.0)


WINDS = ((0.0, 0.0), (4.0, 0.0), (-6.0, 5.0), (0.0, 8.0))


@pytest.fixture(params=WINDS, ids=str)
def leant(request: pytest.FixtureRequest, bench: Callable[..., Any]) -> tuple[Any, Any]:
    """A flight of 60 m and back in a wind of SIH_WIND_N and SIH_WIND_E, and what was learnt."""
    north, east = request.param
    flown = bench(streams="px4", parameters={"SIH_WIND_N": north, "SIH_WIND_E": east}).ready()
    assert flown.command(22, 0.0, 0.0, 0.0, NAN, NAN, NAN, HOME_AMSL_M + 15.0) == 0
    assert flown.command(400, 1.0) == 0
    flown.run(25.0)
    assert flown.command(20) == 0
    flown.run_until(lambda: not flown.vehicle.aircraft.commander.armed, at_most_s=200.0)
    frames = [
        Frame(heard.at_s, heard.at_s, heard.message)
        for name in ("ATTITUDE", "LOCAL_POSITION_NED")
        for heard in flown.all(name)
    ]
    return request.param, learn_wind(frames, px4_defaults())


def test_wind_is_learnt_from_the_lean_where_nobody_tells_it(leant: tuple[Any, Any]) -> None:
    """SIH_WIND_* say where it comes from, what is learnt says where it goes.

    Of PX4's own flights in winds of 4, 5, 4 and 7.8 m/s, what is learnt is off by 0.07 m/s at most.
    """
    (north, east), learnt = leant
    assert learnt == pytest.approx((-north, -east), abs=0.1)
