"""Calibration in flight: landmarks of the district and whatever is parked, told frame by frame.

Parked things teach only in company: three or more that agree, or a landmark among them, because a
single one that creeps cannot be told from a camera that turns. One that disagrees three times
running has moved: it is forgotten, and not taken for parked again.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from missions.geodesy import beside
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.geolocate.bias_filter import Seen
from onboard.geolocate.calibration_memory import Memory, SavedCalibration, Watched
from onboard.geolocate.calibration_settings import CalibrationSettings, budget_for, filter_for
from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import STATE, STATES
from onboard.geolocate.ground import Outcome
from onboard.geolocate.placing import Belief, place_pixels
from onboard.geolocate.pose import CameraPose, PoseErrors
from onboard.geolocate.rotation import heading_of, product, quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.standing import Followed, KnownLandmark
from onboard.geolocate.surface import LevelGround

# A sighting is taken for an anchor's where it is within 99 % of what may be, and nothing else is.
SAME = 9.21
# A time that is so far behind the last one is of another boot.
REBOOT_S = 5.0
# To place a new thing takes milliseconds: no frame has to wait for many.
NEW_AT_ONCE = 2


class LiveCalibration:
    """Gives corrected poses and learns from what is seen. No clock in here.

    `errors` are those of poses, where the settings name no budget.
    """

    def __init__(
        self,
        settings: CalibrationSettings,
        landmarks: Sequence[KnownLandmark] = (),
        errors: PoseErrors | None = None,
    ) -> None:
        self._settings, self._landmarks = settings, tuple(landmarks)
        self._budget = budget_for(settings, errors or PoseErrors())
        self._filter = filter_for(self._budget, settings)
        self._memory = Memory()
        self._frame: EarthFrame | None = None
        self._passed_s: float | None = None
        self._taught_s = -math.inf
        self._heading_rad = 0.0

    def corrected(self, pose: CameraPose, now_s: float) -> CameraPose:
        """The pose as it is thought to be, with the covariance of what may be wrong with it."""
        self._pass(now_s)
        self._heading_rad = heading_of(pose.R_ned_from_camera)
        belief = self._filter.belief_of_frame(self._heading_rad)
        yaw, pitch, roll, _, east, north, up = belief.mean.tolist()
        about_vertical = quaternion_from_euler(roll_rad=0.0, pitch_rad=0.0, yaw_rad=yaw)
        about_camera = quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=0.0)
        height: HeightAmsl | HeightAboveGround = (
            HeightAboveGround(pose.height.m + up)
            if isinstance(pose.height, HeightAboveGround)
            else HeightAmsl(pose.height.m + up)
        )
        return CameraPose(
            position=beside(pose.position, east_m=east, north_m=north),
            height=height,
            q_ned_from_gimbal=product(
                product(about_vertical, pose.q_ned_from_gimbal), about_camera
            ),
            errors=pose.errors,
            view_covariance=belief.covariance,
        )

    def zoomed(self, camera: CameraGeometry) -> CameraGeometry:
        """The camera with the focal length that is thought to be right."""
        return camera.zoomed(math.exp(float(self._filter.mean_of(self._heading_rad)[3])))

    def learn(
        self,
        followed: Sequence[Followed],
        *,
        pose: CameraPose,
        camera: CameraGeometry,
        ground: HeightAmsl,
        now_s: float,
    ) -> None:
        """Take in what a frame shows; `pose` and `camera` are as told, not corrected."""
        self._pass(now_s)
        if now_s - self._taught_s < self._settings.every_s or not followed:
            return
        frame = self._frame = self._frame or EarthFrame(pose.position)
        height_m = pose.height_amsl_m(ground)
        sightline = Sightline.of(pose, height_m=height_m, camera=camera, frame=frame)
        self._heading_rad = sightline.heading_rad
        self._forget(now_s)
        seen = self._recognised(followed, sightline, ground, now_s)
        if seen:
            self._taught_s = now_s
            self._teach(seen, sightline, now_s)
        self._admit(followed, sightline, ground, now_s)

    def told(self) -> dict[str, Any]:
        """Each error with its standard deviation, and what has taught so far."""
        belief = self._belief
        sigmas, mean = np.sqrt(np.diag(belief.covariance)).tolist(), belief.mean.tolist()
        errors = {
            name: {"value": round(value, 6), "sigma": round(sigma, 6)}
            for name, value, sigma in zip(STATE, mean, sigmas, strict=True)
        }
        memory = self._memory
        return {
            "errors": errors,
            "anchors": len(memory.anchors),
            "landmarks": sum(each.landmark for each in memory.anchors),
            "sightings_believed": memory.taught,
            "sightings_refused": memory.refused,
            "moved": memory.forgotten,
        }

    def words(self) -> str:
        """The same in a line for a person; empty until anything has taught."""
        if not self._memory.taught:
            return ""
        belief = self._belief
        sigmas = np.sqrt(np.diag(belief.covariance))
        yaw, pitch = np.degrees(belief.mean[:2])
        heading, tilt = np.degrees(sigmas[:2])
        known = sum(each.landmark for each in self._memory.anchors)
        return (
            f"heading {yaw:+.1f}±{heading:.1f}°, pitch {pitch:+.1f}±{tilt:.1f}°, position "
            f"±{math.hypot(*sigmas[4:6]) / math.sqrt(2.0):.1f} m, from {len(self._memory.anchors)} "
            f"anchors ({known} landmarks)"
        )

    def state(self) -> dict[str, Any]:
        """Everything as plain data, for `restore` in a process that comes after."""
        return SavedCalibration(
            mean=self._filter.mean,
            covariance=self._filter.covariance,
            memory=self._memory,
            origin=None if self._frame is None else self._frame.origin,
            passed_s=self._passed_s,
            heading_rad=self._heading_rad,
        ).plain()

    def restore(self, state: Any) -> None:
        """Go on with what another process had learnt; nothing is changed where it is refused.

        Raises:
            ValueError: it is no such state.
        """
        saved = SavedCalibration.of(state)
        self._filter.mean, self._filter.covariance = saved.mean, saved.covariance
        self._memory, self._passed_s = saved.memory, saved.passed_s
        self._heading_rad = saved.heading_rad
        self._frame = None if saved.origin is None else EarthFrame(saved.origin)

    @property
    def _belief(self) -> Belief:
        """What is wrong with frames that look as the last one did."""
        return self._filter.belief(self._heading_rad)

    def _pass(self, now_s: float) -> None:
        """Let errors drift up to now; a clock that began anew says nothing of how long that is."""
        passed_s = self._passed_s
        if passed_s is not None and now_s < passed_s - REBOOT_S:
            self._taught_s = -math.inf
            for anchor in self._memory.anchors:
                anchor.last_s = now_s
            passed_s = None
        if passed_s is not None and now_s > passed_s:
            self._filter.pass_time(now_s - passed_s)
        self._passed_s = now_s if passed_s is None else max(now_s, passed_s)

    def _forget(self, now_s: float) -> None:
        """Anchors that have not been seen for long, and the longest unseen of too many."""
        settings, anchors = self._settings, self._memory.anchors
        oldest = sorted(each.last_s for each in anchors)[: -settings.most_anchors or None]
        before_s = now_s - settings.anchors_for_s
        if len(anchors) > settings.most_anchors:
            before_s = max(before_s, oldest[-1])
        for index in reversed(range(len(anchors))):
            if anchors[index].last_s <= before_s:
                self._drop(index)

    def _drop(self, index: int) -> None:
        del self._memory.anchors[index]
        self._filter.drop(index)

    def _recognised(
        self,
        followed: Sequence[Followed],
        sightline: Sightline,
        ground: HeightAmsl,
        now_s: float,
    ) -> list[tuple[Seen, Followed]]:
        """Which anchors are seen, and as what: by track, else as the only one that fits."""
        self._add_landmarks(sightline, ground, now_s)
        tracks = {each.track: each for each in followed}
        found: list[tuple[Seen, Followed]] = []
        free = [each for each in followed if each.track not in self._memory.moved]
        for index, anchor in enumerate(self._memory.anchors):
            known = None if anchor.track is None else tracks.get(anchor.track)
            if known is not None:
                found.append((_seen(index, known), known))
        taken = {each.track for _, each in found}
        for index, anchor in enumerate(self._memory.anchors):
            if anchor.track in tracks:
                continue
            alike = [
                each
                for each in free
                if each.track not in taken
                and each.object_class == anchor.object_class
                and (anchor.landmark or self._parks(each))
            ]
            only = self._only_fit(sightline, index, alike)
            if only is not None:
                anchor.track = only.track
                taken.add(only.track)
                found.append((_seen(index, only), only))
        return found

    def _only_fit(
        self, sightline: Sightline, anchor: int, alike: Sequence[Followed]
    ) -> Followed | None:
        """The one object that is where an anchor should be; None where there is none, or more."""
        if not alike:
            return None
        pixels = np.array([each.pixel for each in alike])
        sigmas = np.array([each.sigma_px for each in alike])
        near = self._filter.distances(sightline, anchor, pixels, sigmas) < SAME
        return alike[int(np.argmax(near))] if np.count_nonzero(near) == 1 else None

    def _add_landmarks(self, sightline: Sightline, ground: HeightAmsl, now_s: float) -> None:
        """Landmarks that should be in the picture now and are not yet followed."""
        assert self._frame is not None
        known = {each.name for each in self._memory.anchors if each.landmark}
        for each in self._landmarks:
            if each.name in known:
                continue
            height_m = ground.m if each.height_amsl_m is None else each.height_amsl_m
            place = self._frame.enu_of(each.place, height_m)
            belief = self._filter.belief(sightline.heading_rad)
            pixel = sightline.pixels(place[None], belief.mean[None])[0]
            size = np.array([sightline.camera.width_px, sightline.camera.height_px])
            if not np.all(np.isfinite(pixel)) or np.any(pixel < 0.0) or np.any(pixel > size):
                continue
            up_m = math.hypot(each.sigma_m, self._budget.relief_m)
            spread = np.diag(np.square([each.sigma_m, each.sigma_m, up_m]))
            self._filter.add(place, spread)
            anchor = Watched(
                name=each.name,
                object_class=each.object_class,
                landmark=True,
                track=None,
                last_s=now_s,
            )
            self._memory.anchors.append(anchor)

    def _teach(
        self, seen: Sequence[tuple[Seen, Followed]], sightline: Sightline, now_s: float
    ) -> None:
        memory = self._memory
        kept = self._filter.agreeing(sightline, [each for each, _ in seen])
        indices = {each.anchor for each in kept}
        known = any(memory.anchors[index].landmark for index in indices)
        if known or len(kept) >= self._settings.together:
            self._filter.take(sightline, kept)
            memory.taught += len(kept)
        memory.refused += len(seen) - len(kept)
        for each, _ in seen:
            anchor = memory.anchors[each.anchor]
            anchor.last_s = now_s
            anchor.misses = 0 if each.anchor in indices else anchor.misses + 1
        for index in sorted((each.anchor for each, _ in seen), reverse=True):
            anchor = memory.anchors[index]
            if anchor.misses >= 3:
                memory.forgotten += 1
                memory.moved |= set() if anchor.track is None else {anchor.track}
                self._drop(index)

    def _parks(self, each: Followed) -> bool:
        settings = self._settings
        slow = max(each.speed_m_s, each.speed_sigma_m_s) < settings.parked_below_m_s
        return each.may_park and slow and each.seen_for_s >= settings.parked_for_s

    def _admit(
        self,
        followed: Sequence[Followed],
        sightline: Sightline,
        ground: HeightAmsl,
        now_s: float,
    ) -> None:
        """Begin to watch things that stand still, while there is room."""
        memory = self._memory
        known, admitted = {each.track for each in memory.anchors} | memory.moved, 0
        for each in followed:
            if each.track in known or not self._parks(each):
                continue
            if len(memory.anchors) >= self._settings.most_anchors or admitted >= NEW_AT_ONCE:
                return
            admitted += 1
            if self._add_parked(each, sightline, ground):
                memory.anchors.append(
                    Watched(
                        name=str(each.track),
                        object_class=each.object_class,
                        landmark=False,
                        track=each.track,
                        last_s=now_s,
                    )
                )

    def _add_parked(self, each: Followed, sightline: Sightline, ground: HeightAmsl) -> bool:
        """Where its ray meets the ground, and how that hangs on the errors as they are thought."""
        assert self._frame is not None
        belief = self._filter.belief(sightline.heading_rad)
        steps = np.diag(np.sqrt(np.diag(belief.covariance)))
        places = place_pixels(
            np.array([each.pixel]),
            sightline,
            belief,
            surface=LevelGround(ground),
            frame=self._frame,
            pixel_sigma_px=np.array([each.sigma_px]),
            ground_sigma_m=0.0,
            lift_m=np.array([each.lift_m]),
            lift_sigma_m=np.array([math.hypot(self._budget.relief_m, 0.25 * each.lift_m)]),
            steps=steps,
        )
        if places.outcome[0] != Outcome.HIT or places.shallow[0] or places.clipped[0]:
            return False
        of_errors = np.zeros((3, STATES))
        of_errors[:2] = (places.displaced_m[:, 0] / np.diag(steps)[:, None]).T
        own = np.zeros((3, 3))
        own[:2, :2] = places.own_m2[0]
        own[2, 2] = self._budget.relief_m**2 + 1e-4
        if not np.isfinite(of_errors).all():
            return False
        self._filter.add(places.enu_m[0], own, of_errors, sightline.heading_rad)
        return True


def _seen(anchor: int, each: Followed) -> Seen:
    return Seen(anchor=anchor, pixel=each.pixel, sigma_px=each.sigma_px)
