"""The PX4 that a plan is held against, as the arguments say it: `--px4-param NAME=VALUE`."""

import argparse
import math
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from missions.checks import Px4Profile
from missions.errors import BadInput
from missions.px4_flight.parameters import Px4Parameters

PARAMETERS = {
    "MIS_TKO_LAND_REQ": "mis_tko_land_req",
    "MIS_DIST_1WP": "mis_dist_1wp_m",
    "GF_MAX_HOR_DIST": "gf_max_hor_dist_m",
    "GF_MAX_VER_DIST": "gf_max_ver_dist_m",
    "FW_LND_ANG": "fw_lnd_ang_deg",
    "RTL_LOITER_RAD": "rtl_loiter_rad_m",
    # No parameter, but how PX4 was built.
    "NAVIGATOR_GEOFENCE_AVOIDANCE": "avoids_fence",
}
# Those by which it is flown, too: a vehicle's own `px4` holds the same.
FLOWN_BY = {
    "NAV_ACC_RAD": "nav_acc_rad_m",
    "NAV_LOITER_RAD": "nav_loiter_rad_m",
    "RTL_TYPE": "rtl_type",
    "RTL_RETURN_ALT": "rtl_return_alt_m",
    "RTL_CONE_ANG": "rtl_cone_ang_deg",
    "RTL_MIN_DIST": "rtl_min_dist_m",
    "FW_R_LIM": "fw_r_lim_deg",
    "FW_T_CLMB_MAX": "fw_t_clmb_max_m_s",
    "NPFG_PERIOD": "npfg_period_s",
    "NPFG_DAMPING": "npfg_damping",
    "NPFG_SW_DST_MLT": "npfg_sw_dst_mlt",
}
WHERE = "--px4-param"


def asked_profile(args: argparse.Namespace) -> Px4Profile:
    """PX4 with the limits and parameters that the arguments name; the rest is not set.

    Raises:
        BadInput: a parameter is not one of those that the checks know, or no number.
    """
    profile = Px4Profile(vtol=args.vtol, max_items=args.max_items)
    for text in args.px4_param or ():
        name, _, value = text.partition("=")
        if name in PARAMETERS:
            profile = _with(profile, PARAMETERS[name], value, text)
        elif name in FLOWN_BY:
            profile = flown_by(profile, FLOWN_BY[name], _number(value, text), text=text)
        else:
            known = ", ".join((*PARAMETERS, *FLOWN_BY))
            raise BadInput(where=WHERE, what=f"{name!r} is not one of {known}")
    return profile


def flown_by(
    profile: Px4Profile, field: str, value: float, *, text: str, where: str = WHERE
) -> Px4Profile:
    """The same PX4 with one of the parameters set by which it is flown.

    Raises:
        BadInput: the value will not do; `text` is what was given.
    """
    said = {**profile.px4.model_dump(include=profile.px4.model_fields_set), field: value}
    try:
        return replace(profile, px4=Px4Parameters.model_validate(said))
    except ValidationError:
        raise BadInput(where=where, what=f"{text!r}: {value:g} will not do") from None


def _with(profile: Px4Profile, field: str, value: str, text: str) -> Px4Profile:
    # What is None until it is said is a whole number.
    kind = int if getattr(profile, field) is None else type(getattr(profile, field))
    number = _number(value, text)
    if kind is not float and number != int(number):
        raise BadInput(where=WHERE, what=f"{text!r}: {value!r} will not do")
    changes: dict[str, Any] = {field: kind(number)}
    return replace(profile, **changes)


def _number(value: str, text: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise BadInput(where=WHERE, what=f"{text!r}: {value!r} is no number") from None
    if not math.isfinite(number):
        raise BadInput(where=WHERE, what=f"{text!r}: {value!r} will not do")
    return number
