"""What was proven is known after a restart; what cannot be kept or read does no harm."""

from dataclasses import replace
from pathlib import Path

from ground_station.hub.vehicles_port import UploadOutcome, UploadResult
from ground_station.vehicles.memory import ProvenPlans
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from onboard.mavlink.plan_hash import plan_hashes

HOME = Home(position=GeoPoint(latitude_deg=44.85, longitude_deg=65.51), height=HeightAmsl(129.0))
PLAN = Plan(
    home=HOME,
    items=(
        MissionItem(
            command=Command.NAV_TAKEOFF,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            params=(0.0, 0.0, 0.0, float("nan"), 44.85, 65.51, 30.0),
        ),
        MissionItem(
            command=Command.NAV_WAYPOINT,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            params=(0.0, 2.0, 0.0, float("nan"), 44.8512345, 65.5112345, 30.0),
        ),
    ),
)
PROOF = UploadOutcome(outcome=UploadResult.PROVEN, mission_hash=7, fence_hash=0, rally_hash=0)


def test_a_proven_plan_is_recalled_with_its_hashes(tmp_path: Path) -> None:
    ProvenPlans(tmp_path / "kept").remember(3, PLAN, PROOF)
    recalled = ProvenPlans(tmp_path / "kept").recall(3)
    assert recalled is not None
    plan, proof = recalled
    assert proof == PROOF
    assert plan_hashes(plan) == plan_hashes(PLAN)


def test_the_newest_proof_of_a_vehicle_counts_and_others_have_their_own(tmp_path: Path) -> None:
    memory = ProvenPlans(tmp_path)
    memory.remember(3, PLAN, PROOF)
    memory.remember(3, replace(PLAN, items=PLAN.items[:1]), PROOF)
    recalled = memory.recall(3)
    assert recalled is not None
    assert len(recalled[0].items) == 1
    assert memory.recall(4) is None


def test_a_file_cut_short_is_as_if_nothing_was_kept(tmp_path: Path) -> None:
    memory = ProvenPlans(tmp_path)
    memory.remember(3, PLAN, PROOF)
    kept = tmp_path / "3.json"
    kept.write_bytes(kept.read_bytes()[:40])
    assert memory.recall(3) is None


def test_a_disk_that_takes_nothing_is_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    memory = ProvenPlans(tmp_path / "file")
    memory.remember(3, PLAN, PROOF)
    assert memory.unwritten == 1
    assert memory.recall(3) is None


def test_without_a_folder_nothing_is_remembered() -> None:
    memory = ProvenPlans(None)
    memory.remember(3, PLAN, PROOF)
    assert memory.recall(3) is None
