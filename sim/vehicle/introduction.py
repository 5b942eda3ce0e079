"""Tells the flight core who a vehicle is and where it stands, for what its streams say."""

from sim.vehicle.flight import Flight
from sim.vehicle.local_frame import LocalFrame


def introduce(
    flight: Flight,
    frame: LocalFrame,
    *,
    system_id: int,
    began_unix_us: int,
    booted_at_s: float,
) -> None:
    """Fill in a vehicle's record; its mind looks at every point of the grid to begin with."""
    core, index = flight.core, flight.index
    for name, value in {
        "system_id": system_id,
        "latitude_deg": frame.origin.latitude_deg,
        "longitude_deg": frame.origin.longitude_deg,
        "amsl_m": frame.origin.height_amsl_m,
        "m_per_deg_north": frame.m_per_deg_north,
        "m_per_deg_east": frame.m_per_deg_east,
        "began_unix_us": began_unix_us,
        "booted_at_s": booted_at_s,
    }.items():
        core.told[name][index] = value
    core.mind["eager"][index] = True
    core.mind["seen_s"][index] = -1.0
