"""`qyran bridge`: lets DroneKit scripts upload to and fly a vehicle that runs PX4."""

import argparse
import asyncio
import json
import signal
import sys

from ground_station.arguments import system_id
from ground_station.dronekit_bridge.bridge import Bridge
from ground_station.dronekit_bridge.shell import BridgeShell
from ground_station.dronekit_bridge.words import Dialect
from ground_station.links.address import LinkAddress, read_link_address

EPILOG = """examples:
  qyran bridge                       then, in a script: connect("udpout:127.0.0.1:14560")
  qyran bridge --vehicle udpout:192.168.1.20:18570 --client tcpin:127.0.0.1:5760
  qyran bridge --client udpout:127.0.0.1:14560         for connect("127.0.0.1:14560"), which waits
  qyran bridge --dialect px4                           the script knows PX4's modes

For a DroneKit script the vehicle is an ArduCopter: GUIDED, AUTO, LOITER, RTL and LAND are what PX4
has for them, item 0 of a mission is home, heights of takeoff and goto are above home. Orders wait
while a plan is on its way, and a mission whose upload failed is not started."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `qyran bridge`."""
    parser.description = (
        "Stand between a DroneKit script and PX4: translate the old mission protocol, modes,\n"
        "guided places, parameters and item numbers both ways; pass everything else through.\n"
        "Runs until Ctrl-C or SIGTERM."
    )
    parser.epilog = EPILOG
    parser.add_argument(
        "--vehicle",
        default="udpin:0.0.0.0:14550",
        metavar="URL",
        help="MAVLink link to the vehicle (default: %(default)s)",
    )
    parser.add_argument(
        "--client",
        default="udpin:127.0.0.1:14560",
        metavar="URL",
        help="where the script connects: udpin, udpout, tcpin or serial (default: %(default)s)",
    )
    parser.add_argument(
        "--dialect",
        choices=[dialect.value for dialect in Dialect],
        default=Dialect.ARDUPILOT.value,
        help="what the vehicle looks like to the script (default: %(default)s)",
    )
    parser.add_argument(
        "--system-id",
        type=system_id,
        default=0,
        metavar="N",
        help="the vehicle, where several speak on its link (default: the first heard)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON when ready and one at the end"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until told to end."""
    shell = BridgeShell(
        Bridge(dialect=Dialect(arguments.dialect), system_id=arguments.system_id),
        vehicle=read_link_address(arguments.vehicle),
        client=read_link_address(arguments.client),
        say=lambda trouble: print(f"qyran bridge: {trouble}", file=sys.stderr, flush=True),
    )
    asyncio.run(_serve(shell, arguments))
    return 0


async def _serve(shell: BridgeShell, arguments: argparse.Namespace) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await shell.open()
    _say_ready(arguments, read_link_address(arguments.vehicle), read_link_address(arguments.client))
    running = asyncio.create_task(shell.run())
    try:
        await asyncio.wait(
            (running, asyncio.create_task(ended.wait())), return_when="FIRST_COMPLETED"
        )
    finally:
        running.cancel()
        await shell.close()
    _say_counts(shell, as_json=arguments.json)


def _say_ready(arguments: argparse.Namespace, vehicle: LinkAddress, client: LinkAddress) -> None:
    if arguments.json:
        told = {"vehicle": str(vehicle), "client": str(client), "dialect": arguments.dialect}
        print(json.dumps(told), flush=True)
        return
    print(f"vehicle at {vehicle}, scripts at {client}, as {arguments.dialect}", flush=True)


def _say_counts(shell: BridgeShell, *, as_json: bool) -> None:
    counts = shell.counts()
    if as_json:
        print(json.dumps(counts), flush=True)
        return
    told = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in counts["bridge"].items()
    )
    print(told, flush=True)
