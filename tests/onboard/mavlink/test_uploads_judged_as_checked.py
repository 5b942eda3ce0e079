"""What an upload is answered item by item is what `qyran check` predicts of the plan."""

import math

from hypothesis import given
from hypothesis import strategies as st

from missions.checks import predict
from missions.plan import MissionItem, Plan
from missions.px4_commands import GLOBAL_COMMANDS, MISSION_COMMANDS, USED_PARAMS
from onboard.mavlink.plan_items import MissionType, mission_wire
from onboard.mavlink.px4_items import item_result

KNOWN = sorted({*USED_PARAMS, *GLOBAL_COMMANDS, *MISSION_COMMANDS})
VALUES = st.sampled_from((0.0, math.nan, 1.0, 3.0, 2.6, -1.0, 1e30, math.inf))
PLACES = st.sampled_from((0.0, math.nan, 43.25, 76.9, -90.0))
ITEMS = st.builds(
    MissionItem,
    command=st.sampled_from(KNOWN) | st.integers(0, 0xFFFF),
    frame=st.sampled_from((0, 2, 3, 5, 6)) | st.integers(0, 0xFF),
    params=st.tuples(VALUES, VALUES, VALUES, VALUES, PLACES, PLACES, VALUES),
)


@given(st.lists(ITEMS, min_size=1, max_size=4))
def test_the_first_item_refused_is_the_answer_predicted(items: list[MissionItem]) -> None:
    plan = Plan(items=tuple(items))
    answers = [item_result(item, MissionType.MISSION) for item in mission_wire(plan)]
    assert predict(plan).mission == next((one for one in answers if one), 0)
