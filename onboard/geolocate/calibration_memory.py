"""What a calibration in flight remembers, as plain data and back."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from missions.geodesy import GeoPoint
from onboard.geolocate.error_process import PARTS
from onboard.geolocate.rotation import Array


@dataclass(slots=True, kw_only=True)
class Watched:
    """An anchor: what it is, the track it is followed as, and when it was last seen."""

    name: str
    object_class: str
    landmark: bool
    track: int | None
    last_s: float
    misses: int = 0


@dataclass(slots=True)
class Memory:
    """What the state is about: anchors in the filter's order, and tracks that have moved."""

    anchors: list[Watched] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)
    taught: int = 0
    refused: int = 0
    forgotten: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCalibration:
    """All that a process needs to go on: the filter's state, what it is about, where and when.

    `heading_rad` is where the last frame looked.
    """

    mean: Array
    covariance: Array
    memory: Memory
    origin: GeoPoint | None
    passed_s: float | None
    heading_rad: float

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        origin, memory = self.origin, self.memory
        return {
            "origin": None if origin is None else [origin.latitude_deg, origin.longitude_deg],
            "mean": self.mean.tolist(),
            "covariance": self.covariance.tolist(),
            "passed_s": self.passed_s,
            "heading_rad": self.heading_rad,
            "anchors": [
                [each.name, each.object_class, each.landmark, each.track, each.last_s]
                for each in memory.anchors
            ],
            "moved": sorted(memory.moved),
            "counts": [memory.taught, memory.refused, memory.forgotten],
        }

    @classmethod
    def of(cls, plain: Any) -> Self:
        """Back again.

        Raises:
            ValueError: it is no such state.
        """
        try:
            origin, passed_s = plain["origin"], plain["passed_s"]
            place = None
            if origin is not None:
                place = GeoPoint(latitude_deg=float(origin[0]), longitude_deg=float(origin[1]))
            saved = cls(
                mean=np.array(plain["mean"], dtype=np.float64),
                covariance=np.array(plain["covariance"], dtype=np.float64),
                memory=_memory(plain),
                origin=place,
                passed_s=None if passed_s is None else float(passed_s),
                heading_rad=float(plain["heading_rad"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ValueError("it holds no calibration") from error
        _check(saved)
        return saved


def _memory(plain: Any) -> Memory:
    anchors = [
        Watched(
            name=str(name),
            object_class=str(kind),
            landmark=bool(known),
            track=None if track is None else int(track),
            last_s=float(last_s),
        )
        for name, kind, known, track, last_s in plain["anchors"]
    ]
    taught, refused, forgotten = (int(each) for each in plain["counts"])
    return Memory(anchors, {int(each) for each in plain["moved"]}, taught, refused, forgotten)


def _check(saved: SavedCalibration) -> None:
    """Refuse what no filter can have left behind.

    Raises:
        ValueError: it says what is wrong.
    """
    mean, covariance, anchors = saved.mean, saved.covariance, len(saved.memory.anchors)
    size = PARTS + 3 * anchors
    if mean.shape != (size,) or covariance.shape != (size, size):
        raise ValueError("its calibration is not of the size that its anchors ask for")
    if not (np.isfinite([*mean, saved.heading_rad]).all() and np.isfinite(covariance).all()):
        raise ValueError("its calibration holds what is no number")
    scale = float(np.max(np.abs(covariance)))
    if np.max(np.abs(covariance - covariance.T)) > 1e-6 * scale:
        raise ValueError("its calibration's covariance is not symmetric")
    variances = np.diag(covariance)[:PARTS]
    if np.min(np.linalg.eigvalsh(covariance)) < -1e-6 * scale or np.any(variances <= 0.0):
        raise ValueError("its calibration's covariance is none")
    if anchors and saved.origin is None:
        raise ValueError("its calibration has anchors without an origin")
