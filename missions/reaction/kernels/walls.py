"""Whether a straight leg is clear: walls are rings of edges that no leg may cross.

Corners that ways turn at lie a little off the walls, so that a leg along a wall is clear whatever
the rounding; a leg through a wall's very corner is not.
"""

from typing import NamedTuple

from missions.reaction.kernels.compiled import Bits, Floats, Ints, entry, inner


class Walls(NamedTuple):
    """Edges (e, 4) as x, y, x, y in metres; where each ring begins, (r + 1,); its box, (r, 4)."""

    edges: Floats
    begins: Ints
    boxes: Floats


@inner
def side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether a point lies to the left of, or on, the line from a to b."""
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0.0


@inner
def misses_box(ax: float, ay: float, bx: float, by: float, boxes: Floats, ring: int) -> bool:
    """Whether a leg surely misses a ring: by its bounds, or with the box on one side of it."""
    low_x, low_y, high_x, high_y = boxes[ring, 0], boxes[ring, 1], boxes[ring, 2], boxes[ring, 3]
    if max(ax, bx) < low_x or min(ax, bx) > high_x or max(ay, by) < low_y or min(ay, by) > high_y:
        return True
    one = side(ax, ay, bx, by, low_x, low_y)
    return (
        side(ax, ay, bx, by, low_x, high_y) == one
        and side(ax, ay, bx, by, high_x, low_y) == one
        and side(ax, ay, bx, by, high_x, high_y) == one
    )


@inner
def clear(ax: float, ay: float, bx: float, by: float, walls: Walls) -> bool:
    """Whether the straight leg from a to b crosses no wall."""
    edges = walls.edges
    for ring in range(len(walls.boxes)):
        if misses_box(ax, ay, bx, by, walls.boxes, ring):
            continue
        for i in range(walls.begins[ring], walls.begins[ring + 1]):
            cx, cy, dx, dy = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
            if side(ax, ay, bx, by, cx, cy) != side(ax, ay, bx, by, dx, dy) and (
                side(cx, cy, dx, dy, ax, ay) != side(cx, cy, dx, dy, bx, by)
            ):
                return False
    return True


@entry
def look_about(points: Floats, corners: Floats, walls: Walls, seen: Bits) -> None:
    """Fill in which corners are seen from which points, (p, c)."""
    for i in range(len(points)):
        for j in range(len(corners)):
            seen[i, j] = clear(points[i, 0], points[i, 1], corners[j, 0], corners[j, 1], walls)
