"""Vehicles as the ground sees them: live state, and transactions that end with an outcome."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ground_station.hub.vehicles_port import DroneName
from ground_station.links.address import read_link_address
from ground_station.vehicles.fleet import LinkedVehicles
from ground_station.vehicles.memory import ProvenPlans


def vehicles_over_links(
    *,
    links: Sequence[str],
    names: Mapping[int, DroneName],
    lean_streams: bool,
    memory: Path | None = None,
) -> LinkedVehicles:
    """Every vehicle that will be heard on `links`; nothing is opened until `start`.

    In the folder `memory`, where it is given, proven plans outlive the process.

    Raises:
        BadInput: a link's address is not one.
    """
    return LinkedVehicles(
        addresses=[read_link_address(link) for link in links],
        names=names,
        lean_streams=lean_streams,
        memory=ProvenPlans(memory),
    )
