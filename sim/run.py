"""Runs a simulation as a process: says when it is ready, ends on SIGTERM or SIGINT."""

import asyncio
import json
import signal
import sys
from typing import Any

from sim.configuration import SimulationConfig
from sim.scenario.schema import Scenario
from sim.simulation import simulate


def run(config: SimulationConfig, *, as_json: bool, scenario: Scenario | None = None) -> int:
    """Simulate until told to end, with the faults of a scenario; 0.

    Raises:
        BadInput: a port, a file or a folder is not to be had.
    """
    counts = asyncio.run(_run(config, as_json=as_json, scenario=scenario))
    line = json.dumps(counts) if as_json else f"ended after {counts['simulated_s']} simulated s"
    print(line, file=sys.stderr)
    return 0


async def _run(
    config: SimulationConfig, *, as_json: bool, scenario: Scenario | None
) -> dict[str, Any]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def ready(told: dict[str, Any]) -> None:
        print(json.dumps(told) if as_json else _spoken(told), flush=True)

    return await simulate(config, ready=ready, stop=stop, scenario=scenario)


def _spoken(told: dict[str, Any]) -> str:
    vehicles = told["vehicles"]
    cameras = sum("camera" in each for each in vehicles)
    return (
        f"ready: {len(vehicles)} vehicle(s) from UDP port {vehicles[0]['ground_link_port']}, "
        f"{cameras} camera(s), {told['speed']:g} times real time"
    )
