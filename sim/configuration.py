"""The simulation's configuration: `sim.toml` into frozen models, read here and nowhere else.

Paths in the file are relative to the file's own folder.
"""

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from missions.errors import BadInput, place_of
from missions.toml_lines import LineIndex
from sim.vehicle.config import FleetConfig, StreamProfile, VehicleConfig

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Settings(BaseModel):
    """Immutable, nothing unknown passes, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VehicleEntry(Settings):
    """One vehicle of the file: PX4's instance number, its drone's id, and where it stands."""

    instance: int = Field(ge=0, le=199)
    drone_id: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    home_latitude_deg: Latitude
    home_longitude_deg: Longitude
    heading_rad: float = Field(default=0.0, ge=-2.0 * math.pi, le=2.0 * math.pi)
    streams: StreamProfile = "lean"
    wind_north_m_s: float = 0.0
    wind_east_m_s: float = 0.0
    parameters: Mapping[str, int | float] = {}


class CameraSettings(Settings):
    """What every camera is like. Frame rates are in simulated seconds; noise is in grey levels.

    With `clock_waits`, simulated time never runs farther than half a period past a flying drone's
    next picture, nor while one who asks for every picture (`/next`) has not taken the last: a slow
    machine then takes longer instead of leaving pictures out.
    """

    width_px: int = Field(default=960, ge=64, le=3840)
    height_px: int = Field(default=540, ge=64, le=2160)
    horizontal_field_of_view_rad: float = Field(default=math.radians(70.0), gt=0.05, lt=2.6)
    frame_rate_hz: float = Field(default=2.5, gt=0, le=30)
    frame_rate_on_ground_hz: float = Field(default=0.2, gt=0, le=30)
    jpeg_quality: int = Field(default=90, ge=30, le=100)
    noise_deviation: float = Field(default=2.2, ge=0, le=30)
    clock_waits: bool = False
    first_port: int = Field(default=14800, ge=1024, le=60000)


class SimulationConfig(Settings):
    """A whole simulation. Without a district there is no world, and there are no cameras.

    Where `control_port` is given, faults can be asked for there while it runs.
    """

    speed: float = Field(default=1.0, gt=0, le=100)
    seed: int = Field(default=1, ge=0)
    port_offset: int = Field(default=0, ge=-10_000, le=40_000)
    bind_host: str = "127.0.0.1"
    ground_height_amsl_m: float = 129.0
    control_port: int | None = Field(default=None, ge=1024, le=60_000)
    district_folder: Path | None = None
    scenario_file: Path | None = None
    run_folder: Path | None = None
    camera: CameraSettings = CameraSettings()
    vehicles: tuple[VehicleEntry, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _is_consistent(self) -> "SimulationConfig":
        for key in ("instance", "drone_id"):
            values = [getattr(vehicle, key) for vehicle in self.vehicles]
            if len(set(values)) < len(values):
                raise ValueError(f"two vehicles have the same {key}")
        if self.scenario_file is not None and self.district_folder is None:
            raise ValueError("scenario_file needs a district_folder")
        return self

    def fleet(self) -> FleetConfig:
        """The vehicles' part of it."""
        return FleetConfig(
            vehicles=tuple(self._vehicle(entry) for entry in self.vehicles),
            seed=self.seed,
            base_port_offset=self.port_offset,
            bind_host=self.bind_host,
        )

    def camera_port(self, instance: int) -> int:
        """The TCP port of a vehicle's camera."""
        return self.camera.first_port + self.port_offset + instance

    def _vehicle(self, entry: VehicleEntry) -> VehicleConfig:
        return VehicleConfig(
            instance=entry.instance,
            drone_id=entry.drone_id,
            latitude_deg=entry.home_latitude_deg,
            longitude_deg=entry.home_longitude_deg,
            ground_amsl_m=self.ground_height_amsl_m,
            heading_deg=math.degrees(entry.heading_rad),
            streams=entry.streams,
            wind_north_m_s=entry.wind_north_m_s,
            wind_east_m_s=entry.wind_east_m_s,
            parameters=dict(entry.parameters),
        )


def read_simulation_config(path: Path) -> SimulationConfig:
    """Read and check a configuration file.

    Raises:
        BadInput: the file cannot be read, is not TOML, or a key is wrong; names line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=str(path), what=str(error)) from error
    return checked(data, where=str(path), folder=path.parent, text=text)


def checked(data: dict[str, Any], *, where: str, folder: Path, text: str = "") -> SimulationConfig:
    """A configuration from plain data; relative paths are under `folder`.

    Raises:
        BadInput: a key is wrong; it is named after `where`, by its line where `text` is the file.
    """
    try:
        config = SimulationConfig.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        place = f"{where}: {key}" if key else where
        if text:
            place = LineIndex(text).place(first["loc"], where=where)
        raise BadInput(where=place, what=first["msg"].lower()) from error
    paths = {
        name: folder / path
        for name in ("district_folder", "scenario_file", "run_folder")
        if (path := getattr(config, name)) is not None
    }
    return config.model_copy(update=paths)
