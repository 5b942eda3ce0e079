"""`qyran check --px4-param`: the vehicle's own PX4."""

import argparse

import pytest

from missions.asked.px4 import asked_profile
from missions.checks import Px4Profile
from missions.errors import BadInput


def asked(*params: str) -> Px4Profile:
    return asked_profile(argparse.Namespace(vtol=False, max_items=500, px4_param=list(params)))


def test_parameters_are_taken_by_px4s_names() -> None:
    known = asked("RTL_TYPE=3", "GF_MAX_HOR_DIST=500", "NAVIGATOR_GEOFENCE_AVOIDANCE=1")
    assert known == Px4Profile(
        max_items=500, rtl_type=3, gf_max_hor_dist_m=500.0, avoids_fence=True
    )
    assert asked() == Px4Profile(max_items=500)


@pytest.mark.parametrize(
    "wrong", ["RTL_TIPE=3", "RTL_TYPE", "RTL_TYPE=three", "RTL_TYPE=0.5", "GF_MAX_HOR_DIST=nan"]
)
def test_what_is_no_parameter_or_no_value_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(BadInput, match=r"^--px4-param: ") as refusal:
        asked(wrong)
    assert "\n" not in str(refusal.value)
