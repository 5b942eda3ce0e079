"""Whether a plan is held against what it was made for; a plan says that itself."""

from missions.camera import CameraModel
from missions.checks.finding import Finding, warning
from missions.made_for import MadeFor, differences
from missions.plan import Plan
from missions.vehicle import Vehicle


def made_for_findings(plan: Plan, vehicle: Vehicle, camera: CameraModel | None) -> list[Finding]:
    """A warning for a vehicle, and one for a camera, that the plan was not made for."""
    made_for = plan.made_for
    if made_for is None:
        return []
    return [*_vehicle(made_for, vehicle), *_camera(made_for, camera)]


def _vehicle(made_for: MadeFor, vehicle: Vehicle) -> list[Finding]:
    own = made_for.vehicle
    if own is None:
        if made_for.kind in (None, vehicle.kind):
            return []
        what = f"the file says that a {made_for.kind} flies it, it is held against {vehicle.name}"
        return [warning("made-for-another", what, "name the vehicle with --vehicle")]
    unlike = differences(own, vehicle)
    if not unlike:
        return []
    other = vehicle.name if vehicle.name != own.name else f"{vehicle.name} as it is known here"
    what = f"the plan was made for {own.name}, it is held against {other}: " + ", ".join(unlike)
    return [warning("made-for-another", what, "leave --vehicle out, or plan it for this vehicle")]


def _camera(made_for: MadeFor, camera: CameraModel | None) -> list[Finding]:
    own = made_for.camera
    if own is None or camera is None or not (unlike := differences(own, camera)):
        return []
    what = f"the plan was made for the camera {own.name}, it is held against {camera.name}: "
    proposal = "leave --camera out, or plan it for this camera"
    return [warning("made-for-another", what + ", ".join(unlike), proposal)]
