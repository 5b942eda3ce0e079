"""The built-in camera module: a registry in a GeoJSON file and the district's buildings."""

from pathlib import Path
from typing import Any

from ground_station.configuration import ModuleSettings
from ground_station.district import CAMERAS_FILE, District
from ground_station.modules.camera.port import CameraSighting
from ground_station.modules.camera.registry import Camera, read_cameras
from ground_station.modules.camera.visibility import Visibility
from missions.geodesy import GeoPoint


class GeojsonCameras:
    """A `CameraModule` over one district's files; without a folder it knows no camera."""

    def __init__(self, district: District, folder: Path | None, settings: ModuleSettings) -> None:
        cameras: tuple[Camera, ...]
        self._document: dict[str, Any]
        cameras, self._document = (
            ((), {"type": "FeatureCollection", "features": []})
            if folder is None
            else read_cameras(folder / CAMERAS_FILE)
        )
        self._visibility = Visibility(
            cameras, district, assumed_building_height_m=settings.assumed_building_height_m
        )

    def geojson(self) -> dict[str, Any]:
        """The file as it was."""
        return self._document

    def cameras_that_see(self, place: GeoPoint, *, most: int) -> tuple[CameraSighting, ...]:
        """The nearest cameras that can see a place on the ground, nearest first."""
        return self._visibility.nearest(place, most=most)
