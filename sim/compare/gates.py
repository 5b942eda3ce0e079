"""The gates between a recorded PX4 flight and ours: px4-fidelity.md, section G.

Times are boot seconds of each vehicle; paths are compared over ground nearest point to nearest
point, and leg by leg with the clocks set equal at each leg's beginning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree

from sim.compare.flight import LANDED, LIFTED_M, Array, Entry, Flight, Stretch
from sim.compare.order import without_log_names
from sim.compare.replay import masked
from sim.vehicle.local_frame import Geo, LocalFrame

DURATION_RATIO = (0.98, 1.02)
PATH_RMSE_M, PATH_MAX_M = 0.6, 3.0
LEG_RMSE_M, HEIGHT_RMSE_M = 1.5, 0.3
TIME_S, CORNER_M = 0.5, 0.5
AIRBORNE_M = 1.0
TICK_S = 0.1
SHORTEST_LEG_S = 1.0
AROUND_CORNER_S = 12.0
PHASE_HEIGHT_M = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; None where one side has no such figure."""

    figure: str
    px4: float | str | None
    ours: float | str | None
    difference: float | None
    gate: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """An event that both flights have."""

    name: str
    theirs_s: float
    ours_s: float


def flight_rows(
    theirs: Flight,
    ours: Flight,
    waypoints: Mapping[int, tuple[float, float, bool]],
    frame: LocalFrame,
) -> list[Row]:
    """Rows of every flight in the log; a missing flight is a row that fails."""
    left, right = theirs.stretches(), ours.stretches()
    rows = [_number("flights that left the ground", len(left), len(right), 0.0)]
    for number, (one, other) in enumerate(zip(left, right, strict=False), start=1):
        name = f"flight {number}: " if len(left) > 1 else ""
        moments = _moments(theirs, one, ours, other)
        found = [
            *_whole(one, other),
            *_phases(theirs, one, ours, other),
            *_legs(one, other, moments),
            *_corners(one, other, moments, waypoints, frame),
        ]
        rows += [_named(name, row) for row in found]
    return rows


def time_row(figure: str, theirs_s: float | None, ours_s: float | None) -> Row | None:
    """A span of time that must agree within half a second; None where PX4 has none."""
    if theirs_s is None:
        return None
    if ours_s is None:
        return Row(
            figure=f"{figure}, s", px4=theirs_s, ours=None, difference=None, gate=f"+-{TIME_S}",
            passed=False,
        )  # fmt: skip
    return _number(f"{figure}, s", theirs_s, ours_s, TIME_S)


def _number(figure: str, theirs: float, ours: float, room: float) -> Row:
    off = ours - theirs
    return Row(
        figure=figure,
        px4=theirs,
        ours=ours,
        difference=off,
        gate=f"+-{room:g}",
        passed=abs(off) <= room + 1e-9,
    )


def _error(figure: str, value: float, most: float) -> Row:
    return Row(
        figure=figure, px4=None, ours=None, difference=value, gate=f"<= {most:g}",
        passed=value <= most,
    )  # fmt: skip


def _named(name: str, row: Row) -> Row:
    return Row(
        figure=name + row.figure, px4=row.px4, ours=row.ours, difference=row.difference,
        gate=row.gate, passed=row.passed,
    )  # fmt: skip


def _whole(one: Stretch, other: Stretch) -> list[Row]:
    ratio = _airborne_s(other) / max(_airborne_s(one), 1e-6)
    off_m = _off_path(one, other)
    return [
        Row(
            figure="time in the air, s",
            px4=_airborne_s(one),
            ours=_airborne_s(other),
            difference=ratio,
            gate="ratio {}..{}".format(*DURATION_RATIO),
            passed=DURATION_RATIO[0] <= ratio <= DURATION_RATIO[1],
        ),
        _error("path over ground, RMSE, m", float(np.sqrt(np.mean(off_m**2))), PATH_RMSE_M),
        _error("path over ground, greatest, m", float(off_m.max()), PATH_MAX_M),
    ]


def _airborne_s(one: Stretch) -> float:
    begin, end = one.above_s(LIFTED_M), one.below_for_good_s(LIFTED_M)
    return (end or 0.0) - (begin or 0.0)


def _off_path(one: Stretch, other: Stretch) -> Array:
    flown = one.path[one.height_m() > AIRBORNE_M][:, 1:3]
    flown = flown if len(flown) else one.path[:, 1:3]
    return np.asarray(cKDTree(_dense(other.path[:, 1:3])).query(flown)[0])


def _dense(path: Array) -> Array:
    """A path with points no more than a few centimetres apart at any speed."""
    fine = np.linspace(0, len(path) - 1, 4 * len(path))
    places = np.arange(len(path))
    return np.stack([np.interp(fine, places, path[:, c]) for c in (0, 1)], axis=1)


def _phases(theirs: Flight, one: Stretch, ours: Flight, other: Stretch) -> list[Row]:
    rows: list[Row | None] = []
    for name, begin, end in _phase_ends(theirs, one):
        again = {n: (b, e) for n, b, e in _phase_ends(ours, other)}.get(name)
        rows.append(time_row(name, end - begin, None if again is None else again[1] - again[0]))
    return [row for row in rows if row is not None]


def _phase_ends(flight: Flight, one: Stretch) -> list[tuple[str, float, float]]:
    lifted, high = one.above_s(LIFTED_M), one.above_s(PHASE_HEIGHT_M)
    low = one.below_for_good_s(PHASE_HEIGHT_M)
    ends = one.disarmed_s + 0.1
    landed = flight.text_s(LANDED, (low or one.armed_s), ends)
    returns = flight.text_s("RTL: start return", one.armed_s, ends)
    lands = flight.text_s("RTL: land at destination", returns or one.armed_s, ends)
    spans = (
        ("armed to lift-off", one.armed_s, lifted),
        ("lift-off to 10 m", lifted, high),
        ("return until its landing begins", returns, lands),
        ("return's landing until landed", lands, landed),
        ("10 m until landed", low, landed),
        ("landed to disarmed", landed, one.disarmed_s),
    )
    return [(n, b, e) for n, b, e in spans if b is not None and e is not None]


def _moments(theirs: Flight, one: Stretch, ours: Flight, other: Stretch) -> list[Moment]:
    """Events of a flight that both have, in an order that both have."""
    left, right = _events(theirs, one), _events(ours, other)
    shared = [Moment(name, at_s, right[name]) for name, at_s in left.items() if name in right]
    shared.sort(key=lambda moment: moment.theirs_s)
    kept: list[Moment] = []
    for moment in shared:
        if not kept or moment.ours_s >= kept[-1].ours_s:
            kept.append(moment)
    return kept


def _events(flight: Flight, one: Stretch) -> dict[str, float]:
    lifted = one.above_s(LIFTED_M)
    events = {"armed": one.armed_s} | ({} if lifted is None else {"lift-off": lifted})
    said = [Entry(e.at_s, masked(e.value)) for e in without_log_names(flight.texts)]
    reached = [Entry(e.at_s, f"item {e.value} reached") for e in flight.reached]
    for entry in sorted([*said, *reached]):
        if one.armed_s <= entry.at_s <= one.disarmed_s:
            name, number = entry.value, 2
            while name in events:
                name, number = f"{entry.value} ({number})", number + 1
            events[name] = entry.at_s
    return events


def _legs(one: Stretch, other: Stretch, moments: Sequence[Moment]) -> list[Row]:
    rows: list[Row] = []
    worst_level, worst_height = (0.0, "none"), (0.0, "none")
    for begin, end in pairwise(_apart(moments)):
        if end.theirs_s - begin.theirs_s < SHORTEST_LEG_S:
            continue
        name = f"{begin.name} - {end.name}"
        took = time_row(f"leg {name}", end.theirs_s - begin.theirs_s, end.ours_s - begin.ours_s)
        rows += [took] if took is not None and "reached" in begin.name + end.name else []
        level_m, height_m = _leg_errors(one, other, begin, end)
        worst_level = max(worst_level, (level_m, name))
        worst_height = max(worst_height, (height_m, name))
    rows.append(
        _error(f"leg in step, worst RMSE ({worst_level[1]}), m", worst_level[0], LEG_RMSE_M)
    )
    rows.append(
        _error(f"height in step, worst RMSE ({worst_height[1]}), m", worst_height[0], HEIGHT_RMSE_M)
    )
    return rows


def _apart(moments: Sequence[Moment]) -> list[Moment]:
    """Moments at least a leg's shortest time apart: what comes together is one."""
    kept: list[Moment] = []
    for moment in moments:
        if not kept or moment.theirs_s - kept[-1].theirs_s >= SHORTEST_LEG_S:
            kept.append(moment)
        elif "reached" in moment.name and "reached" not in kept[-1].name:
            kept[-1] = moment
    return kept


def _leg_errors(one: Stretch, other: Stretch, begin: Moment, end: Moment) -> tuple[float, float]:
    """RMSE over ground and in height, the clocks equal at the beginning."""
    length_s = min(end.theirs_s - begin.theirs_s, end.ours_s - begin.ours_s)
    times = np.arange(0.0, max(length_s, TICK_S), TICK_S)
    off = one.at(begin.theirs_s + times) - other.at(begin.ours_s + times)
    heights = off[:, 2] - (one.path[0, 3] - other.path[0, 3])
    level = np.sqrt(np.mean(np.sum(off[:, :2] ** 2, axis=1)))
    return float(level), float(np.sqrt(np.mean(heights**2)))


def _corners(
    one: Stretch,
    other: Stretch,
    moments: Sequence[Moment],
    waypoints: Mapping[int, tuple[float, float, bool]],
    frame: LocalFrame,
) -> list[Row]:
    rows = []
    for moment in moments:
        words = moment.name.split()
        seq = int(words[1]) if words[0] == "item" and words[-1] == "reached" else -1
        if seq not in waypoints or not waypoints[seq][2]:
            continue
        latitude_deg, longitude_deg, _ = waypoints[seq]
        place = frame.ned(Geo(latitude_deg, longitude_deg, frame.origin.height_amsl_m))
        near = [
            _closest_m(s, at, place[:2])
            for s, at in ((one, moment.theirs_s), (other, moment.ours_s))
        ]
        rows.append(_number(f"corner {seq}, closest, m", near[0], near[1], CORNER_M))
    return rows


def _closest_m(one: Stretch, at_s: float, place: tuple[float, float]) -> float:
    times = one.path[:, 0]
    near = one.path[np.abs(times - at_s) <= AROUND_CORNER_S][:, 1:3]
    return float(np.hypot(near[:, 0] - place[0], near[:, 1] - place[1]).min())
