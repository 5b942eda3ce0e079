"""Plans that follow the ground, where `--above-ground` asks for it."""

from missions.asked.asking import Asked, Made
from missions.checks.return_way import CEILING_M
from missions.errors import BadInput
from missions.heights import HeightAboveGround
from missions.plan import Plan
from missions.terrain import Following, Terrain, follow_plan

STRUCTURES = ("orbit", "facade")


def followed(plan: Plan, asked: Asked, made: Made, terrain: Terrain | None) -> Plan:
    """The plan with its height above the ground, or as it is where that was not asked for.

    Raises:
        BadInput: there is no terrain, or the pattern's heights are those of a structure.
    """
    if not asked.args.above_ground:
        return plan
    if terrain is None:
        raise BadInput(where="--above-ground", what="needs the ground: give --terrain")
    if asked.args.pattern in STRUCTURES:
        raise BadInput(where="--above-ground", what="an orbit or facade goes by its structure")
    heights = {point.height.m for point in made.path.points}
    if len(heights) > 1:
        what = f"the path has {len(heights)} heights of its own: one can follow the ground"
        raise BadInput(where="--above-ground", what=what)
    how = Following(
        height=HeightAboveGround(made.sight.height_m),
        vehicle=asked.vehicle,
        speed_m_s=made.sight.speed_m_s,
        ceiling_m=CEILING_M,
    )
    return follow_plan(plan, terrain, how)
