"""QGroundControl's StructureScan: it stores no waypoints, so they are made here as it makes them.

The structure's polygon is set off outwards by the camera's distance; each layer is flown once
around it, pictures by distance, the camera turned to the structure by a yaw of 90 degrees from the
way to the next waypoint. From the top, the first layer is half a layer below the structure's
height; from the bottom, half a layer above the scan's bottom.
Source: QGroundControl StructureScanComplexItem.cc (behaviour, not code).
"""

import math

import numpy as np
import shapely
from shapely.geometry import Polygon

from missions.area import ring_en, ring_geo
from missions.files.located import Located
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Frame, MissionItem

# The yaw looks at the structure when it is flown clockwise, which the polygon around it is.
YAW_TO_STRUCTURE_DEG = 90.0
# A sharper corner than this many times the distance is flown cut off.
SHARPEST_CORNER = 5.0


def structure_scan_items(entry: Located, ring: tuple[GeoPoint, ...]) -> tuple[MissionItem, ...]:
    """The mission items of a StructureScan.

    Raises:
        BadInput: a part of the item is missing or wrong.
    """
    camera = entry.at("CameraCalc")
    trigger = camera.at("AdjustedFootprintSide").number()
    heights = _heights(entry, camera.at("AdjustedFootprintFrontal").number())
    entrance = entry.get("EntranceAltitude")
    transit = entrance.number() if entrance is not None else max(heights)
    pitch = entry.get("GimbalPitch")
    around = _around(entry, ring, camera.at("DistanceToSurface").number())
    items = [
        _waypoint(around[0], transit),
        _look(0.0 if pitch is None else pitch.number()),
    ]
    for height in heights:
        items += _layer(around, height, trigger)
    return (*items, _plain(Command.DO_SET_ROI_NONE), _waypoint(around[0], transit))


def _heights(entry: Located, layer_m: float) -> list[float]:
    layers = entry.at("Layers").integer()
    if not 1 <= layers <= 1000:
        raise entry.at("Layers").refuse(f"{layers} layers are not between 1 and 1000")
    bottom = entry.get("ScanBottomAlt") or entry.at("Altitude")
    height = entry.get("StructureHeight")
    downwards = entry.get("StartFromTop")
    if downwards is None or not downwards.boolean():
        return [bottom.number() + (i + 0.5) * layer_m for i in range(layers)]
    top = bottom.number() + layers * layer_m if height is None else height.number()
    return [top - (i + 0.5) * layer_m for i in range(layers)]


def _around(entry: Located, ring: tuple[GeoPoint, ...], distance_m: float) -> tuple[GeoPoint, ...]:
    """Clockwise, closed, begun at the corner that the polygon's first vertex became."""
    plane = LocalPlane(ring[0])
    drawn = Polygon(ring_en(plane, ring))
    if not drawn.is_valid or drawn.area <= 0.0:
        raise entry.at("polygon").refuse("the structure's polygon crosses itself or has no area")
    grown = drawn.buffer(distance_m, join_style="mitre", mitre_limit=SHARPEST_CORNER)
    if grown.geom_type != "Polygon" or grown.is_empty:
        raise entry.at("polygon").refuse(f"cannot be flown round {distance_m:g} m away")
    corners = np.array(shapely.orient_polygons(grown, exterior_cw=True).exterior.coords)[:-1]
    start = int(np.hypot(*corners.T).argmin())
    turned = np.roll(corners, -start, axis=0)
    return ring_geo(plane, np.vstack((turned, turned[:1])))


def _layer(around: tuple[GeoPoint, ...], height: float, trigger: float) -> list[MissionItem]:
    return [
        _waypoint(around[0], height),
        _plain(Command.DO_SET_CAM_TRIGG_DIST, trigger, 0.0, 1.0),
        *(_waypoint(point, height) for point in around[1:]),
        _plain(Command.DO_SET_CAM_TRIGG_DIST),
    ]


def _waypoint(point: GeoPoint, height: float) -> MissionItem:
    return MissionItem(
        command=Command.NAV_WAYPOINT,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, math.nan, point.latitude_deg, point.longitude_deg, height),
    )


def _look(pitch_deg: float) -> MissionItem:
    return MissionItem(
        command=Command.DO_SET_ROI_WPNEXT_OFFSET,
        frame=Frame.MISSION,
        params=(0.0, 0.0, 0.0, 0.0, pitch_deg, 0.0, YAW_TO_STRUCTURE_DEG),
    )


def _plain(command: Command, one: float = 0.0, two: float = 0.0, three: float = 0.0) -> MissionItem:
    return MissionItem(
        command=command, frame=Frame.MISSION, params=(one, two, three, 0.0, 0.0, 0.0, 0.0)
    )
