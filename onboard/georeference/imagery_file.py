"""Motion imagery as a file: a transport stream with the video, where there is one, or bare KLV."""

import heapq
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from missions.errors import BadInput, place_of
from onboard.georeference.encoded_video import EncodedVideo
from onboard.georeference.job import Placed
from onboard.georeference.motion_imagery import MotionImagery
from onboard.telemetry.mpegts.mux import Mux

BARE_SUFFIX = ".klv"
SUFFIXES = (".ts", BARE_SUFFIX)


def check_imagery(out: Path, video: Path | None) -> None:
    """Refuse what cannot be written, before any work is done.

    Raises:
        BadInput: a name that tells no format, or a video for a file that holds none.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise BadInput(where=f"--misb {out}", what=f"should end in {', '.join(SUFFIXES)}")
    if video is not None and out.suffix.lower() == BARE_SUFFIX:
        raise BadInput(where=f"--misb {out}", what="bare KLV holds no video: name a .ts")


def instants(begin_s: float, end_s: float, rate_hz: float, asked_s: Sequence[float]) -> list[float]:
    """The times at which a packet is sent: evenly, and wherever something is seen."""
    count = int((end_s - begin_s) * rate_hz + 1e-6) + 1
    even = {round(begin_s + index / rate_hz, 6) for index in range(count)}
    seen = {round(each, 6) for each in asked_s}
    return sorted(even | seen)


def write_imagery(
    out: Path,
    imagery: MotionImagery,
    times_s: Sequence[float],
    answers: Sequence[Placed],
    *,
    video: EncodedVideo | None,
    offset_s: float,
    synchronous: bool,
) -> int:
    """Write a file whole, and tell how many packets it has.

    Times are the telemetry's; `offset_s` less is the video's.

    Raises:
        BadInput: it cannot be written.
    """
    seen: dict[float, list[Placed]] = {}
    for each in answers:
        seen.setdefault(round(each.asked.t_s, 6), []).append(each)
    packets = (
        (t_s - offset_s, data)
        for t_s in times_s
        if (data := imagery.packet(t_s, seen.get(t_s, ()))) is not None
    )
    count = 0
    beside = out.with_name(out.name + ".part")
    try:
        with beside.open("wb") as file:
            for data, is_packet in _pieces(out, packets, video, synchronous=synchronous):
                file.write(data)
                count += is_packet
        os.replace(beside, out)
    except OSError as error:
        raise place_of(error, str(out)) from error
    return count


def _pieces(
    out: Path,
    packets: Iterator[tuple[float, bytes]],
    video: EncodedVideo | None,
    *,
    synchronous: bool,
) -> Iterator[tuple[bytes, bool]]:
    """The file's bytes in their order, and which are of a packet."""
    if out.suffix.lower() == BARE_SUFFIX:
        yield from ((data, True) for _, data in packets)
        return
    mux = Mux(video_type=None if video is None else video.stream_type, synchronous=synchronous)
    pictures = () if video is None else video.pictures()
    # Units are counted as they are made: each is made only when its turn has come.
    metadata = ((t_s, partial(mux.klv, t_s, data), True) for t_s, data in packets)
    shown = (
        (
            each.decoded_s,
            partial(mux.video, each.t_s, each.data, decoded_s=each.decoded_s, key=each.key),
            False,
        )
        for each in pictures
    )
    for _, made, is_packet in heapq.merge(metadata, shown, key=lambda unit: unit[0]):
        yield made(), is_packet
