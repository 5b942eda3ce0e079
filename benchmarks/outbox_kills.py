"""kill -9 of a process that writes events and brings them to a hub, at random instants.

Each life is forked from a process that has loaded everything, so that the kill falls into the work
and not into Python's start. Every life opens the same outbox, writes events with pictures as fast
as it can, sends them to a real hub process meanwhile, and tells of an event only when `put` has
returned. Whatever it told of must be at the hub in the end, and have had its effect once.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.link_events import JPEG_START, event, stored
from onboard.outbox import Outbox
from onboard.uplink import Uplink, UplinkSettings

MOST_EVENTS = 6
LONGEST_REST_S = 0.03
DRAIN_S = 120.0
FAST = UplinkSettings(backoff_first_s=0.01, backoff_longest_s=0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class KillOutcome:
    """`told` events whose `put` had returned; `half_done` those that arrived though it had not."""

    kills: int
    told: int
    arrived: int
    half_done: int
    effects: int
    pictures_told: int
    pictures_arrived: int
    opening_s: list[float]


def trial(folder: Path, hub_url: str, end_hub: Callable[[], Path], *, kills: int) -> KillOutcome:
    """Kill so often, let the last life bring everything, end the hub and look into its folder."""
    random = Random(kills)
    told: dict[str, str] = {}
    opening_s: list[float] = []
    for life in range(kills):
        lines = _lived(folder, hub_url, life, random)
        opening_s += [float(line.split()[1]) for line in lines if line.startswith("open")]
        told |= dict(line.split()[1:3] for line in lines if line.startswith("event"))
    _drain(folder, hub_url)
    kept = stored(end_hub())
    return KillOutcome(
        kills=kills,
        told=len(told),
        arrived=len(kept.ids & told.keys()),
        half_done=len(kept.ids - told.keys()),
        effects=kept.effects,
        pictures_told=len(set(told.values())),
        pictures_arrived=len(kept.pictures & set(told.values())),
        opening_s=opening_s,
    )


def _lived(folder: Path, hub_url: str, life: int, random: Random) -> list[str]:
    """What one life told of before it was killed: so many events, and then at any instant."""
    read_end, write_end = os.pipe()
    process_id = os.fork()
    if not process_id:
        os.close(read_end)
        _live(folder, hub_url, life, write_end)
    os.close(write_end)
    with os.fdopen(read_end, encoding="ascii") as told:
        lines = [told.readline() for _ in range(random.randint(0, MOST_EVENTS))]
        time.sleep(LONGEST_REST_S * random.random())
        os.kill(process_id, signal.SIGKILL)
        lines += told.readlines()
    os.waitpid(process_id, 0)
    return [line for line in lines if line.endswith("\n")]


def _live(folder: Path, hub_url: str, life: int, told: int) -> None:
    """Write and send until the kill comes."""
    began_s = time.perf_counter()
    outbox = Outbox(folder / "outbox")
    os.write(told, f"open {time.perf_counter() - began_s}\n".encode())
    uplink = Uplink(hub_url, outbox, FAST)
    uplink.start()
    number = 0
    while True:
        content = JPEG_START + f"{life}:{number}".encode() * 500
        sha256 = outbox.put_picture(content)
        envelope = event(f"life-{life}", number, after_s=life, picture=sha256)
        outbox.put(envelope)
        os.write(told, f"event {envelope.id} {sha256}\n".encode())
        number += 1


def _drain(folder: Path, hub_url: str) -> None:
    outbox = Outbox(folder / "outbox")
    uplink = Uplink(hub_url, outbox, FAST)
    uplink.start()
    uplink.drained(DRAIN_S)
    uplink.close()
    outbox.close()
