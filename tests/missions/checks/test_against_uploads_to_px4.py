"""Random plans with what PX4 v1.17 (its own simulator, commit bb59c637) answered to each: recorded
by `python -m benchmarks.checked_missions --px4 BUILD --seed 36 --home=51.1694,71.4491,347 --out`,
without the plans of more than a thousand items."""

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from missions.checks import MissionResult, Px4Profile, predict
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import Fence, FenceCircle, FencePolygon, Home, MissionItem, Plan, RallyPoint

RECORDED = Path(__file__).parent / "data" / "px4_answers.jsonl.xz"


def records() -> list[dict[str, Any]]:
    text = lzma.decompress(RECORDED.read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def point(latitude_deg: float, longitude_deg: float) -> GeoPoint:
    return GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)


def plan_of(record: dict[str, Any]) -> Plan:
    *home, height_m = record["home"]
    return Plan(
        home=Home(position=point(*home), height=HeightAmsl(height_m)),
        items=tuple(
            MissionItem(command=item[0], frame=item[1], params=tuple(item[2:]))
            for item in record["items"]
        ),
        fence=Fence(
            polygons=tuple(
                FencePolygon(ring=tuple(point(*at) for at in ring), inclusion=inclusion)
                for inclusion, ring in record["polygons"]
            ),
            circles=tuple(
                FenceCircle(center=point(*at), radius_m=radius_m, inclusion=inclusion)
                for inclusion, *at, radius_m in record["circles"]
            ),
        ),
        rally=tuple(
            RallyPoint(position=point(*at), height=HeightAboveHome(height_m))
            for *at, height_m in record["rally"]
        ),
    )


def test_every_recorded_answer_is_predicted() -> None:
    told = records()
    wrong = []
    for record in told:
        answer = predict(plan_of(record), Px4Profile(**record["profile"]))
        said = [answer.mission, answer.fence, answer.rally, answer.feasible, answer.fence_kept]
        if said != record["answer"]:
            wrong.append((record["plan"], record["twists"], said, record["answer"]))
    assert wrong == []
    assert len(told) > 250


@pytest.mark.parametrize("part", [0, 1, 2])
def test_recording_holds_refusals_and_acceptance_of_every_part(part: int) -> None:
    results = {record["answer"][part] for record in records()}
    assert MissionResult.ACCEPTED in results
    assert len(results) > 1


def test_recording_holds_missions_that_the_navigator_rejects_and_fences_that_it_drops() -> None:
    told = [record["answer"] for record in records()]
    accepted = [answer for answer in told if answer[0] == MissionResult.ACCEPTED]
    assert {answer[3] for answer in accepted} == {True, False}
    assert {answer[4] for answer in told} == {True, False}
