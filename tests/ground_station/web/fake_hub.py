"""A hub that invents everything, to look at the operator's page: python fake_hub.py --port 8040.

It speaks the hub's API (`/api/v1`) and nothing else of it is real: no vehicle, no store. With
`--district FOLDER` it shows the district.geojson and cameras.geojson of that folder.
"""

import argparse
import asyncio
import hashlib
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import cv2
import invented_payload as payload
import invented_shift as shift
import numpy as np
import uvicorn
from fastapi import Body, FastAPI, HTTPException, Response, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles
from invented_district import Json, cameras, district

PAGE = Path(__file__).resolve().parents[3] / "ground_station" / "web" / "dist"
DRONES = range(1, 6)
TICK_S = 0.25
FIRST_ALERTS = 4


class Night:
    """All that is invented, and who listens."""

    def __init__(self, *, folder: Path | None, alert_every_s: float) -> None:
        self.began_s = time.monotonic()
        self.alert_every_s = alert_every_s
        self.district = _geojson(folder, "district.geojson") or district()
        self.cameras = _geojson(folder, "cameras.geojson") or cameras(seed=7)
        self.picture = _picture()
        self.sha256 = hashlib.sha256(self.picture).hexdigest()
        self.alerts: dict[str, Json] = {}
        self.incidents: dict[str, Json] = {}
        self.traffic: dict[str, Json] = {}
        self.clients: set[asyncio.Queue[str]] = set()
        self.asked: list[Json] = []
        self.payloads = {number: payload.payload() for number in DRONES}
        self.notices: dict[int, str] = {}
        self.keys: dict[int, str] = {}
        self.leases: dict[int, Json] = {2: {**shift.lease(2), "holder": "Marat T."}}
        for number in range(FIRST_ALERTS):
            self.raise_alert(ago_s=400 - 97 * number)

    @property
    def elapsed_s(self) -> float:
        """Since the shift began."""
        return time.monotonic() - self.began_s

    def vehicles(self) -> list[Json]:
        """Every drone now."""
        return [
            {
                **shift.vehicle(number, self.elapsed_s),
                "payload": self.payloads[number],
                "plan_notice": self.notices.get(number, ""),
            }
            for number in DRONES
        ]

    def raise_alert(self, ago_s: float = 0.0) -> None:
        """One more alert, told to everyone; road events reach the traffic list."""
        alert = shift.alert(len(self.alerts), self.sha256, self.cameras, ago_s)
        self.alerts[alert["id"]] = alert
        self.tell("alert", alert)
        if alert["kind"] in ("vehicle_stopped", "animals_on_road"):
            event = _traffic_event(alert)
            self.traffic[event["id"]] = event
            self.tell("traffic_event", event)

    def take_lease(self, number: int, who: str) -> None:
        """The first to command a drone that nobody holds takes it."""
        if self.leases.get(number, {}).get("holder") is None:
            self.tell_lease({**shift.lease(number), "holder": who, "takeable": False})

    def tell_lease(self, lease: Json) -> Json:
        """Keep a lease and tell everyone."""
        self.leases[lease["system_id"]] = lease
        self.tell("lease", lease)
        return lease

    def tell(self, kind: str, data: Json) -> None:
        """One stream message to every client."""
        for client in self.clients:
            client.put_nowait(json.dumps({"type": kind, "data": data}))

    def snapshot(self) -> Json:
        """What a page is told first."""
        flying = [craft for craft in self.vehicles() if craft["armed"]]
        return {
            "vehicles": self.vehicles(),
            "alerts": list(self.alerts.values()),
            "incidents": list(self.incidents.values()),
            "traffic_events": list(self.traffic.values()),
            "views": [shift.view(craft) for craft in flying],
            "tracks": [shift.tracks(craft, self.elapsed_s) for craft in flying],
            "leases": list(self.leases.values()),
            "district_name": self.district["qyran"].get("names"),
        }

    async def run(self) -> None:
        """Move everything until cancelled."""
        next_alert_s = self.alert_every_s
        while True:
            await asyncio.sleep(TICK_S)
            for craft in self.vehicles():
                self.tell("vehicle", craft)
                if craft["armed"]:
                    self.tell("view", shift.view(craft))
                    self.tell("tracks", shift.tracks(craft, self.elapsed_s))
            if self.elapsed_s > next_alert_s:
                next_alert_s += self.alert_every_s
                self.raise_alert()


def create_app(night: Night) -> FastAPI:
    """The fake hub's application."""

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(night.run())
        yield
        task.cancel()

    app = FastAPI(lifespan=running)
    _reads(app, night)
    _deeds(app, night)
    _stream(app, night)
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def _reads(app: FastAPI, night: Night) -> None:
    @app.get("/api/v1/health")
    async def health() -> Json:
        return {"status": "ok"}

    @app.get("/api/v1/links")
    async def links() -> Json:
        return payload.links(night.keys)

    @app.get("/api/v1/district")
    async def layers() -> Json:
        return night.district

    @app.get("/api/v1/cameras")
    async def camera_layer() -> Json:
        return night.cameras

    @app.get("/api/v1/vehicles/{number}/plan")
    async def plan(number: int) -> Json:
        return {"path": shift.round_path(number), "plan": None}

    @app.get("/api/v1/vehicles/{number}/track")
    async def track(number: int) -> list[Any]:
        flown = 0 if number == 4 else 1 + int(night.elapsed_s / shift.ROUND_S * 48)
        path = shift.round_path(number)[:flown]
        return [[*point, 180.0, shift.now_text()] for point in path]

    @app.get("/api/v1/pictures/{sha256}")
    async def picture(sha256: str) -> Response:
        return Response(night.picture, media_type="image/jpeg")

    @app.get("/api/v1/alerts/{alert_id}")
    async def alert(alert_id: str) -> Json:
        return _known(night.alerts, alert_id)


def _deeds(app: FastAPI, night: Night) -> None:
    @app.post("/api/v1/alerts/{alert_id}/acknowledge")
    async def acknowledge(alert_id: str, operator: str = Body(embed=True)) -> Json:
        return _move(night, alert_id, "acknowledged", operator, "acknowledged")

    @app.post("/api/v1/alerts/{alert_id}/close")
    async def close_alert(alert_id: str, operator: str = Body(), reason: str = Body()) -> Json:
        return _move(night, alert_id, "closed", operator, "closed")

    @app.post("/api/v1/alerts/{alert_id}/incident")
    async def incident(alert_id: str, operator: str = Body(), note: str = Body()) -> Json:
        number = f"KZO-2026-{len(night.incidents) + 1:04d}"
        night.incidents[number] = _incident(number, _known(night.alerts, alert_id), operator, note)
        night.alerts[alert_id]["incident_id"] = number
        _move(night, alert_id, "in_incident", operator, "incident_opened")
        night.tell("incident", night.incidents[number])
        return night.incidents[number]

    @app.post("/api/v1/incidents/{incident_id}/close")
    async def close(incident_id: str, operator: str = Body(), note: str = Body()) -> Json:
        closed = _known(night.incidents, incident_id)
        closed |= {"state": "closed", "closed_by": operator, "closed_at": shift.now_text()}
        night.tell("incident", closed)
        for alert_id in closed["alert_ids"]:
            _move(night, alert_id, "closed", operator, "closed")
        return closed

    @app.post("/api/v1/vehicles/{number}/commands")
    async def command(number: int, wish: Annotated[Json, Body()]) -> Json:
        night.take_lease(number, wish["operator"])
        night.asked.append({"number": number, **wish})
        deed = {"deed_id": len(night.asked), "system_id": number, "command": wish["command"]}
        deed |= {"who": wish["operator"], "progress": 0.4, "outcome": None, "words": None}
        night.tell("deed", {**deed, "stage": "under_way"})
        await asyncio.sleep(TICK_S)
        refused = number == 4
        reason = "pre-flight check: battery is low" if refused else ""
        outcome = "refused" if refused else "done"
        if not refused:
            night.payloads[number] = payload.payload_after(night.payloads[number], wish)
        night.tell("deed", {**deed, "stage": "ended", "outcome": outcome})
        return {"outcome": outcome, "reason": reason}

    @app.post("/api/v1/tell/{kind}")
    async def tell(kind: str, data: Annotated[Json, Body()]) -> None:
        if kind == "plan_changed":
            night.notices[data["system_id"]] = data["notice"]
        night.tell(kind, data)

    @app.post("/api/v1/vehicles/{number}/plan/cancel")
    async def cancel_upload(number: int) -> bool:
        night.asked.append({"number": number, "command": "cancel_upload"})
        return True

    @app.get("/api/v1/asked")
    async def asked() -> list[Json]:
        return night.asked

    @app.post("/api/v1/presence")
    async def presence(operator: str = Body(embed=True)) -> None:
        return None

    @app.post("/api/v1/vehicles/{number}/lease")
    async def lease(number: int, step: str = Body(), operator: str = Body()) -> Json:
        held = night.leases.get(number, shift.lease(number))
        held |= {"ask": {"asked_by": operator}, "release": shift.lease(number)}.get(
            step, {"holder": operator, "takeable": False, "asked_by": None}
        )
        return night.tell_lease(held)

    @app.put("/api/v1/vehicles/{number}/signing-key")
    async def give_key(number: int, operator: str) -> Json:
        return await change_key(number, "own", operator)

    @app.delete("/api/v1/vehicles/{number}/signing-key")
    async def take_key(number: int, operator: str) -> Json:
        return await change_key(number, "none", operator)

    async def change_key(number: int, key: str, operator: str) -> Json:
        night.asked.append({"number": number, "command": f"key {key}", "operator": operator})
        await asyncio.sleep(TICK_S)
        night.keys[number] = key
        return {"outcome": "done", "reason": ""}

    @app.get("/api/v1/vehicles/{number}/readiness")
    async def readiness(number: int) -> Json:
        await asyncio.sleep(TICK_S)
        return shift.readiness(number)


def _stream(app: FastAPI, night: Night) -> None:
    @app.websocket("/api/v1/stream")
    async def stream(page: WebSocket) -> None:
        await page.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        night.clients.add(queue)
        try:
            await page.send_text(json.dumps({"type": "snapshot", "data": night.snapshot()}))
            while True:
                await page.send_text(await queue.get())
        except WebSocketDisconnect:
            return
        finally:
            night.clients.discard(queue)


def _known(things: dict[str, Json], name: str) -> Json:
    if name not in things:
        raise HTTPException(404, f"there is no {name}")
    return things[name]


def _move(night: Night, alert_id: str, state: str, who: str, action: str) -> Json:
    alert = _known(night.alerts, alert_id)
    alert["state"] = state
    alert["history"].append({"at": shift.now_text(), "who": who, "action": action})
    night.tell("alert", alert)
    return alert


def _incident(number: str, alert: Json, who: str, note: str) -> Json:
    return {
        "id": number,
        "state": "open",
        **{key: alert[key] for key in ("severity", "title", "place")},
        "latitude_deg": alert["latitude_deg"],
        "longitude_deg": alert["longitude_deg"],
        "alert_ids": [alert["id"]],
        "note": note,
        "notes": [{"at": shift.now_text(), "who": who, "text": note}] if note else [],
        "opened_by": who,
        "opened_at": shift.now_text(),
        "closed_by": None,
        "closed_at": None,
    }


def _traffic_event(alert: Json) -> Json:
    return {
        "id": f"traffic-{alert['id']}",
        "state": "reported",
        "road_name": alert["place"],
        "alert_id": alert["id"],
        "updated_at": alert["created_at"],
        **{key: alert[key] for key in ("kind", "place", "began_at", "latitude_deg")},
        "longitude_deg": alert["longitude_deg"],
    }


def _picture() -> bytes:
    """A grey scene with blobs where the boxes are; nobody could take it for a photograph."""
    scene = np.full((540, 960, 3), (46, 52, 50), dtype=np.uint8)
    cv2.rectangle(scene, (0, 180), (960, 400), (66, 66, 66), -1)
    for index in range(6):
        cv2.circle(scene, (233 + 95 * index, 256 + 38 * (index % 3)), 20, (120, 150, 190), -1)
    cv2.putText(scene, "INVENTED", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (150, 160, 170), 2)
    return bytes(cv2.imencode(".jpg", scene)[1])


def _geojson(folder: Path | None, name: str) -> Json | None:
    if folder is None:
        return None
    read: Json = json.loads((folder / name).read_text(encoding="utf-8"))
    return read


def main() -> None:
    """Serve until stopped; the address is printed, so a port of 0 is found out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8040, help="0 for any free one")
    parser.add_argument("--district", type=Path, help="a folder with a generated district")
    parser.add_argument("--alert-every-s", type=float, default=25.0)
    given = parser.parse_args()
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", given.port))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    night = Night(folder=given.district, alert_every_s=given.alert_every_s)
    config = uvicorn.Config(create_app(night), log_level="warning")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
