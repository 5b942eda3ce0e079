"""A video's pictures as they are coded, to be passed on without coding them anew.

OpenCV's FFmpeg takes them out of whatever file holds them; only H.264 and HEVC are passed on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from missions.errors import BadInput
from onboard.telemetry.mpegts.tables import H264, HEVC

# What FFmpeg calls them in files, and the unit that must begin every picture in a stream.
CODINGS = {
    "h264": (H264, b"\x00\x00\x00\x01\x09\xf0"),
    "avc1": (H264, b"\x00\x00\x00\x01\x09\xf0"),
    "hevc": (HEVC, b"\x00\x00\x00\x01\x46\x01\x50"),
    "hvc1": (HEVC, b"\x00\x00\x00\x01\x46\x01\x50"),
    "hev1": (HEVC, b"\x00\x00\x00\x01\x46\x01\x50"),
}
START_CODE = b"\x00\x00\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedPicture:
    """One picture in the order of decoding; `t_s` is when it is shown, from the first shown one."""

    t_s: float
    decoded_s: float
    key: bool
    data: bytes


class EncodedVideo:
    """The pictures of a video file.

    Raises:
        BadInput: it cannot be opened, or is of another coding.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        capture = self._open()
        coding = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1")
        if coding.lower() not in CODINGS:
            what = f"coded as {coding!r}; only H.264 and HEVC are passed on"
            raise BadInput(where=str(path), what=what)
        self.stream_type, self._delimiter = CODINGS[coding.lower()]
        self._parameters = self._extra(capture)
        self._times_s = list(_times_s(capture))
        capture.release()
        if not self._times_s:
            raise BadInput(where=str(path), what="no picture in it")
        self._first_s = min(self._times_s)

    @property
    def duration_s(self) -> float:
        """From the first picture to the last one."""
        return max(self._times_s) - self._first_s

    @property
    def count(self) -> int:
        """How many pictures it has."""
        return len(self._times_s)

    def pictures(self) -> Iterator[CodedPicture]:
        """All of them, in the order of decoding."""
        capture = self._open()
        decoded = _decoding_times(self._times_s)
        for t_s, decoded_s in zip(self._times_s, decoded, strict=True):
            if not capture.grab():
                return
            _, data = capture.retrieve()
            key = capture.get(cv2.CAP_PROP_LRF_HAS_KEY_FRAME) > 0.0
            yield CodedPicture(
                t_s=t_s - self._first_s,
                decoded_s=decoded_s - self._first_s,
                key=key,
                data=self._whole(data.tobytes(), key=key),
            )
        capture.release()

    def _open(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened() or not capture.set(cv2.CAP_PROP_FORMAT, -1):
            raise BadInput(where=str(self._path), what="not a video that OpenCV can open")
        return capture

    def _extra(self, capture: cv2.VideoCapture) -> bytes:
        """The parameter sets that stand apart from the pictures, where they do as a stream."""
        found, data = capture.retrieve(flag=int(capture.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX)))
        extra = data.tobytes() if found and data is not None else b""
        return extra if extra.startswith((START_CODE, b"\x00" + START_CODE)) else b""

    def _whole(self, data: bytes, *, key: bool) -> bytes:
        """A picture with its delimiter, and with the parameter sets where a decoder may begin."""
        told = self._parameters if key and self._parameters not in data else b""
        if data.startswith(self._delimiter[:5]):
            return data[: len(self._delimiter)] + told + data[len(self._delimiter) :]
        return self._delimiter + told + data


def _times_s(capture: cv2.VideoCapture) -> Iterator[float]:
    while capture.grab():
        yield capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0


def _decoding_times(shown_s: list[float]) -> list[float]:
    """Rising times none of which is after that at which its picture is shown."""
    rising = sorted(shown_s)
    delay_s = max(rise - shown for rise, shown in zip(rising, shown_s, strict=True))
    return [rise - delay_s for rise in rising]
