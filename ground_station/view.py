"""Common settings of what the operations centre tells its clients."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """Immutable, with nothing that is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
