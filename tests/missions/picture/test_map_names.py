"""Names and marks on the map: readable, and where they belong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.area import Area, Place, Shapes
from missions.geodesy import GeoPoint, LocalPlane
from missions.picture import palette
from missions.picture.canvas import Canvas
from missions.picture.labels import Labels
from missions.picture.map_view import MapView

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
WIDE, HIGH = 400, 300


def ink(before: Canvas, after: Canvas) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Where two pictures differ, shape (n, 2): x and y."""
    changed = (before.picture() != after.picture()).any(axis=2)
    return np.argwhere(changed)[:, ::-1]


def written(*names: tuple[str, float, float]) -> Canvas:
    """Names at their points, beside a mark."""
    canvas = Canvas(WIDE, HIGH, palette.MAP)
    labels = Labels(canvas)
    labels.keep_free(np.array((215.0, 150.0)), 6.0)
    assert all(labels.write(name, np.array((x, y))) for name, x, y in names)
    return canvas


def test_names_side_by_side_do_not_cover_each_other_or_a_mark() -> None:
    blank = Canvas(WIDE, HIGH, palette.MAP)
    first = ("bazaar", 200.0, 150.0)
    alone, both = written(first), written(first, ("kiosk", 205.0, 152.0))
    # To the right of the first is the mark.
    assert ink(blank, alone)[:, 0].max() < 209
    added = {tuple(at) for at in ink(alone, both)}
    assert added
    assert not added & {tuple(at) for at in ink(blank, alone)}


def test_name_without_room_is_left_out() -> None:
    canvas = Canvas(WIDE, HIGH, palette.MAP)
    labels = Labels(canvas)
    labels.keep_free(np.array((200.0, 150.0)), 500.0)
    assert not labels.write("bazaar", np.array((200.0, 150.0)))
    assert not len(ink(Canvas(WIDE, HIGH, palette.MAP), canvas))


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-50.0, 450.0), y=st.floats(-50.0, 350.0))
def test_no_name_leaves_the_map(x: float, y: float) -> None:
    canvas = Canvas(WIDE, HIGH, palette.MAP)
    Labels(canvas).write("a rather long name", np.array((x, y)))
    marked = ink(Canvas(WIDE, HIGH, palette.MAP), canvas)
    assert ((marked >= 0) & (marked < (WIDE, HIGH))).all()


def test_name_goes_where_it_covers_no_line() -> None:
    canvas = Canvas(WIDE, HIGH, palette.MAP)
    labels = Labels(canvas)
    labels.avoid(np.array([(200.0, 150.0), (400.0, 150.0)]))
    labels.write("bus station", np.array((200.0, 150.0)))
    marked = ink(Canvas(WIDE, HIGH, palette.MAP), canvas)
    right = marked[marked[:, 0] > 205]
    assert not ((right[:, 1] > 148) & (right[:, 1] < 152)).any()


@pytest.mark.parametrize("home", [(3000.0, 0.0), (-3000.0, -2500.0), (10.0, 5000.0)])
def test_home_far_off_is_shown_at_the_edge(home: tuple[float, float]) -> None:
    canvas = Canvas(WIDE, HIGH, palette.MAP)
    view = MapView(canvas, PLANE, np.array([(-100.0, -80.0), (100.0, 80.0)]))
    view.home(PLANE.geo(*home))
    marked = ink(Canvas(WIDE, HIGH, palette.MAP), canvas)
    assert len(marked)
    way = marked.mean(axis=0) - (WIDE / 2.0, HIGH / 2.0)
    assert way @ np.array((home[0], -home[1])) > 0.0


def test_what_is_drawn_has_its_names_written() -> None:
    shapes = Shapes(
        areas=(),
        no_fly=(
            Area(outer=tuple(PLANE.geo(e, n) for e, n in ((0, 0), (40, 0), (40, 40))), name="x"),
        ),
        places=(Place(position=PLANE.geo(-50.0, 0.0), name="bazaar"),),
    )
    views = [
        MapView(Canvas(WIDE, HIGH, palette.MAP), PLANE, np.array([(-100.0, -80.0), (100.0, 80.0)]))
        for _ in range(2)
    ]
    for view in views:
        view.places(shapes)
    views[1].names(shapes)
    assert len(ink(views[0].canvas, views[1].canvas)) > 100
