"""What the hub tells of its links: state, counters, and who is behind them."""

from collections.abc import Mapping

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


class VehicleLinkView(View):
    """How one vehicle is reached. `loss` is 0..1 over the last ten seconds, None: not known.

    `moves` counts changes of link or peer; `signed` says whether its newest heartbeat was.
    """

    system_id: int
    link: str
    peer: str
    received: int
    lost: int
    moves: int
    loss: float | None
    signed: bool


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
