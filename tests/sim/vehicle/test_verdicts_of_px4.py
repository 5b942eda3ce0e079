"""Our vehicle against what PX4 v1.17 said to random missions, fences and rally points.

`px4_verdicts.jsonl.xz` was written by `python -m benchmarks.simulated_verdicts --px4 PATH --out
FILE` (bb59c637cd, SIH quadrotor X) and thinned out to the shortest cases of each answer.
"""

from pathlib import Path

from benchmarks.simulated_verdicts import held, recorded
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Home

RECORDED = Path(__file__).parent / "data" / "px4_verdicts.jsonl.xz"
HOME = Home(
    position=GeoPoint(latitude_deg=44.8526, longitude_deg=65.5092), height=HeightAmsl(129.0)
)


def test_every_answer_text_and_event_is_px4s() -> None:
    found = list(held(recorded(RECORDED), HOME))
    assert len(found) >= 60
    assert {one.case.name: one.differences for one in found if one.differences} == {}
    # Among them are plans that the protocol refuses, that the navigator refuses, and that it takes.
    assert {one.px4.feasible for one in found} == {True, False}
    assert len({one.px4.mission for one in found}) >= 6
    assert len({one.px4.fence for one in found}) >= 4
    assert len({one.px4.rally for one in found}) >= 3
    assert len({number for one in found for number, _, _ in one.px4.events}) >= 10
