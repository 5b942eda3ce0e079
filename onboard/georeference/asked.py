"""What is asked: pixels to place and landmarks to calibrate with, as tables (CSV)."""

from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from onboard.telemetry.columns import Row, read_rows
from onboard.telemetry.flight_log import FlightLog
from onboard.telemetry.pose_table import place_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixel:
    """A pixel at a time in the video, by the clock of the telemetry.

    `thing` names what is seen where several rows are of one thing. `lift_m` is how far above the
    ground the seen point is. `object_class` and `confidence` are told on as they are.
    """

    where: str
    t_s: float
    pixel: tuple[float, float]
    thing: str | None
    sigma_px: float | None
    lift_m: float
    lift_sigma_m: float
    object_class: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A sighting of something that stays where it is; `place` is None where that is not known."""

    where: str
    t_s: float
    pixel: tuple[float, float]
    name: str
    place: GeoPoint | None
    height_amsl_m: float | None
    sigma_m: float
    sigma_px: float | None


def read_pixels(path: Path, log: FlightLog, *, offset_s: float) -> list[Pixel]:
    """The pixels of a file; `offset_s` is added to their times.

    Raises:
        BadInput: a row is not whole, or its entry is not in the telemetry.
    """
    return [
        Pixel(
            where=row.where,
            t_s=_time(row, log, offset_s),
            pixel=(row.number("u_px"), row.number("v_px")),
            thing=row.text("id"),
            sigma_px=_positive(row, "sigma_px"),
            lift_m=row.optional("height_above_ground_m") or 0.0,
            lift_sigma_m=row.optional("height_sigma_m") or 0.0,
            object_class=row.text("class"),
            confidence=row.optional("confidence"),
        )
        for row in read_rows(path)
    ]


def read_landmarks(path: Path, log: FlightLog, *, offset_s: float) -> list[Landmark]:
    """The sightings of a file; `offset_s` is added to their times.

    Raises:
        BadInput: a row is not whole, has neither name nor place, or one name has two places.
    """
    sightings = [_landmark(row, log, offset_s) for row in read_rows(path)]
    places: dict[str, tuple[GeoPoint | None, float | None]] = {}
    for each in sightings:
        told = (each.place, each.height_amsl_m)
        if places.setdefault(each.name, told) != told:
            raise BadInput(where=each.where, what=f"{each.name} had another place above")
    return sightings


def _landmark(row: Row, log: FlightLog, offset_s: float) -> Landmark:
    placed = row.text("latitude_deg") is not None or row.text("longitude_deg") is not None
    place = place_in(row) if placed else None
    name = row.text("name")
    if name is None:
        if place is None:
            raise BadInput(where=row.where, what="neither a name nor a place")
        name = f"{place.latitude_deg:.8f},{place.longitude_deg:.8f}"
    return Landmark(
        where=row.where,
        t_s=_time(row, log, offset_s),
        pixel=(row.number("u_px"), row.number("v_px")),
        name=name,
        place=place,
        height_amsl_m=row.optional("height_amsl_m"),
        sigma_m=_positive(row, "sigma_m") or 0.05,
        sigma_px=_positive(row, "sigma_px"),
    )


def _time(row: Row, log: FlightLog, offset_s: float) -> float:
    """By `t_s`, or by `entry`, the telemetry's own number; needless where there is one pose."""
    t_s = row.optional("t_s")
    if t_s is not None:
        return t_s + offset_s
    number = row.optional("entry")
    if number is None:
        if len(log.poses) == 1:
            return log.poses[0].t_s
        raise BadInput(where=row.where, what="neither t_s nor entry")
    pose = log.entry(int(number))
    if pose is None:
        raise BadInput(where=f"{row.where}: entry", what=f"{log.name} has no entry {number:g}")
    return pose.t_s + offset_s


def _positive(row: Row, name: str) -> float | None:
    value = row.optional(name)
    if value is not None and value <= 0.0:
        raise BadInput(where=f"{row.where}: {name}", what=f"{value:g} is not above zero")
    return value
