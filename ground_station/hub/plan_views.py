"""What the hub tells of plans: an upload on its way, what is on board after it, and a change that
somebody else made."""

from enum import StrEnum

from pydantic import Field

from ground_station.view import View


class UploadPhase(StrEnum):
    """Where an upload is. `settling` waits until nothing of it is on the wire any more."""

    READING = "reading"
    FENCE = "fence"
    RALLY = "rally"
    MISSION = "mission"
    VERDICT = "verdict"
    SETTLING = "settling"
    RESTORING = "restoring"
    ENDED = "ended"


class UploadProgress(View):
    """An upload on its way: `item` of `items` in the part (`fence`, `rally`, `mission`) under way.

    `outcome` (`proven`, `refused`, `failed`) and `reason` come with the phase `ended`.
    """

    system_id: int
    phase: UploadPhase
    part: str = ""
    item: int = Field(default=0, ge=0)
    items: int = Field(default=0, ge=0)
    outcome: str = ""
    reason: str = ""


class Holding(StrEnum):
    """Whose part is on board: the uploaded one, the one of before, none, or neither of ours."""

    NEW = "new"
    BEFORE = "before"
    EMPTY = "empty"
    OTHER = "other"
    UNKNOWN = "unknown"


class OnBoard(View):
    """Which mission, fence and rally points the vehicle reports, and their hashes."""

    mission: Holding = Holding.UNKNOWN
    fence: Holding = Holding.UNKNOWN
    rally: Holding = Holding.UNKNOWN
    mission_hash: int | None = None
    fence_hash: int | None = None
    rally_hash: int | None = None


class PlanChanged(View):
    """The plan on board is not the one that was there, and this hub did not change it.

    `parts` are those that changed; `who` names the sender where one was overheard, as
    'system/component', and is empty otherwise; `after_s` is how long the vehicle's report took
    after the last one that still told the old plan.
    """

    system_id: int
    parts: tuple[str, ...]
    who: str = ""
    notice: str
    after_s: float
