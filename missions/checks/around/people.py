"""Whether a flight passes over people: a crowd must not be flown over, other places with care."""

from collections.abc import Sequence

from missions.area import Area
from missions.checks.around.crossing import Crossing, area_shape, crossings, near_track
from missions.checks.around.part import Track
from missions.checks.finding import Finding, error, warning

# Implementing Regulation (EU) 2019/947, article 2(3): where people cannot move away freely.
CROWDS = frozenset(("crowd", "assembly", "assembly_of_people", "event", "stadium", "demonstration"))
KEYS = ("kind", "use", "people", "amenity", "leisure", "landuse")
# Lower than this it stands at its dock.
FLYING_M = 1.0


def people_findings(track: Track, people: Sequence[Area]) -> list[Finding]:
    """One finding for each area with people that is flown over."""
    near = [area for area in people if near_track(track, area, 0.0)]
    shapes = [area_shape(area, track.plane) for area in near]
    over: dict[int, list[Crossing]] = {}
    for one in crossings(track, shapes):
        part = track.parts[one.part]
        if max(part.start[2], part.end[2]) > FLYING_M:
            over.setdefault(one.outline, []).append(one)
    return [_finding(track, near[index], found) for index, found in over.items()]


def kind_of(area: Area) -> str:
    """What a drawing says is there: the first of the properties that say such things."""
    for key in KEYS:
        found = area.properties.get(key)
        if isinstance(found, str) and found:
            return found.lower()
    return ""


def is_crowd(area: Area) -> bool:
    """Whether people stand too close there to move away."""
    return kind_of(area) in CROWDS


def _finding(track: Track, area: Area, found: list[Crossing]) -> Finding:
    first = found[0]
    part = track.parts[first.part]
    length = sum(one.length_m(track) for one in found)
    name = area.name or kind_of(area) or "people"
    kind = f" ({kind_of(area)})" if kind_of(area) not in ("", name) else ""
    legs = len({one.part for one in found})
    crowd = is_crowd(area)
    return (error if crowd else warning)(
        "overflight-crowd" if crowd else "overflight",
        f"{part.name} passes over {name}{kind}: {length:.0f} m on {legs} parts of the flight",
        "fly round it" if crowd else "fly round it, or see that nobody is below",
        item=part.item,
        place=track.place(part.at(first.enters)),
    )
