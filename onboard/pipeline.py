"""From a frame and its pose to tracks and findings. No clock, no thread, no network in here."""

from dataclasses import dataclass

import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.detect import Detections, Detector
from onboard.detect.sights import sight_of
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.rhythm import Rhythm
from onboard.rules import Finding, Rule, Scene, Zones
from onboard.source import Image
from onboard.stages import Stages
from onboard.track import Placed, Track, Tracker
from onboard.track.placing import place
from onboard.track.view_area import outline_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """What one frame has come to; places are on `plane`."""

    plane: LocalPlane
    camera: CameraGeometry
    detections: Detections
    not_placed: int
    tracks: list[Track]
    findings: list[Finding]


class Pipeline:
    """Detector, placing, tracker and rules, one frame after another.

    `camera` tells the geometry of pictures of whatever size; `plane` is that of `zones`, or None
    where there are none: then the first pose makes one.
    """

    def __init__(
        self,
        *,
        detector: Detector,
        camera: CameraGeometry,
        errors: PoseErrors,
        tracker: Tracker,
        rules: list[Rule],
        zones: Zones,
        plane: LocalPlane | None,
        stages: Stages,
    ) -> None:
        self._detector = detector
        self._camera = camera
        self._errors = errors
        self._tracker = tracker
        self._rules = rules
        self._zones = zones
        self._plane = plane
        self._stages = stages
        self._rhythm = Rhythm()

    def process(
        self, image: Image, *, boot_s: float, pose: CameraPose, ground: HeightAmsl
    ) -> Perceived:
        """See, place, follow and judge."""
        plane = self._plane = self._plane or LocalPlane(pose.position)
        camera = self._camera.of_size(image.shape[1], image.shape[0])
        with self._stages.of("detect"):
            detections = self._detector.detect(image, sight=sight_of(pose, camera, ground))
        with self._stages.of("place"):
            placed, not_placed = self._placed(detections, pose, camera, ground, plane)
        with self._stages.of("track"):
            patience_s = self._rhythm.beat(boot_s)
            view_en = outline_en(
                camera,
                R_ned_from_camera=pose.R_ned_from_camera,
                above_m=pose.height_above_ground_m(ground),
                at_en=plane.en(pose.position),
            )
            tracks = self._tracker.update(placed, boot_s, patience_s=patience_s, view_en=view_en)
        with self._stages.of("judge"):
            scene = Scene(
                now_s=boot_s, tracks=tuple(tracks), zones=self._zones, patience_s=patience_s
            )
            findings = [finding for rule in self._rules for finding in rule.observe(scene)]
        return Perceived(
            plane=plane,
            camera=camera,
            detections=detections,
            not_placed=not_placed,
            tracks=tracks,
            findings=findings,
        )

    def _placed(
        self,
        detections: Detections,
        pose: CameraPose,
        camera: CameraGeometry,
        ground: HeightAmsl,
        plane: LocalPlane,
    ) -> tuple[Placed, int]:
        if not len(detections):
            return _NOTHING, 0
        placing = place(
            detections,
            pose=pose,
            camera=camera,
            ground=ground,
            errors=pose.errors or self._errors,
            plane=plane,
        )
        return placing.placed, placing.not_placed


_NOTHING = Placed(
    en_m=np.empty((0, 2)),
    own_m2=np.empty((0, 2, 2)),
    shared_m2=np.empty((0, 2, 2)),
    scores=np.empty(0),
    classes=(),
    boxes=np.empty((0, 4)),
)
