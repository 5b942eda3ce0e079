"""QGroundControl's StructureScan: it stores no waypoints, so they are made here as it makes them.

The structure's polygon is set off outwards by the camera's distance; each layer is flown once
around it, pictures by distance, the camera turned to the structure by a gimbal yaw of 90 degrees.
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

# QGroundControl triggers by the adjusted frontal footprint; the yaw looks at the structure when it
# is flown clockwise, which its setting-off polygon is.
GIMBAL_YAW_DEG = 90.0


def structure_scan_items(entry: Located, ring: tuple[GeoPoint, ...]) -> tuple[MissionItem, ...]:
    """The mission items of a StructureScan.

    Raises:
        BadInput: a part of the item is missing or wrong.
    """
    camera = entry.at("CameraCalc")
    distance = camera.at("DistanceToSurface").number()
    trigger = camera.at("AdjustedFootprintSide").number()
    layer_height = camera.at("AdjustedFootprintFrontal").number()
    layers = entry.at("Layers").integer()
    if not 1 <= layers <= 1000:
        raise entry.at("Layers").refuse(f"{layers} layers are not between 1 and 1000")
    bottom, top = _bottom_and_top(entry, layers, layer_height)
    around = _around(ring, distance)
    heights = [bottom + (i + 0.5) * layer_height for i in range(layers)]
    downwards = entry.get("StartFromTop")
    if downwards is not None and downwards.boolean():
        heights.reverse()
    entrance = entry.get("EntranceAltitude")
    transit = entrance.number() if entrance is not None else top
    pitch = entry.get("GimbalPitch")
    items = [_waypoint(around[0], transit), _gimbal(0.0 if pitch is None else pitch.number())]
    for height in heights:
        items += _layer(around, height, trigger)
    return (*items, _gimbal_home(), _waypoint(around[0], transit))


def _bottom_and_top(entry: Located, layers: int, layer_height: float) -> tuple[float, float]:
    bottom = entry.get("ScanBottomAlt")
    height = entry.get("StructureHeight")
    low = bottom.number() if bottom is not None else entry.at("Altitude").number()
    return low, low + (height.number() if height is not None else layers * layer_height)


def _around(ring: tuple[GeoPoint, ...], distance_m: float) -> tuple[GeoPoint, ...]:
    plane = LocalPlane(ring[0])
    grown = Polygon(ring_en(plane, ring)).buffer(distance_m, join_style="mitre", mitre_limit=2.0)
    outer = shapely.orient_polygons(grown, exterior_cw=True).exterior
    return ring_geo(plane, np.array(outer.coords))


def _layer(around: tuple[GeoPoint, ...], height: float, trigger: float) -> list[MissionItem]:
    return [
        _waypoint(around[0], height),
        _plain(Command.DO_SET_CAM_TRIGG_DIST, trigger, 0.0, 1.0),
        *(_waypoint(point, height) for point in around[1:]),
        _plain(Command.DO_SET_CAM_TRIGG_DIST, 0.0),
    ]


def _waypoint(point: GeoPoint, height: float) -> MissionItem:
    return MissionItem(
        command=Command.NAV_WAYPOINT,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, math.nan, point.latitude_deg, point.longitude_deg, height),
    )


def _gimbal(pitch_deg: float) -> MissionItem:
    return MissionItem(
        command=Command.DO_MOUNT_CONTROL,
        frame=Frame.MISSION,
        params=(pitch_deg, 0.0, GIMBAL_YAW_DEG, 0.0, 0.0, 0.0, 2.0),
    )


def _plain(command: Command, one: float, two: float = 0.0, three: float = 0.0) -> MissionItem:
    return MissionItem(
        command=command, frame=Frame.MISSION, params=(one, two, three, 0.0, 0.0, 0.0, 0.0)
    )


def _gimbal_home() -> MissionItem:
    return MissionItem(
        command=Command.DO_MOUNT_CONTROL,
        frame=Frame.MISSION,
        params=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0),
    )
