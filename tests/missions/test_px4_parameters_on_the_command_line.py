"""`qyran check --px4-param`: the vehicle's own PX4."""

import argparse

import pytest

from missions.asked.px4 import asked_profile
from missions.checks import Px4Profile
from missions.errors import BadInput
from missions.px4_flight.parameters import Px4Parameters
from missions.vehicle import Vehicle, known_vehicles


def asked(*params: str) -> Px4Profile:
    return asked_profile(argparse.Namespace(vtol=False, max_items=500, px4_param=list(params)))


def test_parameters_are_taken_by_px4s_names() -> None:
    known = asked("RTL_TYPE=3", "GF_MAX_HOR_DIST=500", "NAVIGATOR_GEOFENCE_AVOIDANCE=1")
    assert known == Px4Profile(
        max_items=500,
        px4=Px4Parameters(rtl_type=3),
        gf_max_hor_dist_m=500.0,
        avoids_fence=True,
    )
    assert known.px4.model_fields_set == {"rtl_type"}
    assert asked() == Px4Profile(max_items=500)


@pytest.mark.parametrize(
    "wrong",
    [
        "RTL_TIPE=3",
        "RTL_TYPE",
        "RTL_TYPE=three",
        "RTL_TYPE=0.5",
        "RTL_CONE_ANG=91",
        "NAV_ACC_RAD=0",
        "GF_MAX_HOR_DIST=nan",
    ],
)
def test_what_is_no_parameter_or_no_value_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(BadInput, match=r"^--px4-param: ") as refusal:
        asked(wrong)
    assert "\n" not in str(refusal.value)


def test_what_nobody_asked_for_is_as_the_vehicle_says() -> None:
    own = Vehicle(name="own", px4=Px4Parameters(nav_acc_rad_m=2.0, rtl_cone_ang_deg=30.0))
    known = Px4Profile.of(own, asked("RTL_CONE_ANG=60", "GF_MAX_HOR_DIST=500"))
    assert (known.px4.nav_acc_rad_m, known.px4.rtl_cone_ang_deg) == (2.0, 60.0)
    assert known.flown_with(own).px4 == known.px4
    assert Px4Profile.of(known.flown_with(own), known) == known


def test_a_kinds_own_return_height_is_not_taken_for_one_that_was_asked_for() -> None:
    wing = known_vehicles()["px4-sitl-plane"]
    known = Px4Profile.of(wing)
    assert known.px4.rtl_return_alt_m == 100.0
    assert known.flown_with(wing) == wing
    assert Px4Profile.of(wing, asked("RTL_RETURN_ALT=40")).px4.rtl_return_alt_m == 40.0


@pytest.mark.parametrize(
    ("name", "returns"),
    [
        ("px4-sih-quadx", (0, 30.0, 10.0)),
        ("px4-sitl-plane", (1, 100.0, 100.0)),
        ("px4-sitl-standard-vtol", (1, 60.0, 30.0)),
    ],
)
def test_vehicles_return_as_px4s_airframes_of_their_kind_do(
    name: str, returns: tuple[int, float, float]
) -> None:
    px4 = known_vehicles()[name].px4
    assert (px4.rtl_type, px4.rtl_return_alt_m, px4.rtl_descend_alt_m) == returns
    assert px4.model_fields_set == set()


def test_what_a_wings_own_file_says_goes_before_its_kind() -> None:
    wing = known_vehicles()["px4-sitl-plane"].model_dump() | {"px4": {"rtl_type": 0}}
    px4 = Vehicle.model_validate(wing).px4
    assert (px4.rtl_type, px4.rtl_return_alt_m) == (0, 100.0)
