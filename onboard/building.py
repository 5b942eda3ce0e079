"""Puts an aircraft together from its configuration: the one place that wires everything."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from missions.errors import BadInput
from missions.geodesy import LocalPlane
from onboard.calibrating import read_landmarks
from onboard.configuration import SIMULATED_WORLD, CameraSettings, OnboardConfiguration
from onboard.count.live import LiveCount, LiveCountSettings
from onboard.detect import Detector
from onboard.detect.at_hand import model_at_hand
from onboard.detect.simulated_world import SimulatedWorldDetector
from onboard.detect.spots import SpotDetector
from onboard.executive.crew import Crew
from onboard.executive.memory_file import MemoryFile
from onboard.executive.tasking_file import read_zones
from onboard.geolocate import CameraGeometry
from onboard.geolocate.live_calibration import LiveCalibration
from onboard.motion import PictureSteadying
from onboard.outbox import Outbox
from onboard.pipeline import Pipeline
from onboard.posing import Posing, mount_quaternion
from onboard.recording import Recorder, RecordingSettings
from onboard.rules import Zones, make_rules, read_district
from onboard.source import FrameSource, SourceFacts, is_live, open_source
from onboard.stages import Stages
from onboard.telemetry import PoseHistory, TelemetryLink
from onboard.track import Tracker
from onboard.uplink import LiveUplink, Uplink
from onboard.uplink.link_rate import MOST_PICTURE_BYTES
from onboard.uplink.mail import Mail
from onboard.uplink.turn import Turn
from onboard.watch.keeper import restarts
from onboard.watch.late_detector import LateDetector
from onboard.watch.snapshots import Snapshots, StateRefused

STATE_FILE = "state.json"
LEFT_LEG_FILE = "left-leg.json"
# What a patrol drone's camera has where nothing is said: 960x540, 70 degrees across.
DEFAULT_WIDTH_PX, DEFAULT_HEIGHT_PX = 960, 540
DEFAULT_FIELD_OF_VIEW_RAD = 1.2217304763960306
# Detections of one still picture stand alone: nothing will be seen twice, and a weak one may be
# looked at by a person.
OF_STILLS = {"confirm_sightings": 1, "new_score": 0.3, "sure_score": 0.3}


@dataclass(slots=True, kw_only=True)
class Parts:
    """Everything that an aircraft's process owns."""

    source: FrameSource
    pipeline: Pipeline
    posing: Posing
    outbox: Outbox
    uplink: Uplink | None
    live: LiveUplink | None
    link: TelemetryLink | None
    stages: Stages
    detector: Detector
    recorder: Recorder | None
    snapshots: Snapshots | None
    mail: Mail
    crew: Crew | None = None
    restarts: int = 0
    restarted_after: str = ""
    state_refused: str = ""

    @property
    def picture_bytes(self) -> int:
        """How large an event's picture may be on the link as it is now."""
        return MOST_PICTURE_BYTES if self.uplink is None else self.uplink.rate.picture_bytes

    def start(self) -> None:
        """Begin to send and to record."""
        if self.recorder is not None:
            self.recorder.start()
        if self.uplink is not None:
            self.uplink.start()
        if self.live is not None:
            self.live.start()

    def close(self) -> None:
        """End every thread and give everything back."""
        self.source.close()
        if self.recorder is not None:
            self.recorder.close()
        for each in (self.live, self.uplink, self.link):
            if each is not None:
                each.close()
        self.outbox.close()


def built(configuration: OnboardConfiguration) -> Parts:
    """An aircraft that is ready to run.

    Raises:
        BadInput: a file, folder, address, port or model is not usable; it is named.
    """
    plane, zones = _district(configuration.district)
    live = is_live(configuration.source)
    detector = _detector(configuration, live=live)
    outbox = Outbox(configuration.outbox, configuration.outbox_limits)
    recorder = _recorder(configuration.recording, live=live)
    # What holds ports and threads comes last, so that a refusal before leaves nothing open.
    crew = _crew(configuration)
    link = _link(configuration, crew)
    source = open_source(configuration.source, None if recorder is None else recorder.picture)
    stages, turn, mail = Stages(), Turn(), Mail()
    hub, uplink = configuration.hub, configuration.uplink
    pipeline = _pipeline(configuration, source.facts, detector, zones, plane, stages)
    snapshots = Snapshots(configuration.outbox / STATE_FILE) if live else None
    restarted, why = restarts()
    return Parts(
        source=source,
        pipeline=pipeline,
        posing=Posing(
            link=link,
            fixed=configuration.fixed_pose,
            wait_s=configuration.pose_wait_s,
            stream_latency_s=configuration.stream_latency_s,
        ),
        outbox=outbox,
        uplink=None
        if hub is None
        else Uplink(
            hub,
            outbox,
            uplink,
            turn=turn,
            told_s=partial(stages.add, "outbox_to_hub"),
            mail=mail,
        ),
        live=None if hub is None else LiveUplink(hub, uplink, turn=turn, mail=mail),
        mail=mail,
        link=link,
        stages=stages,
        detector=detector,
        recorder=recorder,
        snapshots=snapshots,
        crew=crew,
        restarts=restarted,
        restarted_after=why,
        state_refused="" if snapshots is None else _gone_on(pipeline, snapshots),
    )


def _gone_on(pipeline: Pipeline, snapshots: Snapshots) -> str:
    """Go on with what the process before this one followed; why not, where that cannot be."""
    try:
        state = snapshots.read()
        if state is not None:
            pipeline.go_on_from(state)
    except (StateRefused, ValueError) as refused:
        return str(refused)
    return ""


def _recorder(settings: RecordingSettings, *, live: bool) -> Recorder | None:
    return None if settings.folder is None or not live else Recorder(settings.folder, settings)


def _pipeline(
    configuration: OnboardConfiguration,
    facts: SourceFacts,
    detector: Detector,
    zones: Zones,
    plane: LocalPlane | None,
    stages: Stages,
) -> Pipeline:
    tracker = configuration.tracker
    if facts.stills:
        tracker = tracker.model_copy(update=OF_STILLS)
    return Pipeline(
        detector=detector,
        camera=_camera(configuration.camera, facts),
        errors=configuration.pose_errors,
        tracker=Tracker(tracker),
        rules=make_rules(configuration.rules, stills=facts.stills),
        zones=zones,
        plane=plane,
        stages=stages,
        calibration=_calibration(configuration, stills=facts.stills),
        counting=_counting(configuration.counting, stills=facts.stills),
        steadying=_steadying(configuration, stills=facts.stills),
    )


def _steadying(configuration: OnboardConfiguration, *, stills: bool) -> PictureSteadying | None:
    """None where it is not wanted, the camera stands, or pictures do not follow each other."""
    wanted = configuration.steady_places and configuration.fixed_pose is None
    return PictureSteadying() if wanted and not stills else None


def _counting(settings: LiveCountSettings, *, stills: bool) -> LiveCount | None:
    """None where it is not wanted, or single pictures show nothing twice."""
    return None if stills or not settings.enabled else LiveCount(settings)


def _calibration(configuration: OnboardConfiguration, *, stills: bool) -> LiveCalibration | None:
    """None where poses are none that drift: of a camera that stands, or of single pictures."""
    settings = configuration.calibration
    if stills or configuration.fixed_pose is not None or not settings.enabled:
        return None
    district = configuration.district
    landmarks = [] if district is None else read_landmarks(district)
    return LiveCalibration(settings, landmarks, configuration.pose_errors)


def _district(file: Path | None) -> tuple[LocalPlane | None, Zones]:
    return (None, Zones()) if file is None else read_district(file)


def _crew(configuration: OnboardConfiguration) -> Crew | None:
    """The executive, where there is a tasking and an autopilot to be tasked."""
    tasking = configuration.executive
    if tasking is None or configuration.link is None:
        return None
    return Crew(
        tasking,
        memory=MemoryFile(configuration.outbox / LEFT_LEG_FILE),
        zones=read_zones(tasking),
        system_id=configuration.system_id,
    )


def _link(configuration: OnboardConfiguration, crew: Crew | None) -> TelemetryLink | None:
    if configuration.link is None:
        return None
    history = PoseHistory(
        system_id=configuration.system_id,
        q_body_from_gimbal=mount_quaternion(configuration.mount),
    )
    return TelemetryLink(configuration.link, history, crew)


def _detector(configuration: OnboardConfiguration, *, live: bool) -> Detector:
    if not live or configuration.model == SIMULATED_WORLD:
        return _with_spots(configuration)
    # In the air a model that is missing or cut short is no reason not to fly.
    file = model_at_hand(configuration.model)
    return LateDetector(file, lambda: _with_spots(configuration))


def _with_spots(configuration: OnboardConfiguration) -> Detector:
    detector = _of_objects(configuration)
    return SpotDetector(detector) if configuration.detector.spots else detector


def _of_objects(configuration: OnboardConfiguration) -> Detector:
    if configuration.model == SIMULATED_WORLD:
        return SimulatedWorldDetector()
    # Loading ONNX Runtime takes a quarter of a second: only who has a model waits for it.
    from onboard.detect.opening import Wanted, open_search
    from onboard.detect.search import SearchSettings

    settings = configuration.detector
    width_px, height_px = settings.input_width_px, settings.input_height_px
    if (width_px is None) != (height_px is None):
        raise BadInput(where="detector", what="give both input_width_px and input_height_px")
    size_px = None if width_px is None or height_px is None else (width_px, height_px)
    return open_search(
        Wanted(
            model=model_at_hand(configuration.model),
            settings=SearchSettings(
                budget_s=settings.budget_s if size_px is None else None,
                size_px=size_px,
                score_floor=settings.score_threshold,
                iou_threshold=settings.iou_threshold,
            ),
            classes=settings.classes,
            threads=settings.threads,
            backend=settings.backend,
            steep_model=settings.steep_model,
        )
    )


def _camera(settings: CameraSettings, facts: SourceFacts) -> CameraGeometry:
    base = facts.camera or CameraGeometry.of_field_of_view(
        width_px=settings.width_px or DEFAULT_WIDTH_PX,
        height_px=settings.height_px or DEFAULT_HEIGHT_PX,
        horizontal_field_of_view_rad=DEFAULT_FIELD_OF_VIEW_RAD,
    )
    if settings.horizontal_field_of_view_rad is not None:
        base = CameraGeometry.of_field_of_view(
            width_px=settings.width_px or base.width_px,
            height_px=settings.height_px or base.height_px,
            horizontal_field_of_view_rad=settings.horizontal_field_of_view_rad,
        )
    focal_x_px = settings.focal_x_px or base.focal_x_px
    return CameraGeometry(
        width_px=base.width_px,
        height_px=base.height_px,
        focal_x_px=focal_x_px,
        focal_y_px=settings.focal_y_px or settings.focal_x_px or base.focal_y_px,
        centre_x_px=base.centre_x_px if settings.centre_x_px is None else settings.centre_x_px,
        centre_y_px=base.centre_y_px if settings.centre_y_px is None else settings.centre_y_px,
        distortion=settings.distortion,
    )
