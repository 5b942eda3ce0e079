"""Outcomes of following as the lines of a tracks file, in the unit that is known."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from missions.geodesy import GeoPoint
from onboard.track.files import Header, TracksFrame
from onboard.track.replay.results import Followed
from onboard.track.track import Array, Track


def header(*, origin: GeoPoint | None, in_metres: bool, source: str) -> Header:
    """The first line."""
    place = None if origin is None else (origin.latitude_deg, origin.longitude_deg)
    return Header(origin=place, unit="m" if in_metres else "px", source=source)


def told_frames(frames: Iterable[Followed], *, m_per_px: float | None) -> Iterator[TracksFrame]:
    """The lines of frames; with `m_per_px` places go back to pixels of the reference."""
    for frame in frames:
        told, view_en = frame.tracks, frame.view_en
        if m_per_px is not None:
            told = tuple(_in_pixels(track, m_per_px) for track in frame.tracks)
            view_en = None if view_en is None else view_en @ _pixels_from_plane(m_per_px)
        yield TracksFrame(t_s=frame.t_s, tracks=told, view_en=view_en)


def _in_pixels(track: Track, m_per_px: float) -> Track:
    """Right and down, pixels, from metres right and up."""
    turn = _pixels_from_plane(m_per_px)
    return replace(
        track,
        en_m=turn @ track.en_m,
        velocity_en_m_s=turn @ track.velocity_en_m_s,
        covariance_m2=turn @ track.covariance_m2 @ turn,
        own_m2=turn @ track.own_m2 @ turn,
        velocity_m2_s2=turn @ track.velocity_m2_s2 @ turn,
    )


def _pixels_from_plane(m_per_px: float) -> Array:
    return np.diag([1.0, -1.0]) / m_per_px
