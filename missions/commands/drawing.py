"""The picture of a plan, with what was asked for and what was found."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.area import middle
from missions.asked.pattern import Asked, Made
from missions.checks import Finding
from missions.geodesy import LocalPlane
from missions.plan import Plan
from missions.terrain.surface import Terrain


def draw(
    asked: Asked,
    made: Made,
    plan: Plan,
    findings: tuple[Finding, ...],
    facts: Sequence[str],
    *,
    terrain: Terrain | None,
    title: str,
    png: Path,
) -> None:
    """Write the picture of one plan."""
    from missions.picture import Drawn, write_picture

    drawn = Drawn(
        title=title,
        plan=plan,
        path=made.path,
        shapes=asked.shapes,
        findings=findings,
        facts=facts,
        heat=_heat(made),
        terrain=terrain,
    )
    write_picture(drawn, png)


def _heat(made: Made) -> npt.NDArray[np.float64] | None:
    """Where a search believes to find: latitude, longitude and mass about its path."""
    if not made.beliefs:
        return None
    from shapely.geometry import box

    from missions.area import ring_en
    from missions.patterns.search.belief import samples_of

    places = tuple(point.position for point in made.path.points)
    plane = LocalPlane(middle(places))
    en = ring_en(plane, places)
    around = box(*(en.min(axis=0) - 50.0), *(en.max(axis=0) + 50.0))
    samples = samples_of(around, plane, made.beliefs)
    return np.column_stack((plane.geo_from_en(samples[:, :2]), samples[:, 2]))
