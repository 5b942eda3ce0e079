"""An aircraft's configuration: a TOML file into frozen models, read here and nowhere else.

Paths in a file are relative to the file's own folder. What the command line says goes before what
the file says. The hub's bearer token is never in a file: it is read from QYRAN_HUB_TOKEN.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from missions.errors import BadInput
from missions.toml_file import read_table
from onboard.count.live import LiveCountSettings
from onboard.detect.at_hand import AUTOMATIC
from onboard.executive.tasking import Tasking
from onboard.executive.tasking_file import zones_from
from onboard.geolocate.calibration_settings import CalibrationSettings
from onboard.geolocate.pose import PoseErrors
from onboard.messages.envelope import IDENTIFIER
from onboard.outbox.values import OutboxSettings
from onboard.recording.settings import RecordingSettings
from onboard.rules.settings import RuleSettings
from onboard.track.tracker import TrackerSettings
from onboard.uplink.settings import UplinkSettings

SIMULATED_WORLD = "simulated-world"


class Settings(BaseModel):
    """Common to every part: immutable, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CameraSettings(Settings):
    """The camera's geometry; without it, what the source knows, or 70 degrees across.

    Focal length and principal point are in pixels of a picture `width_px` by `height_px`.
    """

    horizontal_field_of_view_rad: float | None = Field(default=None, gt=0, lt=3.1)
    width_px: int | None = Field(default=None, gt=0)
    height_px: int | None = Field(default=None, gt=0)
    focal_x_px: float | None = Field(default=None, gt=0)
    focal_y_px: float | None = Field(default=None, gt=0)
    centre_x_px: float | None = None
    centre_y_px: float | None = None
    distortion: tuple[float, ...] = ()


class MountSettings(Settings):
    """How a camera without a gimbal sits in the airframe, about its forward, right, down axes."""

    roll_rad: float = 0.0
    pitch_rad: float = 0.0
    yaw_rad: float = 0.0


class FixedPoseSettings(Settings):
    """Where a camera that does not move stands and looks: a mast, or a video of known place."""

    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    height_above_ground_m: float = Field(gt=0)
    bearing_rad: float
    elevation_rad: float


class DetectorSettings(Settings):
    """One pass of `input_width_px` by `input_height_px`, multiples of 32, or CPU time a frame.

    `budget_s` counts where no size is told. `steep_model` is a second model for views from above: a
    file, none, or auto, which takes a known one that lies beside the model. `spots` also looks for
    lights in dark pictures and for hot spots in thermal ones.
    """

    input_width_px: int | None = Field(default=None, gt=0)
    input_height_px: int | None = Field(default=None, gt=0)
    score_threshold: float = Field(default=0.15, ge=0, le=1)
    iou_threshold: float = Field(default=0.5, gt=0, le=1)
    threads: int = Field(default=2, ge=1)
    budget_s: float | None = Field(default=0.13, gt=0)
    classes: str | None = None
    backend: Literal["auto", "onnxruntime", "opencv"] = "auto"
    steep_model: str = "auto"
    spots: bool = False


class OnboardConfiguration(Settings):
    """All of an aircraft's file.

    `ground_height_amsl_m` None means: the height of the vehicle's home, or zero where heights above
    the ground are given. `rate_hz` is the most frames a second of capture time; 0 takes every one.
    With `steady_places` what the picture shows of the camera's motion keeps places still between
    poses. Pictures of events are made no wider than `picture_width_px`. After `watchdog_s` (wall
    seconds; 0 is never) in which the work stands still the process ends.
    """

    drone_id: str = Field(default="qyran-1", pattern=IDENTIFIER)
    source: str = ""
    model: str = SIMULATED_WORLD
    hub: str | None = None
    link: str | None = None
    system_id: int | None = Field(default=None, ge=1, le=255)
    district: Path | None = None
    outbox: Path = Path("outbox")
    ground_height_amsl_m: float | None = None
    rate_hz: float = Field(default=0.0, ge=0)
    tracks_rate_hz: float = Field(default=2.0, gt=0)
    picture_width_px: int = Field(default=960, gt=0)
    pose_wait_s: float = Field(default=0.3, ge=0)
    stream_latency_s: float = Field(default=0.0, ge=0)
    camera: CameraSettings = CameraSettings()
    mount: MountSettings | None = None
    fixed_pose: FixedPoseSettings | None = None
    detector: DetectorSettings = DetectorSettings()
    tracker: TrackerSettings = TrackerSettings()
    steady_places: bool = True
    pose_errors: PoseErrors = PoseErrors()
    calibration: CalibrationSettings = CalibrationSettings()
    rules: RuleSettings = RuleSettings()
    counting: LiveCountSettings = LiveCountSettings()
    outbox_limits: OutboxSettings = OutboxSettings()
    uplink: UplinkSettings = UplinkSettings()
    recording: RecordingSettings = RecordingSettings()
    executive: Tasking | None = None
    watchdog_s: float = Field(default=20.0, ge=0)


def read_configuration(file: Path | None, given: Mapping[str, Any]) -> OnboardConfiguration:
    """The configuration of a file, or the defaults, with what the command line gives before it.

    Raises:
        BadInput: the file cannot be read or is not TOML, or a key or value is wrong; it is named.
    """
    table: dict[str, Any] = {}
    if file is not None:
        table = _anchored(read_table(file), file.resolve().parent)
    where = "arguments" if file is None else str(file)
    try:
        configuration = OnboardConfiguration.model_validate(_merged(table, given))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInput(where=f"{where}: {key}", what=first["msg"].lower()) from error
    if not configuration.source:
        raise BadInput(where=f"{where}: source", what="is not given")
    return configuration


def _merged(table: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The table with what is given in its place; a table in both is merged likewise."""
    merged = dict(table)
    for key, value in given.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _anchored(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same table with relative paths taken from a folder."""
    anchored: dict[str, Any] = {
        key: str(folder / table[key])
        for key in ("district", "outbox", "source", "model")
        if isinstance(table.get(key), str) and _is_path(key, table[key])
    }
    recording = table.get("recording")
    if isinstance(recording, dict) and isinstance(recording.get("folder"), str):
        anchored["recording"] = {**recording, "folder": str(folder / recording["folder"])}
    if "executive" in table:
        anchored["executive"] = zones_from(table["executive"], folder)
    return {**table, **anchored}


def _is_path(key: str, value: str) -> bool:
    if key == "source":
        return bool(value) and "://" not in value
    return not (key == "model" and value in (SIMULATED_WORLD, AUTOMATIC))
