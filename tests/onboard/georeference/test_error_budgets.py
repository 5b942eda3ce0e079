"""Error budgets from the library and from files of one and of several."""

from importlib.resources import files
from pathlib import Path

import pytest

from missions.errors import BadInput
from onboard.geolocate.error_budget import known_budgets
from onboard.georeference.budget_file import budget_of


@pytest.fixture
def library(tmp_path: Path) -> Path:
    text = (files("onboard.geolocate") / "error_budgets.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("[consumer", "[my-drone"), encoding="utf-8")
    return path


def test_library_has_the_two_kinds_that_the_docs_name() -> None:
    assert sorted(known_budgets()) == ["consumer", "surveyed"]
    assert budget_of("consumer").constant.focal == 0.01


def test_file_of_several_is_chosen_from_by_name(library: Path) -> None:
    assert budget_of(f"{library}:my-drone") == known_budgets()["consumer"]


def test_unknown_name_is_refused_with_those_there_are(library: Path) -> None:
    with pytest.raises(BadInput, match="one of my-drone, surveyed"):
        budget_of(f"{library}:other")
    with pytest.raises(BadInput, match="one of consumer, surveyed"):
        budget_of("other")


def test_unknown_key_is_refused(library: Path) -> None:
    library.write_text(library.read_text("utf-8") + "\ntypo = 1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="typo"):
        budget_of(f"{library}:surveyed")
