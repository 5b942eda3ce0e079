"""What a newer aircraft says and this reader does not know: kept and counted, never lost."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

KIND = r"^[A-Za-z0-9_.-]{1,32}$"


class UnknownReport(BaseModel):
    """A body of a kind that is not known here, with everything in it."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    kind: str = Field(pattern=KIND)


def unknown_fields(raw: object, read: object) -> int:
    """How many keys of a message as it came are not known to what it was read as."""
    if isinstance(raw, Mapping) and isinstance(read, BaseModel):
        known = type(read).model_fields
        new = 0 if isinstance(read, UnknownReport) else sum(key not in known for key in raw)
        return new + sum(
            unknown_fields(raw[key], getattr(read, key)) for key in known if key in raw
        )
    if isinstance(raw, list) and isinstance(read, tuple):
        return sum(map(unknown_fields, raw, read))
    return 0
