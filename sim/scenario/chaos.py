"""What a vehicle does wrong on the wire, as a scenario file writes it: `sim.vehicle.wire.chaos`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.conditions import Table
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.chaos import Mischief

Number = Annotated[int, Field(ge=0, le=65_535)]
Result = Annotated[int, Field(ge=0, le=255)]
Family = Literal["mission", "command", "parameter"]
_NOT_MISCHIEF = {"family"}
# Items and commands have a number by which they can be refused, only items have a place in a list.
_ONLY_OF: dict[str, tuple[Family, ...]] = {
    "refuse": ("mission", "command"),
    "wrong_number": ("mission",),
}


class ChaosEntry(Table):
    """How the answers of one family of messages go wrong.

    `refuse` maps an item's number (mission) or a command's (command) to the result that is told;
    `wrong_number` is added to the seq of what is asked for or given; `no_ack` withholds
    acknowledgements (a parameter's is its PARAM_VALUE), `late_ack_s` delays them, `copies` says
    them again; `stop_after` so many answers there are none any more.
    """

    family: Family
    refuse: dict[Number, Result] = Field(default_factory=dict)
    wrong_number: int = Field(default=0, ge=-65_535, le=65_535)
    no_ack: bool = False
    late_ack_s: float = Field(default=0.0, ge=0.0, le=3600.0)
    copies: int = Field(default=0, ge=0, le=100)
    stop_after: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        given = self.model_fields_set - _NOT_MISCHIEF
        if not given:
            raise ValueError("says nothing that goes wrong")
        for key, families in _ONLY_OF.items():
            if key in given and self.family not in families:
                raise ValueError(f"{self.family} knows no {key}; it is for: {', '.join(families)}")
        return self

    def apply(self, vehicle: Vehicle, *, on: bool) -> None:
        """Let answers of the family go wrong, or be right again."""
        setattr(vehicle.chaos, self.family, self._mischief() if on else Mischief())
        vehicle.aircraft.wake()

    def _mischief(self) -> Mischief:
        values = self.model_dump(exclude=_NOT_MISCHIEF, exclude_none=True)
        return Mischief(**values)
