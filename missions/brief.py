"""The flight brief: a plan on paper (PDF) for whoever stands beside the drone.

A sketch of the place to scale, the figures, the findings of the checks and every mission item.
Drawn with reportlab; the same plan gives the same bytes.
"""

import io
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from missions.alike import alike, some
from missions.area import Area, Place
from missions.brief_map import sketch
from missions.brief_style import BriefStyle
from missions.brief_words import details_of, name_of
from missions.checks import Finding, Severity, check
from missions.files.by_suffix import write_bytes
from missions.geodesy import GeoPoint, distance_m
from missions.plan import RELATIVE_FRAMES, Frame, MissionItem, Plan
from missions.plan_time import plan_time_s
from missions.told_times import in_minutes
from missions.vehicle import Vehicle, default_vehicle

FRAME_PT = 6.0
MARGIN_MM, MAP_WIDTH_MM, MAP_HEIGHT_MM = 15.0, 180.0, 120.0
MOST_ROWS, ROWS_OF_A_RULE = 5000, 5
RED, AMBER = "#b3261e", "#9a6700"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the brief; `made_at` is text, because a brief has no clock of its own."""

    title: str
    made_at: str = ""
    pilot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a flight was held against: name and words of each, and areas to be drawn; `places` are
    those that have a name."""

    told: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()
    places: tuple[Place, ...] = ()


def write_brief(
    plan: Plan,
    path: Path,
    *,
    heading: Heading | None = None,
    vehicle: Vehicle | None = None,
    findings: Sequence[Finding] | None = None,
    notes: Sequence[str] = (),
    around: Circumstances | None = None,
) -> None:
    """Write the brief of a plan as PDF; the checks are run where no findings are given.

    Raises:
        BadInput: the file cannot be written.
    """
    write_bytes(
        path,
        brief_pdf(
            plan,
            heading=heading or Heading(title=path.stem),
            vehicle=vehicle or default_vehicle(),
            findings=findings,
            notes=notes,
            around=around,
        ),
    )


def brief_pdf(
    plan: Plan,
    *,
    heading: Heading,
    vehicle: Vehicle,
    findings: Sequence[Finding] | None = None,
    notes: Sequence[str] = (),
    around: Circumstances | None = None,
) -> bytes:
    """The brief's bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate, Spacer

    found = check(plan, vehicle=vehicle) if findings is None else findings
    around = around or Circumstances()
    style = BriefStyle()
    story: list[Any] = [
        style.text(heading.title, "title"),
        style.text(_subtitle(heading, vehicle), "small"),
        Spacer(1, 3 * mm),
        _drawing(plan, found, style, around),
        Spacer(1, 4 * mm),
        style.table(_figures(plan, vehicle), (45, 45, 45, 45), header=False),
    ]
    if around.told:
        story.append(style.table([list(one) for one in around.told], (45, 135), header=False))
    story += _findings(found, style)
    story += _notes((*plan.notes, *notes), style)
    story += _items(plan, style, around.places)
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        # The frame within the margins keeps a space of its own.
        leftMargin=MARGIN_MM * mm - FRAME_PT,
        rightMargin=MARGIN_MM * mm - FRAME_PT,
        topMargin=MARGIN_MM * mm,
        bottomMargin=MARGIN_MM * mm,
        title=heading.title,
        author="Qyran",
        invariant=1,
    )
    document.build(story, onFirstPage=style.footer, onLaterPages=style.footer)
    return buffer.getvalue()


def _subtitle(heading: Heading, vehicle: Vehicle) -> str:
    told = (heading.made_at, heading.pilot, f"for {vehicle.name}", "heights above home unless said")
    return " · ".join(part for part in told if part)


def _drawing(plan: Plan, found: Sequence[Finding], style: BriefStyle, around: Circumstances) -> Any:
    numbers = {id(one): str(number) for number, one in enumerate(_shown(found), start=1)}
    shown = [one for group in alike(found) for one in (*group[:ROWS_OF_A_RULE], *some(group))]
    marks = {id(one): (one.place, numbers.get(id(one), "")) for one in shown if one.place}
    return sketch(
        plan,
        [(place, number) for place, number in marks.values() if place is not None],
        areas=around.areas,
        named=around.places,
        width_mm=MAP_WIDTH_MM,
        height_mm=MAP_HEIGHT_MM,
        font=style.regular,
    )


def _figures(plan: Plan, vehicle: Vehicle) -> list[list[str]]:
    seconds = plan_time_s(plan, vehicle)
    usable = vehicle.endurance_s * (1.0 - vehicle.reserve_fraction)
    way = [place for place in map(_place, plan.items) if place is not None]
    metres = sum(distance_m(a, b) for a, b in itertools.pairwise(way))
    heights = [
        item.params[6]
        for item in plan.items
        if item.frame in RELATIVE_FRAMES and math.isfinite(item.params[6])
    ]
    home = "not given"
    if plan.home is not None:
        at = plan.home.position
        home = f"{at.latitude_deg:.6f}, {at.longitude_deg:.6f}"
    return [
        [
            "Duration",
            in_minutes(seconds),
            "Of the usable battery",
            f"{seconds / usable:.0%}" if math.isfinite(seconds) else "more than all",
        ],
        ["Way", f"{metres / 1000.0:.2f} km", "Highest", f"{max(heights, default=0.0):.0f} m"],
        ["Items", str(len(plan.items)), "Home", home],
        [
            "Fence",
            f"{_many(len(plan.fence.polygons), 'polygon')}, "
            f"{_many(len(plan.fence.circles), 'circle')}",
            "Rally points",
            str(len(plan.rally)),
        ],
    ]


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _findings(found: Sequence[Finding], style: BriefStyle) -> list[Any]:
    if not found:
        return [style.text("Findings", "head"), style.text("The checks found nothing.", "body")]
    colours = [RED if one.severity is Severity.ERROR else AMBER for one in _shown(found)]
    left = [(group[0].rule, len(group) - ROWS_OF_A_RULE) for group in alike(found)]
    more = [
        style.text(f"{rule}: {count} more like it", "body") for rule, count in left if count > 0
    ]
    return [
        style.text(f"Findings ({len(found)})", "head"),
        style.table(finding_rows(found), (20, 34, 62, 52, 12), colours=colours),
        *more,
    ]


def finding_rows(found: Sequence[Finding]) -> list[list[str]]:
    """The table of findings; items bear the numbers that messages, map and item table give them."""
    rows = [["", "Rule", "What", "What to do", "Item"]]
    for number, one in enumerate(_shown(found), start=1):
        item = "" if one.item is None else str(one.item + 1)
        rows.append([f"{number} {one.severity.value}", one.rule, one.message, one.proposal, item])
    return rows


def _shown(found: Sequence[Finding]) -> list[Finding]:
    """Those with a row of their own; the map's crosses bear the same numbers."""
    return [one for group in alike(found) for one in group[:ROWS_OF_A_RULE]]


def _notes(notes: Sequence[str], style: BriefStyle) -> list[Any]:
    told = list(dict.fromkeys(notes))
    if not told:
        return []
    return [style.text("Notes", "head"), *(style.text(f"- {one}", "body") for one in told)]


def _items(plan: Plan, style: BriefStyle, named: Sequence[Place]) -> list[Any]:
    rows = [["No.", "Item (command)", "Latitude", "Longitude", "Height m", "How"]]
    names = {_degrees(place.position): place.name for place in named}
    rows += [
        _item(number, item, names) for number, item in enumerate(plan.items[:MOST_ROWS], start=1)
    ]
    parts = [
        style.text("Mission items", "head"),
        style.table(rows, (10, 58, 25, 25, 20, 42)),
    ]
    left = len(plan.items) - MOST_ROWS
    if left > 0:
        parts.append(style.text(f"{left} more items are not printed.", "body"))
    return parts


def _item(number: int, item: MissionItem, names: Mapping[tuple[str, str], str]) -> list[str]:
    place = _place(item)
    height = ""
    if item.has_position and math.isfinite(item.params[6]):
        height = f"{item.params[6]:.1f}{_datum(item.frame)}"
    at = ("", "") if place is None else _degrees(place)
    name = names.get(at, "")
    said = f"{name_of(item)}: {name}" if name else name_of(item)
    return [str(number), said, *at, height, details_of(item)]


def _degrees(place: GeoPoint) -> tuple[str, str]:
    return f"{place.latitude_deg:.7f}", f"{place.longitude_deg:.7f}"


def _datum(frame: int) -> str:
    if frame in RELATIVE_FRAMES:
        return ""
    return " amsl" if frame in (Frame.GLOBAL, Frame.GLOBAL_INT) else " agl"


def _place(item: MissionItem) -> GeoPoint | None:
    if not item.has_position or not math.isfinite(item.latitude_deg + item.longitude_deg):
        return None
    return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
