"""`qyran plan`, `sim` and `fly`: processes that share nothing but a file and the wire."""

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.system
Start = Callable[..., subprocess.Popen[str]]
HOME = "44.8500,65.5100,129"
NAV_LOITER_TIME = 19
SQUARE = [[65.5100, 44.8508], [65.5112, 44.8508], [65.5112, 44.8500]]


@pytest.fixture
def plan(qyran: Start, tmp_path: Path) -> Path:
    """A round of three places beside the home, as `qyran plan` makes it."""
    places = {"type": "MultiPoint", "coordinates": SQUARE}
    (tmp_path / "places.geojson").write_text(json.dumps(places), encoding="utf-8")
    planning = qyran(
        *("plan", "places.geojson", "--pattern=round", "--dwell-s=3", "--height-m=20"),
        *(f"--home={HOME}", "--out=round.plan"),
    )
    _, said = planning.communicate(timeout=60)
    assert planning.returncode == 0, said
    return tmp_path / "round.plan"


def _simulate(qyran: Start, port_offset: int) -> None:
    simulation = qyran(
        *("sim", "--vehicles=1", "--speed=8", f"--home={HOME}", f"--port-offset={port_offset}"),
        "--json",
    )
    assert simulation.stdout is not None
    assert json.loads(simulation.stdout.readline())["ready"] is True


def test_a_plan_is_proven_on_board_and_flown_to_its_end(
    qyran: Start, plan: Path, port_offset: int
) -> None:
    _simulate(qyran, port_offset)
    flying = qyran("fly", plan, f"--link=udpin:127.0.0.1:{14550 + port_offset}", "--json")
    printed, said = flying.communicate(timeout=120)
    assert flying.returncode == 0, said
    report = json.loads(printed)
    assert report["upload"]["outcome"] == "proven"
    assert report["flown_to_end"] is True
    assert report["items_reached"] == sorted(report["items_reached"])
    assert "proven" in said


def test_a_plan_that_the_vehicle_refuses_is_not_flown_and_its_reason_is_said(
    qyran: Start, plan: Path, port_offset: int, tmp_path: Path
) -> None:
    whole = json.loads(plan.read_text(encoding="utf-8"))
    items = whole["mission"]["items"]
    dwell = next(item for item in items if item["command"] == NAV_LOITER_TIME)
    whole["mission"]["items"] = [dwell, *items]
    late = tmp_path / "late-takeoff.plan"
    late.write_text(json.dumps(whole), encoding="utf-8")
    _simulate(qyran, port_offset)
    flying = qyran("fly", late, f"--link=udpin:127.0.0.1:{14550 + port_offset}")
    _, said = flying.communicate(timeout=60)
    assert flying.returncode == 1
    assert "the takeoff is not the first waypoint" in said


def test_a_link_whose_port_is_taken_is_one_line_and_status_2(
    qyran: Start, plan: Path, port_offset: int
) -> None:
    port = 14550 + port_offset
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", port))
        flying = qyran("fly", plan, f"--link=udpin:127.0.0.1:{port}")
        _, said = flying.communicate(timeout=60)
    assert flying.returncode == 2
    assert said == f"qyran fly: link udpin:127.0.0.1:{port}: address already in use\n"


def test_nobody_on_the_link_is_one_line_and_status_1(
    qyran: Start, plan: Path, port_offset: int
) -> None:
    link = f"--link=udpin:127.0.0.1:{14550 + port_offset}"
    flying = qyran("fly", plan, link, "--wait-s=1")
    _, said = flying.communicate(timeout=60)
    assert flying.returncode == 1
    assert said == "qyran fly: no vehicle with a home position was heard within 1 s\n"


def test_vehicle_that_signs_is_flown_only_with_the_folder_of_its_key(
    qyran: Start, plan: Path, port_offset: int, tmp_path: Path
) -> None:
    _simulate(qyran, port_offset)
    link = f"--link=udpin:127.0.0.1:{14550 + port_offset}"
    keys = f"--keys={tmp_path / 'keys'}"
    giving = qyran("signing", "give", "--vehicle=1", link, keys)
    assert giving.communicate(timeout=60)[0] == "done\n"
    without = qyran("fly", plan, link, "--upload-only", "--wait-s=5")
    _, said = without.communicate(timeout=60)
    assert without.returncode == 1
    assert said == "qyran fly: vehicle 1 signs what it says: its key is needed (--keys)\n"
    knowing = qyran("fly", plan, link, keys, "--upload-only", "--json")
    printed, said = knowing.communicate(timeout=60)
    assert knowing.returncode == 0, said
    assert json.loads(printed)["upload"]["outcome"] == "proven"


def test_folder_of_keys_that_is_not_there_is_one_line_and_status_2(
    qyran: Start, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.waypoints"
    empty.write_text(
        "QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t44.85\t65.51\t129\t1\n"
        "1\t0\t3\t16\t0\t0\t0\t0\t44.851\t65.51\t20\t1\n",
        encoding="utf-8",
    )
    flying = qyran("fly", empty, "--keys=nowhere")
    _, said = flying.communicate(timeout=60)
    assert flying.returncode == 2
    assert said == "qyran fly: --keys: nowhere is no folder\n"
