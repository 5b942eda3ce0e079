"""Returns against PX4's own limits, and how high they are flown.

Source: PX4-Autopilot v1.17, src/modules/navigator/rtl.cpp. Where a return leads,
`missions.px4_flight.returns` says.
"""

import math

from missions.checks.finding import Finding, error, warning
from missions.checks.px4_profile import Px4Profile
from missions.plan import Plan
from missions.px4_flight.returns import Destination, destinations

CEILING_M = 120.0


def return_height_m(away_m: float, above_m: float, profile: Px4Profile) -> float:
    """How high above its destination a return is flown from `above_m` above it, `away_m` away.

    A multirotor near its destination need not climb as high: the cone of RTL_CONE_ANG.
    """
    full = profile.rtl_return_alt_m
    if profile.rtl_cone_ang_deg <= 0 or not profile.multirotor:
        return max(above_m, full)
    wanted = full
    if away_m <= profile.nav_acc_rad_m:
        wanted = 2.0 * away_m
    else:
        if away_m <= profile.rtl_min_dist_m:
            half = math.radians(min(89.0, max(1.0, float(profile.rtl_cone_ang_deg))))
            wanted = min(full, away_m / math.tan(half))
        wanted = max(wanted, 2.0 * profile.nav_acc_rad_m)
    # PX4 constrains to between here and the full height, in this order.
    return above_m if wanted < above_m else min(wanted, full)


def return_findings(plan: Plan, profile: Px4Profile) -> list[Finding]:
    """A return that PX4 flies higher than its own limit, or the law's; rally points that it cannot
    use."""
    known = destinations(plan, profile.rtl_type)
    if plan.home is None or not known:
        return []
    high = profile.rtl_return_alt_m + max(_above_home_m(plan, one) for one in known)
    limit, found = profile.gf_max_ver_dist_m, []
    if 0.0 < limit <= high:
        what = f"a return climbs to {high:.0f} m above home, GF_MAX_VER_DIST is {limit:g} m"
        proposal = _lower(profile, high - limit, "raise GF_MAX_VER_DIST")
        found.append(error("return-above-gf-max", what, proposal))
    if high > CEILING_M:
        what = f"a return climbs to {high:.0f} m above home (RTL_RETURN_ALT, and its destination)"
        proposal = _lower(profile, high - CEILING_M, "carry the permission")
        found.append(warning("return-above-ceiling", what, proposal))
    found += [
        error(
            "rally-without-height",
            f"rally point {index + 1} has no height: PX4 takes it and never returns there",
            "give it the height of the ground there, above home",
            place=point.position,
        )
        for index, point in enumerate(plan.rally)
        if not math.isfinite(point.height.m)
    ]
    return found


def _lower(profile: Px4Profile, by_m: float, otherwise: str) -> str:
    """By how much RTL_RETURN_ALT is too high, where a lower one can be set."""
    lower = math.ceil(profile.rtl_return_alt_m - by_m) - 1
    return f"set RTL_RETURN_ALT to {lower} m or less, or {otherwise}" if lower > 0 else otherwise


def _above_home_m(plan: Plan, to: Destination) -> float:
    """How high a destination is; PX4 takes a rally point's height for that of the ground there."""
    heights = (point.height.m for point in plan.rally if point.position == to.place)
    return next((height for height in heights if math.isfinite(height)), 0.0)
