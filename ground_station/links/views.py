"""What the hub tells of its links: state, counters, and who is behind them."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from ground_station.view import View


class LinkView(View):
    """One link. `counters` names every frame and byte that it moved, dropped or refused."""

    address: str
    state: str
    for_s: float = Field(ge=0)
    why: str
    peers: tuple[str, ...]
    counters: Mapping[str, int]


class KeyState(StrEnum):
    """Which key counts for a vehicle. `given`: it was given one and has not been heard with it."""

    NONE = "none"
    COMMON = "common"
    GIVEN = "given"
    OWN = "own"


class VehicleLinkView(View):
    """How one vehicle is reached. `loss` is 0..1 over the last ten seconds, None: not known.

    `moves` counts changes of link or peer; `signed` says whether its newest heartbeat was.
    `refused` counts, over all links, what bore the vehicle's system id and was refused (`forged`,
    `replayed`, `unsigned`), passed over (`reordered`, `elsewhere`) or lost, and its events that
    were lost and then recovered or not.
    """

    system_id: int
    link: str
    peer: str
    received: int
    lost: int
    moves: int
    loss: float | None
    signed: bool
    key: KeyState = KeyState.NONE
    refused: Mapping[str, int] = {}


class StationView(View):
    """Another ground station on the same vehicles; `shares_our_id` is a fault to be mended."""

    system_id: int
    component_id: int
    link: str
    silent_s: float
    shares_our_id: bool


class RecordingView(View):
    """The recorder: its files, what it wrote, and why it cannot write where it cannot."""

    folder: str
    state: str
    why: str
    counters: Mapping[str, int]


class LinksView(View):
    """Everything about links. `totals` sums the counters of all links and of the switchboard."""

    links: tuple[LinkView, ...] = ()
    vehicles: tuple[VehicleLinkView, ...] = ()
    stations: tuple[StationView, ...] = ()
    signing: bool = False
    recording: RecordingView | None = None
    totals: Mapping[str, int] = {}

    @property
    def troubles(self) -> str:
        """What keeps links from being open, to be put behind what came of it."""
        return "".join(f"; link {each.address}: {each.why}" for each in self.links if each.why)
