"""PX4 as the checks know it: its limits, its parameters, and the commands that it accepts.

Read in PX4's `mavlink_mission.cpp`, `mavlink_command_params.hpp`, `FeasibilityChecker.cpp` and
`mission_item_utils.h` (v1.17, commit bb59c637) and held against uploads to it.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from missions.px4_commands import MISSION_COMMANDS
from missions.px4_flight.parameters import Px4Parameters
from missions.vehicle import AIRFRAME_DEFAULTS, Vehicle, VehicleKind

# What PX4's airframes of wings set MIS_TKO_LAND_REQ to.
LAND_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Px4Profile:
    """Limits and parameters of one vehicle; the defaults are PX4's in SITL.

    `max_items` is 500 to 1,000 on many boards. `vtol` and `fixed_wing` say what it is: a multirotor
    where neither is set. `landed` says that the plan is uploaded while it stands. The names are
    those of PX4's parameters, with their units. `avoids_fence`: it is built with
    NAVIGATOR_GEOFENCE_AVOIDANCE, so that a direct return goes round the fence where it can; older
    versions and small boards (fmu-v2 to v4, ...) are not. `mis_tko_land_req` None is the airframe's
    own: a landing for wings, nothing for a multirotor. `px4` are the parameters that it is flown
    by: what is set of them goes before what a vehicle's own `px4` says (`of`, `flown_with`).
    """

    max_items: int = 10_000
    max_fence_items: int = 64
    max_rally_points: int = 32
    vtol: bool = False
    fixed_wing: bool = False
    landed: bool = True
    mis_tko_land_req: int | None = None
    mis_dist_1wp_m: float = 10_000.0
    gf_max_hor_dist_m: float = 0.0
    gf_max_ver_dist_m: float = 0.0
    fw_lnd_ang_deg: float = 5.0
    rtl_loiter_rad_m: float = 80.0
    avoids_fence: bool = False
    px4: Px4Parameters = field(default_factory=Px4Parameters)

    @classmethod
    def of(cls, vehicle: Vehicle, asked: "Px4Profile | None" = None) -> "Px4Profile":
        """That of a vehicle: what is asked for, else what its own `px4` says, else the defaults of
        its kind."""
        known = asked or cls()
        return replace(
            known,
            vtol=known.vtol or vehicle.kind is VehicleKind.VTOL,
            fixed_wing=known.fixed_wing or vehicle.kind is VehicleKind.FIXED_WING,
            px4=known.flown_with(vehicle).px4.otherwise(AIRFRAME_DEFAULTS[vehicle.kind]),
        )

    def flown_with(self, vehicle: Vehicle) -> Vehicle:
        """The vehicle with the parameters that are set here."""
        px4 = vehicle.px4.model_copy(update=_set_of(self.px4))
        return vehicle if px4 == vehicle.px4 else vehicle.model_copy(update={"px4": px4})

    @property
    def takeoff_land_required(self) -> int:
        """MIS_TKO_LAND_REQ as it is on board."""
        if self.mis_tko_land_req is not None:
            return self.mis_tko_land_req
        return 0 if self.multirotor else LAND_NEEDED

    @property
    def multirotor(self) -> bool:
        """Whether it can neither glide nor circle: it stops where a mission loiters."""
        return not (self.vtol or self.fixed_wing)


def _set_of(px4: Px4Parameters) -> dict[str, Any]:
    """The parameters that somebody gave a value."""
    return {name: getattr(px4, name) for name in px4.model_fields_set}


# The navigator looks at the positions of these only.
FLOWN_TO = frozenset((16, 17, 19, 21, 22, 31, 84, 85))
GATE = 4501
TAKEOFFS = frozenset((22, 84))
VTOL_COMMANDS = frozenset((84, 85, 3000))
# What the navigator knows; as PX4 stores them, so that 80 is 201 and 112 is 93.
NAVIGATED = frozenset((0, 201, 4501)) | FLOWN_TO | (MISSION_COMMANDS - {80, 112}) | {195}
# What may stand before a take-off: PX4 does not count it as a waypoint, though it counts a return,
# a gate and an actuator.
NOT_POSITIONS = frozenset(
    {
        0,
        93,
        177,
        178,
        179,
        189,
        195,
        196,
        197,
        200,
        201,
        203,
        204,
        205,
        206,
        214,
        260,
        530,
        532,
        534,
    }
    | {1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000}
)
