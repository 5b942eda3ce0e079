"""Which module serves each port: one explicit table a port, chosen by name in hub.toml."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ground_station.configuration import ModuleSettings
from ground_station.district import District
from ground_station.modules.camera.built_in import GeojsonCameras
from ground_station.modules.camera.port import CameraModule
from ground_station.modules.incident.built_in import OwnIncidents
from ground_station.modules.incident.port import IncidentModule
from ground_station.modules.traffic.built_in import RoadEvents
from ground_station.modules.traffic.port import TrafficModule

CAMERA_MODULES: dict[str, Callable[[District, Path | None, ModuleSettings], CameraModule]] = {
    "geojson": GeojsonCameras,
}
TRAFFIC_MODULES: dict[str, Callable[[], TrafficModule]] = {"builtin": RoadEvents}
INCIDENT_MODULES: dict[str, Callable[[], IncidentModule]] = {"builtin": OwnIncidents}


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """The three modules of one hub."""

    cameras: CameraModule
    traffic: TrafficModule
    incidents: IncidentModule


def registered_modules(
    settings: ModuleSettings, *, district: District, district_folder: Path | None
) -> Modules:
    """The modules that the configuration names, over one district's files."""
    return Modules(
        cameras=CAMERA_MODULES[settings.camera](district, district_folder, settings),
        traffic=TRAFFIC_MODULES[settings.traffic](),
        incidents=INCIDENT_MODULES[settings.incident](),
    )
