"""The printed brief: whole whatever the plan, the same for the same plan."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab import rl_config
from reportlab.pdfbase.pdfmetrics import stringWidth

from missions.area import Area, Place
from missions.brief import Circumstances, Heading, brief_pdf, finding_rows, write_brief
from missions.brief_map import sketch
from missions.brief_words import details_of, name_of
from missions.checks.finding import error
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import (
    Command,
    Fence,
    FenceCircle,
    FencePolygon,
    Home,
    MissionItem,
    Params,
    Plan,
    RallyPoint,
)
from missions.vehicle import default_vehicle

AT = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
RING = tuple(
    GeoPoint(latitude_deg=a, longitude_deg=b) for a, b in ((44.8, 65.4), (44.9, 65.4), (44.9, 65.6))
)
PLAN = Plan(
    items=tuple(
        MissionItem(
            command=16,
            frame=3,
            params=(0.0, 2.0, 0.0, math.nan, 44.85 + 0.001 * i, 65.5 + 0.001 * (i % 2), 60.0),
        )
        for i in range(6)
    ),
    home=Home(position=AT, height=HeightAmsl(129.0)),
    fence=Fence(
        polygons=(FencePolygon(ring=RING, inclusion=True),),
        circles=(FenceCircle(center=AT, radius_m=50.0, inclusion=False),),
    ),
    rally=(RallyPoint(position=AT, height=HeightAboveHome(30.0)),),
    notes=("the sweep <b>avoids</b> & goes on",),
)
HEADING = Heading(title="Қызылорда: саябақ", made_at="2026-11-22", pilot="А. Қ.")


@pytest.fixture(autouse=True)
def _text_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "pageCompression", 0)


def brief(plan: Plan, **changes: Any) -> bytes:
    given: dict[str, Any] = {"heading": HEADING, "vehicle": default_vehicle(), **changes}
    return brief_pdf(plan, **given)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_brief_is_a_pdf_and_the_same_for_the_same_plan() -> None:
    pdf = brief(PLAN)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert pages(pdf) >= 1
    assert brief(PLAN) == pdf


def test_brief_of_many_items_goes_on_over_pages() -> None:
    assert pages(brief(replace(PLAN, items=PLAN.items * 60))) > 5


@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(home=PLAN.home),
        Plan(items=PLAN.items[:1]),
        replace(PLAN, items=(replace(PLAN.items[0], params=(math.nan,) * 7),)),
        replace(PLAN, items=(replace(PLAN.items[0], command=64_000, frame=2),)),
    ],
    ids=["nothing", "home only", "one place", "no numbers", "unknown command"],
)
def test_brief_of_an_odd_plan_is_made_all_the_same(plan: Plan) -> None:
    assert pages(brief(plan)) >= 1


def test_brief_shows_the_findings_that_it_is_given() -> None:
    found = [error("fence", "leg 3 leaves <the> fence", "move it", item=3, place=AT)]
    assert len(brief(PLAN, findings=found)) > len(brief(PLAN, findings=[]))


def test_brief_is_written_or_the_place_named(tmp_path: Path) -> None:
    write_brief(PLAN, tmp_path / "a.pdf", notes=("half a letter \ud800",))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    with pytest.raises(BadInput, match="no such file"):
        write_brief(PLAN, tmp_path / "none" / "a.pdf")


ITEMS = [
    (
        MissionItem(command=16, frame=3, params=(15.0, 2.0, 0.0, 90.0, 44.85, 65.5, 60.0)),
        "fly to (16)",
        "stay 15 s, within 2 m, heading 90°",
    ),
    (
        MissionItem(command=178, frame=2, params=(1.0, 8.0, -1.0, 0.0, 0.0, 0.0, 0.0)),
        "speed (178)",
        "8 m/s",
    ),
    (
        MissionItem(command=206, frame=2, params=(12.5, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)),
        "pictures by distance (206)",
        "every 12.5 m",
    ),
    (MissionItem(command=206, frame=2, params=(0.0,) * 7), "pictures by distance (206)", "end"),
    (
        MissionItem(command=1000, frame=2, params=(-45.0, 0.0, math.nan, math.nan, 12.0, 0.0, 0.0)),
        "gimbal (1000)",
        "45° down",
    ),
    (
        MissionItem(command=177, frame=2, params=(3.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        "jump (177)",
        "to no. 4, 2 times",
    ),
    (
        MissionItem(command=2000, frame=2, params=(0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
        "picture (2000)",
        "until told to end, every 2 s",
    ),
    (
        MissionItem(command=4242, frame=2, params=(1.0, math.nan, 0.0, 0.0, 0.0, 0.0, 0.0)),
        "command 4242",
        "1  -  0  0  0  0  0",
    ),
]


@pytest.mark.parametrize(("item", "name", "details"), ITEMS)
def test_items_are_told_in_words(item: MissionItem, name: str, details: str) -> None:
    assert (name_of(item), details_of(item)) == (name, details)


@given(
    st.integers(0, 0xFFFF) | st.sampled_from(sorted(int(one) for one in Command)),
    st.tuples(*[st.floats()] * 7),
)
def test_any_item_is_told_without_fail(command: int, params: Params) -> None:
    item = MissionItem(command=command, frame=2, params=params)
    assert name_of(item)
    assert "nan" not in details_of(item)


def test_numbers_on_paper_are_those_that_findings_name() -> None:
    found = [error("fence", "the leg to item 4 leaves the fence", "move it", item=3, place=AT)]
    table = finding_rows(found)
    assert [row[0] for row in table] == ["", "1 error"]
    assert table[1][-1] == "4"


def test_what_it_was_held_against_is_on_paper_with_its_areas() -> None:
    people = Area(outer=RING, name="Орталық базар")
    around = Circumstances(told=(("Wind", "6 m/s from 270°"),), areas=(people,))
    assert len(brief(PLAN, around=around)) > len(brief(PLAN))


def drawn(named: tuple[Place, ...], plan: Plan = PLAN) -> list[str]:
    """Everything that is written on the map."""
    sheet = sketch(plan, [], named=named, width_mm=180.0, height_mm=120.0, font="Helvetica")
    return [one.text for one in sheet.contents if hasattr(one, "text")]


def test_map_names_a_place_once_with_all_items_that_are_flown_there() -> None:
    again = replace(PLAN, items=(*PLAN.items, PLAN.items[2], PLAN.items[2]))
    at = GeoPoint(
        latitude_deg=PLAN.items[2].latitude_deg, longitude_deg=PLAN.items[2].longitude_deg
    )
    said = drawn((Place(position=at, name="market"),), again)
    assert "3, 7, 8 market" in said
    assert "4" in said
    assert "7" not in said


def test_map_says_what_its_lines_are() -> None:
    returns = replace(PLAN.items[0], command=Command.NAV_RETURN_TO_LAUNCH, frame=2)
    assert {"way", "fence", "keep out"} <= set(drawn(()))
    assert "return" not in drawn(())
    assert "return" in drawn((), replace(PLAN, items=(*PLAN.items, returns)))
    assert {"fence", "keep out"}.isdisjoint(drawn((), replace(PLAN, fence=Fence())))


def test_names_beside_the_frame_stay_within_it() -> None:
    east = max(PLAN.items, key=lambda item: item.longitude_deg)
    at = GeoPoint(latitude_deg=east.latitude_deg, longitude_deg=east.longitude_deg)
    named = (Place(position=at, name="a name that is long, but not too long"),)
    plan = replace(PLAN, fence=Fence())
    sheet = sketch(plan, [], named=named, width_mm=60.0, height_mm=120.0, font="Helvetica")
    for one in sheet.contents:
        if hasattr(one, "text"):
            width = stringWidth(one.text, one.fontName, one.fontSize)
            assert one.x + width <= sheet.width
