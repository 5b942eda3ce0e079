"""Returns against PX4's own limits.

Source: PX4-Autopilot v1.17, src/modules/navigator/rtl.cpp. Where a return leads,
`missions.px4_flight.returns` says.
"""

import math

from missions.checks.finding import Finding, error, warning
from missions.checks.px4_profile import Px4Profile
from missions.plan import Plan
from missions.px4_flight.returns import Destination, destinations

CEILING_M = 120.0


def return_findings(plan: Plan, profile: Px4Profile) -> list[Finding]:
    """A return that PX4 flies higher than its own limit, or the law's; rally points that it cannot
    use."""
    known = destinations(plan, profile.px4.rtl_type)
    if plan.home is None or not known:
        return []
    high = profile.px4.rtl_return_alt_m + max(_above_home_m(plan, one) for one in known)
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
    lower = math.ceil(profile.px4.rtl_return_alt_m - by_m) - 1
    return f"set RTL_RETURN_ALT to {lower} m or less, or {otherwise}" if lower > 0 else otherwise


def _above_home_m(plan: Plan, to: Destination) -> float:
    """How high a destination is; PX4 takes a rally point's height for that of the ground there."""
    heights = (point.height.m for point in plan.rally if point.position == to.place)
    return next((height for height in heights if math.isfinite(height)), 0.0)
