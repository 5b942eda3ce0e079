"""What is done at each place of a round: as the file's properties say, else as asked for all."""

import math
from dataclasses import dataclass

from missions.area import Place
from missions.errors import BadInput
from missions.heights import HeightAboveHome
from missions.path import CameraAction

LONGEST_DWELL_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A place, how it is stood at, where the camera looks and what it does.

    With `heading_rad` the nose points there; with `gimbal_pitch_rad` the gimbal does, and without
    either the camera is held on the place.
    """

    place: Place
    height: HeightAboveHome
    dwell_s: float
    standoff_m: float
    heading_rad: float | None
    gimbal_pitch_rad: float | None
    action: CameraAction | None


def visit_of(
    place: Place,
    *,
    height: HeightAboveHome,
    dwell_s: float,
    standoff_m: float,
    action: CameraAction | None,
) -> Visit:
    """A place's visit: `dwell_s`, `height_m`, `standoff_m`, `heading_deg`, `gimbal_pitch_deg` and
    `action` (photo, video-start, video-stop) among its properties go before what is asked for all.

    Raises:
        BadInput: a property is not what it should be; the place and the property are named.
    """
    own_height = _number(place, "height_m", 0.1, 10_000.0)
    heading = _number(place, "heading_deg", -360.0, 360.0)
    pitch = _number(place, "gimbal_pitch_deg", -120.0, 60.0)
    own_dwell = _number(place, "dwell_s", 0.0, LONGEST_DWELL_S)
    own_standoff = _number(place, "standoff_m", 0.0, 10_000.0)
    return Visit(
        place=place,
        height=height if own_height is None else HeightAboveHome(own_height),
        dwell_s=dwell_s if own_dwell is None else own_dwell,
        standoff_m=standoff_m if own_standoff is None else own_standoff,
        heading_rad=None if heading is None else math.radians(heading) % (2.0 * math.pi),
        gimbal_pitch_rad=None if pitch is None else math.radians(pitch),
        action=_action(place) or action,
    )


def _number(place: Place, key: str, least: float, most: float) -> float | None:
    value = place.properties.get(key)
    if value is None:
        return None
    where = f"{place.name or 'place'}: {key}"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadInput(where=where, what=f"{value!r} is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise BadInput(where=where, what=f"{value!r} is not a number") from error
    if not least <= number <= most:
        raise BadInput(where=where, what=f"{number:g} is not between {least:g} and {most:g}")
    return number


def _action(place: Place) -> CameraAction | None:
    value = place.properties.get("action")
    if value is None:
        return None
    known = [action.value for action in CameraAction]
    if value not in known:
        where = f"{place.name or 'place'}: action"
        raise BadInput(where=where, what=f"{value!r} is not one of {', '.join(known)}")
    return CameraAction(value)
