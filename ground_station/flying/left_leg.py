"""Where a mission was left, and what operators had asked for, kept so that it can go on as before.

It outlives the process: a ground station that starts anew in the middle of a flight reads it from
its file, and what is not there is found from the plan on board (`on_the_leg`).
"""

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ground_station.flying.wishes import AnyWish
from ground_station.vehicles.plan_on_board.journal import write_whole
from onboard.mavlink.command import CommandPlace

Kept = Annotated[AnyWish, Field(discriminator="command")]


class Ask(BaseModel):
    """What an operator asked for, and the item that the mission was at then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wish: Kept
    item: int = 0


Asks = dict[str, Ask]


class LeftLeg(BaseModel):
    """The leg to item `item` of the mission `mission_hash`.

    `place` is where it was left (None: fly straight to the item); `asks` are operators' wishes that
    held then, by kind; `seen` is what the payload itself said it was doing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: int
    mission_hash: int | None = None
    place: CommandPlace | None = None
    asks: Asks = Field(default_factory=dict)
    seen: tuple[Kept, ...] = ()


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    asks: Asks = Field(default_factory=dict)
    left: LeftLeg | None = None


_RECORD = TypeAdapter(_Record)


class FlightMemory:
    """One vehicle's: what operators asked for in this flight, and the leg that was left.

    `unwritten` counts changes that the disk did not take: they hold until the process ends.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.unwritten = 0
        self._file = file
        self._record = _read(file)

    @property
    def asks(self) -> Asks:
        """The newest wish of each kind."""
        return self._record.asks

    @property
    def left(self) -> LeftLeg | None:
        """The leg that was left and is to be gone on with."""
        return self._record.left

    def ask(self, kind: str, wish: AnyWish, item: int | None) -> None:
        """An operator's wish was carried out."""
        self._record.asks.pop(kind, None)
        self._record.asks[kind] = Ask(wish=wish, item=item or 0)
        self._write()

    def leave(self, leg: LeftLeg) -> None:
        """Remember a leg."""
        self._record.left = leg
        self._write()

    def goes_on(self) -> None:
        """The mission flies again: what was asked for away from its leg is over."""
        if self._record.left is not None:
            self._record.asks = dict(self._record.left.asks)
        self._record.left = None
        self._write()

    def begins(self) -> None:
        """The mission is begun anew: no leg is waited for."""
        self._record.left = None
        self._write()

    def landed(self) -> None:
        """A new flight begins with nothing asked for."""
        if self._record.left is not None or self._record.asks:
            self._record = _Record()
            self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        try:
            write_whole(self._file, json.dumps(_RECORD.dump_python(self._record, mode="json")))
        except OSError:
            self.unwritten += 1


def _read(file: Path | None) -> _Record:
    if file is None:
        return _Record()
    try:
        return _RECORD.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        # Nothing is lost but what was asked for; what the plan asks for is on board.
        return _Record()
