"""Every scenario that comes with Qyran comes out as it says, and has a page that says why."""

from pathlib import Path

import pytest

from sim.scenario.play import ScenarioFleet
from sim.scenario.read import read_scenario_file, shipped_scenarios

SHIPPED = shipped_scenarios()
PAGES = Path(__file__).parents[3] / "docs" / "scenarios"


def test_there_are_at_least_ten() -> None:
    assert len(SHIPPED) >= 10


@pytest.mark.parametrize("name", SHIPPED)
def test_it_comes_out_as_expected(name: str) -> None:
    scenario = read_scenario_file(SHIPPED[name])
    played = ScenarioFleet(scenario, folder=SHIPPED[name].parent).play()
    assert [f"{v.title}: {v.words}" for v in played.verdicts if not v.passed] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_its_page_names_what_it_expects(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    expected = [each.title for each in read_scenario_file(SHIPPED[name]).expect]
    assert [title for title in expected if title not in page] == []
