"""What one 960x540 picture of the simulated camera costs, part by part."""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain

import cv2

from benchmarks.cpu import CpuStages, cpu_s, percentile
from benchmarks.machine import Machine
from benchmarks.patrol import GROUND_AMSL_M, SEED, Scene, flights, scene
from benchmarks.report import Report, Row, Table, run, told
from missions.geodesy import GeoPoint
from sim.camera.ground import Ground, Mosaic, seen
from sim.camera.painting import GroundPainter
from sim.camera.projection import Pinhole, View, view
from sim.camera.renderer import Look, Picture, Renderer, SensorNoise
from sim.camera.scenery import scenery
from sim.camera.structures import Structures
from sim.camera.studio import JPEG_SAMPLING_444, Exposure, Studio
from sim.configuration import CameraSettings
from sim.world.parking import Bays
from sim.world.world import STEP_S, World

CAMERA = CameraSettings()
FROM_S = 60.0
WORLD_S = 20.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument("--frames", type=int, default=60, help="a drone; default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Take the same pictures again and again: whole, and by part."""
    machine = Machine.now()
    with scene() as made:
        world = World(made.district, made.scenario, SEED)
        taken = flights(made, arguments.frames, from_s=FROM_S)
        exposures = list(chain.from_iterable(zip(*taken.values(), strict=True)))
        told("taking pictures")
        bays = world.bays
        rows = _rows([_pictures(made, bays, exposures) for _ in range(arguments.runs)])
        world_ms = 1e3 * cpu_s(lambda: _live(world)) / WORLD_S
    return Report(
        name="simulated_camera",
        machine=machine,
        tables=[Table(rows=rows)],
        notes=[
            f"{len(exposures)} pictures, {arguments.frames} a drone at "
            f"{CAMERA.frame_rate_hz:g} Hz from {FROM_S:g} s after the start of the demo's "
            f"patrols (seed {SEED}), {CAMERA.width_px}x{CAMERA.height_px}; one thread.",
            f"Medians and means over pictures; of {arguments.runs} runs, the median.",
            "A part is timed by itself on the same views; 'objects, trees, shadows, truth' is what "
            "a render takes beyond the other parts. New ground is painted where no drone has "
            "looked yet: dear and seldom, so that its mean counts and its median is nothing.",
            f"Beside the cameras the whole world ({len(world.snapshot().ids)} people, vehicles "
            f"and animals) takes {world_ms:.0f} ms of CPU a simulated second.",
        ],
    )


def _live(world: World) -> None:
    for _ in range(round(WORLD_S / STEP_S)):
        world.step(STEP_S, {})
        world.snapshot()


PartTimes = dict[str, list[float]]


def _pictures(made: Scene, bays: Bays, exposures: Sequence[Exposure]) -> PartTimes:
    """CPU seconds of every picture by part, and of the whole, with ground that is still blank."""
    studio = Studio(made.district, bays, CAMERA, ground_height_amsl_m=GROUND_AMSL_M, seed=SEED)
    whole_s = [cpu_s(partial(studio.shoot, each)) for each in exposures]
    parts = Parts(made, bays)
    for exposure in exposures:
        parts.take(exposure)
    times = parts.stages.kept_s
    others = zip(*(times[name] for name in ("ground", "buildings", "noise")), strict=True)
    rest_s = [
        render_s - sum(other_s) for render_s, other_s in zip(times["render"], others, strict=True)
    ]
    return {
        "new ground, painted and joined": times["new ground"],
        "ground as seen": times["ground"],
        "buildings": times["buildings"],
        "objects, trees, shadows, truth": rest_s,
        "sensor noise": times["noise"],
        "JPEG": times["jpeg"],
        "whole picture": whole_s,
    }


class Parts:
    """The camera's own parts, each called by itself on an exposure's view."""

    def __init__(self, made: Scene, bays: Bays) -> None:
        standing = scenery(made.district)
        self.stages = CpuStages()
        self._plane = made.district.plane
        self._ground = Ground(GroundPainter(made.district, bays, standing))
        self._structures = Structures(standing.blocks)
        self._noise = SensorNoise(
            CAMERA.width_px, CAMERA.height_px, deviation=CAMERA.noise_deviation, seed=SEED
        )
        self._scenery = standing
        self._mosaics: dict[str, tuple[Mosaic, Renderer]] = {}
        self._pinhole = Pinhole(
            width_px=CAMERA.width_px,
            height_px=CAMERA.height_px,
            horizontal_field_of_view_rad=CAMERA.horizontal_field_of_view_rad,
        )

    def take(self, exposure: Exposure) -> None:
        """Time every part of one picture."""
        from_there = self._view(exposure)
        mosaic, renderer = self._of(exposure.drone_id)
        of = self.stages.of
        # Everything twice: what is new is painted and joined the first time only.
        with of("ground, first time"):
            self._look(mosaic, from_there)
        with of("ground"):
            picture = self._look(mosaic, from_there)
        kept_s = self.stages.kept_s
        first_s, again_s = kept_s["ground, first time"][-1], kept_s["ground"][-1]
        self.stages.add("new ground", max(0.0, first_s - again_s))
        with of("buildings"):
            self._structures.paint(picture, from_there, self._structures.standing(from_there))
        renderer.render(from_there, exposure.world, exposure.number)
        with of("render"):
            rendered = renderer.render(from_there, exposure.world, exposure.number)
        with of("noise"):
            self._noise.roughen(picture, exposure.number)
        with of("jpeg"):
            encoded(rendered.picture)

    def _of(self, drone_id: str) -> tuple[Mosaic, Renderer]:
        if drone_id not in self._mosaics:
            renderer = Renderer(self._ground, self._scenery, Look(), self._noise)
            self._mosaics[drone_id] = Mosaic(self._ground), renderer
        return self._mosaics[drone_id]

    def _look(self, mosaic: Mosaic, from_there: View) -> Picture:
        ahead = min(90.0, from_there.position[2] * 1.1)
        east, north = from_there.position[:2] + from_there.forward_en * ahead
        mosaic.look_at(float(east), float(north))
        shrink = Look().ground_shrink
        size = (CAMERA.width_px, CAMERA.height_px)
        return seen(mosaic, from_there.pixels_from_ground, *size, shrink)

    def _view(self, exposure: Exposure) -> View:
        pose = exposure.pose
        return view(
            self._pinhole,
            self._plane,
            at=GeoPoint(latitude_deg=pose.latitude_deg, longitude_deg=pose.longitude_deg),
            height_above_ground_m=pose.height_amsl_m - GROUND_AMSL_M,
            R_ned_from_gimbal=pose.R_ned_from_gimbal,
        )


def encoded(picture: Picture) -> bytes:
    """A picture as the studio encodes it."""
    sampling = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, JPEG_SAMPLING_444)
    quality = (cv2.IMWRITE_JPEG_QUALITY, CAMERA.jpeg_quality)
    return cv2.imencode(".jpg", picture, [*quality, *sampling])[1].tobytes()


def _rows(runs: Sequence[PartTimes]) -> list[Row]:
    return [
        {
            "part": part,
            "median, ms CPU": _middle(runs, part, statistics.median),
            "mean, ms CPU": _middle(runs, part, statistics.fmean),
            "95 %, ms CPU": _middle(runs, part, lambda values: percentile(values, 95)),
        }
        for part in runs[0]
    ]


def _middle(
    runs: Sequence[PartTimes], part: str, summary: Callable[[Sequence[float]], float]
) -> float:
    return 1e3 * statistics.median(_summaries(runs, part, summary))


def _summaries(
    runs: Sequence[PartTimes], part: str, summary: Callable[[Sequence[float]], float]
) -> Iterator[float]:
    return (summary(times[part]) for times in runs)


if __name__ == "__main__":
    sys.exit(run("simulated_camera", __doc__, add_arguments, measure))
