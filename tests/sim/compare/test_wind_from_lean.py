"""Wind learnt from how the vehicle leaned: on our own body, whose wind is known."""

from pathlib import Path

import pytest

from sim.compare.setup import Told, learn_setup
from sim.compare.tlog import read_log

pytestmark = pytest.mark.shared_data


def test_still_air_is_learnt_as_no_wind(shared_reference: Path) -> None:
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    setup = learn_setup(path, read_log(path), Told())
    assert (setup.config.wind_north_m_s, setup.config.wind_east_m_s) == (0.0, 0.0)


def test_wind_that_is_told_is_taken(shared_reference: Path) -> None:
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    setup = learn_setup(path, read_log(path), Told(wind=(4.0, -3.0)))
    assert (setup.config.wind_north_m_s, setup.config.wind_east_m_s) == (4.0, -3.0)


def test_wind_parameters_say_where_it_comes_from(shared_reference: Path) -> None:
    """sih.cpp adds SIH_WIND_N to the ground speed: told towards the south is from the north."""
    path = shared_reference / "px4-traces" / "02_mission_square_1x.gcs.tlog.xz"
    told = Told(parameters={"SIH_WIND_N": 4.0}, wind=(-4.0, 0.0))
    assert learn_setup(path, read_log(path), told).config.wind_north_m_s == pytest.approx(0.0)
