"""Where frames come from: a camera's stream, a folder of pictures, a video file."""

from onboard.source.frame import Frame, FrameSource, Image, SourceCounts, SourceFacts
from onboard.source.opening import open_source

__all__ = ["Frame", "FrameSource", "Image", "SourceCounts", "SourceFacts", "open_source"]
