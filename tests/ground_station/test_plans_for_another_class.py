"""A plan is not flown by a vehicle of another class than the one that it was made for."""

import pytest
from pymavlink.dialects.v20 import ardupilotmega as common

from ground_station.fly.fits import kind_of, why_not
from missions.made_for import MadeFor
from missions.plan import Plan
from missions.vehicle import VehicleKind, known_vehicles


def plan_for(name: str) -> Plan:
    return Plan(items=(), made_for=MadeFor(vehicle=known_vehicles()[name]))


@pytest.mark.parametrize(
    ("mav_type", "kind"),
    [
        (common.MAV_TYPE_QUADROTOR, VehicleKind.MULTIROTOR),
        (common.MAV_TYPE_HEXAROTOR, VehicleKind.MULTIROTOR),
        (common.MAV_TYPE_DODECAROTOR, VehicleKind.MULTIROTOR),
        (common.MAV_TYPE_DECAROTOR, VehicleKind.MULTIROTOR),
        (common.MAV_TYPE_FIXED_WING, VehicleKind.FIXED_WING),
        (common.MAV_TYPE_VTOL_TILTROTOR, VehicleKind.VTOL),
        (23, VehicleKind.VTOL),
        (common.MAV_TYPE_GROUND_ROVER, None),
        (None, None),
    ],
)
def test_class_is_told_from_mav_type(mav_type: int | None, kind: VehicleKind | None) -> None:
    assert kind_of(mav_type) is kind


def test_wings_plan_is_refused_by_a_quadrotor_with_both_classes_named() -> None:
    said = why_not(plan_for("px4-sitl-plane"), common.MAV_TYPE_QUADROTOR)
    assert said == "the plan was made for a fixed wing, this is a multirotor: --anyway flies it"


def test_same_class_and_what_nobody_knows_are_flown() -> None:
    assert why_not(plan_for("multirotor"), common.MAV_TYPE_QUADROTOR) is None
    assert why_not(plan_for("multirotor"), None) is None
    assert why_not(Plan(items=()), common.MAV_TYPE_FIXED_WING) is None
