"""Whether the camera sees a privacy zone while it is on: it must be off or level there.

A zone whose `camera` is "off" is content with nothing less: a level camera that is on sees it, too.
A plan that says when its camera records is taken at its word; one that only points it has it on all
the time. A camera of which nothing is said looks straight down.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.camera import CameraModel
from missions.checks.around.camera_state import OF_A_GIMBAL, RECORDING, CameraState
from missions.checks.around.camera_view import is_level, pieces, swept
from missions.checks.around.crossing import area_shape, near_track
from missions.checks.around.part import Kind, Part, Spot, Track
from missions.checks.finding import Finding, error, warning
from missions.plan import Plan
from missions.terrain.surface import NoGround, Terrain

# Of a longer part, the place where the zone comes into view is told this exactly.
EXACT_M = 1.0
FLYING_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A part of the flight with a zone in the picture, between two shares of its way."""

    area: int
    part: int
    begins: float
    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who looks: the camera, how far details can be told, and whether it is on unless told."""

    model: CameraModel
    reach_m: float
    always_on: bool
    known: bool


def watch_of(plan: Plan, model: CameraModel, reach_m: float) -> Watch:
    """What a plan says of its camera."""
    commands = {item.command for item in plan.items}
    says_when = not commands.isdisjoint(RECORDING)
    return Watch(
        model=model,
        reach_m=reach_m,
        always_on=not says_when,
        known=says_when or not commands.isdisjoint(OF_A_GIMBAL),
    )


def exposures(
    track: Track, areas: Sequence[Area], watch: Watch, terrain: Terrain | None
) -> list[Exposure]:
    """Every part of the flight on which the camera, on and not level, has a zone in its picture."""
    near = [
        (index, area_shape(area, track.plane), _ground_up(track, area, terrain))
        for index, area in enumerate(areas)
        if near_track(track, area, watch.reach_m)
    ]
    found = []
    for number, part in enumerate(track.parts):
        if not near or not _takes(part, watch):
            continue
        level = is_level(part.camera)
        views = _Views(part, watch, _looked_at(track, part.camera))
        for index, shape, ground_up in near:
            if level and not asks_off(areas[index]):
                continue
            span = _span(views, shape, ground_up)
            if span is not None:
                found.append(Exposure(area=index, part=number, begins=span[0], ends=span[1]))
    return sorted(found, key=lambda one: (one.area, one.part))


class _Views:
    """What the camera sees along a part: drawn once for all areas on one level."""

    def __init__(self, part: Part, watch: Watch, looked_at: Spot | None) -> None:
        self.part = part
        self.pieces = pieces(part, part.camera)
        self._watch = watch
        self._looked_at = looked_at
        self._whole: dict[float, list[BaseGeometry]] = {}

    def of_pieces(self, ground_up_m: float) -> list[BaseGeometry]:
        """The ground seen along each piece."""
        if ground_up_m not in self._whole:
            self._whole[ground_up_m] = [self.between(*one, ground_up_m) for one in self.pieces]
        return self._whole[ground_up_m]

    def between(self, begin: float, end: float, ground_up_m: float) -> BaseGeometry:
        """The ground seen between two shares of the way."""
        return swept(
            self.part,
            (begin, end),
            self._watch.model,
            self._looked_at,
            ground_up_m=ground_up_m,
            reach_m=self._watch.reach_m,
        )


def asks_off(area: Area) -> bool:
    """Whether a zone wants the camera off, not only level."""
    return str(area.properties.get("camera", "")).strip().lower() == "off"


def _takes(part: Part, watch: Watch) -> bool:
    """Whether pictures are taken there, in the air."""
    if max(part.start[2], part.end[2]) <= FLYING_M:
        return False
    return part.kind is Kind.PICTURE or part.camera.on or watch.always_on


def _looked_at(track: Track, camera: CameraState) -> Spot | None:
    if camera.at is None:
        return None
    below_home = track.home_amsl_m if camera.at_above_sea else 0.0
    height = camera.at_height_m - below_home
    return (*track.plane.en(camera.at), height if math.isfinite(height) else 0.0)


def _ground_up(track: Track, area: Area, terrain: Terrain | None) -> float:
    """The ground in a zone, above home: where it is lowest, the picture is widest."""
    if terrain is None or not math.isfinite(track.home_amsl_m):
        return 0.0
    found = [terrain.ground(place) for place in area.outer[:64]]
    known = [one.height.m - track.home_amsl_m for one in found if not isinstance(one, NoGround)]
    return min(known, default=0.0)


def _span(views: _Views, shape: BaseGeometry, ground_up_m: float) -> tuple[float, float] | None:
    """From where to where along a part a zone is in the picture; None where it never is."""
    seen = np.flatnonzero(shapely.intersects(views.of_pieces(ground_up_m), shape))
    if not seen.size:
        return None

    def within(begin: float, end: float) -> bool:
        return bool(views.between(begin, end, ground_up_m).intersects(shape))

    finest = EXACT_M / max(views.part.length_m, EXACT_M)
    first, last = views.pieces[int(seen[0])], views.pieces[int(seen[-1])]
    begin = _first(within, *first, finest, forward=True)
    return begin, _first(within, *last, finest, forward=False)


def _first(
    seen: Callable[[float, float], bool], low: float, high: float, finest: float, *, forward: bool
) -> float:
    """Where the zone first, or last, comes into view within a piece, never too late."""
    while high - low > finest:
        middle = (low + high) / 2.0
        near, far = ((low, middle), (middle, high)) if forward else ((middle, high), (low, middle))
        low, high = near if seen(*near) else far
    return low if forward else high


def privacy_findings(
    track: Track, areas: Sequence[Area], watch: Watch, terrain: Terrain | None
) -> list[Finding]:
    """One finding for each privacy zone that the camera sees."""
    seen: dict[int, list[Exposure]] = {}
    for one in exposures(track, areas, watch, terrain):
        seen.setdefault(one.area, []).append(one)
    return [_finding(track, areas[index], found, watch) for index, found in seen.items()]


def _finding(track: Track, area: Area, found: list[Exposure], watch: Watch) -> Finding:
    first = found[0]
    part = track.parts[first.part]
    name = area.name or "a privacy zone"
    where = f"first on the way to item {part.item + 1}"
    if part.kind is Kind.PICTURE:
        where = f"first by item {part.item + 1}"
    off = "turn the camera off there: the zone asks for it"
    return (error if watch.known else warning)(
        "privacy",
        f"{_camera(part, watch)} sees {name} {_how_much(track, found)}, {where}",
        off if asks_off(area) else "hold the camera level there, or turn it off",
        item=part.item,
        place=track.place(part.at(first.begins)),
    )


def _how_much(track: Track, found: list[Exposure]) -> str:
    """`in 2 pictures`, or `from 86 m of the flight`, or both."""
    seen = [(track.parts[one.part], one.ends - one.begins) for one in found]
    pictures = sum(part.kind is Kind.PICTURE for part, _ in seen)
    metres = sum(share * part.length_m for part, share in seen)
    stays = sum(part.ends_s - part.starts_s for part, _ in seen if part.kind is Kind.STAY)
    said = [f"in {pictures} picture{'s' if pictures > 1 else ''}"] if pictures else []
    said += [f"from {metres:.0f} m of the flight"] if metres >= 1.0 else []
    said += [f"for {stays:.0f} s where it stays"] if stays >= 1.0 else []
    return " and ".join(said) or "as it climbs or descends"


def _camera(part: Part, watch: Watch) -> str:
    camera = part.camera
    if camera.at is not None:
        pointed = "aimed at a place"
    elif camera.pitch_rad is None:
        pointed = "of which nothing is said, taken to look straight down"
    else:
        pointed = f"pitched {-math.degrees(camera.pitch_rad):.0f} degrees down"
    if camera.video:
        doing = ", recording"
    elif camera.triggering or part.kind is Kind.PICTURE:
        doing = ", taking pictures"
    else:
        doing = ", taken to be on all the time" if watch.always_on else ""
    return f"the camera, {pointed}{doing},"
