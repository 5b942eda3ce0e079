"""Which streams are due, and their bytes: compiled messages, and payloads kept from Python.

Slots below `FIRST_KEPT` are written from the records; those from there on hold a payload that
Python built and that stays right until something that it tells of changes.
"""

import numpy as np
import numpy.typing as npt

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.frames import Bytes, blank, finish, put_4, put_int
from sim.vehicle.core.layout import Craft, Floats, Mind, Told
from sim.vehicle.core.messages import (
    LARGEST,
    SIZES,
    asked_at_s,
    microseconds,
    milliseconds,
    silent,
    waits,
    write,
)

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
FIRST_KEPT = len(SIZES)
LATE_S = 0.1
NO_TIME, MILLISECONDS, MICROSECONDS = 0, 1, 2
ALL_SENT, NOT_KEPT, FULL = -1, -2, -3


@inner
def send_due(
    craft: Craft,
    mind: Mind,
    told: Told,
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
    """Write what is due on all links; the slot that Python must build first, ALL_SENT or FULL."""
    for link in range(period.shape[0]):
        if next_due[link] > craft.boot_s:
            continue
        soonest = np.inf
        for slot in range(period.shape[1]):
            while due[link, slot] <= craft.boot_s:
                if length[link] + LARGEST > out.shape[1]:
                    return FULL
                if slot >= FIRST_KEPT and not kept_fresh[slot - FIRST_KEPT]:
                    return slot
                at_s = due[link, slot]
                if waits(craft, slot, at_s - period[link, slot]):
                    break
                at_s = asked_at_s(craft, slot, at_s)
                if craft.boot_s - at_s > period[link, slot] + LATE_S:
                    at_s = craft.boot_s
                due[link, slot] = at_s + period[link, slot]
                _send(
                    craft,
                    mind,
                    told,
                    out[link],
                    length,
                    link,
                    slot,
                    at_s,
                    kept,
                    kept_size,
                    kept_form,
                    values,
                )
                sent[link] += 1
            soonest = min(soonest, due[link, slot])
        next_due[link] = soonest
    return ALL_SENT


@inner
def _send(
    craft: Craft,
    mind: Mind,
    told: Told,
    out: Bytes,
    length: Ints,
    link: int,
    slot: int,
    at_s: float,
    kept: Bytes,
    kept_size: Ints,
    kept_form: Ints,
    values: Floats,
) -> None:
    at = length[link]
    if silent(craft, slot):
        return
    if slot < FIRST_KEPT:
        length[link] = write(out, at, slot, craft, told, mind.seen_yaw, at_s, values)
        return
    which = slot - FIRST_KEPT
    size = kept_size[which]
    if size == 0:
        # Nothing to say now: no home, no gimbal.
        return
    p = blank(out, at, size)
    for index in range(size):
        out[p + index] = kept[which, index]
    time, time_at = kept_form[which, 1], kept_form[which, 2]
    if time == MILLISECONDS:
        put_4(out, p + time_at, milliseconds(at_s))
    elif time == MICROSECONDS:
        put_int(out, p + time_at, 8, microseconds(at_s))
    length[link] = finish(out, at, size, kept_form[which, 0], told.system_id)
