"""The two XML documents of a DJI flight: template.kml and waylines.wpml.

Source: DJI Cloud API, WPML (template.kml, waylines.wpml, common elements).
"""

import math
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from missions.geodesy import GeoPoint

LEAST_TAKEOFF_M, HIGHEST_TAKEOFF_M = 2.0, 1500.0
FASTEST_M_S = 15.0

Func = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DjiModel:
    """An aircraft and its camera by DJI's numbers (Cloud API, product support)."""

    name: str
    drone: int
    drone_sub: int
    payload: int


@dataclass(slots=True, kw_only=True)
class Stop:
    """A waypoint and what is done there."""

    position: GeoPoint
    height_m: float
    speed_m_s: float
    radius_m: float
    yaw_deg: float
    towards: GeoPoint | None
    funcs: list[Func] = field(default_factory=list)
    # An interval in metres or seconds that begins here, and where it ends.
    trigger: tuple[str, float] | None = None
    trigger_until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wayline:
    """A flight as DJI has it: heights above the take-off point."""

    stops: tuple[Stop, ...]
    finish: str
    takeoff_m: float
    speed_m_s: float


def documents(flight: Wayline, model: DjiModel) -> dict[str, str]:
    """The members of the archive by their names."""
    config = _config(flight, model)
    return {
        "wpmz/template.kml": _document(config + _template_folder(flight)),
        "wpmz/waylines.wpml": _document(config + _wayline_folder(flight)),
    }


def decimal(value: float) -> str:
    """Without an exponent and without loss beyond a tenth of a millimetre."""
    return f"{value:.10f}".rstrip("0").rstrip(".") or "0"


def _tag(name: str, inner: str) -> str:
    return f"<wpml:{name}>{inner}</wpml:{name}>"


def _tags(values: dict[str, str]) -> str:
    return "".join(_tag(name, escape(value)) for name, value in values.items())


def _document(inner: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.6">'
        f"<Document>{inner}</Document></kml>\n"
    )


def _config(flight: Wayline, model: DjiModel) -> str:
    takeoff = min(max(flight.takeoff_m, LEAST_TAKEOFF_M), HIGHEST_TAKEOFF_M)
    drone = {"droneEnumValue": str(model.drone), "droneSubEnumValue": str(model.drone_sub)}
    payload = {"payloadEnumValue": str(model.payload), "payloadPositionIndex": "0"}
    return _tag(
        "missionConfig",
        _tags(
            {
                "flyToWaylineMode": "safely",
                "finishAction": flight.finish,
                "exitOnRCLost": "executeLostAction",
                "executeRCLostAction": "goBack",
                "takeOffSecurityHeight": decimal(takeoff),
                "globalTransitionalSpeed": decimal(flight.speed_m_s),
                "globalRTHHeight": decimal(max(takeoff, *(s.height_m for s in flight.stops))),
            }
        )
        + _tag("droneInfo", _tags(drone))
        + _tag("payloadInfo", _tags(payload)),
    )


def _wayline_folder(flight: Wayline) -> str:
    told = {
        "templateId": "0",
        "executeHeightMode": "relativeToStartPoint",
        "waylineId": "0",
        "autoFlightSpeed": decimal(flight.speed_m_s),
    }
    return f"<Folder>{_tags(told)}{_placemarks(flight, 'executeHeight')}</Folder>"


def _template_folder(flight: Wayline) -> str:
    system = {
        "coordinateMode": "WGS84",
        "heightMode": "relativeToStartPoint",
        "positioningType": "GPS",
    }
    told = {"autoFlightSpeed": decimal(flight.speed_m_s), "gimbalPitchMode": "manual"}
    return (
        "<Folder>"
        + _tags({"templateType": "waypoint", "templateId": "0"})
        + _tag("waylineCoordinateSysParam", _tags(system))
        + _tags(told)
        + _placemarks(flight, "height")
        + "</Folder>"
    )


def _placemarks(flight: Wayline, height: str) -> str:
    return "".join(_placemark(i, stop, height) for i, stop in enumerate(flight.stops))


def _placemark(index: int, stop: Stop, height: str) -> str:
    at = f"{decimal(stop.position.longitude_deg)},{decimal(stop.position.latitude_deg)}"
    own = {"useGlobalHeight": "0", "useGlobalSpeed": "0", "useGlobalHeadingParam": "0"}
    stops = any(name == "hover" for name, _ in stop.funcs) or stop.radius_m <= 0.0
    turn = {
        "waypointTurnMode": "toPointAndStopWithDiscontinuityCurvature"
        if stops
        else "toPointAndPassWithContinuityCurvature",
        "waypointTurnDampingDist": decimal(stop.radius_m),
    }
    return (
        f"<Placemark><Point><coordinates>{at}</coordinates></Point>"
        + _tags({"index": str(index), height: decimal(stop.height_m)})
        + _tag("waypointSpeed", decimal(min(stop.speed_m_s, FASTEST_M_S)))
        + (_tags(own) if height == "height" else "")
        + _tag("waypointHeadingParam", _tags(_heading(stop)))
        + _tag("waypointTurnParam", _tags(turn))
        + _tag("useStraightLine", "1")
        + _groups(index, stop)
        + "</Placemark>"
    )


def _heading(stop: Stop) -> dict[str, str]:
    mode, angle, place = "followWayline", 0.0, None
    if stop.towards is not None:
        mode, place = "towardPOI", stop.towards
    elif not math.isnan(stop.yaw_deg):
        mode, angle = "smoothTransition", (stop.yaw_deg + 180.0) % 360.0 - 180.0
    written = {"waypointHeadingMode": mode, "waypointHeadingAngle": decimal(angle)}
    if place is not None:
        at = f"{decimal(place.latitude_deg)},{decimal(place.longitude_deg)},0"
        written["waypointPoiPoint"] = at
    return {**written, "waypointHeadingPathMode": "followBadArc"}


def _groups(index: int, stop: Stop) -> str:
    # At most two groups begin at a waypoint: their numbers are those of the waypoint, doubled.
    groups = ""
    if stop.funcs:
        groups += _group(2 * index, index, index, ("reachPoint", None), stop.funcs)
    if stop.trigger is not None:
        pictures: list[Func] = [("takePhoto", {"payloadPositionIndex": "0"})]
        groups += _group(2 * index + 1, index, stop.trigger_until, stop.trigger, pictures)
    return groups


def _group(
    number: int, first: int, last: int, trigger: tuple[str, float | None], funcs: list[Func]
) -> str:
    kind, every = trigger
    fired = {"actionTriggerType": kind}
    if every is not None:
        fired["actionTriggerParam"] = decimal(every)
    actions = "".join(
        _tag(
            "action",
            _tags({"actionId": str(i), "actionActuatorFunc": name})
            + _tag("actionActuatorFuncParam", _tags(given)),
        )
        for i, (name, given) in enumerate(funcs)
    )
    told = {
        "actionGroupId": str(number),
        "actionGroupStartIndex": str(first),
        "actionGroupEndIndex": str(last),
        "actionGroupMode": "sequence",
    }
    return _tag("actionGroup", _tags(told) + _tag("actionTrigger", _tags(fired)) + actions)
