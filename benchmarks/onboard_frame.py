"""What a frame costs on board: decoded, searched, placed on the ground, followed and judged."""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence

import cv2

from benchmarks.cpu import CpuStages, percentile
from benchmarks.machine import Machine
from benchmarks.patrol import GROUND_AMSL_M, SEED, Scene, flights, scene
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.detect.simulated_world import SimulatedWorldDetector
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.pipeline import Pipeline
from onboard.rules import RuleSettings, make_rules, read_district
from onboard.source.decode import decoded
from onboard.track import Tracker
from onboard.track.tracker import TrackerSettings
from sim.camera.studio import Exposure, Studio
from sim.configuration import CameraSettings
from sim.vehicle.pose import VehiclePose
from sim.world.world import World

CAMERA = CameraSettings()
FROM_S = 60.0
STAGES = ("decode", "detect", "place", "track", "judge")

Film = Sequence[tuple[VehiclePose, bytes]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument("--frames", type=int, default=150, help="a drone; default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Show the same rendered frames to the whole pipeline several times."""
    machine = Machine.now()
    cv2.setNumThreads(1)
    with scene() as made:
        films = _films(made, flights(made, arguments.frames, from_s=FROM_S))
        told("showing them to the pipeline")
        shown = [Showing(made, films) for _ in range(arguments.runs)]
    frames = arguments.frames * len(films)
    size_kb = statistics.fmean(len(jpeg) for film in films.values() for _, jpeg in film) / 1e3
    return Report(
        name="onboard_frame",
        machine=machine,
        tables=[Table(rows=_rows(shown))],
        notes=[
            f"{frames} frames, {arguments.frames} a drone at {CAMERA.frame_rate_hz:g} Hz from "
            f"{FROM_S:g} s after the start of the demo's patrols (seed {SEED}), "
            f"{CAMERA.width_px}x{CAMERA.height_px}, {size_kb:.0f} kB of JPEG each; a pipeline a "
            "drone, the simulation's exact pose, one thread.",
            f"Of {arguments.runs} runs, the median. {shown[0].detections / frames:.1f} detections "
            f"a frame, {shown[0].findings} findings in all.",
            "The detector is the one for the simulated world, which looks for colours: a neural "
            "network takes its place on real frames and costs far more.",
        ],
    )


def _films(made: Scene, taken: Mapping[str, Sequence[Exposure]]) -> dict[str, Film]:
    told("rendering")
    bays = World(made.district, made.scenario, SEED).bays
    studio = Studio(made.district, bays, CAMERA, ground_height_amsl_m=GROUND_AMSL_M, seed=SEED)
    return {
        name: [(each.pose, studio.shoot(each).jpeg) for each in exposures]
        for name, exposures in taken.items()
    }


class Showing:
    """One run: `kept_s` are CPU seconds of every frame by stage, and counts beside them."""

    def __init__(self, made: Scene, films: Mapping[str, Film]) -> None:
        self.kept_s: dict[str, list[float]] = {stage: [] for stage in STAGES}
        self.detections = 0
        self.findings = 0
        for film in films.values():
            stages = CpuStages()
            self._show(film, _pipeline(made, stages), stages)
            for stage in STAGES:
                self.kept_s[stage] += stages.kept_s[stage]
        parts = zip(*(self.kept_s[stage] for stage in STAGES), strict=True)
        self.kept_s["whole frame"] = [sum(each) for each in parts]

    def _show(self, film: Film, pipeline: Pipeline, stages: CpuStages) -> None:
        for pose, jpeg in film:
            with stages.of("decode"):
                image = decoded(jpeg)
            if image is None:
                raise Failed("a rendered frame cannot be decoded")
            perceived = pipeline.process(
                image, boot_s=pose.boot_s, pose=_seen_from(pose), ground=HeightAmsl(GROUND_AMSL_M)
            )
            self.detections += len(perceived.detections)
            self.findings += len(perceived.findings)


def _pipeline(made: Scene, stages: CpuStages) -> Pipeline:
    """As an onboard process builds it from the demo's configuration."""
    plane, zones = read_district(made.folder / "district.geojson")
    return Pipeline(
        detector=SimulatedWorldDetector(),
        camera=CameraGeometry.of_field_of_view(
            width_px=CAMERA.width_px,
            height_px=CAMERA.height_px,
            horizontal_field_of_view_rad=CAMERA.horizontal_field_of_view_rad,
        ),
        errors=PoseErrors(),
        tracker=Tracker(TrackerSettings()),
        rules=make_rules(RuleSettings(), stills=False),
        zones=zones,
        plane=plane,
        stages=stages,
    )


def _seen_from(pose: VehiclePose) -> CameraPose:
    return CameraPose(
        position=GeoPoint(latitude_deg=pose.latitude_deg, longitude_deg=pose.longitude_deg),
        height=HeightAmsl(pose.height_amsl_m),
        q_ned_from_gimbal=pose.gimbal_quaternion,
    )


def _rows(shown: Sequence[Showing]) -> list[Row]:
    def middle(stage: str, percent: float) -> float:
        return 1e3 * statistics.median(percentile(each.kept_s[stage], percent) for each in shown)

    return [
        {
            "stage": stage,
            "median, ms CPU": middle(stage, 50),
            "mean, ms CPU": 1e3
            * statistics.median(statistics.fmean(each.kept_s[stage]) for each in shown),
            "95 %, ms CPU": middle(stage, 95),
        }
        for stage in (*STAGES, "whole frame")
    ]


if __name__ == "__main__":
    sys.exit(run("onboard_frame", __doc__, add_arguments, measure))
