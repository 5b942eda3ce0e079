"""How the camera moved between frames, from the picture or from what was found in it."""

from onboard.motion.by_detections import DetectionMotion
from onboard.motion.by_picture import PictureMotion

__all__ = ["DetectionMotion", "PictureMotion"]
