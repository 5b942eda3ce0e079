"""Whether the vehicle on the link is of the class that a plan was made for."""

from missions.plan import Plan
from missions.vehicle import VehicleKind

# MAV_TYPE, common.xml.
FIXED_WING = 1
HELICOPTERS = (2, 3, 4, 13, 14, 15, 29, 35)
VTOLS = range(19, 26)


def kind_of(mav_type: int | None) -> VehicleKind | None:
    """How a vehicle of a MAV_TYPE flies; None where it is neither of the three, or not said."""
    if mav_type == FIXED_WING:
        return VehicleKind.FIXED_WING
    if mav_type in HELICOPTERS:
        return VehicleKind.MULTIROTOR
    return VehicleKind.VTOL if mav_type in VTOLS else None


def why_not(plan: Plan, mav_type: int | None) -> str | None:
    """Why the vehicle is not to fly the plan; None where it may, or nobody knows."""
    asked = None if plan.made_for is None else plan.made_for.flies_as
    flown = kind_of(mav_type)
    if asked is None or flown is None or asked is flown:
        return None
    return f"the plan was made for a {_said(asked)}, this is a {_said(flown)}: --anyway flies it"


def _said(kind: VehicleKind) -> str:
    return kind.value.replace("_", " ")
