"""Finding people, vehicles and animals in an image."""

from onboard.detect.detections import Detections, Detector

__all__ = ["Detections", "Detector"]
