"""The statechart as an SVG picture: the places of its states are told here, its arrows are not."""

import math
from html import escape
from typing import NamedTuple

from onboard.executive.chart import STATES, State
from onboard.executive.drawing import GROUPS, Arrow, arrows

# Column and row of each state.
PLACES: dict[str, tuple[float, float]] = {
    State.STANDING_BY: (0.0, 0.4),
    State.YIELDED: (0.0, 5.6),
    State.PATROLLING: (1.5, 1.0),
    State.ENDING: (-0.8, 3.0),
    State.STOPPING: (2.8, 1.0),
    State.LOWERING: (2.8, 0.0),
    State.CIRCLING: (4.2, 2.0),
    State.LOOKING: (5.6, 0.0),
    State.ORBITING: (5.6, 2.9),
    State.TRAILING: (5.6, 1.0),
    State.FOLLOWING: (6.8, 2.0),
    State.COMING_BACK: (9.3, 2.4),
    State.REJOINING: (4.2, 4.2),
    State.WAITING: (9.3, 5.6),
    State.GOING_HOME: (2.8, 5.6),
}
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#51606e"/></marker></defs>'
)
COLUMN, ROW, WIDTH, HEIGHT = 230.0, 150.0, 150.0, 46.0
LEFT, TOP = 294.0, 160.0
INSET = {"flying": 120.0, "on_duty": 96.0, "away": 72.0, "pursuing": 48.0, "watching": 24.0}
STYLE = (
    "text{font-family:sans-serif;fill:#1b2733}"
    ".label{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".name{font-size:14px;font-weight:600}.order{font-size:11px;fill:#51606e}"
    ".group{fill:none;stroke:#9aa8b5;stroke-dasharray:6 4}"
    ".state{fill:#eef4fa;stroke:#2d5d8a;stroke-width:1.5}"
    ".silent{fill:#f3f3f3;stroke:#777}"
    ".arrow{fill:none;stroke:#51606e;stroke-width:1.2}"
)


class Box(NamedTuple):
    """A rectangle: its middle and half of its sides."""

    x: float
    y: float
    half_w: float
    half_h: float

    def border(self, toward: "Box") -> tuple[float, float]:
        """Where a line to another box's middle leaves this one."""
        dx, dy = toward.x - self.x, toward.y - self.y
        if not dx and not dy:
            return self.x, self.y - self.half_h
        share = min(
            self.half_w / abs(dx) if dx else math.inf, self.half_h / abs(dy) if dy else math.inf
        )
        return self.x + dx * share, self.y + dy * share


def svg() -> str:
    """The picture."""
    boxes = _boxes()
    width = max(box.x + box.half_w for box in boxes.values()) + 40.0
    height = max(box.y + box.half_h for box in boxes.values()) + 40.0
    seen: dict[tuple[str, str], int] = {}
    drawn = [_arrow(each, boxes, seen) for each in arrows()]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<style>{STYLE}</style>",
        TIP,
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        *(_group(name, boxes[name]) for name in GROUPS),
        *(line for line, _ in drawn),
        *(_state(state, boxes[state]) for state in State),
        *(label for _, label in drawn),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes() -> dict[str, Box]:
    boxes = {
        state.value: Box(
            LEFT + COLUMN * PLACES[state][0], TOP + ROW * PLACES[state][1], WIDTH / 2, HEIGHT / 2
        )
        for state in State
    }
    for name, states in GROUPS.items():
        inset = INSET[name]
        left = min(boxes[state].x for state in states) - WIDTH / 2 - inset
        right = max(boxes[state].x for state in states) + WIDTH / 2 + inset
        top = min(boxes[state].y for state in states) - HEIGHT / 2 - inset
        low = max(boxes[state].y for state in states) + HEIGHT / 2 + inset
        boxes[name] = Box((left + right) / 2, (top + low) / 2, (right - left) / 2, (low - top) / 2)
    return boxes


def _group(name: str, box: Box) -> str:
    left, top = box.x - box.half_w, box.y - box.half_h
    return (
        f'<rect class="group" x="{left:.0f}" y="{top:.0f}" width="{2 * box.half_w:.0f}" '
        f'height="{2 * box.half_h:.0f}" rx="14"/>'
        f'<text class="order" x="{left + 12:.0f}" y="{top + 16:.0f}">'
        f"{name.replace('_', ' ')}</text>"
    )


def _state(state: State, box: Box) -> str:
    facts = STATES[state]
    shape = "state" if facts.commands else "state silent"
    order = "" if facts.order is None else facts.order.value
    return (
        f'<rect class="{shape}" x="{box.x - box.half_w:.0f}" y="{box.y - box.half_h:.0f}" '
        f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" rx="10"/>'
        f'<text class="name" x="{box.x:.0f}" y="{box.y + (-2 if order else 5):.0f}" '
        f'text-anchor="middle">{state.value.replace("_", " ")}</text>'
        f'<text class="order" x="{box.x:.0f}" y="{box.y + 15:.0f}" '
        f'text-anchor="middle">{escape(order)}</text>'
    )


def _arrow(
    arrow: Arrow, boxes: dict[str, Box], seen: dict[tuple[str, str], int]
) -> tuple[str, str]:
    """Line and label; several between the same two are bent apart."""
    pair = (arrow.source, arrow.target.value)
    many = seen[pair] = seen.get(pair, -1) + 1
    start, end = boxes[arrow.source], boxes[arrow.target]
    x0, y0 = _leaves(start, end)
    x1, y1 = end.border(Box(x0, y0, 0.0, 0.0))
    bend = 26.0 + 34.0 * many
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    mid_x = (x0 + x1) / 2 - bend * (y1 - y0) / length
    mid_y = (y0 + y1) / 2 + bend * (x1 - x0) / length
    line = (
        f'<path class="arrow" d="M{x0:.0f},{y0:.0f} Q{mid_x:.0f},{mid_y:.0f} {x1:.0f},{y1:.0f}" '
        'marker-end="url(#tip)"/>'
    )
    at_x, at_y = (x0 + 2 * mid_x + x1) / 4, (y0 + 2 * mid_y + y1) / 4
    label = (
        f'<text class="label" x="{at_x:.0f}" y="{at_y:.0f}" text-anchor="middle">'
        f"{escape(arrow.label)}</text>"
    )
    return line, label


def _leaves(start: Box, end: Box) -> tuple[float, float]:
    """Where an arrow begins; one from a group to a state within it begins at its nearest side."""
    inside = abs(end.x - start.x) < start.half_w and abs(end.y - start.y) < start.half_h
    if not inside:
        return start.border(end)
    return end.x, start.y + math.copysign(start.half_h, end.y - start.y)
