"""The PX4 that a plan is held against, as the arguments say it: `--px4-param NAME=VALUE`."""

import argparse
import math
from dataclasses import replace
from typing import Any

from missions.checks import Px4Profile
from missions.errors import BadInput

PARAMETERS = {
    "MIS_TKO_LAND_REQ": "mis_tko_land_req",
    "MIS_DIST_1WP": "mis_dist_1wp_m",
    "GF_MAX_HOR_DIST": "gf_max_hor_dist_m",
    "GF_MAX_VER_DIST": "gf_max_ver_dist_m",
    "FW_LND_ANG": "fw_lnd_ang_deg",
    "NAV_ACC_RAD": "nav_acc_rad_m",
    "NAV_LOITER_RAD": "nav_loiter_rad_m",
    "RTL_TYPE": "rtl_type",
    "RTL_RETURN_ALT": "rtl_return_alt_m",
    "RTL_CONE_ANG": "rtl_cone_ang_deg",
    "RTL_MIN_DIST": "rtl_min_dist_m",
    "RTL_LOITER_RAD": "rtl_loiter_rad_m",
    # No parameter, but how PX4 was built.
    "NAVIGATOR_GEOFENCE_AVOIDANCE": "avoids_fence",
}
WHERE = "--px4-param"


def asked_profile(args: argparse.Namespace) -> Px4Profile:
    """PX4 with the limits and parameters that the arguments name, the rest as in SITL.

    Raises:
        BadInput: a parameter is not one of those that the checks know, or no number.
    """
    profile = Px4Profile(vtol=args.vtol, max_items=args.max_items)
    for text in args.px4_param or ():
        name, _, value = text.partition("=")
        if name not in PARAMETERS:
            raise BadInput(where=WHERE, what=f"{name!r} is not one of {', '.join(PARAMETERS)}")
        profile = _with(profile, PARAMETERS[name], value, text)
    return profile


def _with(profile: Px4Profile, field: str, value: str, text: str) -> Px4Profile:
    # What is None until it is said is a whole number.
    kind = int if getattr(profile, field) is None else type(getattr(profile, field))
    try:
        number = float(value)
    except ValueError:
        raise BadInput(where=WHERE, what=f"{text!r}: {value!r} is no number") from None
    if not math.isfinite(number) or (kind is not float and number != int(number)):
        raise BadInput(where=WHERE, what=f"{text!r}: {value!r} will not do")
    changes: dict[str, Any] = {field: kind(number)}
    return replace(profile, **changes)
