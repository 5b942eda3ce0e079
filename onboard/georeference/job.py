"""From a flight, pixels and landmarks to answers: calibrate on all sightings, then place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from onboard.geolocate.adjustment import Anchor, Glimpse, Sighting
from onboard.geolocate.calibration import Calibration, calibrate
from onboard.geolocate.error_budget import ErrorBudget
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.ground import Outcome
from onboard.geolocate.motion import smoothed
from onboard.geolocate.placing import Belief, place_pixels
from onboard.geolocate.rotation import Array
from onboard.geolocate.sightline import Sightline
from onboard.georeference.asked import Landmark, Pixel
from onboard.georeference.flight_view import FlightView

PARKED_SIGMA_M = 60.0
# More frames than these tell a constant error no better, and cost time.
MOST_GLIMPSES = 120


@dataclass(slots=True, kw_only=True)
class Placed:
    """The answer to one pixel; NaN where `outcome` is no hit, and None where no speed is told."""

    asked: Pixel
    outcome: str
    shallow: bool = False
    clipped: bool = False
    latitude_deg: float = math.nan
    longitude_deg: float = math.nan
    height_amsl_m: float = math.nan
    covariance_m2: Array = field(default_factory=lambda: np.full((2, 2), np.nan))
    slant_m: float = math.nan
    depression_rad: float = math.nan
    en_m: Array = field(default_factory=lambda: np.full(2, np.nan))
    up_m: float = math.nan
    displaced_m: Array = field(default_factory=lambda: np.zeros((0, 2)))
    changing_m2: Array = field(default_factory=lambda: np.full((2, 2), np.nan))
    speed_m_s: float | None = None
    speed_sigma_m_s: float | None = None
    course_rad: float | None = None


class Georeferencing:
    """One flight's beliefs about its errors, and the places that follow.

    `position_step_m` is how coarsely the log writes positions.
    """

    def __init__(
        self, view: FlightView, budget: ErrorBudget, *, position_step_m: float = 0.0
    ) -> None:
        self._view, self._budget = view, budget
        process = ErrorProcess.of(budget)
        process.per_frame[4:6] += position_step_m**2 / 12.0
        self._process = process
        self.calibration: Calibration | None = None
        self._at: dict[float, int] = {}
        self.sightings_without_pose = 0

    def calibrate(self, landmarks: Sequence[Landmark]) -> None:
        """Find the flight's errors from what stays where it is."""
        groups: dict[float, list[Landmark]] = {}
        for each in landmarks:
            groups.setdefault(each.t_s, []).append(each)
        frames = [(t_s, self._view.sightline(t_s), group) for t_s, group in groups.items()]
        seen = [(t_s, line, group) for t_s, line, group in frames if line is not None]
        self.sightings_without_pose = len(landmarks) - sum(len(group) for _, _, group in seen)
        if len(seen) > MOST_GLIMPSES:
            chosen = np.linspace(0, len(seen) - 1, MOST_GLIMPSES).round().astype(int)
            seen = [seen[i] for i in chosen]
        anchors = self._anchors(seen)
        known = {anchor.name for anchor in anchors}
        glimpses = [
            Glimpse(
                t_s=t_s,
                sightline=line,
                sightings=[self._sighting(each) for each in group if each.name in known],
            )
            for t_s, line, group in seen
        ]
        if not any(glimpse.sightings for glimpse in glimpses):
            return
        self._at = {t_s: index for index, (t_s, _, _) in enumerate(seen)}
        self.calibration = calibrate(glimpses, anchors, process=self._process)

    def place(self, pixels: Sequence[Pixel]) -> list[Placed]:
        """The places of pixels, in their order, with speeds where one thing is seen often."""
        answers = [Placed(asked=each, outcome="no_pose") for each in pixels]
        groups: dict[float, list[Placed]] = {}
        for answer in answers:
            groups.setdefault(answer.asked.t_s, []).append(answer)
        for t_s, group in groups.items():
            sightline = self._view.sightline(t_s)
            if sightline is not None:
                self._fill(group, sightline, t_s)
        for thing in _things(answers):
            self._follow(thing)
        return answers

    def _follow(self, path: Sequence[Placed]) -> None:
        """Smooth a thing's places and tell its speed; what stays wrong stays in the ellipse.

        Where a frame's own sightings have told of its own errors, the whole may be less than what
        changes: then no less is claimed than the smoother's own.
        """
        times = [each.asked.t_s for each in path]
        noise = np.array([each.changing_m2 for each in path])
        motion = smoothed(times, np.array([each.en_m for each in path]), noise)
        # The smoother is linear: each constant error moves the velocity as it moves the path.
        moved = np.array([each.displaced_m for each in path]).transpose(1, 0, 2)
        drifts = [smoothed(times, one, noise).velocity_m_s for one in moved]
        for drift in drifts:
            motion.covariance[:, 2:, 2:] += drift[:, :, None] * drift[:, None, :]
        points = np.column_stack((motion.en_m, [each.up_m for each in path]))
        latitude, longitude, _ = self._view.frame.geodetic(points)
        for i, each in enumerate(path):
            east, north = motion.velocity_m_s[i]
            each.latitude_deg, each.longitude_deg = float(latitude[i]), float(longitude[i])
            stays = _positive(each.covariance_m2 - each.changing_m2)
            each.covariance_m2 = stays + motion.covariance[i, :2, :2]
            each.speed_m_s = float(motion.speed_m_s[i])
            each.speed_sigma_m_s = float(motion.speed_sigma_m_s[i])
            each.course_rad = math.atan2(east, north) % math.tau

    def _anchors(self, seen: Sequence[tuple[float, Sightline, Sequence[Landmark]]]) -> list[Anchor]:
        anchors: dict[str, Anchor] = {}
        for t_s, sightline, group in seen:
            for each in group:
                if each.name in anchors:
                    continue
                anchor = (
                    self._parked(each, sightline, t_s)
                    if each.place is None
                    else self._surveyed(each)
                )
                if anchor is not None:
                    anchors[each.name] = anchor
        return list(anchors.values())

    def _surveyed(self, landmark: Landmark) -> Anchor | None:
        assert landmark.place is not None
        latitude = np.array([landmark.place.latitude_deg])
        longitude = np.array([landmark.place.longitude_deg])
        height, vertical_m = landmark.height_amsl_m, landmark.sigma_m
        if height is None:
            height = float(self._view.surface.amsl_m(latitude, longitude)[0])
            vertical_m = math.hypot(vertical_m, self._budget.relief_m)
        if math.isnan(height):
            return None
        spread = np.array([landmark.sigma_m, landmark.sigma_m, vertical_m])
        return Anchor(
            name=landmark.name,
            enu_m=self._view.frame.enu_of(landmark.place, height),
            covariance_m2=np.diag(spread**2),
        )

    def _parked(self, landmark: Landmark, sightline: Sightline, t_s: float) -> Anchor | None:
        places = place_pixels(
            np.array([landmark.pixel]),
            sightline,
            Belief.untold(self._process.steady),
            surface=self._view.surface,
            frame=self._view.frame,
            pixel_sigma_px=np.array([self._budget.pixel_px]),
            ground_sigma_m=0.0,
        )
        if places.outcome[0] != Outcome.HIT:
            return None
        spread = np.array([PARKED_SIGMA_M, PARKED_SIGMA_M, self._budget.relief_m])
        return Anchor(name=landmark.name, enu_m=places.enu_m[0], covariance_m2=np.diag(spread**2))

    def _sighting(self, landmark: Landmark) -> Sighting:
        sigma = self._budget.pixel_px if landmark.sigma_px is None else landmark.sigma_px
        return Sighting(anchor=landmark.name, pixel=landmark.pixel, sigma_px=sigma)

    def belief(self, t_s: float, sightline: Sightline) -> Belief:
        """The errors at an instant: from its own frame's sightings too, where it has any."""
        if self.calibration is None:
            return Belief.untold(self._process.covariance)
        if t_s in self._at:
            return self.calibration.of_frame(self._at[t_s])
        return self.calibration.at(t_s, sightline.heading_rad)

    def _constant_steps(self) -> Array:
        """One standard deviation along each axis of what stays wrong, (7, 7), a step a row."""
        stays = self._process.steady
        if self.calibration is not None:
            stays = self.calibration.mean.covariance + self._budget.drift.covariance
        values, axes = np.linalg.eigh(stays)
        steps: Array = axes.T * np.sqrt(np.maximum(values, 0.0))[:, None]
        return steps

    def _fill(self, group: Sequence[Placed], sightline: Sightline, t_s: float) -> None:
        belief = self.belief(t_s, sightline)
        asked = [answer.asked for answer in group]
        sigma = [each.sigma_px or self._budget.pixel_px for each in asked]
        places = place_pixels(
            np.array([each.pixel for each in asked]),
            sightline,
            belief,
            surface=self._view.surface,
            frame=self._view.frame,
            pixel_sigma_px=np.array(sigma),
            ground_sigma_m=0.0,
            lift_m=np.array([each.lift_m for each in asked]),
            lift_sigma_m=np.hypot([each.lift_sigma_m for each in asked], self._budget.relief_m),
            changing=np.diag(self._process.per_frame),
            steps=self._constant_steps(),
        )
        for i, answer in enumerate(group):
            answer.outcome = Outcome(int(places.outcome[i])).name.lower()
            answer.depression_rad = float(places.depression_rad[i])
            if places.outcome[i] != Outcome.HIT:
                continue
            answer.shallow = bool(places.shallow[i])
            answer.clipped = bool(places.clipped[i])
            answer.latitude_deg = float(places.latitude_deg[i])
            answer.longitude_deg = float(places.longitude_deg[i])
            answer.height_amsl_m = float(places.height_amsl_m[i])
            answer.covariance_m2 = places.covariance_m2[i]
            answer.slant_m = float(places.slant_m[i])
            answer.en_m, answer.up_m = places.enu_m[i, :2], float(places.enu_m[i, 2])
            answer.displaced_m = np.nan_to_num(places.displaced_m[:, i])
            answer.changing_m2 = places.own_m2[i] + places.changing_m2[i]


def _things(answers: Sequence[Placed]) -> list[list[Placed]]:
    """The placed answers of each named thing, in rising time; only those seen at three times."""
    things: dict[str, list[Placed]] = {}
    for answer in answers:
        if answer.asked.thing is not None and answer.outcome == Outcome.HIT.name.lower():
            things.setdefault(answer.asked.thing, []).append(answer)
    paths = [sorted(path, key=lambda each: each.asked.t_s) for path in things.values()]
    return [path for path in paths if len({each.asked.t_s for each in path}) >= 3]


def _positive(covariance: Array) -> Array:
    values, axes = np.linalg.eigh(covariance)
    nearest: Array = (axes * np.maximum(values, 0.0)) @ axes.T
    return nearest
