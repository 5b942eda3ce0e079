"""The camera's sightline at any instant of a logged flight, with what a person adds to the log."""

import math
from dataclasses import dataclass

from missions.errors import BadInput
from missions.heights import (
    HeightAboveEllipsoid,
    HeightAboveGround,
    HeightAboveHome,
    HeightAmsl,
)
from missions.terrain import NoGround, Terrain
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.rotation import Quaternion, quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.surface import LevelGround, Surface, TerrainGround
from onboard.telemetry.flight_log import FlightLog, LoggedPose


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the log does not tell, or tells wrongly: heights in metres, angles in radians."""

    ground_amsl_m: float | None = None
    home_amsl_m: float | None = None
    height_above_ground_m: float | None = None
    gimbal_pitch_rad: float | None = None
    gimbal_roll_rad: float | None = None
    heading_rad: float | None = None
    geoid_undulation_m: float | None = None


class FlightView:
    """Sightlines in one earth frame over one surface.

    Raises:
        BadInput: what the log leaves out was not told either; the option for it is named.
    """

    def __init__(
        self, log: FlightLog, camera: CameraGeometry, terrain: Terrain | None, told: Told
    ) -> None:
        self._log, self._camera, self._terrain, self._told = log, camera, terrain, told
        self.frame = EarthFrame(log.poses[0].position)
        self._home_amsl_m = self._home()
        self.surface: Surface = (
            TerrainGround(terrain)
            if terrain is not None
            else LevelGround(HeightAmsl(self._level_m()))
        )

    def sightline(self, t_s: float) -> Sightline | None:
        """The camera at an instant; None where the log has no pose for it."""
        pose = self._log.at(t_s)
        if pose is None:
            return None
        attitude = self._attitude(pose)
        height_m = self._amsl_m(pose)
        view = CameraPose(
            position=pose.position, height=HeightAmsl(height_m), q_ned_from_gimbal=attitude
        )
        return Sightline.of(view, height_m=height_m, camera=self._camera_at(pose), frame=self.frame)

    def airframe(self, t_s: float) -> Quaternion | None:
        """The airframe's attitude at an instant; None where the log does not tell it."""
        pose = self._log.at(t_s)
        return None if pose is None else pose.q_ned_from_body

    def _camera_at(self, pose: LoggedPose) -> CameraGeometry:
        camera = self._camera
        if pose.horizontal_field_of_view_rad is not None:
            focal_px = camera.width_px / (2.0 * math.tan(pose.horizontal_field_of_view_rad / 2.0))
            return camera.zoomed(focal_px / camera.focal_x_px)
        return camera if pose.zoom == 1.0 else camera.zoomed(pose.zoom)

    def _attitude(self, pose: LoggedPose) -> Quaternion:
        told = self._told
        given = (told.gimbal_pitch_rad, told.heading_rad)
        if pose.q_ned_from_gimbal is not None and given == (None, None):
            return pose.q_ned_from_gimbal
        if told.gimbal_pitch_rad is None or told.heading_rad is None:
            what = "no gimbal attitude in it: give --gimbal-pitch-deg and --heading-deg"
            raise BadInput(where=self._log.name, what=what)
        return quaternion_from_euler(
            roll_rad=told.gimbal_roll_rad or 0.0,
            pitch_rad=told.gimbal_pitch_rad,
            yaw_rad=told.heading_rad,
        )

    def _amsl_m(self, pose: LoggedPose) -> float:
        if self._told.height_above_ground_m is not None:
            return self._ground_below_m(pose) + self._told.height_above_ground_m
        height = pose.height
        if isinstance(height, HeightAmsl):
            return height.m
        if isinstance(height, HeightAboveGround):
            return self._ground_below_m(pose) + height.m
        if height is None:
            raise BadInput(
                where=self._log.name, what="no height in it: give --height-above-ground-m"
            )
        if isinstance(height, HeightAboveEllipsoid):
            return height.amsl(geoid_undulation_m=self._undulation_m()).m
        return height.amsl(home=HeightAmsl(self._home_amsl_m)).m

    def _undulation_m(self) -> float:
        if self._told.geoid_undulation_m is None:
            what = "heights are above the ellipsoid: give --geoid-undulation-m"
            raise BadInput(where=self._log.name, what=what)
        return self._told.geoid_undulation_m

    def _ground_below_m(self, pose: LoggedPose) -> float:
        if self._terrain is None:
            return self._level_m()
        ground = self._terrain.ground(pose.position)
        if isinstance(ground, NoGround):
            raise BadInput(where="--terrain", what=f"below the aircraft: {ground.why}")
        return ground.height.m

    def _level_m(self) -> float:
        """The level ground's height: as told, else that of the place of take-off."""
        if self._told.ground_amsl_m is not None:
            return self._told.ground_amsl_m
        if self._told.height_above_ground_m is None and any(
            isinstance(each.height, HeightAmsl | HeightAboveEllipsoid) for each in self._log.poses
        ):
            what = "heights are not above the ground: give --terrain or --ground-height-amsl-m"
            raise BadInput(where=self._log.name, what=what)
        return self._home_amsl_m

    def _home(self) -> float:
        """The height of the place of take-off: as told, or the ground's there, or zero."""
        if self._told.home_amsl_m is not None:
            return self._told.home_amsl_m
        above_home = any(isinstance(each.height, HeightAboveHome) for each in self._log.poses)
        if self._terrain is None or not above_home:
            return self._told.ground_amsl_m or 0.0
        ground = self._terrain.ground(self._log.home or self._log.poses[0].position)
        if isinstance(ground, NoGround):
            what = f"at the place of take-off: {ground.why}; give --home-height-amsl-m"
            raise BadInput(where="--terrain", what=what)
        return ground.height.m
