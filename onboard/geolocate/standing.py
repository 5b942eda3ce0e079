"""What may stand still below: landmarks that are known, and objects that are followed."""

from dataclasses import dataclass

from missions.geodesy import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLandmark:
    """Something that always stands at one place and is found by the detector as `object_class`."""

    name: str
    object_class: str
    place: GeoPoint
    height_amsl_m: float | None = None
    sigma_m: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A followed object in a frame: where its middle is seen, how far above the ground that is."""

    track: int
    object_class: str
    pixel: tuple[float, float]
    sigma_px: float
    lift_m: float
    speed_m_s: float
    speed_sigma_m_s: float
    seen_for_s: float
    may_park: bool
