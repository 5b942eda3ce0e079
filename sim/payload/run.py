"""Runs one payload as a process: says when it is ready, ends on SIGTERM or SIGINT."""

import asyncio
import contextlib
import json
import signal
from pathlib import Path

from missions.errors import place_of
from sim.clock import VirtualClock
from sim.payload.component import PayloadComponent
from sim.payload.config import PayloadConfig
from sim.payload.shell import PORTS, PayloadShell
from sim.payload.sound import WavFolder
from sim.payload.voice import EspeakVoice

STATE_EVERY_S = 1.0


def run(
    config: PayloadConfig,
    *,
    instance: int,
    host: str,
    bind_host: str,
    port_offset: int,
    speed: float,
    run_folder: Path | None,
    recordings: Path | None,
    as_json: bool,
) -> int:
    """Serve until told to end; 0.

    Raises:
        BadInput: a port, a host or a folder is not to be had.
    """
    clock = VirtualClock(speed=speed)
    listener = None if run_folder is None else _listener(run_folder)
    payload = PayloadComponent(
        config, began_s=clock.now_s(), voice=EspeakVoice(), listener=listener
    )
    if recordings is not None:
        payload.loudspeaker.store.files |= _recordings(recordings)
    shell = PayloadShell(
        payload,
        clock=clock,
        instance=instance,
        host=host,
        bind_host=bind_host,
        port_offset=port_offset,
    )
    asyncio.run(_serve(shell, as_json=as_json, ready=_ready(instance + port_offset, as_json)))
    return 0


async def _serve(shell: PayloadShell, *, as_json: bool, ready: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await shell.open()
        print(ready, flush=True)
        serving = asyncio.create_task(shell.run())
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), STATE_EVERY_S)
            if serving.done():
                break
            if as_json:
                print(json.dumps(shell.state()), flush=True)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        shell.close()


def _ready(shift: int, as_json: bool) -> str:
    ports = {link: local + shift for link, (local, _) in PORTS.items()}
    if as_json:
        return json.dumps({"ready": True, "ports": ports})
    return f"ready: gimbal on UDP port {ports['gimbal']}, payload on {ports['payload']}"


def _listener(folder: Path) -> WavFolder:
    try:
        return WavFolder(folder)
    except OSError as error:
        raise place_of(error, str(folder)) from error


def _recordings(folder: Path) -> dict[str, bytes]:
    try:
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise place_of(error, str(folder)) from error
