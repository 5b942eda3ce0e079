"""Which source an address means: the one table of all sources."""

from pathlib import Path

from missions.errors import BadInput
from onboard.source.asked import AskedSource
from onboard.source.folder import FolderSource
from onboard.source.frame import FrameSource, Tap
from onboard.source.mjpeg import MjpegSource
from onboard.source.video import VideoFileSource, VideoStreamSource

STREAM_SCHEMES = ("rtsp://", "rtsps://", "rtmp://", "http://", "https://", "udp://", "srt://")


def is_live(address: str) -> bool:
    """Whether an address is a camera's, which has no end."""
    return address.startswith(("mjpeg+", "paced+", *STREAM_SCHEMES))


def open_source(address: str, tap: Tap | None = None) -> FrameSource:
    """The source for `mjpeg+http://`, `paced+http://`, `rtsp://`..., a folder or a video file.

    `tap` is given every picture of a camera; folders and files are a recording already.

    Raises:
        BadInput: there is nothing such, or it holds no frame.
    """
    if address.startswith("mjpeg+"):
        return MjpegSource(address, tap)
    if address.startswith("paced+"):
        return AskedSource(address, tap)
    if address.startswith(STREAM_SCHEMES):
        return VideoStreamSource(address, tap)
    path = Path(address).expanduser()
    if path.is_dir():
        return FolderSource(path)
    if path.is_file():
        return VideoFileSource(path)
    raise BadInput(where=f"source {address}", what="no such folder, video file or stream address")
