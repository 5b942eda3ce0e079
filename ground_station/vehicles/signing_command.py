"""`qyran signing`: a vehicle on a cable gets its key, a new one, or none any more."""

import argparse
import asyncio
import json
from pathlib import Path

from ground_station.arguments import system_id
from ground_station.hub.signing_views import SigningResult, SigningView, WhoseKey
from ground_station.hub.vehicles_port import UnknownVehicle, VehicleChange
from missions.errors import Failed

HEARD_WITHIN_S = 20.0
EPILOG = """examples:
  qyran signing give --vehicle 1 --link serial:/dev/ttyACM0:57600 --keys hub-data/signing-keys
  qyran signing remove --vehicle 1 --link udpin:127.0.0.1:14550 --keys hub-data/signing-keys

`give` makes a new key, also for a vehicle that has one. It is kept in a file that only you may
read, which holds a passphrase as QGroundControl and MAVProxy take it; it is never printed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `qyran signing` takes."""
    parser.epilog = EPILOG
    parser.description = (
        "Give a vehicle a MAVLink signing key, or take it away. The key goes to the vehicle in\n"
        "clear: only over a cable or within this machine, or over a link that you vouch for."
    )
    parser.add_argument("action", choices=("give", "remove"))
    parser.add_argument("--vehicle", type=system_id, required=True, metavar="ID")
    parser.add_argument("--link", required=True, metavar="URL", help="as for `qyran hub`")
    parser.add_argument(
        "--keys",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of the keys; a hub's is signing-keys in its data folder",
    )
    parser.add_argument(
        "--whose",
        choices=[each.value for each in WhoseKey],
        default=WhoseKey.OWN.value,
        help="`common` is that of QYRAN_SIGNING_PASSPHRASE (default: %(default)s)",
    )
    parser.add_argument(
        "--trust-link", action="store_true", help="nobody else hears this link: a tunnel, say"
    )
    parser.add_argument("--json", action="store_true", help="the outcome as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Do it and say how it ended.

    Raises:
        BadInput: the link or the folder is not to be had.
        Failed: the vehicle was not heard.
    """
    outcome = asyncio.run(_changed(arguments))
    if arguments.json:
        print(json.dumps(outcome.model_dump(mode="json")))
    else:
        print(f"{outcome.outcome.value}: {outcome.reason}" if outcome.reason else "done")
    return 0 if outcome.outcome is SigningResult.DONE else 1


async def _changed(arguments: argparse.Namespace) -> SigningView:
    from ground_station.links.secrets import signing_key
    from ground_station.vehicles import vehicles_over_links

    station = vehicles_over_links(
        links=[arguments.link],
        names={},
        lean_streams=False,
        key=signing_key(None),
        accept_unsigned=True,
        keys=arguments.keys,
        trusted_links=[arguments.link] if arguments.trust_link else [],
    )
    heard = asyncio.Event()
    station.subscribe(lambda change: _hear(change, arguments.vehicle, heard))
    await station.start()
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            await heard.wait()
        if arguments.action == "remove":
            return await station.take_signing_key(arguments.vehicle)
        return await station.give_signing_key(arguments.vehicle, WhoseKey(arguments.whose))
    except (TimeoutError, UnknownVehicle):
        who = f"vehicle {arguments.vehicle} was not heard on {arguments.link}"
        raise Failed(f"{who}{station.links().troubles}") from None
    finally:
        await station.close()


def _hear(change: VehicleChange, system_id: int, heard: asyncio.Event) -> None:
    if change.system_id == system_id:
        heard.set()
