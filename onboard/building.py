"""Puts an aircraft together from its configuration: the one place that wires everything."""

from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput
from missions.geodesy import LocalPlane
from onboard.configuration import SIMULATED_WORLD, CameraSettings, OnboardConfiguration
from onboard.detect import Detector
from onboard.detect.simulated_world import SimulatedWorldDetector
from onboard.geolocate import CameraGeometry
from onboard.outbox import Outbox
from onboard.pipeline import Pipeline
from onboard.posing import Posing, mount_quaternion
from onboard.rules import Zones, make_rules, read_district
from onboard.source import FrameSource, SourceFacts, open_source
from onboard.stages import Stages
from onboard.telemetry import PoseHistory, TelemetryLink
from onboard.track import Tracker
from onboard.uplink import LiveUplink, Uplink

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
    detector_name: str

    def start(self) -> None:
        """Begin to send."""
        if self.uplink is not None:
            self.uplink.start()
        if self.live is not None:
            self.live.start()

    def close(self) -> None:
        """End every thread and give everything back."""
        self.source.close()
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
    detector = _detector(configuration)
    outbox = Outbox(configuration.outbox, configuration.outbox_limits)
    # What holds ports and threads comes last, so that a refusal before leaves nothing open.
    link = _link(configuration)
    source = open_source(configuration.source)
    stages = Stages()
    hub, uplink = configuration.hub, configuration.uplink
    return Parts(
        source=source,
        pipeline=_pipeline(configuration, source.facts, detector, zones, plane, stages),
        posing=Posing(
            link=link,
            fixed=configuration.fixed_pose,
            wait_s=configuration.pose_wait_s,
            stream_latency_s=configuration.stream_latency_s,
        ),
        outbox=outbox,
        uplink=None if hub is None else Uplink(hub, outbox, uplink),
        live=None if hub is None else LiveUplink(hub, uplink),
        link=link,
        stages=stages,
        detector_name=detector.name,
    )


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
    )


def _district(file: Path | None) -> tuple[LocalPlane | None, Zones]:
    return (None, Zones()) if file is None else read_district(file)


def _link(configuration: OnboardConfiguration) -> TelemetryLink | None:
    if configuration.link is None:
        return None
    history = PoseHistory(
        system_id=configuration.system_id,
        q_body_from_gimbal=mount_quaternion(configuration.mount),
    )
    return TelemetryLink(configuration.link, history)


def _detector(configuration: OnboardConfiguration) -> Detector:
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
            model=Path(configuration.model).expanduser(),
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
