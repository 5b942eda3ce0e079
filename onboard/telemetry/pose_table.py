"""A flight as a table (CSV) of poses, for logs of any other origin.

Columns: `t_s`, `latitude_deg`, `longitude_deg`; one of `height_amsl_m`, `height_above_home_m`,
`height_above_ground_m`; `gimbal_pitch`, `gimbal_yaw` and perhaps `gimbal_roll`, each with `_deg` or
`_rad`. With `body_roll`, `body_pitch` and `body_yaw` the gimbal's angles are against the airframe.
Also `entry`, `zoom`, `horizontal_field_of_view_deg`.
"""

from pathlib import Path

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from onboard.geolocate.mounting import GimbalFrame, q_ned_from_gimbal
from onboard.geolocate.rotation import Quaternion, quaternion_from_euler
from onboard.telemetry.columns import Row, read_rows
from onboard.telemetry.flight_log import FlightLog, Height, LoggedPose, check_order

HEIGHTS: dict[str, type[HeightAmsl] | type[HeightAboveHome] | type[HeightAboveGround]] = {
    "height_amsl_m": HeightAmsl,
    "height_above_home_m": HeightAboveHome,
    "height_above_ground_m": HeightAboveGround,
}


def read_pose_table(path: Path) -> FlightLog:
    """The flight of a CSV file.

    Raises:
        BadInput: the file cannot be read, or a cell is missing or wrong; file and line are named.
    """
    rows = read_rows(path)
    poses = [_pose(row, index) for index, row in enumerate(rows, start=1)]
    check_order(poses, [int(row.where.rpartition(":")[2]) for row in rows], str(path))
    return FlightLog(name=path.name, dialect="table", poses=tuple(poses))


def _pose(row: Row, index: int) -> LoggedPose:
    body = _turn(row, "body")
    gimbal = _turn(row, "gimbal")
    if gimbal is not None and body is not None:
        gimbal = q_ned_from_gimbal(gimbal, told_against=GimbalFrame.BODY, q_ned_from_body=body)
    entry = row.optional("entry")
    return LoggedPose(
        t_s=row.number("t_s"),
        entry=index if entry is None else int(entry),
        position=place_in(row),
        height=_height(row),
        q_ned_from_gimbal=gimbal,
        q_ned_from_body=body,
        zoom=row.optional("zoom") or 1.0,
        horizontal_field_of_view_rad=row.angle_rad("horizontal_field_of_view"),
    )


def place_in(row: Row) -> GeoPoint:
    """A row's latitude and longitude.

    Raises:
        BadInput: they are missing or not on the earth.
    """
    latitude, longitude = row.number("latitude_deg"), row.number("longitude_deg")
    try:
        return GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    except ValueError as error:
        raise BadInput(where=row.where, what=str(error)) from error


def _height(row: Row) -> Height | None:
    told = [(name, row.optional(name)) for name in HEIGHTS]
    given = [(name, value) for name, value in told if value is not None]
    if len(given) > 1:
        raise BadInput(where=row.where, what=f"both {given[0][0]} and {given[1][0]}")
    return HEIGHTS[given[0][0]](given[0][1]) if given else None


def _turn(row: Row, of: str) -> Quaternion | None:
    pitch, yaw = row.angle_rad(f"{of}_pitch"), row.angle_rad(f"{of}_yaw")
    if pitch is None or yaw is None:
        return None
    roll = row.angle_rad(f"{of}_roll") or 0.0
    return quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=yaw)
