"""The printed brief: whole whatever the plan, the same for the same plan."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reportlab import rl_config

from missions.brief import Heading, brief_pdf, write_brief
from missions.checks.finding import error
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import (
    Fence,
    FenceCircle,
    FencePolygon,
    Home,
    MissionItem,
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
