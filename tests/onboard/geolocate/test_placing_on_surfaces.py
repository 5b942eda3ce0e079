"""Rays to level ground and relief, typed answers, and covariances against Monte Carlo."""

import math

import numpy as np
import pyproj
import pytest

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose, Outcome
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import known_budgets
from onboard.geolocate.placing import Belief, Places, place_pixels
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.surface import LevelGround, Surface

CONSUMER = known_budgets()["consumer"]
SURVEYED = known_budgets()["surveyed"]

HERE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
FRAME = EarthFrame(HERE)
CAMERA = CameraGeometry.of_field_of_view(
    width_px=1920, height_px=1080, horizontal_field_of_view_rad=math.radians(70.0)
)
MIDDLE = np.array([[959.5, 539.5]])


class Slope:
    """Ground that rises to the north by a tenth, and is not known east of a meridian."""

    def amsl_m(self, latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
        north_m = (latitude_deg - 44.85) * 111_130.0
        return np.where(longitude_deg < 65.512, 0.1 * north_m, np.nan)


def sightline(pitch_deg: float, heading_deg: float = 0.0, height_m: float = 100.0) -> Sightline:
    attitude = quaternion_from_euler(
        roll_rad=0.0, pitch_rad=math.radians(pitch_deg), yaw_rad=math.radians(heading_deg)
    )
    pose = CameraPose(position=HERE, height=HeightAmsl(height_m), q_ned_from_gimbal=attitude)
    return Sightline.of(pose, height_m=height_m, camera=CAMERA, frame=FRAME)


def placed(
    line: Sightline,
    belief: Belief,
    pixels: np.ndarray = MIDDLE,
    surface: Surface | None = None,
) -> Places:
    return place_pixels(
        pixels,
        line,
        belief,
        surface=LevelGround(HeightAmsl(0.0)) if surface is None else surface,
        frame=FRAME,
        pixel_sigma_px=np.full(len(pixels), 2.0),
        ground_sigma_m=0.5,
    )


@pytest.mark.parametrize("pitch_deg", [-90.0, -45.0, -20.0, -8.0])
def test_level_ground_is_met_where_the_geodesic_ends(pitch_deg: float) -> None:
    """Oracle: pyproj's geodesic, with the earth's fall over the distance solved by itself."""
    found = placed(sightline(pitch_deg, 60.0), Belief.untold(SURVEYED.constant.covariance))
    _, _, distance = pyproj.Geod(ellps="WGS84").inv(
        65.51, 44.85, found.longitude_deg[0], found.latitude_deg[0]
    )
    flat = 100.0 / math.tan(math.radians(-pitch_deg))
    # The ground falls by d^2 / 2R, and the ray goes on for that fall times the cotangent.
    fall = flat**2 / (2.0 * 6_378_000.0)
    expected = flat + fall / math.tan(math.radians(-pitch_deg))
    assert distance == pytest.approx(expected, abs=0.02)
    assert found.height_amsl_m[0] == pytest.approx(0.0, abs=1e-3)


def test_rising_ground_is_met_earlier_than_level_ground() -> None:
    found = placed(sightline(-45.0), Belief.untold(SURVEYED.constant.covariance), surface=Slope())
    north_m = found.enu_m[0, 1]
    assert north_m == pytest.approx(100.0 / 1.1, abs=0.05)
    assert found.height_amsl_m[0] == pytest.approx(0.1 * north_m, abs=0.05)


def test_each_way_of_meeting_no_ground_has_its_own_answer() -> None:
    belief = Belief.untold(SURVEYED.constant.covariance)
    above = placed(sightline(10.0), belief)
    far = placed(sightline(-0.3), belief)
    unknown = placed(sightline(-20.0, 90.0), belief, surface=Slope())
    below = placed(sightline(-45.0, height_m=-3.0), belief)
    outcomes = [Outcome(int(each.outcome[0])) for each in (above, far, unknown, below)]
    assert outcomes == [
        Outcome.ABOVE_HORIZON,
        Outcome.BEYOND_REACH,
        Outcome.NO_TERRAIN,
        Outcome.BELOW_GROUND,
    ]
    assert all(np.isnan(each.enu_m).all() for each in (above, far, unknown, below))


def test_a_view_shallower_than_fifteen_degrees_is_flagged() -> None:
    belief = Belief.untold(SURVEYED.constant.covariance)
    assert placed(sightline(-14.5), belief).shallow[0]
    assert not placed(sightline(-15.5), belief).shallow[0]


def test_an_ellipse_that_reaches_past_the_horizon_says_so() -> None:
    vague = CONSUMER.constant.covariance * 25.0
    assert placed(sightline(-3.0), Belief.untold(vague)).clipped[0]
    assert not placed(sightline(-45.0), Belief.untold(vague)).clipped[0]


@pytest.mark.parametrize("surface", [LevelGround(HeightAmsl(0.0)), Slope()], ids=["level", "slope"])
@pytest.mark.parametrize("pitch_deg", [-90.0, -45.0, -25.0])
def test_covariance_agrees_with_monte_carlo(pitch_deg: float, surface: Surface) -> None:
    """Oracle: the rays of four hundred drawn errors, each followed to the ground by itself."""
    rng = np.random.default_rng(5)
    covariance = CONSUMER.constant.covariance
    line = sightline(pitch_deg, -30.0)
    pixel = np.array([[1300.0, 700.0]])
    told = placed(line, Belief.untold(covariance), pixel, surface)
    draws = rng.multivariate_normal(np.zeros(7), covariance, 400)
    nothing = np.diag(np.full(7, 1e-16))
    cloud = np.array(
        [
            placed(
                line,
                Belief(mean=draw, covariance=nothing),
                pixel + rng.normal(0.0, 2.0, (1, 2)),
                surface,
            ).enu_m[0, :2]
            for draw in draws
        ]
    )
    off = cloud - told.enu_m[0, :2]
    held = np.einsum("ni,ij,nj->n", off, np.linalg.inv(told.covariance_m2[0]), off) < 4.605
    assert 0.85 <= held.mean() <= 0.96
    ratio = np.sqrt(np.linalg.det(np.cov(off.T)) / np.linalg.det(told.covariance_m2[0]))
    assert ratio == pytest.approx(1.0, abs=0.25)
