"""From a pixel to a place on the earth with an error ellipse."""

from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.ellipse import ellipse, ellipses
from onboard.geolocate.footprint import view
from onboard.geolocate.ground import GroundFixes, Outcome, locate, points_en
from onboard.geolocate.pose import CameraPose, PoseErrors

__all__ = [
    "CameraGeometry",
    "CameraPose",
    "GroundFixes",
    "Outcome",
    "PoseErrors",
    "ellipse",
    "ellipses",
    "locate",
    "points_en",
    "view",
]
