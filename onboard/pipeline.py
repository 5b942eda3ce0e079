"""From a frame and its pose to tracks and findings. No clock, no thread, no network in here."""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import numpy as np

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from onboard.calibrating import followed
from onboard.count.live import LiveCount
from onboard.detect import Detections, Detector
from onboard.detect.sights import sight_of
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.geolocate.live_calibration import LiveCalibration
from onboard.motion import Correction, PictureSteadying
from onboard.rhythm import Rhythm
from onboard.rules import Finding, Rule, Scene, Zones
from onboard.source import Image
from onboard.stages import Stages
from onboard.track import Placed, Track, Tracker
from onboard.track.placing import place
from onboard.track.state import restore_tracker, tracker_state
from onboard.track.view_area import ground_en, outline_en


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
    where there are none: then the first pose makes one. `calibration` corrects poses and learns
    from what is followed; None leaves them as they are told. `counting` tells of crowds and herds;
    None leaves them uncounted. `steadying` keeps places still between poses that do not know
    their own errors by how the picture moved; None leaves it to the poses.
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
        calibration: LiveCalibration | None = None,
        counting: LiveCount | None = None,
        steadying: PictureSteadying | None = None,
    ) -> None:
        self._detector = detector
        self._camera = camera
        self._errors = errors
        self._tracker = tracker
        self._rules = rules
        self._zones = zones
        self._plane = plane
        self._stages = stages
        self.calibration = calibration
        self._counting = counting
        self._steadying = steadying
        self._rhythm = Rhythm()

    def process(
        self,
        image: Image,
        *,
        boot_s: float,
        pose: CameraPose,
        ground: HeightAmsl,
        utc: datetime | None = None,
    ) -> Perceived:
        """See, place, follow and judge; `utc` is the time of day, if known."""
        plane = self._plane = self._plane or LocalPlane(pose.position)
        camera = self._camera.of_size(image.shape[1], image.shape[0])
        told, told_camera = pose, camera
        # A source that knows its own errors knows its poses better than what stands still does.
        calibration = None if pose.errors is not None else self.calibration
        if calibration is not None:
            pose, camera = calibration.corrected(pose, boot_s), calibration.zoomed(camera)
        with self._stages.of("detect"):
            detections = self._detector.detect(image, sight=sight_of(pose, camera, ground))
        with self._stages.of("place"):
            placed, not_placed = self._placed(detections, pose, camera, ground, plane)
        steady = self._steady(image, detections, pose, camera, ground, plane, boot_s)
        with self._stages.of("track"):
            patience_s = self._rhythm.beat(boot_s)
            view_en = outline_en(
                camera,
                R_ned_from_camera=pose.R_ned_from_camera,
                above_m=pose.height_above_ground_m(ground),
                at_en=plane.en(pose.position),
            )
            if steady is not None:
                placed = placed.steadied(steady)
                view_en = None if view_en is None else steady(view_en)
            tracks = self._tracker.update(placed, boot_s, patience_s=patience_s, view_en=view_en)
        if calibration is not None:
            with self._stages.of("calibrate"):
                calibration.learn(
                    followed(tracks, told_camera, self._errors),
                    pose=told,
                    camera=told_camera,
                    ground=ground,
                    now_s=boot_s,
                )
        with self._stages.of("judge"):
            scene = Scene(
                now_s=boot_s,
                tracks=tuple(tracks),
                zones=self._zones,
                patience_s=patience_s,
                utc=utc,
                plane=plane,
                view_en=view_en,
            )
            findings = [finding for rule in self._rules for finding in rule.observe(scene)]
        if self._counting is not None:
            with self._stages.of("count"):
                findings += self._counting.observe(boot_s, tracks, view_en)
        return Perceived(
            plane=plane,
            camera=camera,
            detections=detections,
            not_placed=not_placed,
            tracks=tracks,
            findings=findings,
        )

    @property
    def calibration_words(self) -> str:
        """What has been learnt of the poses' errors, in a line; empty while that is nothing."""
        return "" if self.calibration is None else self.calibration.words()

    @property
    def calibration_told(self) -> dict[str, Any] | None:
        """The same as data; None where nothing is calibrated."""
        return None if self.calibration is None else self.calibration.told()

    def state(self) -> dict[str, Any]:
        """What is followed now, for the process that may come after this one."""
        plane = self._plane
        origin = None if plane is None else astuple(plane.origin)
        calibration = None if self.calibration is None else self.calibration.state()
        return {
            "origin": origin,
            "tracker": tracker_state(self._tracker),
            "calibration": calibration,
        }

    def go_on_from(self, state: dict[str, Any]) -> None:
        """Go on with what another process followed.

        Raises:
            ValueError: it is no such state, or one of another district.
        """
        origin = state.get("origin")
        if not isinstance(origin, list) or len(origin) != 2:
            raise ValueError("it tells no origin")
        plane = LocalPlane(GeoPoint(latitude_deg=origin[0], longitude_deg=origin[1]))
        if self._plane not in (None, plane):
            raise ValueError("it was made over another district")
        if self.calibration is not None and state.get("calibration") is not None:
            self.calibration.restore(state["calibration"])
        restore_tracker(self._tracker, state.get("tracker"))
        self._plane = plane

    def _steady(
        self,
        image: Image,
        detections: Detections,
        pose: CameraPose,
        camera: CameraGeometry,
        ground: HeightAmsl,
        plane: LocalPlane,
        boot_s: float,
    ) -> Correction | None:
        if self._steadying is None or pose.errors is not None:
            return None
        with self._stages.of("motion"):
            ground_of = ground_en(
                camera,
                R_ned_from_camera=pose.R_ned_from_camera,
                above_m=pose.height_above_ground_m(ground),
                at_en=plane.en(pose.position),
            )
            return self._steadying.update(image, detections.boxes, ground_of, boot_s)

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
