"""The hub as a process: takes its port, says when it is ready, ends cleanly when it is told to."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from ground_station.configuration import HubConfiguration
from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub, open_hub
from ground_station.hub.no_vehicles import NoVehicles
from ground_station.hub.vehicles_port import DroneName, VehiclePort
from missions.errors import BadInput

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}
SHUTDOWN_LIMIT_S = 3
LARGEST_FROM_CONSOLE_BYTES = 65_536


def serve(configuration: HubConfiguration, *, token: str | None, json_output: bool) -> None:
    """Run a hub until SIGTERM or SIGINT.

    Raises:
        BadInput: a port or the data folder is not to be had, or a district file is wrong.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server raises the signal again when it has ended; this makes that end a clean one.
        signal.signal(number, _already_ended)
    asyncio.run(_serve(configuration, token=token, json_output=json_output))


async def _serve(configuration: HubConfiguration, *, token: str | None, json_output: bool) -> None:
    listener = listening_socket(configuration.listen_host, configuration.listen_port)
    with listener:
        vehicles = _vehicles(configuration)
        hub = await open_hub(configuration, vehicles=vehicles)
        try:
            await vehicles.start()
            stop_following = hub.follow_vehicles()
            url = _url(listener)
            _warn_if_open(configuration, token)
            await HubServer(hub, token, lambda: _say_ready(url, json_output)).serve([listener])
            stop_following()
        finally:
            await vehicles.close()
            await hub.close()


class HubServer(uvicorn.Server):
    """Says when it is ready, and lets consoles go before it waits for them."""

    def __init__(self, hub: Hub, token: str | None, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(hub, token=token),
                lifespan="off",
                log_level="warning",
                access_log=False,
                server_header=False,
                ws_max_size=LARGEST_FROM_CONSOLE_BYTES,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=SHUTDOWN_LIMIT_S,
            )
        )
        self._hub = hub
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, then the ready line."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let every console go, then as uvicorn does."""
        self._hub.stream.end_all()
        await super().shutdown(sockets)


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound TCP socket; port 0 takes any free one.

    Raises:
        BadInput: the address is not this machine's, or the port is in use.
    """
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BadInput(where=where, what=f"cannot listen: {error.strerror}".lower()) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise BadInput(where=where, what=f"cannot listen: {error.strerror}".lower()) from error
    return listener


def _vehicles(configuration: HubConfiguration) -> VehiclePort:
    if not configuration.links:
        return NoVehicles()
    from ground_station.links.secrets import signing_key
    from ground_station.recording.recorder import recorder_of
    from ground_station.vehicles import vehicles_over_links

    return vehicles_over_links(
        links=configuration.links,
        names={
            system_id: DroneName(drone.drone_id, drone.name)
            for system_id, drone in configuration.drones.items()
        },
        lean_streams=configuration.lean_streams,
        memory=configuration.data_folder / "proven-plans",
        key=signing_key(configuration.signing.key_file),
        accept_unsigned=configuration.signing.accept_unsigned,
        recorder=recorder_of(configuration.recording),
        keys=configuration.data_folder / "signing-keys",
        trusted_links=configuration.signing.trusted_links,
    )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = WILDCARDS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _say_ready(url: str, json_output: bool) -> None:
    print(
        json.dumps({"ready": True, "url": url}) if json_output else f"hub ready: {url}", flush=True
    )


def _warn_if_open(configuration: HubConfiguration, token: str | None) -> None:
    if configuration.listen_host not in LOOPBACK and token is None:
        print(
            f"qyran hub: anyone who reaches {configuration.listen_host} may write: "
            "set QYRAN_HUB_TOKEN",
            file=sys.stderr,
        )


def _already_ended(_number: int, _frame: FrameType | None) -> None:
    return None
