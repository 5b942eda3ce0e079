"""What a plan is held against, as the arguments say it: one place for `plan` and `check`."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from missions.asked.camera import asked_camera
from missions.asked.px4 import flown_by
from missions.asked.surroundings import asked_surroundings
from missions.camera import CameraModel
from missions.checks import Finding, Px4Profile, check
from missions.checks.surroundings import Surroundings
from missions.made_for import MadeFor
from missions.plan import Plan
from missions.terrain.reading import read_terrain
from missions.terrain.surface import Terrain
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What flies, which PX4 judges it, and what lies round it."""

    vehicle: Vehicle
    profile: Px4Profile | None = None
    terrain: Terrain | None = None
    surroundings: Surroundings | None = None
    camera: CameraModel | None = None

    def findings(self, plan: Plan) -> tuple[Finding, ...]:
        """What is wrong with a plan there."""
        return check(
            plan,
            profile=self.profile,
            vehicle=self.vehicle,
            terrain=self.terrain,
            surroundings=self.surroundings,
            camera=self.camera,
        )

    @property
    def systems(self) -> list[str]:
        """Of each file of zones that is not in degrees, from what it was turned and how well."""
        around = self.surroundings
        files = () if around is None else around.airspace
        return [f"{one.file}: {text}" for one in files for text in one.system]


def asked_against(
    args: argparse.Namespace,
    vehicle: Vehicle,
    profile: Px4Profile | None = None,
    made_for: MadeFor | None = None,
) -> Against:
    """Everything that the arguments name, read; what they leave out is as a plan was made for.

    Raises:
        BadInput: a file cannot be read.
    """
    terrain = read_terrain(Path(args.terrain)) if args.terrain else None
    asked = profile or Px4Profile()
    height = args.return_height_m
    if height is not None:
        where, text = "--return-height-m", f"{height:g}"
        asked = flown_by(asked, "rtl_return_alt_m", height, text=text, where=where)
    known = Px4Profile.of(vehicle, asked)
    vehicle = known.flown_with(vehicle)
    carried = made_for is not None and made_for.camera is not None
    return Against(
        vehicle=vehicle,
        profile=known,
        terrain=terrain,
        surroundings=asked_surroundings(args, vehicle, known.px4.rtl_return_alt_m, made_for),
        camera=asked_camera(args, made_for) if args.camera or carried else None,
    )
