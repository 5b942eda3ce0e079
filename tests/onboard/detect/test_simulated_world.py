"""The detector for the simulated world, on pictures painted here by the documented palette."""

import cv2
import numpy as np
import pytest

from onboard.detect.simulated_world import SimulatedWorldDetector
from onboard.messages import ObjectClass

GROUND = (118, 130, 134)
COLOUR_HSV = {
    ObjectClass.PERSON: (165, 190, 180),
    ObjectClass.CAR: (110, 180, 170),
    ObjectClass.TRUCK: (72, 170, 140),
    ObjectClass.BUS: (29, 190, 200),
    ObjectClass.BOAT: (135, 170, 160),
    ObjectClass.CATTLE: (10, 170, 110),
}
SIZE_PX = {
    ObjectClass.PERSON: (6, 15),
    ObjectClass.CAR: (40, 24),
    ObjectClass.TRUCK: (70, 40),
    ObjectClass.BUS: (90, 40),
    ObjectClass.BOAT: (50, 20),
    ObjectClass.CATTLE: (20, 13),
}


def ground() -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 3, (540, 960, 3))
    return np.clip(np.array(GROUND) + noise, 0, 255).astype(np.uint8)


def painted(things: list[tuple[ObjectClass, int, int]], image: np.ndarray) -> np.ndarray:
    for object_class, x, y in things:
        hsv = np.array([[COLOUR_HSV[object_class]]], dtype=np.uint8)
        colour = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0].tolist()
        width, height = SIZE_PX[object_class]
        cv2.rectangle(image, (x, y), (x + width - 1, y + height - 1), colour, -1)
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)


@pytest.mark.parametrize("object_class", list(COLOUR_HSV))
def test_each_class_is_known_by_its_colour_and_boxed(object_class: ObjectClass) -> None:
    found = SimulatedWorldDetector().detect(painted([(object_class, 400, 200)], ground()))
    assert found.classes == (object_class,)
    width, height = SIZE_PX[object_class]
    np.testing.assert_allclose(found.boxes[0], [400, 200, 400 + width, 200 + height], atol=2.0)


def test_bare_ground_shows_nothing() -> None:
    assert len(SimulatedWorldDetector().detect(ground())) == 0


def test_people_who_touch_are_counted_apart() -> None:
    person = ObjectClass.PERSON
    alone = [(person, 100 + 40 * index, 300 + 30 * (index % 5)) for index in range(12)]
    pairs = [(ObjectClass.PERSON, 620 + dx, 330 + dy) for dx, dy in ((0, 0), (5, 3))]
    row = [(ObjectClass.PERSON, 700 + 6 * index, 380) for index in range(4)]
    found = SimulatedWorldDetector().detect(painted([*alone, *pairs, *row], ground()))
    assert len(found) == pytest.approx(18, abs=1)


def test_a_vehicle_with_windows_is_one_vehicle() -> None:
    image = ground()
    painted_image = painted([(ObjectClass.CAR, 300, 200)], image)
    cv2.rectangle(painted_image, (316, 200), (318, 223), (70, 62, 56), -1)
    assert SimulatedWorldDetector().detect(painted_image).classes == (ObjectClass.CAR,)


def test_a_person_beside_a_car_is_still_a_person() -> None:
    things = [(ObjectClass.CAR, 300, 200), (ObjectClass.PERSON, 340, 210)]
    found = SimulatedWorldDetector().detect(painted(things, ground()))
    assert sorted(found.classes) == [ObjectClass.CAR, ObjectClass.PERSON]


def test_pictures_may_change_their_size() -> None:
    detector = SimulatedWorldDetector()
    picture = painted([(ObjectClass.CAR, 300, 200)], ground())
    detector.detect(picture)
    assert len(detector.detect(np.ascontiguousarray(picture[:400, :700]))) == 1
