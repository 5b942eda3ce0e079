"""Pictures as they are sent: small enough for a thin link, with the boxes on their objects."""

import cv2
import numpy as np
import pytest

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.reporting import picture_ref, shown_picture
from onboard.rules import Finding
from onboard.source import Frame
from onboard.track import Track

BOX = (800.0, 400.0, 1000.0, 500.0)
BUDGETS = (12_000, 20_000, 30_000)


def frame(width_px: int, height_px: int) -> Frame:
    """Grey, with a white car where `BOX` is."""
    image = np.full((height_px, width_px, 3), 60, dtype=np.uint8)
    left, top, right, bottom = (round(edge) for edge in BOX)
    image[top:bottom, left:right] = 255
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    return Frame(image=image, frame_id="f", boot_s=1.0, jpeg=jpeg)


def finding() -> Finding:
    place, covariance = np.zeros(2), np.eye(2)
    track = Track(
        track_id=7,
        object_class=ObjectClass.CAR,
        confidence=0.9,
        en_m=place,
        velocity_en_m_s=place,
        covariance_m2=covariance,
        own_m2=covariance,
        velocity_m2_s2=covariance,
        box=BOX,
        first_seen_s=0.0,
        last_seen_s=1.0,
        sightings=3,
    )
    return Finding(
        kind=EventKind.VEHICLE_STOPPED,
        rule_id="vehicle_stopped",
        severity=Severity.WARNING,
        certainty=0.9,
        en_m=place,
        covariance_m2=covariance,
        began_s=0.0,
        tracks=(track,),
        object_class=ObjectClass.CAR,
        object_count=1,
        explanation=Explanation(kk="к", ru="р", en="e"),
    )


@pytest.mark.parametrize(("widest_px", "scale"), [(960, 0.5), (480, 0.25)])
def test_a_wide_picture_is_made_smaller_and_its_boxes_with_it(widest_px: int, scale: float) -> None:
    shown = shown_picture(frame(1920, 1080), widest_px=widest_px)
    sent = cv2.imdecode(np.frombuffer(shown.content, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    assert sent is not None
    assert sent.shape == (shown.height_px, shown.width_px) == (1080 * scale, widest_px)
    ref = picture_ref("0" * 64, shown, finding(), [])
    assert (ref.width_px, ref.height_px) == (shown.width_px, shown.height_px)
    (box,) = ref.boxes
    rows, columns = np.nonzero(sent > 160)
    assert box.left_px == pytest.approx(columns.min(), abs=1.5)
    assert box.top_px == pytest.approx(rows.min(), abs=1.5)
    assert box.left_px + box.width_px == pytest.approx(columns.max() + 1, abs=1.5)
    assert box.top_px + box.height_px == pytest.approx(rows.max() + 1, abs=1.5)


def test_a_picture_that_is_small_enough_goes_as_it_came() -> None:
    came = frame(960, 540)
    shown = shown_picture(came, widest_px=960)
    assert shown.content == came.jpeg
    assert (shown.width_px, shown.height_px, shown.scale) == (960, 540, 1.0)


def test_a_picture_is_made_as_small_as_the_link_asks_for() -> None:
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 255, (54, 96, 3), dtype=np.uint8)
    image = np.asarray(cv2.resize(coarse, (960, 540)), dtype=np.uint8)
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    frame = Frame(image=image, frame_id="1", boot_s=0.0, jpeg=jpeg)
    sizes = [len(shown_picture(frame, widest_px=960, most_bytes=n).content) for n in BUDGETS]
    assert all(size <= budget for size, budget in zip(sizes, BUDGETS, strict=True))
    assert sizes == sorted(sizes)
    assert shown_picture(frame, widest_px=960).content == jpeg


def test_the_boxes_of_a_small_picture_lie_where_the_objects_are() -> None:
    image = np.random.default_rng(5).integers(0, 255, (540, 960, 3), dtype=np.uint8)
    shown = shown_picture(Frame(image=image, frame_id="1", boot_s=0.0), widest_px=960, most_bytes=1)
    decoded = cv2.imdecode(np.frombuffer(shown.content, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape[:2] == (shown.height_px, shown.width_px)
    assert shown.width_px == pytest.approx(960 * shown.scale, abs=1)
