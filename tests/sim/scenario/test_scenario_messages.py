"""What is wrong with a scenario file is named by its line and key."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.toml_lines import LineIndex
from sim.scenario.read import read_scenario_file, scenario_from_text

GOOD = """title = "t"
proves = "p"

[[drones]]
id = "qyran-1"
patrol = { points = [[10, 0, 20]] }

[[drones]]
id = "qyran-2"
parameters = { NAV_DLL_ACT = 2 }

[[faults]]
drone = "qyran-1"
when = { reached = 1 }
link = { loss = 0.3 }

[[expect]]
title = "comes home"
soon = { armed = false }
"""

WRONG = [
    ("loss = 0.3", "loss = 3", 15, "faults.0.link.loss"),
    ("reached = 1", "reeched = 1", 14, "faults.0.when.reeched"),
    ("NAV_DLL_ACT = 2", 'NAV_DLL_ACT = "two"', 10, "drones.1.parameters.NAV_DLL_ACT"),
    ("[[10, 0, 20]]", "[[10, 0]]", 6, "drones.0.patrol.points.0"),
    ('id = "qyran-2"', 'name = "qyran-2"', 8, "drones.1.id"),
    ('title = "comes home"', "", 17, "expect.0.title"),
    (
        "soon = { armed = false }",
        "soon = { armed = false }\nnever = { airborne = true }",
        17,
        "expect.0",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key"), WRONG)
def test_a_wrong_value_is_named_by_line_and_key(
    right: str, wrong: str, line: int, key: str
) -> None:
    with pytest.raises(BadInput) as refused:
        scenario_from_text(GOOD.replace(right, wrong), where="s.toml")
    assert refused.value.where.startswith(f"s.toml, line {line}: {key}")


WRONG_FAULTS = [
    ("chaos = { family = 'misson', no_ack = true }", "faults.0.chaos.family"),
    ("chaos = { family = 'mission' }", "faults.0.chaos"),
    ("chaos = { family = 'parameter', refuse = { 3 = 4 } }", "faults.0.chaos"),
    ("chaos = { family = 'command', wrong_number = 1 }", "faults.0.chaos"),
    ("chaos = { family = 'mission', refuse = { 3 = 999 } }", "faults.0.chaos.refuse.3"),
    ("chaos = { family = 'command', late_ack_s = -1 }", "faults.0.chaos.late_ack_s"),
    ("link = { loss = 0.1 }\nchaos = { family = 'mission', no_ack = true }", "faults.0"),
    ("vehicle = { fault = 'gsp', state = 'off' }", "faults.0.vehicle"),
    ("vehicle = { fault = 'gps', state = 'of' }", "faults.0.vehicle"),
    (
        "for_s = 3\nvehicle = { fault = 'clock', state = 'jump', values = { seconds = 1 } }",
        "faults.0",
    ),
]


@pytest.mark.parametrize(("wrong", "key"), WRONG_FAULTS)
def test_a_wrong_fault_is_named_by_line_and_key(wrong: str, key: str) -> None:
    with pytest.raises(BadInput) as refused:
        scenario_from_text(GOOD.replace("link = { loss = 0.3 }", wrong), where="s.toml")
    line = 12 if key == "faults.0" else 15
    assert refused.value.where == f"s.toml, line {line}: {key}"


@pytest.mark.parametrize(
    "chaos",
    [
        "family = 'mission', wrong_number = -1, refuse = { 3 = 13 }, stop_after = 0",
        "family = 'command', no_ack = true, refuse = { 176 = 4 }",
        "family = 'parameter', late_ack_s = 0.5, copies = 2",
    ],
)
def test_a_right_fault_is_read(chaos: str) -> None:
    text = GOOD.replace("link = { loss = 0.3 }", f"chaos = {{ {chaos} }}")
    assert scenario_from_text(text, where="s.toml").faults[0].chaos is not None


def test_a_good_file_is_read() -> None:
    scenario = scenario_from_text(GOOD, where="s.toml")
    assert [drone.id for drone in scenario.drones] == ["qyran-1", "qyran-2"]


def test_a_drone_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="faults 1 names qyran-9, who is not in drones"):
        scenario_from_text(GOOD.replace('drone = "qyran-1"', 'drone = "qyran-9"'), where="s.toml")


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"s\.toml: .*line 2"):
        scenario_from_text('title = "t"\nproves = \n', where="s.toml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.toml: no such file"):
        read_scenario_file(tmp_path / "nowhere.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(BadInput, match="not UTF-8"):
        read_scenario_file(path)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        scenario_from_text(text, where="s.toml")
    except BadInput as refused:
        assert "s.toml" in refused.where  # noqa: PT017
        return
    tomllib.loads(text)


def test_keys_are_found_in_tables_arrays_of_tables_and_dotted_names() -> None:
    text = 'a.b = 1\n[c]\nd = 2\n[[e]]\nf = 3\n[[e]]\nf = 4\n[e.g]\n"h" = 5\n'
    index = LineIndex(text)
    paths = [("a", "b"), ("c", "d"), ("e", 0, "f"), ("e", 1, "f"), ("e", 1, "g", "h"), ("z",)]
    assert [index.line(path) for path in paths] == [1, 3, 5, 7, 9, 1]
