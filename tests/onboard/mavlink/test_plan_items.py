"""A plan to the wire and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import (
    Fence,
    FenceCircle,
    FencePolygon,
    Frame,
    MissionItem,
    Params,
    Plan,
    RallyPoint,
)
from onboard.mavlink.codec import Address, Decoder, Encoder
from onboard.mavlink.plan_items import (
    INT32_MAX,
    INT32_MIN,
    ItemNotSendable,
    MissionType,
    PlanNotUnderstood,
    WireItem,
    fence_wire,
    item_from_wire,
    mission_wire,
    plan_from_wire,
    rally_wire,
    wire_from_item,
    wire_of,
)

NAN = math.nan
latitudes = st.integers(-900_000_000, 900_000_000).map(lambda units: units / 1e7)
longitudes = st.integers(-1_800_000_000, 1_800_000_000).map(lambda units: units / 1e7)
points = st.builds(GeoPoint, latitude_deg=latitudes, longitude_deg=longitudes)
floats32 = st.floats(-1e6, 1e6, width=32)
polygons = st.builds(
    FencePolygon,
    ring=st.lists(points, min_size=3, max_size=6).map(tuple),
    inclusion=st.booleans(),
)
circles = st.builds(
    FenceCircle,
    center=points,
    radius_m=st.floats(1, 1e4, width=32),
    inclusion=st.booleans(),
)
items = st.builds(
    MissionItem,
    command=st.integers(0, 65535),
    frame=st.sampled_from((0, 3, 5, 6)),
    params=st.tuples(floats32, floats32, floats32, floats32, latitudes, longitudes, floats32),
    autocontinue=st.booleans(),
)
rally_points = st.builds(RallyPoint, position=points, height=floats32.map(HeightAboveHome))


def _item(frame: int, params: Params) -> MissionItem:
    return MissionItem(command=16, frame=frame, params=params)


@given(
    mission=st.lists(items, max_size=5).map(tuple),
    fence=st.builds(
        Fence,
        polygons=st.lists(polygons, max_size=3).map(tuple),
        circles=st.lists(circles, max_size=3).map(tuple),
    ),
    rally=st.lists(rally_points, max_size=3).map(tuple),
)
def test_a_plan_survives_the_wire(
    mission: tuple[MissionItem, ...], fence: Fence, rally: tuple[RallyPoint, ...]
) -> None:
    plan = Plan(items=mission, fence=fence, rally=rally)
    again = plan_from_wire(
        mission=mission_wire(plan), fence=fence_wire(plan), rally=rally_wire(plan)
    )
    assert again == plan


@given(items)
def test_an_item_is_the_same_after_its_frame(item: MissionItem) -> None:
    wire = wire_from_item(item)
    fields = wire.fields(seq=7, mission_type=MissionType.MISSION, to=Address(1, 1))
    frame = Encoder(system_id=255, component_id=190).encode("MISSION_ITEM_INT", **fields)
    (message,) = Decoder().feed(frame)
    assert WireItem.from_message(message) == wire
    assert (message.seq, message.target_system, message.mission_type) == (7, 1, 0)


def test_the_first_item_alone_is_flagged_current() -> None:
    plan = Plan(items=(_item(3, (0.0,) * 7),) * 3)
    assert [wire.current for wire in mission_wire(plan)] == [1, 0, 0]


def test_a_place_that_is_not_given_is_the_largest_integer_in_a_global_frame() -> None:
    wire = wire_from_item(_item(Frame.GLOBAL_RELATIVE_ALT, (0, 0, 0, NAN, NAN, NAN, 20)))
    assert (wire.x, wire.y) == (INT32_MAX, INT32_MAX)
    assert math.isnan(wire.param4)
    assert math.isnan(item_from_wire(wire).latitude_deg)


def test_a_place_that_is_not_given_is_zero_in_the_mission_frame() -> None:
    wire = wire_from_item(_item(Frame.MISSION, (0, 0, 0, 0, NAN, NAN, 0)))
    assert (wire.x, wire.y) == (0, 0)


def test_the_mission_frame_carries_plain_integers() -> None:
    wire = wire_from_item(_item(Frame.MISSION, (0, 0, 0, 0, 12.0, 0, 0)))
    assert wire.x == 12
    assert item_from_wire(wire).params[4] == 12.0


def test_the_smallest_integer_reads_as_not_given_too() -> None:
    assert math.isnan(item_from_wire(WireItem(frame=6, command=16, x=INT32_MIN)).latitude_deg)


@pytest.mark.parametrize(
    ("frame", "params"),
    [
        (3, (0, 0, 0, 0, 500.0, 0, 0)),
        (3, (0, 0, 0, 0, 0, math.inf, 0)),
        (2, (0, 0, 0, 0, 3e9, 0, 0)),
        (3, (1e39, 0, 0, 0, 0, 0, 0)),
    ],
)
def test_an_item_that_does_not_fit_the_wire_is_refused(frame: int, params: Params) -> None:
    with pytest.raises(ItemNotSendable):
        wire_from_item(_item(frame, params))


def test_polygons_go_before_circles_and_name_their_size() -> None:
    corner = GeoPoint(latitude_deg=44.8, longitude_deg=65.5)
    fence = Fence(
        polygons=(FencePolygon(ring=(corner,) * 4, inclusion=False),),
        circles=(FenceCircle(center=corner, radius_m=300.0, inclusion=True),),
    )
    wire = wire_of(Plan(fence=fence), MissionType.FENCE)
    assert [(item.command, item.param1) for item in wire] == [(5002, 4.0)] * 4 + [(5003, 300.0)]


@pytest.mark.parametrize(
    "fence",
    [
        (WireItem(frame=5, command=16),),
        (WireItem(frame=5, command=5001, param1=3.0),) * 2,
        (WireItem(frame=5, command=5001, param1=2.0),) * 2,
        (WireItem(frame=5, command=5001, param1=NAN),) * 3,
        (
            WireItem(frame=5, command=5001, param1=3.0),
            WireItem(frame=5, command=5002, param1=3.0),
            WireItem(frame=5, command=5001, param1=3.0),
        ),
    ],
)
def test_a_fence_that_makes_no_shape_is_not_understood(fence: tuple[WireItem, ...]) -> None:
    with pytest.raises(PlanNotUnderstood, match="item 0"):
        plan_from_wire(fence=fence)


def test_a_rally_list_with_something_else_in_it_is_not_understood() -> None:
    good = WireItem(frame=3, command=5100)
    with pytest.raises(PlanNotUnderstood, match="item 1"):
        plan_from_wire(rally=(good, WireItem(frame=3, command=16)))
