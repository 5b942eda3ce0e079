"""Links on loopback, with everything that they hear, and the other end by pymavlink."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from pymavlink import mavutil

from ground_station.links.address import read_link_address
from ground_station.links.link import Link, Voice, Wire
from ground_station.links.open_links import new_link
from onboard.mavlink.codec import Address, Message, Signing

OWN = Address(255, 190)
PATIENCE_S = 10.0


class Heard:
    """What a link handed on."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.wires: list[Wire] = []

    def __call__(self, wire: Wire, message: Message) -> None:
        self.messages.append(message)
        self.wires.append(wire)

    def of(self, system_id: int) -> list[Message]:
        return [m for m in self.messages if m.system_id == system_id]


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds; the test fails where it does not in time."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + PATIENCE_S
    while not holds():
        assert loop.time() < end_s, "it did not come true in time"
        await asyncio.sleep(0.005)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Awaitable[None]]:
    return until


OpenLink = Callable[..., Awaitable[Any]]


@pytest.fixture
async def link(heard: Heard) -> AsyncIterator[OpenLink]:
    """Opens links by their addresses and closes them in the end."""
    opened: list[Link] = []

    async def open_one(text: str, *, signing: Signing | None = None, tap: Any = None) -> Link:
        voice = Voice(own=OWN, receiver=heard, signing=signing, tap=tap)
        made = new_link(read_link_address(text), voice)
        await made.open()
        opened.append(made)
        return made

    yield open_one
    for each in opened:
        await each.close()


@pytest.fixture
def vehicle(monkeypatch: pytest.MonkeyPatch) -> Any:
    """pymavlink's end of a link, by its own connection string."""
    # Else it speaks MAVLink 1 until it has heard MAVLink 2.
    monkeypatch.setenv("MAVLINK20", "1")
    opened: list[Any] = []

    def connect(text: str, *, system_id: int = 1) -> Any:
        made = mavutil.mavlink_connection(
            text, source_system=system_id, source_component=1, dialect="development"
        )
        opened.append(made)
        return made

    yield connect
    for each in opened:
        with contextlib.suppress(OSError):
            each.close()
