"""How the camera moved between frames, from the picture or from what was found in it."""

from onboard.motion.by_detections import DetectionMotion
from onboard.motion.by_picture import PictureMotion
from onboard.motion.steadying import Correction, PictureSteadying, Steadying

__all__ = ["Correction", "DetectionMotion", "PictureMotion", "PictureSteadying", "Steadying"]
