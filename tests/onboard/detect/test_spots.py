"""Lights and hot spots: what stands out of a dark or a thermal picture, and what does not."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboard.detect import Detections
from onboard.detect.sight import Sight
from onboard.detect.spots import SpotDetector, SpotSettings, spots_in
from onboard.messages import ObjectClass

Picture = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 640, 360


def night(level: float = 18.0, noise: float = 4.0) -> Picture:
    rng = np.random.default_rng(3)
    pixels = rng.normal(level, noise, (HEIGHT, WIDTH, 3))
    return np.asarray(np.clip(pixels, 0, 255), dtype=np.uint8)


def lit(picture: Picture, across: int, down: int, radius: int = 2, level: int = 250) -> Picture:
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    picture[(rows - down) ** 2 + (columns - across) ** 2 <= radius**2] = level
    return picture


@settings(max_examples=25, deadline=None)
@given(st.integers(4, WIDTH - 5), st.integers(4, HEIGHT - 5), st.integers(2, 8))
def test_a_light_is_found_where_it_is(across: int, down: int, radius: int) -> None:
    found = spots_in(lit(night(), across, down, radius), SpotSettings())
    assert found.classes == (ObjectClass.LIGHT,)
    left, top, right, bottom = found.boxes[0]
    assert left - 1 <= across <= right + 1
    assert top - 1 <= down <= bottom + 1
    assert found.scores[0] >= 0.5


@pytest.mark.parametrize(
    "picture",
    [
        night(),  # nothing but noise
        night(level=30.0, noise=12.0),  # a noisy sensor
        lit(night(level=120.0), 300, 200),  # by day
        lit(night(), 300, 200, radius=60),  # the moon on a lake
        lit(night(), 300, 200, radius=0),  # a hot pixel
        np.zeros((4, 4, 3), dtype=np.uint8),
        np.zeros((HEIGHT, WIDTH), dtype=np.uint8),
    ],
)
def test_noise_daylight_large_areas_and_single_pixels_are_no_lights(picture: Picture) -> None:
    assert len(spots_in(picture, SpotSettings())) == 0


def test_a_slope_of_brightness_is_no_spot() -> None:
    slope = np.linspace(0.0, 90.0, WIDTH)[None, :, None] * np.ones((HEIGHT, 1, 3))
    assert len(spots_in(np.asarray(slope, dtype=np.uint8), SpotSettings())) == 0


def test_a_thermal_picture_shows_hot_spots_by_day_and_with_more_bits() -> None:
    rng = np.random.default_rng(5)
    counts = np.asarray(rng.normal(7_300.0, 8.0, (HEIGHT, WIDTH)), dtype=np.uint16)
    counts[100:104, 50:55] = 12_000
    found = spots_in(counts, SpotSettings())
    assert found.classes == (ObjectClass.HOT_SPOT,)
    assert found.boxes[0].tolist() == [50.0, 100.0, 55.0, 104.0]


def test_grey_in_three_channels_is_a_thermal_picture() -> None:
    grey = night(level=100.0)[..., :1].repeat(3, axis=2)
    assert spots_in(lit(grey, 200, 100), SpotSettings()).classes == (ObjectClass.HOT_SPOT,)


def test_of_too_many_lights_the_brightest_are_told() -> None:
    picture = night()
    for number in range(30):
        lit(picture, 20 + 20 * number, 40, level=180)
    lit(picture, 300, 200, level=255)
    found = spots_in(picture, SpotSettings(most=3))
    assert len(found) == 3
    assert found.boxes[0, 1] > 190.0


class Knows:
    """A detector that always sees one car."""

    name = "knows"

    def detect(self, image: Picture, *, sight: Sight | None = None) -> Detections:
        return Detections(
            boxes=np.array([[90.0, 90.0, 130.0, 120.0]]),
            scores=np.array([0.8]),
            classes=(ObjectClass.CAR,),
        )


def test_a_cars_lamps_are_a_part_of_the_car() -> None:
    picture = lit(lit(night(), 100, 100), 400, 100)
    found = SpotDetector(Knows()).detect(picture)
    assert found.classes == (ObjectClass.CAR, ObjectClass.LIGHT)
    assert found.boxes[1, 0] == pytest.approx(398.0, abs=1.0)
