"""MAVSDK's mission upload over the same lossy wire, in real time: it keeps its own clock.

It meets the vehicle over a clear wire; the weather begins with the upload.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.lossy_wire import CLEAR, LossyWire, PlanKeepingVehicle, Weather
from missions.errors import Failed
from onboard.mavlink.codec import Decoder, Send
from onboard.mavlink.plan_items import MissionType, WireItem

STEP_S = 0.005
HEARTBEAT_S = 1.0
FOUND_WITHIN_S = 30.0
HEARTBEAT = Send("HEARTBEAT", {"type": 2, "autopilot": 12, "base_mode": 81, "system_status": 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class MavsdkEnd:
    """How one upload ended: what MAVSDK said, after how long, with how many messages of its own."""

    accepted: bool
    words: str
    took_s: float
    messages: int


def upload_by_mavsdk(
    vehicle: PlanKeepingVehicle,
    items: Sequence[WireItem],
    *,
    chance: Random,
    weather: Weather,
    limit_s: float,
) -> MavsdkEnd:
    """One upload of a mission.

    Raises:
        Failed: MAVSDK did not find the vehicle.
    """
    with _log_on_stderr():
        return asyncio.run(_upload(vehicle, items, LossyWire(chance, CLEAR), weather, limit_s))


async def _upload(
    vehicle: PlanKeepingVehicle,
    items: Sequence[WireItem],
    wire: LossyWire,
    weather: Weather,
    limit_s: float,
) -> MavsdkEnd:
    from mavsdk import asyncio as mavsdk

    kind = mavsdk.ComponentType.GROUND_STATION
    with _socket() as end:
        beside = asyncio.create_task(_carry(wire, vehicle, end))
        try:
            configuration = mavsdk.Configuration.create_with_component_type(kind)
            async with mavsdk.Mavsdk(configuration) as client:
                host, port = end.getsockname()
                await client.add_any_connection(f"udpout://{host}:{port}")
                system = await client.first_autopilot(timeout_s=FOUND_WITHIN_S)
                if system is None:
                    raise Failed("mavsdk did not find the vehicle")
                wire.weather, wire.messages[0] = weather, 0
                return await _sent(system, items, wire, limit_s)
        finally:
            beside.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beside


async def _sent(
    system: Any, items: Sequence[WireItem], wire: LossyWire, limit_s: float
) -> MavsdkEnd:
    from mavsdk.asyncio.plugins.mission_raw import MissionRawAsync
    from mavsdk.plugins.mission_raw import MissionRawError

    loop = asyncio.get_running_loop()
    began_s, words = loop.time(), ""
    try:
        async with asyncio.timeout(limit_s):
            await MissionRawAsync(system).upload_mission(_mavsdk_items(items))
    except MissionRawError as error:
        words = str(error).partition(";")[0].lower()
    except TimeoutError:
        words = f"no end within {limit_s:.0f} s"
    took_s = loop.time() - began_s
    return MavsdkEnd(accepted=not words, words=words, took_s=took_s, messages=wire.messages[0])


async def _carry(wire: LossyWire, vehicle: PlanKeepingVehicle, end: socket.socket) -> None:
    """Be the wire and the vehicle at its other end until cancelled."""
    loop = asyncio.get_running_loop()
    began_s, beats_s = loop.time(), 0.0
    client: Any = None
    heard = Decoder()
    while True:
        wire.now_s = loop.time() - began_s
        for data, speaker in _datagrams(end):
            client = speaker
            for message in heard.feed(data):
                wire.put(0, message.frame)
        if wire.now_s >= beats_s:
            beats_s = wire.now_s + HEARTBEAT_S
            wire.send(1, [HEARTBEAT])
        wire.send(1, vehicle.tick(wire.now_s))
        for receiver, frame in wire.arrived():
            if receiver == 0:
                if client is not None:
                    end.sendto(frame, client)
                continue
            for message in wire.decoded(1, frame):
                wire.send(1, vehicle.receive(message, wire.now_s))
        await asyncio.sleep(STEP_S)


def _datagrams(end: socket.socket) -> Iterator[tuple[bytes, Any]]:
    while True:
        try:
            yield end.recvfrom(65536)
        except BlockingIOError:
            return


@contextlib.contextmanager
def _log_on_stderr() -> Iterator[None]:
    """MAVSDK writes its log to standard output, where our figures go."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _socket() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.setblocking(False)
    end.bind(("127.0.0.1", 0))
    return end


def _mavsdk_items(items: Sequence[WireItem]) -> list[Any]:
    from mavsdk.plugins.mission_raw import MissionItem

    names = ("frame", "command", "current", "autocontinue")
    values = ("param1", "param2", "param3", "param4", "x", "y", "z")
    return [
        MissionItem(
            seq=seq,
            mission_type=int(MissionType.MISSION),
            **{name: int(getattr(item, name)) for name in names},
            **{name: getattr(item, name) for name in values},
        )
        for seq, item in enumerate(items)
    ]
