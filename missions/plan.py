"""A plan: mission items, geofence and rally points, as values that every package shares.

Items keep MAVLink's own meaning (command, frame, seven parameters), because PX4 judges them by it;
the names of commands and frames are MAVLink's (https://mavlink.io/en/messages/common.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl

if TYPE_CHECKING:
    from missions.made_for import MadeFor


class Frame(IntEnum):
    """MAV_FRAME values that plans use."""

    GLOBAL = 0
    MISSION = 2
    GLOBAL_RELATIVE_ALT = 3
    GLOBAL_INT = 5
    GLOBAL_RELATIVE_ALT_INT = 6
    GLOBAL_TERRAIN_ALT = 10
    GLOBAL_TERRAIN_ALT_INT = 11


class Command(IntEnum):
    """MAV_CMD values that our planners emit or our checks treat by name."""

    NAV_WAYPOINT = 16
    NAV_LOITER_UNLIM = 17
    NAV_LOITER_TURNS = 18
    NAV_LOITER_TIME = 19
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    NAV_LOITER_TO_ALT = 31
    NAV_ROI = 80
    NAV_VTOL_TAKEOFF = 84
    NAV_VTOL_LAND = 85
    NAV_DELAY = 93
    CONDITION_GATE = 4501
    DO_JUMP = 177
    DO_CHANGE_SPEED = 178
    DO_SET_HOME = 179
    DO_LAND_START = 189
    DO_SET_ROI_LOCATION = 195
    DO_SET_ROI_WPNEXT_OFFSET = 196
    DO_SET_ROI_NONE = 197
    DO_SET_ROI = 201
    DO_MOUNT_CONTROL = 205
    DO_SET_CAM_TRIGG_DIST = 206
    DO_SET_CAM_TRIGG_INTERVAL = 214
    SET_CAMERA_MODE = 530
    DO_GIMBAL_MANAGER_PITCHYAW = 1000
    DO_GIMBAL_MANAGER_CONFIGURE = 1001
    IMAGE_START_CAPTURE = 2000
    IMAGE_STOP_CAPTURE = 2001
    VIDEO_START_CAPTURE = 2500
    VIDEO_STOP_CAPTURE = 2501


GLOBAL_FRAMES = frozenset(
    (
        Frame.GLOBAL,
        Frame.GLOBAL_RELATIVE_ALT,
        Frame.GLOBAL_INT,
        Frame.GLOBAL_RELATIVE_ALT_INT,
        Frame.GLOBAL_TERRAIN_ALT,
        Frame.GLOBAL_TERRAIN_ALT_INT,
    )
)
RELATIVE_FRAMES = frozenset((Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_RELATIVE_ALT_INT))

Params = tuple[float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionItem:
    """One mission item. `command` and `frame` are plain integers, so that any item can be held.

    `params` are MAVLink's seven; in a global frame the fifth and sixth are latitude and longitude
    in degrees and the seventh is a height in metres in that frame. NaN stands for 'not given'.
    """

    command: int
    frame: int
    params: Params
    autocontinue: bool = True

    @property
    def has_position(self) -> bool:
        """Whether the fifth and sixth parameters are a latitude and a longitude."""
        return self.frame in GLOBAL_FRAMES

    @property
    def latitude_deg(self) -> float:
        """The fifth parameter."""
        return self.params[4]

    @property
    def longitude_deg(self) -> float:
        """The sixth parameter."""
        return self.params[5]


@dataclass(frozen=True, slots=True, kw_only=True)
class FencePolygon:
    """A fence ring without a closing point; `inclusion` says whether to stay in or out of it."""

    ring: tuple[GeoPoint, ...]
    inclusion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceCircle:
    """A fence circle; `inclusion` says whether to stay in or out of it."""

    center: GeoPoint
    radius_m: float
    inclusion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Everything that PX4's geofence holds: a position must satisfy all of it."""

    polygons: tuple[FencePolygon, ...] = ()
    circles: tuple[FenceCircle, ...] = ()
    breach_return: tuple[GeoPoint, HeightAboveHome] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RallyPoint:
    """A place to land at other than home."""

    position: GeoPoint
    height: HeightAboveHome


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the plan expects the vehicle to take off; the height is NaN where nobody said it."""

    position: GeoPoint
    height: HeightAmsl


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexItem:
    """An editable item (survey, corridor, ...) and the run of mission items that it expanded into.

    `source` is the item as its file had it, so that writing the plan loses nothing.
    """

    kind: str
    first_item: int
    item_count: int
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A mission with the fence and the rally points that travel with it.

    `made_for` changes nothing of what is flown: two plans that differ in it only are equal.
    """

    items: tuple[MissionItem, ...] = ()
    home: Home | None = None
    fence: Fence = field(default_factory=Fence)
    rally: tuple[RallyPoint, ...] = ()
    cruise_speed_m_s: float | None = None
    hover_speed_m_s: float | None = None
    complex_items: tuple[ComplexItem, ...] = ()
    notes: tuple[str, ...] = ()
    made_for: "MadeFor | None" = field(default=None, compare=False)
