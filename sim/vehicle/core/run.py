"""Many steps of many vehicles at once: each runs on until its mind must look or time is up.

Thinking happens on a fixed grid, before the step that begins there. Points of the grid at which
nothing can have changed are left out, so that a flight is the same whether its mind looks at every
point or only where it must.
"""

import numpy as np
import numpy.typing as npt

from sim.vehicle.core.compiled import entry, inner
from sim.vehicle.core.flight import step_flight
from sim.vehicle.core.frames import Bytes
from sim.vehicle.core.guidance import copy
from sim.vehicle.core.layout import FLIGHT, Craft, Floats, Mind, Target, Told
from sim.vehicle.core.path import Axes
from sim.vehicle.core.rotation import horizontal
from sim.vehicle.core.schedule import ALL_SENT, FULL, Flags, Ints, send_due
from sim.vehicle.settings import FlightSettings

Records = npt.NDArray[np.void]
THINK_EVERY_S = 0.05
BATTERY_EVERY_S = 0.2
# Where in a step a vehicle stopped.
BEFORE_STEP, BEFORE_FLIGHT, BEFORE_STREAMS = 0, 1, 2
# Why it stopped; below zero: the slot whose payload Python must build, counted from KEPT down.
DONE, THINK, SERVE, DRAIN = 0, 1, 2, 3
KEPT = -1
# What is watched for.
NOTHING, PLACE, HEIGHT = 0, 1, 2


@entry
def run(
    chosen: Ints,
    until: Ints,
    why: Ints,
    craft: Records,
    mind: Records,
    told: Records,
    axes: Records,
    settings: Records,
    target: Records,
    period: Floats,
    due: Floats,
    next_due: Floats,
    out: Bytes,
    length: Ints,
    sent: Ints,
    kept: Bytes,
    kept_size: Ints,
    kept_fresh: Flags,
    kept_form: Ints,
    values: Floats,
) -> None:
    """Move the chosen vehicles on, each up to its step of `until`; `why` says what stopped each."""
    for order in range(chosen.shape[0]):
        i = chosen[order]
        why[order] = _advance(
            until[order],
            craft[i],
            mind[i],
            told[i],
            axes[i],
            settings[i],
            target[i],
            period[i],
            due[i],
            next_due[i],
            out[i],
            length[i],
            sent[i],
            kept[i],
            kept_size[i],
            kept_fresh[i],
            kept_form,
            values,
        )


@inner
def _advance(
    until: int,
    craft: Craft,
    mind: Mind,
    told: Told,
    axes: Axes,
    settings: FlightSettings,
    target: Target,
    period: Floats,
    due: Floats,
    next_due: Floats,
    out: Bytes,
    length: Ints,
    sent: Ints,
    kept: Bytes,
    kept_size: Ints,
    kept_fresh: Flags,
    kept_form: Ints,
    values: Floats,
) -> int:
    while True:
        if mind.stage == BEFORE_STEP:
            if craft.steps >= until:
                return DONE
            craft.steps += 1
            craft.boot_s = craft.steps * craft.step_s
            mind.stage = BEFORE_FLIGHT
            if craft.boot_s >= mind.think_at_s and _look(craft, mind):
                return THINK
        if mind.stage == BEFORE_FLIGHT:
            _fly(craft, mind, axes, settings, target, kept_fresh)
            mind.stage = BEFORE_STREAMS
            if craft.boot_s >= mind.service_at_s:
                return SERVE
        if told.alive:
            slot = send_due(
                craft,
                mind,
                told,
                period,
                due,
                next_due,
                out,
                length,
                sent,
                kept,
                kept_size,
                kept_fresh,
                kept_form,
                values,
            )
            if slot == FULL:
                return DRAIN
            if slot != ALL_SENT:
                return KEPT - slot
        mind.stage = BEFORE_STEP


@inner
def _fly(
    craft: Craft,
    mind: Mind,
    axes: Axes,
    settings: FlightSettings,
    target: Target,
    kept_fresh: Flags,
) -> None:
    """One step; what the mind must know of wakes it."""
    landed, maybe, contact = craft.landed, craft.maybe_landed, craft.ground_contact
    ramp = craft.ramp
    step_flight(craft, axes, settings, target, craft.step_s)
    same = landed == craft.landed and maybe == craft.maybe_landed
    if not (same and contact == craft.ground_contact and ramp == craft.ramp):
        mind.wake = True
        for index in range(kept_fresh.shape[0]):
            kept_fresh[index] = False


@inner
def _look(craft: Craft, mind: Mind) -> bool:
    """Take a point of the thinking grid: remember what is seen; whether it may matter."""
    while mind.think_at_s <= craft.boot_s:
        mind.think_at_s += THINK_EVERY_S
    copy(mind.seen_position, craft.believed_position)
    copy(mind.seen_velocity, craft.believed_velocity)
    mind.seen_s, mind.seen_yaw = craft.boot_s, craft.believed_yaw
    mind.seen_landed, mind.seen_maybe_landed = craft.landed, craft.maybe_landed
    mind.seen_flying = craft.ramp == FLIGHT
    mind.looks = mind.eager or mind.wake or craft.boot_s >= mind.think_by_s
    mind.looks = mind.looks or _arrived(mind) or _roamed(mind)
    return mind.looks or craft.boot_s >= mind.battery_at_s


@inner
def _arrived(mind: Mind) -> bool:
    place, target = mind.seen_position, mind.watch_target
    if mind.watch == NOTHING:
        return False
    if mind.watch == HEIGHT:
        return bool(place[2] < target[2] + mind.watch_room_m)
    level_m = horizontal(place[0] - target[0], place[1] - target[1])
    if level_m > mind.watch_radius_m:
        return False
    return bool(abs(place[2] - target[2]) <= mind.watch_room_m)


@inner
def _roamed(mind: Mind) -> bool:
    """Whether the vehicle may be out of the room within which nothing can change."""
    here, there = mind.seen_position, mind.roam_from
    dn, de, dd = here[0] - there[0], here[1] - there[1], here[2] - there[2]
    return bool(dn * dn + de * de + dd * dd > mind.roam_m * mind.roam_m)
