"""The bodies of an aircraft's messages: tracks, events, the camera's view and its own state.

Angles are radians, clockwise from true north where they are bearings; times are UTC. Fields that a
newer aircraft adds are ignored by an older hub, so every model here lets unknown fields pass.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Certainty = Annotated[float, Field(ge=0, le=1)]


class Report(BaseModel):
    """Common settings: immutable, no NaN or infinity, unknown fields pass."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ObjectClass(StrEnum):
    """What a detector can call a thing on the ground.

    A light is a bright spot in a dark picture, a hot spot one of a thermal camera's picture.
    """

    PERSON = "person"
    CAR = "car"
    TRUCK = "truck"
    BUS = "bus"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    BOAT = "boat"
    CATTLE = "cattle"
    HORSE = "horse"
    SHEEP = "sheep"
    DOG = "dog"
    BAG = "bag"
    TENT = "tent"
    LIGHT = "light"
    HOT_SPOT = "hot_spot"
    OTHER = "other"


CLASSES = frozenset(ObjectClass)


def _as_known(value: object) -> object:
    """A class's name; `other` where a newer aircraft tells one that is not known here."""
    unknown = isinstance(value, str) and value not in CLASSES
    return ObjectClass.OTHER if unknown else value


# Only messages are read so: in a configuration an unknown name is a mistake, and refused.
ToldClass = Annotated[ObjectClass, BeforeValidator(_as_known)]


class EventKind(StrEnum):
    """What a rule can find. A hub takes a kind that it does not know as `other`."""

    CROWD = "crowd"
    VEHICLE_STOPPED = "vehicle_stopped"
    ANIMALS_ON_ROAD = "animals_on_road"
    INTRUSION = "intrusion"
    LOITERING = "loitering"
    PERSON_DOWN = "person_down"
    SPEEDING = "speeding"
    WRONG_WAY = "wrong_way"
    NOT_YIELDING = "not_yielding"
    OFF_ROAD_VEHICLE = "off_road_vehicle"
    UNATTENDED_LIVESTOCK = "unattended_livestock"
    HERD_LEFT_PASTURE = "herd_left_pasture"
    BOAT_IN_CLOSED_WATER = "boat_in_closed_water"
    DENSE_CROWD = "dense_crowd"
    SUDDEN_GATHERING = "sudden_gathering"
    SUDDEN_SCATTERING = "sudden_scattering"
    PERSON_IN_WATER = "person_in_water"
    PERSON_ON_ICE = "person_on_ice"
    CONGESTION = "congestion"
    ACCIDENT = "accident"
    ABANDONED_OBJECT = "abandoned_object"
    LIGHT_AT_NIGHT = "light_at_night"
    FIRE = "fire"
    CHANGE_SINCE_VISIT = "change_since_visit"
    SIGHTING = "sighting"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "EventKind | None":
        return cls.OTHER if isinstance(value, str) else None


class Severity(StrEnum):
    """How soon a person must look: within the shift, within minutes, at once."""

    NOTICE = "notice"
    WARNING = "warning"
    ALARM = "alarm"


def _as_known_severity(value: object) -> object:
    """A severity; an alarm where a newer aircraft tells one that is not known here."""
    unknown = isinstance(value, str) and value not in set(Severity)
    return Severity.ALARM if unknown else value


ToldSeverity = Annotated[Severity, BeforeValidator(_as_known_severity)]


class GroundEllipse(Report):
    """A horizontal error ellipse that holds the truth with `probability`.

    `orientation_rad` is the bearing of the major axis, clockwise from true north.
    """

    semi_major_m: float = Field(ge=0)
    semi_minor_m: float = Field(ge=0)
    orientation_rad: float
    probability: float = Field(default=0.9, gt=0, lt=1)


class GroundPosition(Report):
    """A place on the ground with its uncertainty. Degrees, WGS 84; metres above sea level."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_amsl_m: float
    ellipse: GroundEllipse


class PixelBox(Report):
    """A box in a picture, pixels, from the upper left corner."""

    left_px: float
    top_px: float
    width_px: float = Field(ge=0)
    height_px: float = Field(ge=0)
    object_class: ToldClass
    confidence: Certainty
    track_id: int | None = None


class TrackReport(Report):
    """One followed object as the aircraft sees it now."""

    track_id: int
    object_class: ToldClass
    confidence: Certainty
    position: GroundPosition
    velocity_north_m_s: float
    velocity_east_m_s: float


class TracksReport(Report):
    """Every object followed at one capture time. Live: sent once, never repeated."""

    kind: Literal["tracks"] = "tracks"
    tracks: tuple[TrackReport, ...]


class ViewReport(Report):
    """Where the camera is and what ground it sees. Live: sent once, never repeated.

    `footprint` is a ring of (latitude, longitude) in degrees without a closing point; it is empty
    where no corner of the frame meets the ground.
    """

    kind: Literal["view"] = "view"
    latitude_deg: Latitude
    longitude_deg: Longitude
    height_amsl_m: float
    height_above_ground_m: float
    optical_axis_bearing_rad: float
    optical_axis_elevation_rad: float
    footprint: tuple[tuple[Latitude, Longitude], ...]


class PictureRef(Report):
    """A picture that is stored under the SHA-256 of its bytes, and what it shows where."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(default="image/jpeg", max_length=64)
    width_px: int = Field(gt=0)
    height_px: int = Field(gt=0)
    boxes: tuple[PixelBox, ...] = ()


class Explanation(Report):
    """Why a rule fired, one sentence a language."""

    kk: str
    ru: str
    en: str


class EventReport(Report):
    """A rule fired. Durable: it stays in the outbox until a hub has it.

    `captured_at` is the time of the frame that made the rule fire and `began_at` when its evidence
    began, both by the aircraft's clock. `recording_link` is the recording's chain at that moment:
    who has it can prove that the recording was not changed since.
    """

    kind: Literal["event"] = "event"
    event_kind: EventKind
    rule_id: str = Field(min_length=1, max_length=100)
    severity: ToldSeverity
    certainty: Certainty
    position: GroundPosition
    captured_at: AwareDatetime
    began_at: AwareDatetime
    object_class: ToldClass
    object_count: int = Field(ge=1)
    track_ids: tuple[int, ...] = ()
    zone: str | None = None
    explanation: Explanation
    picture: PictureRef | None = None
    frame_id: str | None = None
    recording_link: str | None = None


class CalibrationReport(Report):
    """How well the camera's errors are known by now: standard deviations, and from what.

    `anchors` are still objects that were seen again and again; `landmarks` of them are mapped.
    """

    heading_sigma_rad: float = Field(ge=0)
    pitch_sigma_rad: float = Field(ge=0)
    position_sigma_m: float = Field(ge=0)
    anchors: int = Field(ge=0)
    landmarks: int = Field(ge=0)


class StatusReport(Report):
    """How the aircraft's process fares. Live: sent once, never repeated.

    `outbox_refused` counts messages that a hub will never take and `outbox_dropped` what the outbox
    had no room for; `stage_ms` holds the mean time of each stage of late and `stage_p95_ms` what
    95 % of late do not exceed, milliseconds. `state` is `ok`, `degraded` (something is missing or
    lost) or `blind` (nothing can be found now); `problems` names what is wrong and `text` says it.
    """

    kind: Literal["status"] = "status"
    source: str
    detector: str
    frames_seen: int = Field(ge=0)
    frames_dropped: int = Field(ge=0)
    frames_corrupt: int = Field(ge=0)
    frames_frozen: int = Field(default=0, ge=0)
    frames_without_pose: int = Field(ge=0)
    outbox_waiting: int = Field(ge=0)
    outbox_refused: int = Field(default=0, ge=0)
    outbox_dropped: int = Field(default=0, ge=0)
    pictures_waiting: int = Field(default=0, ge=0)
    stage_ms: dict[str, float] = Field(default_factory=dict)
    stage_p95_ms: dict[str, float] = Field(default_factory=dict)
    state: str = Field(default="", max_length=32)
    problems: tuple[str, ...] = ()
    text: str = ""
    restarts: int = Field(default=0, ge=0)
    memory_mb: float = Field(default=0.0, ge=0)
    link_bytes_s: float = Field(default=0.0, ge=0)
    recording: str = Field(default="", max_length=300)
    calibration: str = Field(default="", max_length=300)
    calibrated: CalibrationReport | None = None
