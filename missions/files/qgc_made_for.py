"""What a plan was made for, in a .plan: under a key of our own at the file's root.

QGroundControl reads past keys that it does not know, and writes none of them when it saves the plan
again (PlanMasterController::loadFromFile, saveToJson). Of ours it then still has the class of the
vehicle (`vehicleType`), both speeds, and within a survey or a corridor the camera's figures and the
distance between lines (`CameraCalc`): from these as much as can be is found again. A camera under a
name that QGroundControl does not know it renames to "Custom Camera".
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from missions.camera import CameraModel, known_cameras
from missions.files.located import Located
from missions.made_for import MadeFor
from missions.plan import ComplexItem
from missions.vehicle import VehicleKind, first_fault

KEY, VERSION = "qyran", 1
FIXED_WING, QUADROTOR, VTOL = 1, 2, 22
# MAV_TYPE: VTOL of all builds; QGroundControl saves one of each class.
VTOL_TYPES = frozenset(range(19, 26))
ROTOR_TYPES = frozenset((2, 3, 4, 13, 14, 15, 29, 35))
TYPE_OF = {
    VehicleKind.FIXED_WING: FIXED_WING,
    VehicleKind.VTOL: VTOL,
    VehicleKind.MULTIROTOR: QUADROTOR,
}
SAME = 1e-6


def made_for_in(root: Located, items: Sequence[ComplexItem], notes: list[str]) -> MadeFor | None:
    """What a file says that it was made for; None where it says nothing.

    Of a key of ours that cannot be read it is noted why: the plan itself can be flown without.
    """
    own = root.get(KEY)
    found = None if own is None else _read(own, notes)
    return found if found is not None else _found_again(root, items)


def _read(own: Located, notes: list[str]) -> MadeFor | None:
    if not isinstance(own.value, dict) or own.value.get("version") != VERSION:
        notes.append(f'what it was made for ("{KEY}") is not of a version that is known')
        return None
    try:
        return MadeFor.model_validate({k: v for k, v in own.value.items() if k != "version"})
    except ValidationError as error:
        notes.append(f'what it was made for ("{KEY}") cannot be read: {first_fault(error)}')
        return None


def made_for_written(made_for: MadeFor | None) -> dict[str, Any]:
    """The key of our own and its value; nothing where a plan says nothing of it, or found it only
    in what other keys hold."""
    if made_for is None or not made_for.kept:
        return {}
    value = made_for.model_dump(mode="json", exclude_none=True, exclude={"kept"})
    if made_for.vehicle is not None:
        # What nobody set stays unset: PX4's default may be another one for the vehicle's kind.
        value["vehicle"]["px4"] = made_for.vehicle.px4.model_dump(mode="json", exclude_unset=True)
    return {KEY: {"version": VERSION, **value}}


def vehicle_type(made_for: MadeFor | None) -> int:
    """MAV_TYPE of what a plan was made for, a quadrotor where it does not say."""
    kind = None if made_for is None else made_for.flies_as
    return QUADROTOR if kind is None else TYPE_OF[kind]


def kind_of_type(number: int) -> VehicleKind | None:
    """How a vehicle of a MAV_TYPE flies; None for what does not fly, or is not known."""
    if number in VTOL_TYPES:
        return VehicleKind.VTOL
    if number in ROTOR_TYPES:
        return VehicleKind.MULTIROTOR
    return VehicleKind.FIXED_WING if number == FIXED_WING else None


def _found_again(root: Located, items: Sequence[ComplexItem]) -> MadeFor | None:
    """From what QGroundControl keeps; a quadrotor is what it writes for anything."""
    number = root.at("mission").get("vehicleType")
    kind = None if number is None else kind_of_type(number.integer())
    if kind is VehicleKind.MULTIROTOR:
        kind = None
    views = list(_views(items))
    widths = (_number(view, "AdjustedFootprintSide") for view in views)
    swath = next((width for width in widths if width is not None), None)
    cameras = (_camera(view) for view in views)
    camera = next((seen for seen in cameras if seen is not None), None)
    if kind is None and camera is None and swath is None:
        return None
    return MadeFor(kind=kind, camera=camera, swath_m=swath, kept=False)


def _views(items: Sequence[ComplexItem]) -> Iterator[dict[str, Any]]:
    for item in items:
        style = item.source.get("TransectStyleComplexItem", item.source)
        view = style.get("CameraCalc") if isinstance(style, dict) else None
        if isinstance(view, dict):
            yield view


def _number(view: dict[str, Any], key: str) -> float | None:
    value = view.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0.0 < value < math.inf else None


def _camera(view: dict[str, Any]) -> CameraModel | None:
    """The known camera with these figures, else one with them and no known name."""
    keys = ("SensorWidth", "SensorHeight", "FocalLength", "ImageWidth", "ImageHeight")
    figures = [_number(view, key) for key in keys]
    wide_mm, high_mm, focal_mm, wide_px, high_px = figures
    if wide_mm is None or high_mm is None or focal_mm is None or wide_px is None or high_px is None:
        return None
    if min(wide_px, high_px) < 1.0:
        return None
    named = view.get("CameraName")
    seen = CameraModel(
        name=named if isinstance(named, str) and named else "Custom Camera",
        image_width_px=round(wide_px),
        image_height_px=round(high_px),
        sensor_width_mm=wide_mm,
        sensor_height_mm=high_mm,
        focal_length_mm=focal_mm,
        min_trigger_interval_s=_number(view, "MinTriggerInterval") or 0.0,
    )
    return next((one for one in known_cameras().values() if _alike(one, seen)), seen)


def _alike(one: CameraModel, other: CameraModel) -> bool:
    lengths = ("sensor_width_mm", "sensor_height_mm", "focal_length_mm", "min_trigger_interval_s")
    pairs = [(getattr(one, key), getattr(other, key)) for key in lengths]
    pixels = (one.image_width_px, one.image_height_px)
    return pixels == (other.image_width_px, other.image_height_px) and all(
        a is not None and abs(a - b) <= SAME for a, b in pairs
    )
