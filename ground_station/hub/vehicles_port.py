"""The port by which the hub sees and commands vehicles; the links behind it are not its matter.

Angles are radians, clockwise from true north where they are bearings; latitude and longitude are
degrees, WGS 84. Nothing here is sent to an aircraft; adapters do that.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import AwareDatetime, Field

from ground_station.flying.wishes import AnyWish
from ground_station.hub.payload_view import PayloadView
from ground_station.hub.plan_views import OnBoard, PlanChanged, UploadPhase, UploadProgress
from ground_station.hub.signing_views import SigningView, WhoseKey
from ground_station.links.views import LinksView
from ground_station.readiness.report import ReadinessReport
from ground_station.view import View
from ground_station.words import Words
from missions.plan import Plan
from onboard.messages import TracksReport


class HomeView(View):
    """Where a vehicle says it took off; degrees, metres above mean sea level."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float


class VehicleView(View):
    """What is known of one vehicle now. `None` is 'the vehicle has not said'.

    `linked` is false once the vehicle has been silent for longer than its link allows; the other
    fields then hold what was last heard. `plan_proven` says that the mission on board is the one
    this ground station uploaded: the reported hash equals the predicted one and PX4's verdict after
    the ACK was valid.
    """

    system_id: int = Field(ge=1, le=255)
    drone_id: str
    name: str
    linked: bool
    mode: str | None = None
    armed: bool | None = None
    landed: bool | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_amsl_m: float | None = None
    height_above_home_m: float | None = None
    heading_rad: float | None = None
    ground_speed_m_s: float | None = None
    battery_remaining: float | None = Field(default=None, ge=0, le=1)
    mission_current: int | None = None
    mission_total: int | None = None
    mission_hash: int | None = None
    plan_proven: bool = False
    plan_notice: str = ""
    last_heard_s_ago: float | None = None
    home: HomeView | None = None
    payload: PayloadView | None = None


class UploadResult(StrEnum):
    """`refused`: the vehicle judged the plan bad. `failed`: it could not be brought or proven."""

    PROVEN = "proven"
    REFUSED = "refused"
    FAILED = "failed"


class UploadOutcome(View):
    """What became of an upload. Hashes are those that the vehicle reports, `None` if it did not.

    `verdict` is the vehicle's own word after the ACK (its STATUSTEXT, or 'valid'); `reason` is ours
    and empty where the plan is proven; `items` counts the mission items sent. `phase` is where it
    failed and `item` the index (from 0) of the item at fault. `restored` says whether what was on
    board before is on board again (null: nobody knows, or nothing was to be restored), `on_board`
    whose parts the vehicle reports; `warnings` are what the operator should know besides.
    """

    outcome: UploadResult
    mission_hash: int | None = None
    fence_hash: int | None = None
    rally_hash: int | None = None
    verdict: str = ""
    items: int = 0
    reason: str = ""
    phase: UploadPhase = UploadPhase.ENDED
    item: int | None = None
    restored: bool | None = None
    on_board: OnBoard | None = None
    warnings: tuple[str, ...] = ()


class VehicleCommand(StrEnum):
    """What an operator can ask of a vehicle in the air or on its dock."""

    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    LAND = "land"


class CommandResult(StrEnum):
    """`done`: seen in the vehicle's state; `refused`: it said no; `failed`: no answer, or not seen
    in time; `cancelled`: a newer command took its place, or somebody ended it."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CommandOutcome(View):
    """What became of a command: `reason` in English for logs, `words` for people.

    `confirmation` is what a command that must be confirmed has to be sent again with.
    """

    outcome: CommandResult
    reason: str = ""
    words: Words | None = None
    confirmation: str | None = None


class DeedView(View):
    """A command on its way: told on the stream when it begins, moves and ends."""

    deed_id: int
    system_id: int
    command: str
    who: str
    stage: str
    progress: float | None = None
    outcome: CommandResult | None = None
    words: Words | None = None


class LeaseView(View):
    """Who may command a vehicle now. `holder` is null where nobody holds it.

    `asked_by` waits for the holder's answer; `takeable` says that the holder has not been heard for
    long enough for anybody to take it. `foreign` tells of another ground station that commands the
    same vehicle past this hub.
    """

    system_id: int
    holder: str | None = None
    since: AwareDatetime | None = None
    asked_by: str | None = None
    asked_why: str = ""
    takeable: bool = False
    foreign: Words | None = None
    foreign_at: AwareDatetime | None = None


class FlownPoint(NamedTuple):
    """One point of a flown path; the time is the vehicle's own UTC."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float
    time: AwareDatetime


LatLon = tuple[float, float]


class PlanOnBoard(View):
    """A vehicle's mission changed or was first known: the ground path it will fly, degrees."""

    system_id: int
    path: tuple[LatLon, ...]


class ForeignCommand(View):
    """Somebody who is not of this hub commands a vehicle."""

    system_id: int
    words: Words


VehicleChange = VehicleView | PlanOnBoard | DeedView | ForeignCommand | UploadProgress | PlanChanged
ChangeListener = Callable[[VehicleChange], None]


class UnknownVehicle(LookupError):
    """No vehicle with this system id has been heard or configured."""

    def __init__(self, *, system_id: int) -> None:
        self.system_id = system_id
        super().__init__(f"no vehicle with system id {system_id}")


class DroneName(NamedTuple):
    """How a system id is called: by machines (`qyran-1`) and on the operator's page."""

    drone_id: str
    name: str


class VehiclePort(Protocol):
    """Every vehicle that the hub can see. All methods run on the hub's event loop.

    `ground_station.vehicles.vehicles_over_links(*, links: Sequence[str],
    names: Mapping[int, DroneName], lean_streams: bool) -> VehiclePort` makes the real one, without
    opening anything; a link is written `udpin:0.0.0.0:14550`. A system id without a name is
    called `system-N`.

    `upload` and `command` are transactions that end with an outcome within their own time limits
    and never raise for what a vehicle or a link does. Every method that takes a system id raises
    `UnknownVehicle` where there is none. `plan` is `None` where this ground station neither
    uploaded nor read one.
    """

    def views(self) -> list[VehicleView]: ...

    def links(self) -> LinksView: ...

    async def upload(self, system_id: int, plan: Plan, *, in_flight: bool = False) -> UploadOutcome:
        """`in_flight` says that a mission that is being flown may be replaced: PX4 then flies the
        new one from its first item at once. Without it such an upload is refused."""
        ...

    def cancel_upload(self, system_id: int) -> bool:
        """End the upload under way; what was on board before is put back. False: there is none."""
        ...

    async def command(
        self, system_id: int, command: VehicleCommand | AnyWish, who: str = ""
    ) -> CommandOutcome: ...

    async def cancel(self, system_id: int, deed_id: int | None = None) -> int:
        """End what is under way (or one deed of it): how many were ended. The vehicle hovers where
        it was moving for the deed."""
        ...

    def tracks_seen(self, drone_id: str, report: TracksReport) -> None:
        """What an aircraft's camera follows now: a vehicle may be told to follow one of these."""
        ...

    async def readiness(self, system_id: int) -> ReadinessReport: ...

    async def give_signing_key(self, system_id: int, whose: WhoseKey) -> SigningView: ...

    async def take_signing_key(self, system_id: int) -> SigningView: ...

    def planned_path(self, system_id: int) -> tuple[LatLon, ...]: ...

    def plan(self, system_id: int) -> Plan | None: ...

    def flown_path(self, system_id: int) -> tuple[FlownPoint, ...]: ...

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener` on each change (a vehicle at most about 4 times a second); the returned
        function ends the subscription. The listener never blocks and never raises."""
        ...

    async def start(self) -> None:
        """Open the links. Raises OSError where a port cannot be had."""
        ...

    async def close(self) -> None:
        """Close the links and end every task."""
        ...
