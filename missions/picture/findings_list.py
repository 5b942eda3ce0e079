"""The list of findings beside a map."""

import textwrap
from collections.abc import Sequence

import numpy as np

from missions.alike import alike
from missions.checks import Finding, Severity
from missions.picture import palette
from missions.picture.canvas import BOLD, Canvas

LINE_PX = 20
SIDE_LETTERS = 44


def draw_findings(
    canvas: Canvas, findings: Sequence[Finding], left: int, y: int, *, bottom: int
) -> None:
    """Each kind of finding once, with the number that its places have on the map."""
    if not findings:
        canvas.dot(np.array((left + 7.0, y - 5.0)), 5.0, palette.GOOD)
        canvas.text("nothing found that is wrong", left + 22, y, size=14)
        return
    groups = alike(findings)
    for number, group in enumerate(groups, start=1):
        words = _words(group)
        if y + LINE_PX * len(words) > bottom - LINE_PX:
            canvas.text(f"and {len(groups) - number + 1} more", left + 22, y, size=13)
            return
        _number(canvas, number, left, y, bad=group[0].severity is Severity.ERROR)
        for line in words:
            canvas.text(line, left + 22, y, size=13, colour=palette.INK)
            y += LINE_PX - 2
        y += 8


def _words(group: Sequence[Finding]) -> list[str]:
    finding = group[0]
    more = f" ({len(group) - 1} more like it)" if len(group) > 1 else ""
    return textwrap.wrap(f"{finding.message}; {finding.proposal}{more}", SIDE_LETTERS)


def _number(canvas: Canvas, number: int, left: int, y: int, *, bad: bool) -> None:
    canvas.dot(np.array((left + 7.0, y - 5.0)), 8.0, palette.ERROR if bad else palette.WARNING)
    label = str(number)
    middle = left + 7.0 - canvas.width_of(label, size=11, weight=BOLD) / 2.0
    canvas.text(label, middle, y - 1, size=11, colour=palette.PAPER, weight=BOLD)
