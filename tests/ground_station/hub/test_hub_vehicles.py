"""Vehicles through the API: plans from real files, commands, and what the chain keeps of them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from ground_station.hub.hub import Hub
from ground_station.store import actions

pytestmark = pytest.mark.anyio
PLAN: dict[str, Any] = {
    "fileType": "Plan",
    "version": 1,
    "groundStation": "test",
    "mission": {
        "version": 2,
        "firmwareType": 12,
        "vehicleType": 2,
        "cruiseSpeed": 5,
        "hoverSpeed": 5,
        "globalPlanAltitudeMode": 1,
        "plannedHomePosition": [44.85, 65.51, 129],
        "items": [
            {
                "type": "SimpleItem",
                "command": 22,
                "frame": 3,
                "doJumpId": 1,
                "autoContinue": True,
                "params": [0, 0, 0, None, 44.85, 65.51, 30],
            }
        ],
    },
    "geoFence": {"version": 2, "polygons": [], "circles": []},
    "rallyPoints": {"version": 2, "points": []},
}


async def test_plan_is_proven_and_read_back(api: httpx.AsyncClient) -> None:
    outcome = (await api.post("/vehicles/1/plan", json=PLAN)).json()
    assert (outcome["outcome"], outcome["items"], outcome["mission_hash"]) == ("proven", 1, 7)
    read = (await api.get("/vehicles/1/plan")).json()
    assert read["path"] == [[44.85, 65.51]]
    assert read["plan"]["mission"]["items"][0]["command"] == 22


async def test_plan_that_is_none_is_refused_with_its_place(api: httpx.AsyncClient) -> None:
    broken = json.dumps(PLAN, indent=1).replace('"geoFence"', '"fence"')
    reply = await api.post("/vehicles/1/plan", content=broken)
    assert (reply.status_code, reply.json()["error"]) == (422, "bad_input")
    assert "geoFence" in reply.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"{" * 100_000])
async def test_hostile_plan_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    assert (await api.post("/vehicles/1/plan", content=body)).status_code == 422


async def test_plan_for_an_unknown_vehicle_is_404(api: httpx.AsyncClient) -> None:
    assert (await api.post("/vehicles/2/plan", json=PLAN)).status_code == 404


async def test_command_has_an_outcome_and_a_record(api: httpx.AsyncClient, hub: Hub) -> None:
    held = (await api.post("/vehicles/1/commands", json={"command": "hold"})).json()
    landed = (await api.post("/vehicles/1/commands", json={"command": "land"})).json()
    assert (held["outcome"], landed) == (
        "done",
        {"outcome": "refused", "reason": "not over water"},
    )
    async with hub.database.reading() as connection:
        done = (await actions.about(connection, ["vehicle-1"]))["vehicle-1"]
    assert [(deed.action, deed.detail["command"]) for deed in done] == [
        ("command", "hold"),
        ("command", "land"),
    ]


async def test_full_disk_does_not_keep_a_vehicle_from_being_called_home(
    api: httpx.AsyncClient, hub: Hub
) -> None:
    async with hub.database.reading() as connection:
        await connection.execute(text("PRAGMA query_only=ON"))
    reply = await api.post("/vehicles/1/commands", json={"command": "return"})
    assert reply.json()["outcome"] == "done"
    assert hub.counters.actions_unrecorded == 1


async def test_unknown_command_is_refused(api: httpx.AsyncClient) -> None:
    reply = await api.post("/vehicles/1/commands", json={"command": "dance"})
    assert reply.status_code == 422


async def test_flown_path_has_place_height_and_time(api: httpx.AsyncClient) -> None:
    assert (await api.get("/vehicles/1/track")).json() == [
        [44.85, 65.51, 189.0, "2026-11-22T00:00:00Z"]
    ]


@pytest.mark.shared_data
async def test_real_plan_file_is_taken(api: httpx.AsyncClient, shared_data: Path) -> None:
    file = shared_data / "plans/13_px4_MC_mission_box.plan"
    reply = await api.post("/vehicles/1/plan", content=file.read_bytes())
    assert reply.json()["outcome"] == "proven"


async def test_second_operator_is_refused_by_name_and_can_ask_for_the_lease(
    api: httpx.AsyncClient, hub: Hub
) -> None:
    speed = {"command": "speed", "speed_m_s": 5.0}
    first = await api.post("/vehicles/1/commands", json={**speed, "operator": "Aigul"})
    second = await api.post("/vehicles/1/commands", json={**speed, "operator": "Marat"})
    assert first.json()["outcome"] == "done"
    assert (second.status_code, second.json()["error"]) == (409, "lease_held")
    assert "Aigul" in second.json()["detail"]
    ask = {"step": "ask", "operator": "Marat", "reason": "my shift"}
    assert (await api.post("/vehicles/1/lease", json=ask)).json()["asked_by"] == "Marat"
    grant = {"step": "grant", "operator": "Aigul"}
    assert (await api.post("/vehicles/1/lease", json=grant)).json()["holder"] == "Marat"
    async with hub.database.reading() as connection:
        done = (await actions.about(connection, ["vehicle-1"]))["vehicle-1"]
    assert [deed.action for deed in done] == [
        "lease_taken",
        "command",
        "lease_ask",
        "lease_grant",
    ]


async def test_plan_of_another_operator_is_not_taken(api: httpx.AsyncClient) -> None:
    await api.post("/vehicles/1/lease", json={"step": "take", "operator": "Aigul"})
    reply = await api.post("/vehicles/1/plan?operator=Marat", json=PLAN)
    assert (reply.status_code, reply.json()["error"]) == (409, "lease_held")


async def test_typed_command_that_lacks_its_place_is_refused(api: httpx.AsyncClient) -> None:
    reply = await api.post("/vehicles/1/commands", json={"command": "orbit", "radius_m": 20})
    assert reply.status_code == 422
    assert "latitude_deg" in reply.json()["detail"]


async def test_readiness_is_read(api: httpx.AsyncClient) -> None:
    assert (await api.get("/vehicles/1/readiness")).json()["level"] == "ok"


async def test_vehicles_are_told_what_cameras_follow(
    api: httpx.AsyncClient, vehicles: Any, live: Any
) -> None:
    reply = await api.post("/live", json={"messages": [live("tracks"), live("view")]})
    assert reply.status_code == 200, reply.text
    assert [drone_id for drone_id, _report in vehicles.seen] == ["qyran-1"]
