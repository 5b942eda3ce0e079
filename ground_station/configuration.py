"""The hub's configuration: `hub.toml` into frozen models, read here and nowhere else.

Paths in the file are relative to the file's own folder. The bearer token is never in a file: it is
read from the environment variable QYRAN_HUB_TOKEN.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ground_station.errors import BadConfiguration
from missions.errors import place_of
from missions.toml_lines import LineIndex
from onboard.messages import EventKind

TOKEN_VARIABLE = "QYRAN_HUB_TOKEN"

SystemId = Annotated[int, Field(ge=1, le=255)]


class Settings(BaseModel):
    """Common to every part: immutable, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DroneSettings(Settings):
    """How one vehicle is called; `drone_id` is the name under which its aircraft reports."""

    drone_id: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    name: str = Field(min_length=1, max_length=100)


class CorrelationSettings(Settings):
    """When two events are about one thing.

    Two events of a kind are joined when they were captured within `window_s` of each other and the
    gap between their error ellipses is at most the extent that a thing of that kind has.
    """

    window_s: float = Field(default=300.0, gt=0)
    extent_m: Mapping[EventKind, Annotated[float, Field(ge=0)]] = {}
    other_extent_m: float = Field(default=50.0, ge=0)


class PlaceSettings(Settings):
    """How far a named feature may be from a place that is called after it."""

    name_within_m: float = Field(default=300.0, gt=0)
    road_within_m: float = Field(default=30.0, gt=0)


class StreamSettings(Settings):
    """A console that lets this many messages wait is dropped, and counted."""

    queue_messages: int = Field(default=256, gt=0)
    allowed_origins: tuple[str, ...] = ()


class LeaseSettings(Settings):
    """A holder who was not heard for `lost_after_s` can be relieved by anybody; `commanders` are
    the operators who may take a vehicle from its holder, with a reason."""

    lost_after_s: float = Field(default=60.0, gt=0)
    commanders: tuple[str, ...] = ()


class ModuleSettings(Settings):
    """Which module serves each of the three ports; the names stand in `modules/registration`."""

    camera: Literal["geojson"] = "geojson"
    traffic: Literal["builtin"] = "builtin"
    incident: Literal["builtin"] = "builtin"
    cameras_listed: int = Field(default=4, ge=0, le=50)
    assumed_building_height_m: float = Field(default=6.0, ge=0)


class RecordingSettings(Settings):
    """Where telemetry logs are kept; nowhere, unless a folder is named. 0 files to keep: all."""

    folder: Path | None = None
    per_vehicle: bool = False
    most_megabytes: float = Field(default=256.0, gt=0)
    most_minutes: float = Field(default=60.0, gt=0)
    keep_files: int = Field(default=0, ge=0)


class SigningSettings(Settings):
    """MAVLink signing. The key is never here: it comes from QYRAN_SIGNING_PASSPHRASE or a file.

    `accept_unsigned` lets vehicles pass that have no key yet; what is signed wrongly never does.
    `trusted_links` are those, as written in `links`, over which a key may be given in clear.
    """

    key_file: Path | None = None
    accept_unsigned: bool = False
    trusted_links: tuple[str, ...] = ()


class HubConfiguration(Settings):
    """All of `hub.toml`. `district_folder` holds district.geojson and cameras.geojson."""

    listen_host: str = "127.0.0.1"
    listen_port: int = Field(default=8040, ge=0, le=65535)
    data_folder: Path = Path("hub-data")
    district_folder: Path | None = None
    district_code: str = Field(default="KZO", pattern=r"^[A-Z0-9]{2,8}$")
    links: tuple[str, ...] = ()
    lean_streams: bool = False
    drones: Mapping[SystemId, DroneSettings] = {}
    correlation: CorrelationSettings = CorrelationSettings()
    place: PlaceSettings = PlaceSettings()
    stream: StreamSettings = StreamSettings()
    recording: RecordingSettings = RecordingSettings()
    signing: SigningSettings = SigningSettings()
    modules: ModuleSettings = ModuleSettings()
    lease: LeaseSettings = LeaseSettings()


def read_hub_configuration(file: Path) -> HubConfiguration:
    """The configuration in a TOML file, with its paths made absolute.

    Raises:
        BadConfiguration: the file cannot be read, is not TOML, or a key or value is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        refusal = place_of(error, str(file))
        raise BadConfiguration(where=refusal.where, what=refusal.what) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(where=str(file), what=f"not TOML: {error}") from error
    configuration = _checked(table, text=text, where=str(file))
    return anchored(configuration, folder=file.resolve().parent)


def _checked(table: Mapping[str, Any], *, text: str, where: str) -> HubConfiguration:
    try:
        return HubConfiguration.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = LineIndex(text).place(first["loc"], where=where)
        raise BadConfiguration(where=place, what=first["msg"].lower()) from error


def anchored(configuration: HubConfiguration, *, folder: Path) -> HubConfiguration:
    """The same configuration with relative paths taken from `folder`."""
    district = configuration.district_folder
    record, key = configuration.recording.folder, configuration.signing.key_file
    return configuration.model_copy(
        update={
            "recording": configuration.recording.model_copy(
                update={"folder": None if record is None else folder / record}
            ),
            "signing": configuration.signing.model_copy(
                update={"key_file": None if key is None else folder / key}
            ),
            "data_folder": folder / configuration.data_folder,
            "district_folder": None if district is None else folder / district,
        }
    )


def bearer_token(environment: Mapping[str, str] = os.environ) -> str | None:
    """The token that every write must carry, or None where none is asked for."""
    return environment.get(TOKEN_VARIABLE) or None
