"""Where frames come from: a camera's stream, a folder of pictures, a video file."""

from onboard.source.frame import Frame, FrameSource, Image, SourceCounts, SourceFacts, Tap
from onboard.source.opening import is_live, open_source

__all__ = [
    "Frame",
    "FrameSource",
    "Image",
    "SourceCounts",
    "SourceFacts",
    "Tap",
    "is_live",
    "open_source",
]
