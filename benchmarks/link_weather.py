"""An aircraft's outbox and uplink over a thin link, in virtual time; what came of its events."""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import httpx

from benchmarks.link_events import JPEG_START, SEVERITIES, event, stored
from benchmarks.thin_link import HubInMemory, ThinLink, Weather
from onboard.messages import Severity
from onboard.outbox import Outbox, OutboxSettings
from onboard.uplink import Uplink, UplinkSettings
from onboard.uplink.settings import Backoff
from onboard.uplink.uplink import Step

EVENT_EVERY_S = 4.0
AN_HOUR_S = 3_600.0
THIN_BYTES_S = 8_000.0
GONE_S = (60.0, 60.0 + AN_HOUR_S)
CUT = Weather(
    name="cut, delayed, doubled, out of order",
    latency_s=1.0,
    cut_before=0.1,
    cut_after=0.1,
    doubled=0.1,
)
THIN = Weather(name="64 kbit/s", bytes_s=THIN_BYTES_S, latency_s=0.3)
WORST = replace(
    CUT,
    name="64 kbit/s, 30 % lost, cut, doubled, out of order",
    bytes_s=THIN_BYTES_S,
    latency_s=0.3,
    packet_loss=0.3,
)
WEATHERS = (
    Weather(name="broadband"),
    THIN,
    Weather(name="30 % of packets lost", packet_loss=0.3),
    CUT,
    WORST,
    replace(WORST, name="the same, and 60 minutes of nothing", silence=(GONE_S,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`waited_s` by severity, each event from its making to its arrival; `after_heal_s` is from the
    end of the silence to the arrival of the last alarm that waited then. `overtaken` counts
    requests that brought something less urgent while an alarm waited that they did not bring.
    """

    weather: str
    events: int
    arrived: int
    effects: int
    refused: int
    waited_s: dict[Severity, list[float]]
    after_heal_s: float | None
    overtaken: int
    pictures: int
    pictures_arrived: int
    mean_picture_bytes: float
    failed_requests: int
    sent_bytes: int
    lasted_s: float


class Flight:
    """One aircraft that finds something every few seconds for a while."""

    def __init__(self, folder: Path, weather: Weather, *, seed: int, for_s: float) -> None:
        self._random = Random(seed)
        self._hub_folder = folder / "hub"
        self._hub = HubInMemory(self._hub_folder)
        self.link = ThinLink(self._hub, weather, Random(seed + 1))
        self._outbox = Outbox(folder / "outbox", OutboxSettings(), clock=lambda: self.link.now_s)
        settings = UplinkSettings()
        client = httpx.Client(transport=self.link, base_url="http://hub", timeout=5.0)
        self._uplink = Uplink(
            "http://hub", self._outbox, settings, client=client, clock=lambda: self.link.now_s
        )
        self._backoff = Backoff(settings, Random(seed + 2))
        self._due_s = [EVENT_EVERY_S * number for number in range(int(for_s / EVENT_EVERY_S))]
        self.made_s: dict[str, float] = {}
        self._severity: dict[str, Severity] = {}
        self.pictures: set[str] = set()
        self._alarms_waiting: set[str] = set()
        self._overtaken = 0

    def run(self, *, until_s: float) -> Outcome:
        """Fly, and go on until everything has arrived or the time is over."""
        while self.link.now_s < until_s:
            self._make_events()
            requests = self.link.requests
            step = self._uplink.step()
            if self.link.requests > requests:
                self._judge_order(self.link.last_ids)
            if step is Step.FAILED:
                self.link.wait(self._backoff.failed())
                continue
            self._backoff.succeeded()
            if step is Step.NOTHING_TO_DO:
                if len(self.made_s) == len(self._due_s):
                    break
                self.link.wait(0.5)
        return self._outcome()

    def _make_events(self) -> None:
        while len(self.made_s) < len(self._due_s):
            number = len(self.made_s)
            due_s = self._due_s[number]
            if due_s > self.link.now_s:
                return
            size_bytes = min(self._random.randint(60_000, 200_000), self._uplink.rate.picture_bytes)
            content = JPEG_START + self._random.randbytes(size_bytes - len(JPEG_START))
            sha256 = self._outbox.put_picture(content)
            envelope = event("trial", number, after_s=due_s, picture=sha256)
            self._outbox.put(envelope)
            self.made_s[envelope.id] = due_s
            self._severity[envelope.id] = SEVERITIES[number * 7 % len(SEVERITIES)]
            self.pictures.add(sha256 or "")
            if self._severity[envelope.id] is Severity.ALARM:
                self._alarms_waiting.add(envelope.id)

    def _judge_order(self, sent: frozenset[str]) -> None:
        """What the last request brought, against the alarms that no hub had when it began."""
        left_out = self._alarms_waiting - sent
        only_alarms = bool(sent) and {self._severity[each] for each in sent} == {Severity.ALARM}
        self._overtaken += bool(left_out) and not only_alarms
        self._alarms_waiting -= self.link.arrived_s.keys()

    def _outcome(self) -> Outcome:
        arrived = self.link.arrived_s
        refused = len(self._outbox.refused())
        self._outbox.close()
        self._hub.close()
        kept = stored(self._hub_folder)
        sizes = list(self.link.pictures.values())
        return Outcome(
            weather=self.link.weather.name,
            events=len(self.made_s),
            arrived=len(kept.ids & self.made_s.keys()),
            effects=kept.effects,
            refused=refused,
            waited_s={
                severity: [
                    arrived[each] - self.made_s[each]
                    for each in arrived
                    if self._severity[each] is severity
                ]
                for severity in Severity
            },
            after_heal_s=self._after_heal_s(),
            overtaken=self._overtaken,
            pictures=len(self.pictures),
            pictures_arrived=len(kept.pictures & self.pictures),
            mean_picture_bytes=sum(sizes) / max(1, len(sizes)),
            failed_requests=self.link.failed,
            sent_bytes=self.link.sent_bytes,
            lasted_s=self.link.now_s,
        )

    def _after_heal_s(self) -> float | None:
        for _, healed_s in self.link.weather.silence:
            waited = [
                at_s - healed_s
                for each, at_s in self.link.arrived_s.items()
                if self._severity[each] is Severity.ALARM and self.made_s[each] < healed_s <= at_s
            ]
            return max(waited, default=0.0)
        return None
