"""The modes' names as PX4 says them (src/lib/modes/ui.hpp)."""

from onboard.mavlink.px4_modes import Px4Mode

NAMES = {
    Px4Mode.MANUAL: "Manual",
    Px4Mode.ALTITUDE: "Altitude",
    Px4Mode.POSITION: "Position",
    Px4Mode.POSITION_SLOW: "Position Slow",
    Px4Mode.MISSION: "Mission",
    Px4Mode.HOLD: "Hold",
    Px4Mode.RTL: "Return",
    Px4Mode.GUIDED_COURSE: "Guided Course",
    Px4Mode.ALTITUDE_CRUISE: "Altitude Cruise",
    Px4Mode.ACRO: "Acro",
    Px4Mode.DESCEND: "Descend",
    Px4Mode.TERMINATION: "Termination",
    Px4Mode.OFFBOARD: "Offboard",
    Px4Mode.STABILIZED: "Stabilized",
    Px4Mode.TAKEOFF: "Takeoff",
    Px4Mode.LAND: "Land",
    Px4Mode.FOLLOW: "Follow Target",
    Px4Mode.PRECISION_LAND: "Precision Landing",
    Px4Mode.ORBIT: "Orbit",
    Px4Mode.VTOL_TAKEOFF: "VTOL Takeoff",
    Px4Mode.EXTERNAL: "External 1",
}
