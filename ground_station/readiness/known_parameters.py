"""The parameters that the checks judge by, read once for each state that the vehicle has them in.

PX4 tells a hash over all its parameters when it is asked for `_HASH_CHECK`: while that is the same,
what was read before still holds.
"""

import asyncio

from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import KnownParameters, VehicleSession
from onboard.mavlink.parameter_set import ParameterSetRead, ParametersRead
from onboard.mavlink.parameters import HASH_CHECK

PARAMETERS = (
    "NAV_DLL_ACT",
    "COM_DL_LOSS_T",
    "COM_DLL_EXCEPT",
    "COM_FAIL_ACT_T",
    "NAV_RCL_ACT",
    "COM_RC_IN_MODE",
    "COM_RCL_EXCEPT",
    "COM_OBL_RC_ACT",
    "COM_LOW_BAT_ACT",
    "BAT_LOW_THR",
    "BAT_CRIT_THR",
    "BAT_EMERGEN_THR",
    "GF_ACTION",
    "GF_MAX_HOR_DIST",
    "GF_MAX_VER_DIST",
    "RTL_TYPE",
    "RTL_RETURN_ALT",
    "RTL_DESCEND_ALT",
    "RTL_LAND_DELAY",
    "MPC_XY_CRUISE",
    "MPC_XY_VEL_MAX",
    "COM_DISARM_LAND",
)


async def parameters_of(session: VehicleSession) -> ParametersRead:
    """What is known still, or read anew where the vehicle's hash has changed or is not told."""
    told = await _read(session, (HASH_CHECK,))
    # Read first: a parameter that changes while the others are read makes the next look read anew.
    tag = told.values.get(HASH_CHECK)
    known = session.parameters
    if known is not None and tag is not None and known.tag == tag:
        return ParametersRead(values=dict(known.values), unread=known.unread, answered=True)
    read = await _read(session, PARAMETERS)
    silent = not read.answered
    session.parameters = (
        None
        if tag is None or silent or not read.values
        else KnownParameters(tag=tag, values=dict(read.values), unread=read.unread)
    )
    return read


async def _read(session: VehicleSession, names: tuple[str, ...]) -> ParametersRead:
    reading = ParameterSetRead(own=GROUND_STATION, vehicle=session.address, names=names)
    return await session.run(reading, asyncio.get_running_loop().time())
