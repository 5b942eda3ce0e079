"""Stages given to the kernels, and what they answer."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from missions.px4_flight.begun_alike import Flown, LastFlight, Rows
from missions.px4_flight.stages import Kind, Stage, Stages
from missions.vehicle import Vehicle
from missions.wind import Wind

Array = npt.NDArray[np.float64]
T = TypeVar("T")

GRAVITY_M_S2 = 9.80665
# Memory that is not written to is not taken; a flight that makes more rows is flown again.
FIRST_ROWS = 65536
LAST = LastFlight()
# On the way for longer than this nobody is, and stepping through it would take as long.
MOST_PATIENCE_S = 500_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownStages:
    """When each stage is over, and the way: rows of seconds, north, east, down in metres.

    Seconds since arming. Infinite where a stage is never over: its place is flown past, or it
    cannot be flown in the wind or by its numbers. `passing` has a row for each stage (see
    `kernels.fly`). `asides` are ways that may lead past a stage's place, and back to it or on: its
    index, and rows of north, east, down.
    """

    ends_s: Array
    track: Array
    passing: Array
    asides: tuple[tuple[int, Array], ...] = ()


def fly_stages(made: Stages, vehicle: Vehicle, wind: Wind, *, every_s: float) -> FlownStages:
    """Fly stages in a wind, the way noted at least `every_s` apart."""
    from missions.px4_flight.kernels import fly as kernel
    from missions.px4_flight.kernels import settings as columns
    from missions.px4_flight.kernels import there
    from missions.px4_flight.kernels.smooth import AXIS_COLUMNS

    if not all(can_be_flown(stage) for stage in made.stages):
        count = len(made.stages)
        return FlownStages(
            ends_s=np.full(count, math.inf),
            track=np.zeros((1, 4)),
            passing=np.zeros((count, there.PASSING_COLUMNS)),
        )
    stages = _rows(made)
    settings = _settings(vehicle, wind, columns.FlightSettings)
    first, before = LAST.begins(stages, settings, every_s)
    rows = FIRST_ROWS if math.isfinite(every_s) else 1
    aside_rows = FIRST_ROWS
    while True:
        work = Rows(
            ends=np.zeros(len(stages)),
            passing=np.zeros((len(stages), there.PASSING_COLUMNS)),
            begun=np.zeros((len(stages), kernel.BEGUN_COLUMNS)),
            track=np.zeros((rows, 4)),
            asides=np.zeros((aside_rows, there.ASIDE_COLUMNS)),
        )
        if before is not None:
            before.copy_to(work, first)
        state, other = (
            (
                np.zeros((3, AXIS_COLUMNS)),
                np.zeros((3, columns.BODY_COLUMNS)),
                np.zeros(there.MEMORY_COLUMNS),
            )
            for _ in range(2)
        )
        made_rows = np.zeros(1)
        spare = there.Spare(*other, asides=work.asides, made=made_rows)
        wanted = kernel.fly(
            stages.copy(),
            settings,
            *state,
            work.ends,
            work.track,
            every_s,
            work.passing,
            spare,
            work.begun,
            first,
        )
        aside = int(made_rows[0])
        if wanted <= rows and aside <= aside_rows:
            done = replace(work, track=work.track[:wanted], asides=work.asides[:aside])
            LAST.flown = Flown(stages=stages, settings=settings, every_s=every_s, rows=done)
            return _told(done, until=done.passing[:, there.ASIDES])
        rows, aside_rows = max(rows, wanted), max(aside_rows, aside)


def _told(done: Rows, *, until: Array) -> FlownStages:
    return FlownStages(
        ends_s=done.ends.copy(),
        track=done.track,
        passing=done.passing.copy(),
        asides=tuple(_by_stage(done.asides, until)),
    )


def _by_stage(asides: Array, until: Array) -> Iterator[tuple[int, Array]]:
    """Each way by itself: those of one stage differ in their first column."""
    ends = np.maximum.accumulate(until).astype(int)
    for stage in np.flatnonzero(np.diff(ends, prepend=0)).tolist():
        rows = asides[(ends[stage - 1] if stage else 0) : ends[stage]]
        for way in np.split(rows, np.flatnonzero(np.diff(rows[:, 0])) + 1):
            yield stage, way[:, 1:]


def can_be_flown(stage: Stage) -> bool:
    """Whether a stage's numbers are such that it could be stepped through."""
    if stage.kind is Kind.WAIT:
        return math.isfinite(stage.stay_s)
    numbers = (stage.target[2], stage.speed_m_s, stage.stay_s)
    return all(map(math.isfinite, numbers)) and stage.speed_m_s > 0.0 and not is_too_far(stage)


def is_too_far(stage: Stage) -> bool:
    """Whether its place is so far away that it would be flown to for days."""
    return MOST_PATIENCE_S <= stage.patience_s - stage.stay_s < math.inf


def _rows(made: Stages) -> Array:
    return np.array(
        [
            (
                stage.kind,
                *stage.target,
                *stage.following,
                stage.acceptance_m,
                stage.speed_m_s,
                stage.stay_s,
                stage.yaw,
                stage.room_m,
                stage.patience_s,
                *stage.previous,
            )
            for stage in made.stages
        ]
    )


def _settings(vehicle: Vehicle, wind: Wind, make: Callable[..., T]) -> T:
    px4 = vehicle.px4
    steepest = GRAVITY_M_S2 * math.tan(math.radians(px4.mpc_tiltmax_air_deg))
    east, north = wind.toward_en_m_s
    return make(
        top_speed_m_s=max(px4.mpc_xy_vel_max_m_s, vehicle.cruise_speed_m_s),
        acceleration_m_s2=vehicle.acceleration_m_s2,
        up_acceleration_m_s2=px4.mpc_acc_up_max_m_s2,
        down_acceleration_m_s2=px4.mpc_acc_down_max_m_s2,
        jerk_m_s3=px4.mpc_jerk_auto_m_s3,
        corner_gain=px4.mpc_xy_traj_p,
        max_error_m=px4.mpc_xy_err_max_m,
        max_height_error_m=px4.mpc_z_err_max_m,
        climb_m_s=vehicle.climb_speed_m_s,
        descent_m_s=vehicle.descent_speed_m_s,
        most_climb_m_s=max(px4.mpc_z_vel_max_up_m_s, vehicle.climb_speed_m_s),
        most_descent_m_s=max(px4.mpc_z_vel_max_dn_m_s, vehicle.descent_speed_m_s),
        takeoff_m_s=px4.mpc_tko_speed_m_s,
        takeoff_ramp_s=px4.mpc_tko_ramp_t_s,
        land_height_1_m=px4.mpc_land_alt1_m,
        land_height_2_m=px4.mpc_land_alt2_m,
        land_height_3_m=px4.mpc_land_alt3_m,
        land_m_s=px4.mpc_land_speed_m_s,
        crawl_m_s=px4.mpc_land_crwl_m_s,
        spool_up_s=px4.com_spoolup_time_s,
        position_p=px4.mpc_xy_p,
        height_p=px4.mpc_z_p,
        velocity_p=px4.mpc_xy_vel_p_acc,
        velocity_i=px4.mpc_xy_vel_i_acc,
        climb_p=px4.mpc_z_vel_p_acc,
        climb_i=px4.mpc_z_vel_i_acc,
        steepest_m_s2=steepest,
        drag_a_s=steepest / vehicle.max_airspeed_m_s,
        yaw_rate=math.radians(px4.mpc_yawrauto_max_deg_s),
        yaw_acceleration=math.radians(px4.mpc_yawrauto_acc_deg_s2),
        yaw_error=math.radians(px4.mis_yaw_err_deg),
        wind_n_m_s=north,
        wind_e_m_s=east,
    )
