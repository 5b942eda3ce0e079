"""A wing guided by PX4 v1.17, stepped in time; metres east and north, radians from east leftwards.

Source: PX4-Autopilot v1.17, src/lib/npfg/DirectionalGuidance.cpp (guideToPath) and
AirspeedDirectionController.cpp, src/modules/fw_mode_manager/FixedWingModeManager.cpp
(navigateWaypoints, navigateWaypoint, navigateLine, navigateLoiter),
src/modules/fw_lateral_longitudinal_control (acceleration to roll), src/modules/navigator/
mission_block.cpp (when an item is reached). A bank follows what is asked for with one lag.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_wings.kernels.compiled import KERNELS, inner

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# What a row of stages says: the kind, the place that a line begins at (that a circle is left
# towards, NaN for at once), the place that is flown to (the middle of a circle), the radius of a
# circle (to the left above zero), seconds on it at least, or how far a climb-out leads, the speed.
KIND, AX, AY, BX, BY, RADIUS, LASTS, SPEED = range(8)
# A line from a place to another, straight to a place, a circle, along a line so far beyond where it
# begins, along a line for so many metres flown.
LINE, DIRECT, CIRCLE, OUT, CLIMB = 0.0, 1.0, 2.0, 3.0, 4.0
# What the guidance is set to, and how the air moves over the ground; the last is told by it: above
# 0 where the side was asked for.
BANK, BANK_RATE, LAG_S, TIME_CONST_S, SWITCH_SHARE, ACCEPTED_M, GAIN, SIDE = range(8)
WIND_E, WIND_N, SIDED = range(8, 11)

G_M_S2 = 9.80665
STEP_S = 0.05
# Every so many steps are told.
TOLD_STEPS = 4
# Told to turn round by no less than this it may turn to either side.
ROUND_RAD = math.radians(168.0)
# So near to a straight line, and so well along it, it flies on straight.
ON_LINE_M, ALONG_RAD, LEVEL_RAD = 0.02, 5e-4, 5e-3
EXIT_COS = math.cos(math.radians(5.0))
# A stage is given up after what is straight and so many seconds.
LOST_S = 150.0


@inner
def _over_ground(heading: float, speed: float, how: Array) -> tuple[float, float]:
    """The motion over the ground, east and north, with a heading."""
    return speed * math.cos(heading) + how[WIND_E], speed * math.sin(heading) + how[WIND_N]


@inner
def _bound_m(heading: float, speed: float, how: Array) -> float:
    """So far beside a path it heads straight for it (trackErrorBound)."""
    east, north = _over_ground(heading, speed, how)
    ground = math.hypot(east, north)
    if ground > 1.0:
        return float(ground * how[TIME_CONST_S])
    return float(0.5 * how[TIME_CONST_S] * (ground * ground + 1.0))


@inner
def _held(course: float, speed: float, how: Array) -> float:
    """The heading by which a course is held in the wind (CourseToAirspeedRefMapper)."""
    from_right = how[WIND_N] * math.cos(course) - how[WIND_E] * math.sin(course)
    return course - math.asin(max(-1.0, min(1.0, from_right / speed)))


@inner
def _toward(heading: float, wanted: float, speed: float, how: Array) -> float:
    """The acceleration to the left that turns from a heading to another."""
    error = (wanted - heading + math.pi) % (2.0 * math.pi) - math.pi
    most = how[GAIN] * speed
    if abs(error) > ROUND_RAD:
        how[SIDED] = 1.0
        return math.copysign(most, how[SIDE])
    return math.copysign(most, error) if abs(error) > math.pi / 2.0 else most * math.sin(error)


@inner
def _leaning(course: float, off: float, bound: float) -> float:
    """The course that leads to a path at its nearest, `off` metres to the left of it."""
    share = min(1.0, abs(off) / bound)
    ahead = math.pi / 2.0 * (share - 1.0) * (share - 1.0)
    return course - math.copysign(math.pi / 2.0 - ahead, off)


@inner
def _wanted_on_line(x: float, y: float, stage: Array, switch: float, bound: float) -> float:
    """The course along a line that begins at one place and ends at another."""
    course = math.atan2(stage[BY] - stage[AY], stage[BX] - stage[AX])
    cos, sin = math.cos(course), math.sin(course)
    east, north = x - stage[AX], y - stage[AY]
    along = east * cos + north * sin
    if stage[KIND] == LINE and along < 0.0 and math.hypot(east, north) > switch:
        return math.atan2(-north, -east)
    return _leaning(course, north * cos - east * sin, bound)


@inner
def _course(x: float, y: float, stage: Array) -> float:
    """Along a line, or straight to a place."""
    if stage[KIND] == DIRECT:
        return math.atan2(stage[BY] - y, stage[BX] - x)
    return math.atan2(stage[BY] - stage[AY], stage[BX] - stage[AX])


@inner
def _asked(x: float, y: float, heading: float, stage: Array, how: Array) -> float:
    """The acceleration to the left that is asked for."""
    speed = stage[SPEED]
    bound = _bound_m(heading, speed, how)
    kind = stage[KIND]
    if kind == DIRECT:
        wanted = _course(x, y, stage)
        return _toward(heading, _held(wanted, speed, how), speed, how)
    if kind != CIRCLE:
        wanted = _wanted_on_line(x, y, stage, how[SWITCH_SHARE] * bound, bound)
        return _toward(heading, _held(wanted, speed, how), speed, how)
    east, north = x - stage[BX], y - stage[BY]
    radius = abs(stage[RADIUS])
    side = math.copysign(1.0, stage[RADIUS])
    away = math.hypot(east, north)
    out = math.atan2(north, east) if away > 0.1 else heading
    course = out + side * math.pi / 2.0
    # To the left of a circle flown to the left is within it.
    off = side * (radius - away)
    wanted = _leaning(course, off, bound)
    share = min(1.0, abs(off) / bound)
    near = math.sin(math.pi / 2.0 * (share - 1.0) * (share - 1.0))
    ground_e, ground_n = _over_ground(heading, speed, how)
    cos, sin = math.cos(course), math.sin(course)
    along = max(0.0, ground_e * cos + ground_n * sin)
    with_it = how[WIND_E] * cos + how[WIND_N] * sin
    across = how[WIND_N] * cos - how[WIND_E] * sin
    faster = 1.0 + with_it / math.sqrt(max(speed * speed - across * across, 1.0))
    bend = side / max(radius - side * off, 20.0)
    kept = speed * faster * along * bend * near * near
    return float(_toward(heading, _held(wanted, speed, how), speed, how) + kept)


@inner
def _reached(
    x: float, y: float, heading: float, stage: Array, how: Array, spent_s: float, gone_m: float
) -> bool:
    """Whether PX4 goes on to the next item."""
    speed = stage[SPEED]
    accepted = max(how[ACCEPTED_M], how[SWITCH_SHARE] * _bound_m(heading, speed, how))
    if stage[KIND] == CIRCLE:
        if spent_s <= 0.0 or spent_s < stage[LASTS]:
            return False
        if math.isnan(stage[AX]):
            return True
        east, north = stage[AX] - x, stage[AY] - y
        ground_e, ground_n = _over_ground(heading, speed, how)
        ahead = (east * ground_e + north * ground_n) / math.hypot(ground_e, ground_n)
        return bool(ahead > EXIT_COS * math.hypot(east, north))
    if stage[KIND] == CLIMB:
        return bool(gone_m >= stage[LASTS])
    if stage[KIND] == OUT:
        return bool(math.hypot(x - stage[AX], y - stage[AY]) >= stage[LASTS])
    east, north = x - stage[BX], y - stage[BY]
    past = east * (stage[BX] - stage[AX]) + north * (stage[BY] - stage[AY])
    return bool(past > 0.0 or math.hypot(east, north) <= accepted)


@inner
def _is_on(x: float, y: float, heading: float, stage: Array, how: Array) -> bool:
    """Whether a wing on a circle counts as there."""
    if stage[KIND] != CIRCLE:
        return True
    accepted = max(how[ACCEPTED_M], how[SWITCH_SHARE] * _bound_m(heading, stage[SPEED], how))
    return bool(math.hypot(x - stage[BX], y - stage[BY]) <= abs(stage[RADIUS]) + accepted)


@inner
def _straight_on_m(
    x: float, y: float, heading: float, bank: float, stage: Array, how: Array, gone_m: float
) -> float:
    """How far it flies straight on, on its line already; 0 where it still turns."""
    if abs(bank) > LEVEL_RAD or stage[KIND] == CIRCLE:
        return 0.0
    speed = stage[SPEED]
    bound = _bound_m(heading, speed, how)
    error = _asked(x, y, heading, stage, how) / (how[GAIN] * speed)
    if stage[KIND] != DIRECT:
        course = math.atan2(stage[BY] - stage[AY], stage[BX] - stage[AX])
        east, north = x - stage[AX], y - stage[AY]
        off = north * math.cos(course) - east * math.sin(course)
        if abs(off) > ON_LINE_M:
            return 0.0
    if abs(error) > ALONG_RAD:
        return 0.0
    if stage[KIND] == CLIMB:
        east, north = _over_ground(heading, speed, how)
        return float((stage[LASTS] - gone_m) * math.hypot(east, north) / speed)
    if stage[KIND] == OUT:
        return float(stage[LASTS] - math.hypot(x - stage[AX], y - stage[AY]))
    accepted = max(how[ACCEPTED_M], how[SWITCH_SHARE] * bound)
    return float(math.hypot(x - stage[BX], y - stage[BY]) - accepted)


@KERNELS.entry
def follow(stages: Array, how: Array, state: Array, told: Array, ends: Counts) -> int:
    """Fly through stages from a state (east, north, heading, bank), which is moved along.

    `told` gets the places, `ends` how many of them are told when each stage is done with. Answers
    how many were told; fewer stages than there are have an end where the room is used up.
    """
    x, y, heading, bank = state[0], state[1], state[2], state[3]
    count = 0
    for index in range(stages.shape[0]):
        stage = stages[index]
        speed = stage[SPEED]
        slowest = max(speed - math.hypot(how[WIND_E], how[WIND_N]), 1.0)
        left_s = LOST_S + stage[LASTS] + math.hypot(x - stage[BX], y - stage[BY]) / slowest * 2.0
        spent_s = gone_m = 0.0
        step = 0
        while True:
            if step % TOLD_STEPS == 0:
                if count + 2 >= told.shape[0]:
                    return count
                told[count, 0], told[count, 1] = x, y
                count += 1
            # Nor does what is nowhere fly on for ever.
            if _reached(x, y, heading, stage, how, spent_s, gone_m) or not left_s >= 0.0:
                break
            straight_m = _straight_on_m(x, y, heading, bank, stage, how, gone_m)
            if straight_m > 2.0 * speed * STEP_S:
                course = _course(x, y, stage)
                heading = _held(course, speed, how)
                east, north = _over_ground(heading, speed, how)
                ground = math.hypot(east, north)
                x += straight_m * math.cos(course)
                y += straight_m * math.sin(course)
                gone_m += straight_m * speed / ground
                left_s -= straight_m / ground
                bank = 0.0
                step = 0
                continue
            asked = math.atan(_asked(x, y, heading, stage, how) / G_M_S2)
            asked = max(-how[BANK], min(how[BANK], asked))
            move = (asked - bank) * (1.0 - math.exp(-STEP_S / how[LAG_S]))
            most = how[BANK_RATE] * STEP_S
            bank += max(-most, min(most, move))
            turned = G_M_S2 * math.tan(bank) / speed * STEP_S
            east, north = _over_ground(heading + turned / 2.0, speed, how)
            x += east * STEP_S
            y += north * STEP_S
            heading += turned
            left_s -= STEP_S
            gone_m += speed * STEP_S
            if _is_on(x, y, heading, stage, how):
                spent_s += STEP_S
            step += 1
        told[count, 0], told[count, 1] = x, y
        count += 1
        ends[index] = count
    state[0], state[1], state[2], state[3] = x, y, heading, bank
    return count
