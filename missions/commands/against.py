"""What a plan is held against, as the arguments say it: one place for `plan` and `check`."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from missions.asked.camera import asked_camera
from missions.asked.surroundings import asked_surroundings
from missions.camera import CameraModel
from missions.checks import Finding, Px4Profile, check
from missions.checks.all_checks import return_altitude_m
from missions.checks.surroundings import Surroundings
from missions.made_for import MadeFor
from missions.plan import Plan
from missions.terrain.reading import read_terrain
from missions.terrain.surface import Terrain
from missions.vehicle import Vehicle, VehicleKind

if TYPE_CHECKING:
    from missions.checks.terrain import GroundRules


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
            ground_rules=self._ground_rules(),
            camera=self.camera,
        )

    @property
    def systems(self) -> list[str]:
        """Of each file of zones that is not in degrees, from what it was turned and how well."""
        around = self.surroundings
        files = () if around is None else around.airspace
        return [f"{one.file}: {text}" for one in files for text in one.system]

    def _ground_rules(self) -> "GroundRules | None":
        """Those of a return at the height asked for."""
        if self.terrain is None or self.surroundings is None:
            return None
        from missions.checks.terrain import GroundRules

        return GroundRules(return_height_m=self.surroundings.return_height_m)


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
    known = _profile(vehicle, profile or Px4Profile())
    vehicle = _with_return(vehicle, known)
    carried = made_for is not None and made_for.camera is not None
    return Against(
        vehicle=vehicle,
        profile=known,
        terrain=terrain,
        surroundings=asked_surroundings(args, vehicle, known.rtl_return_alt_m, made_for),
        camera=asked_camera(args, made_for) if args.camera or carried else None,
    )


def _with_return(vehicle: Vehicle, profile: Px4Profile) -> Vehicle:
    """The vehicle with the RTL_TYPE that its PX4 has: it is flown, and timed, by that."""
    if vehicle.px4.rtl_type == profile.rtl_type:
        return vehicle
    px4 = vehicle.px4.model_copy(update={"rtl_type": profile.rtl_type})
    return vehicle.model_copy(update={"px4": px4})


def _profile(vehicle: Vehicle, profile: Px4Profile) -> Px4Profile:
    """What PX4 judges by, where the vehicle says what it is."""
    vtol = profile.vtol or vehicle.kind is VehicleKind.VTOL
    fixed_wing = vehicle.kind is VehicleKind.FIXED_WING and not vtol
    height_m = profile.rtl_return_alt_m
    if height_m == Px4Profile().rtl_return_alt_m:
        height_m = return_altitude_m(vehicle)
    return replace(
        profile,
        vtol=vtol,
        fixed_wing=profile.fixed_wing or fixed_wing,
        rtl_return_alt_m=height_m,
        rtl_type=profile.rtl_type or vehicle.px4.rtl_type,
    )
