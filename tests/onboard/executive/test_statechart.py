"""The chart as data: its pictures are of it, and it has no hole."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from onboard.cli import add_executive, run_executive
from onboard.executive.chart import FLYING, HEEDED, STATES, TRANSITIONS, WATCHED, Signal, State
from onboard.executive.drawing import arrows, dot, mermaid
from onboard.executive.drawing_svg import PLACES, svg
from onboard.executive.other_hands import Hand
from onboard.executive.sayings import SENTENCES
from onboard.executive.telling import reasons_of
from onboard.mavlink.px4_modes import Px4Mode

DOCS = Path(__file__).parents[3] / "docs" / "executive.md"


def test_picture_in_the_docs_is_the_chart_that_runs() -> None:
    assert f"```mermaid\n{mermaid()}```" in DOCS.read_text(encoding="utf-8")


def test_svg_in_the_docs_is_the_chart_that_runs() -> None:
    assert (DOCS.parent / "images" / "executive.svg").read_text(encoding="utf-8") == svg()


def test_every_arrow_of_the_pictures_stands_for_transitions_and_none_is_missing() -> None:
    drawn = {(arrow.signal, arrow.guard, arrow.target) for arrow in arrows()}
    assert drawn == {(each.signal, each.guard, each.target) for each in TRANSITIONS}
    assert dot().count(" -> ") == len(arrows())


def test_svg_shows_every_state_once_and_is_well_formed() -> None:
    root = ElementTree.fromstring(svg())
    names = [each.text for each in root.iter() if each.get("class") == "name"]
    assert sorted(names) == sorted(state.value.replace("_", " ") for state in State)
    assert len(set(PLACES.values())) == len(State)


def test_every_state_can_be_reached_and_left() -> None:
    reached, new = {State.STANDING_BY}, {State.STANDING_BY}
    while new:
        new = {each.target for each in TRANSITIONS if each.source in new} - reached
        reached |= new
    assert reached == set(State)
    assert {each.source for each in TRANSITIONS} == set(State)


@pytest.mark.parametrize("state", WATCHED)
def test_whoever_else_commands_is_heeded_before_all_else(state: State) -> None:
    assert next(iter(HEEDED[state])) is Signal.TAKEN
    assert [each.target for each in HEEDED[state][Signal.TAKEN]] == [State.YIELDED]
    assert all(each.guard is None for each in HEEDED[state][Signal.TAKEN])


@pytest.mark.parametrize("state", [each for each in FLYING if each is not State.GOING_HOME])
def test_battery_is_heeded_in_every_state_with_no_condition(state: State) -> None:
    (only,) = HEEDED[state][Signal.LOW]
    assert (only.target, only.guard) == (State.GOING_HOME, None)
    below = list(HEEDED[state])[: list(HEEDED[state]).index(Signal.LOW)]
    whose = {Signal.TAKEN, Signal.LANDED, Signal.OVER, Signal.ENDS}
    assert set(below) <= whose


def test_states_that_command_say_in_which_mode_they_are_carried_out() -> None:
    commanding = [facts for facts in STATES.values() if facts.commands]
    assert all(facts.commands or facts.order is None for facts in STATES.values())
    assert all(isinstance(facts.mode, Px4Mode) for facts in commanding)


@pytest.mark.parametrize("hand", list(Hand))
def test_every_transition_has_its_sentence_in_three_languages(hand: Hand) -> None:
    reasons = {reason for each in TRANSITIONS for reason in reasons_of(each, hand)}
    assert reasons <= set(SENTENCES)
    assert all(len(set(SENTENCES[reason])) == 3 for reason in reasons)


@pytest.mark.parametrize("name", ["chart.svg", "chart.dot", "chart.mmd"])
def test_command_draws_what_the_file_is_called(tmp_path: Path, name: str) -> None:
    assert run(["--draw", str(tmp_path / name)]) == 0
    made = {"chart.svg": svg, "chart.dot": dot, "chart.mmd": mermaid}[name]
    assert (tmp_path / name).read_text(encoding="utf-8") == made()


def run(arguments: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    add_executive(parser)
    return run_executive(parser.parse_args(arguments))
