"""Vehicles as the ground sees them: live state, and transactions that end with an outcome."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ground_station.hub.vehicles_port import DroneName
from ground_station.links.address import read_link_address
from ground_station.links.key_store import KeyStore
from ground_station.links.switchboard import Recorder, Switchboard
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.memory import ProvenPlans
from ground_station.vehicles.plan_on_board.journal import UploadJournal
from onboard.mavlink.codec import SigningKey

if TYPE_CHECKING:
    from ground_station.vehicles.fleet import LinkedVehicles


def vehicles_over_links(
    *,
    links: Sequence[str],
    names: Mapping[int, DroneName],
    lean_streams: bool,
    memory: Path | None = None,
    key: SigningKey | None = None,
    accept_unsigned: bool = False,
    recorder: Recorder | None = None,
    keys: Path | None = None,
    trusted_links: Sequence[str] = (),
) -> "LinkedVehicles":
    """Every vehicle that will be heard on `links`; nothing is opened until `start`.

    In the folder `memory`, where it is given, proven plans, unfinished uploads and what was asked
    for in a flight outlive the process. With a `key`, what we say is signed and what vehicles say
    must be; `recorder` keeps every frame.

    Raises:
        BadInput: a link's address is not one.
    """
    # Flying imports this package's modules, and the fleet imports flying.
    from ground_station.vehicles.fleet import LinkedVehicles

    return LinkedVehicles(
        board=Switchboard(
            addresses=[read_link_address(link) for link in links],
            own=GROUND_STATION,
            key=key,
            accept_unsigned=accept_unsigned,
            recorder=recorder,
            unix_s=time.time,
        ),
        names=names,
        lean_streams=lean_streams,
        memory=ProvenPlans(memory),
        journal=UploadJournal(memory),
        keys=KeyStore(keys),
        trusted_links=[str(read_link_address(link)) for link in trusted_links],
        flights=memory,
    )
