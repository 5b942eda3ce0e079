"""The hub, wired in one place from its configuration."""

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ground_station.alerts.place import Gazetteer
from ground_station.configuration import HubConfiguration
from ground_station.district import DISTRICT_FILE, District, empty_district, read_district
from ground_station.hub.acting import Acting
from ground_station.hub.asking import candidates
from ground_station.hub.counters import Counters
from ground_station.hub.desk import Desk
from ground_station.hub.intake import Intake
from ground_station.hub.judgement import Judgement
from ground_station.hub.live import live_view
from ground_station.hub.plan_views import PlanChanged, UploadProgress
from ground_station.hub.post import Post, open_post
from ground_station.hub.stream import Broadcaster
from ground_station.hub.vehicles_port import (
    DeedView,
    ForeignCommand,
    PlanOnBoard,
    VehicleChange,
    VehiclePort,
    VehicleView,
)
from ground_station.lease import Leases
from ground_station.modules.registration import Modules, registered_modules
from ground_station.store import state
from ground_station.store.database import Database, open_sqlite
from ground_station.store.messages import newest_of_kind
from ground_station.store.pictures import PictureFolder
from missions.errors import BadInput, place_of
from onboard.messages import Envelope, TracksReport

LOCK_FILE = "hub.lock"
LEASES_FILE = "leases.json"
PICTURES_FOLDER = "pictures"
SNAPSHOT_MOST = 200
STREAM_KINDS: dict[type[VehicleChange], str] = {
    VehicleView: "vehicle",
    PlanOnBoard: "plan",
    DeedView: "deed",
    ForeignCommand: "foreign_command",
    UploadProgress: "upload",
    PlanChanged: "plan_changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything that the API serves. Made by `open_hub`, ended by `close`."""

    configuration: HubConfiguration
    district: District
    modules: Modules
    database: Database
    pictures: PictureFolder
    intake: Intake
    post: Post
    desk: Desk
    stream: Broadcaster
    vehicles: VehiclePort
    counters: Counters
    leases: Leases
    lock: int

    async def snapshot(self) -> dict[str, Any]:
        """What a console is told first: everything as it stands."""
        async with self.database.reading() as connection:
            ids = await state.newest_alert_ids(connection, most=SNAPSHOT_MOST)
            alerts = await state.alert_views(connection, ids)
            incidents = await state.newest_incidents(connection, most=SNAPSHOT_MOST)
            traffic = await state.newest_traffic_events(connection, most=SNAPSHOT_MOST)
            stored = await newest_of_kind(connection, "decision", most=SNAPSHOT_MOST)
        decisions = [live_view(Envelope.model_validate(raw)) for raw in stored]
        return {
            "vehicles": self.vehicles.views(),
            "alerts": alerts,
            "incidents": incidents,
            "traffic_events": traffic,
            "views": self.intake.live.latest("view"),
            "tracks": self.intake.live.latest("tracks"),
            "statuses": self.intake.live.latest("status"),
            "decisions": decisions,
            "leases": self.leases.views(datetime.now(UTC)),
            "district_name": self.district.name,
        }

    def follow_vehicles(self) -> Callable[[], None]:
        """Tell consoles what vehicles do, and vehicles what cameras follow; the returned function
        ends it."""
        unsubscribe = self.vehicles.subscribe(self._vehicle_changed)
        self.intake.hearers.append(self._heard_live)

        def end() -> None:
            unsubscribe()
            self.intake.hearers.remove(self._heard_live)

        return end

    def _heard_live(self, envelope: Envelope) -> None:
        if isinstance(envelope.body, TracksReport):
            self.vehicles.tracks_seen(envelope.drone_id, envelope.body)

    def _vehicle_changed(self, change: VehicleChange) -> None:
        self.stream.publish(STREAM_KINDS[type(change)], change)
        if isinstance(change, ForeignCommand):
            self.leases.foreign(change.system_id, change.words, datetime.now(UTC))

    async def close(self) -> None:
        """Let every client go, then the database and the folder."""
        self.stream.end_all()
        await self.database.close()
        os.close(self.lock)


async def open_hub(configuration: HubConfiguration, *, vehicles: VehiclePort) -> Hub:
    """A hub over its data folder, with the state that the folder holds.

    Raises:
        BadInput: the folder cannot be written or another hub has it, or a district file is wrong.
    """
    folder = configuration.data_folder
    district = _district(configuration.district_folder)
    modules = registered_modules(
        configuration.modules, district=district, district_folder=configuration.district_folder
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _locked(folder)
        pictures = PictureFolder(folder / PICTURES_FOLDER)
    except OSError as error:
        raise place_of(error, str(folder)) from error
    database = await open_sqlite(folder)
    stream = Broadcaster(queue_messages=configuration.stream.queue_messages)
    acting = Acting(database, stream)
    counters = Counters()
    post = await open_post(database, counters)
    judgement = Judgement(
        gazetteer=Gazetteer(district, configuration.place),
        cameras=modules.cameras,
        traffic=modules.traffic,
        correlation=configuration.correlation,
        cameras_listed=configuration.modules.cameras_listed,
    )
    intake = Intake(
        acting=acting,
        judgement=judgement,
        pictures_folder=pictures,
        stream=stream,
        counters=counters,
        post=post,
    )
    post.where = lambda: candidates(vehicles.views(), intake.live.latest("view"))
    return Hub(
        configuration=configuration,
        district=district,
        modules=modules,
        database=database,
        pictures=pictures,
        intake=intake,
        post=post,
        desk=Desk(
            acting=acting,
            judgement=judgement,
            incidents=modules.incidents,
            district_code=configuration.district_code,
        ),
        stream=stream,
        vehicles=vehicles,
        counters=counters,
        leases=Leases(
            file=folder / LEASES_FILE,
            lost_after=timedelta(seconds=configuration.lease.lost_after_s),
            commanders=frozenset(configuration.lease.commanders),
            changed=lambda view: stream.publish("lease", view),
        ),
        lock=lock,
    )


def _district(folder: Path | None) -> District:
    return empty_district() if folder is None else read_district(folder / DISTRICT_FILE)


def _locked(folder: Path) -> int:
    # Two hubs on one folder would each think that they alone tell their consoles everything.
    handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BadInput(where=str(folder), what="another hub uses this data folder") from None
    return handle
