"""A simulated PX4 vehicle with its links: messages in, messages out, no socket and no wall clock.

`now_s` is virtual seconds since the simulation began; the vehicle was booted at `booted_at_s`.
"""

import math
from collections import Counter

from onboard.mavlink.codec import Message, Send
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.encoder import pack_payload
from onboard.mavlink.px4_modes import custom_mode
from sim.clock import Clock
from sim.payload.component import PayloadComponent
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.attention import crosses, next_crossing_s
from sim.vehicle.commands import handle
from sim.vehicle.config import VehicleConfig
from sim.vehicle.core.fleet import KEPT as KEPT_NAMES
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.core.run import DRAIN, KEPT, SERVE, THINK
from sim.vehicle.core.schedule import FIRST_KEPT
from sim.vehicle.link import AUTOPILOT, Outgoing, VehicleLink
from sim.vehicle.navigation import Issued
from sim.vehicle.pose import VehiclePose
from sim.vehicle.raw_telemetry import ALL_BUILDERS
from sim.vehicle.together import Said, StreamFrames, advance
from sim.vehicle.wire.attached import AttachedPayload
from sim.vehicle.wire.boot import HEARTBEAT_FROM_S, BootStory
from sim.vehicle.wire.boot import LOOKS_EVERY_S as STORY_EVERY_S
from sim.vehicle.wire.chaos import ProtocolChaos
from sim.vehicle.wire.events import Event, failsafe_event, mirrored
from sim.vehicle.wire.gates import GATES
from sim.vehicle.wire.issued import command_long, device_request
from sim.vehicle.wire.ports import COMPANION, GIMBAL, GROUND, PAYLOAD
from sim.vehicle.wire.rates import PROFILES
from sim.vehicle.wire.request import Request
from sim.vehicle.wire.router import Router
from sim.vehicle.wire.shared import Shared
from sim.vehicle.wire.signing import SigningSetup
from sim.vehicle.wire.watch import MissionWatch

__all__ = ["COMPANION", "GIMBAL", "GROUND", "PAYLOAD", "PROFILES", "Vehicle"]
# A mission's command reaches PX4's commander one cycle of the navigator later.
COMMAND_LAG_S = 0.06


class Vehicle:
    """One vehicle. `receive` answers a message, `step` moves on and returns what is due.

    `payload` is the gimbal, camera, light and loudspeaker in the same process, where the
    configuration attaches one; otherwise the links "gimbal" and "payload" are for somebody else's.
    `chaos` makes answers go wrong.
    """

    def __init__(
        self,
        config: VehicleConfig,
        *,
        clock: Clock,
        seed: int = 1,
        booted_at_s: float = 0.0,
        payload: PayloadComponent | None = None,
        core: FleetCore | None = None,
    ) -> None:
        if payload is not None:
            config = config.model_copy(update={"payload": True})
        self.config = config
        self.booted_at_s = booted_at_s
        self.aircraft = Aircraft(config, clock=clock, seed=seed, booted_at_s=booted_at_s, core=core)
        self.shared = Shared(aircraft=self.aircraft)
        rates = PROFILES[config.streams]
        self.links: dict[str, VehicleLink] = {
            name: VehicleLink(name, self.shared, rates[name]) for name in config.links
        }
        self.router = Router(self.links, lean=config.streams == "lean")
        self.dropped_s = 0.0
        self._pending: list[tuple[float, Issued]] = []
        self._story = BootStory(self.aircraft)
        self._watch = MissionWatch(self.aircraft)
        self._unheard_until_s = self._others_at_s = 0.0
        self._attached: AttachedPayload | None = None
        if config.payload or payload is not None:
            self._attached = AttachedPayload(self, payload)

    @property
    def name(self) -> str:
        """The drone's id."""
        return self.config.drone_id

    @property
    def now_s(self) -> float:
        """The virtual second that the vehicle has been simulated to."""
        return self.booted_at_s + self.dropped_s + self.aircraft.boot_s

    @property
    def payload(self) -> PayloadComponent | None:
        """The payload in this process, if there is one."""
        return None if self._attached is None else self._attached.component

    @property
    def chaos(self) -> ProtocolChaos:
        """What goes wrong with the vehicle's answers."""
        return self.shared.chaos

    @property
    def signing(self) -> SigningSetup:
        """The key that SETUP_SIGNING gave."""
        return self.shared.signing

    def counts(self) -> dict[str, Counter[str]]:
        """What came in on each link and what became of it (see `VehicleLink.counts`)."""
        return {
            name: link.counts
            + Counter(
                texts_dropped=link.texts.dropped,
                files_refused=link.ftp.refused,
                untracked_components=link.heard.untracked,
            )
            for name, link in self.links.items()
        }

    def receive(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        """Answer a message that came in on a link, and pass it on to the links it is for."""
        out = self.receive_from_payload(link, message, now_s)
        if self._attached is not None:
            self._attached.exchange(out)
        return out

    def receive_from_payload(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        """The same, without letting an attached payload hear what comes of it."""
        boot_s = now_s - self.booted_at_s - self.dropped_s
        self.aircraft.catch_up()
        self.aircraft.wake()
        return self._answered(link, message, boot_s)

    def hear_payload(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        """The same for what is no reason to think: see `IDLE_TALK`."""
        return self._answered(link, message, now_s - self.booted_at_s - self.dropped_s)

    def _answered(self, link: str, message: Message, boot_s: float) -> list[Outgoing]:
        if boot_s < self._unheard_until_s:
            self.links[link].counts["while_booting"] += 1
            return []
        answers = self._spoilt(self.links[link].receive(message, boot_s), boot_s)
        out = self.router.spread(link, answers) + self.router.forward(link, message)
        for each in out:
            self.links[each.link].traffic.say(each)
        if self.aircraft.texts:
            self._say(boot_s)
            texts = self._texts(boot_s)
            for each in texts:
                self.links[each.link].traffic.say(each)
            out += texts
        return out

    def step(self, now_s: float) -> list[Outgoing]:
        """Move on to a virtual second, in whole physics steps, and return what is due."""
        out: list[Outgoing] = []
        for said in self.advance(now_s):
            out += [said] if isinstance(said, Outgoing) else said.outgoing()
        return out

    def advance(self, now_s: float) -> list[Said]:
        """The same, with the streams as frames."""
        return advance((self,), (now_s,))[0]

    def steps_at(self, now_s: float) -> int:
        """How many physics steps since boot there are at a virtual second."""
        return int((now_s - self.booted_at_s - self.dropped_s + 1e-9) / self.config.step_s)

    def attend(self, why: int, said: list[Said]) -> None:
        """The flight core stopped for the vehicle's mind or its links."""
        if why == THINK:
            if self.aircraft.look() and self._has_news():
                self.aircraft.serve_at(0.0)
        elif why == SERVE:
            self.drain(said)
            self._serve(said)
        elif why == DRAIN:
            self.drain(said)
        else:
            self._keep(KEPT - why)

    def drain(self, said: list[Said]) -> None:
        """Take what the flight core wrote by itself."""
        for name, link in self.links.items():
            data = link.streams.take()
            if data is not None:
                link.traffic.stream(data)
                said.append(StreamFrames(name, data))

    def _has_news(self) -> bool:
        """Whether what was thought is something for the links."""
        news = self.aircraft.has_news or self._watch.has_news
        return news or math.isfinite(self._story.waits_until_s())

    def _serve(self, said: list[Said]) -> None:
        """What the links have to say now, and when they have something to say again."""
        aircraft, watch = self.aircraft, self._watch
        boot_s = aircraft.boot_s
        undisturbed = aircraft.service_at_s == watch.repeat_s
        if undisturbed and self._others_at_s > boot_s and self._attached is None:
            told = self._on_all_links(watch.due(boot_s))
            for each in told:
                self.links[each.link].traffic.say(each)
            said += told
        else:
            out: list[Outgoing] = []
            self.tick_links(out)
            said += out
            self._rebooted()
            self._others_at_s = self._next_tick_s()
        aircraft.serve_at(min(self._others_at_s, watch.repeat_s))

    def _keep(self, slot: int) -> None:
        """Build a payload that the flight core sends until something changes."""
        name = KEPT_NAMES[slot - FIRST_KEPT]
        gate = GATES.get(name)
        payload = b""
        if gate is None or gate(self.aircraft):
            fields = ALL_BUILDERS[name](self.aircraft, self.aircraft.boot_s)
            payload = pack_payload(LAYOUT_BY_NAME[name], fields)
        core, index = self.aircraft.flight.core, self.aircraft.index
        core.keep(index, slot - FIRST_KEPT, payload)

    def _next_tick_s(self) -> float:
        """When links and announcements have something to do again, the watch apart."""
        boot_s = self.aircraft.boot_s
        if self._pending or self.shared.chaos.on:
            return 0.0
        waits = [self.shared.agenda.next_s]
        waits += [link.next_s for link in self.links.values()]
        if math.isfinite(self._story.waits_until_s()):
            waits.append(next_crossing_s(boot_s, STORY_EVERY_S))
        if self._attached is not None:
            waits.append(self._attached.next_s)
        if self.aircraft.gimbal.enabled and self.aircraft.gimbal.information is None:
            waits.append(next_crossing_s(boot_s, 1.0))
        return min(waits)

    def tick_links(self, out: list[Outgoing]) -> None:
        """Add what is due on all links now to `out`; called after the aircraft's step."""
        aircraft = self.aircraft
        boot_s = aircraft.boot_s
        first = len(out)
        if aircraft.issued or self._pending:
            self._do_issued(out)
        if aircraft.texts:
            self._say(boot_s)
        if crosses(boot_s, self.config.step_s, STORY_EVERY_S):
            self._tell(self._story.due(boot_s, out))
        if aircraft.gimbal.asks_for_device(boot_s) and aircraft.commander.alive:
            out += self._on_all_links([device_request()])
        out += self._on_all_links(self._watch.due(boot_s))
        for link in self.links.values():
            out += link.tick(boot_s)
        if self.shared.chaos.on:
            out[first:] = self._spoilt(out[first:], boot_s)
        if boot_s >= self.shared.agenda.next_s:
            out += self.router.spread_all(self.shared.agenda.take(boot_s))
        for each in out[first:]:
            self.links[each.link].traffic.say(each)
        if self._attached is not None:
            self._attached.step(out, first)

    def unix_s(self) -> float:
        """UTC as the vehicle has it, seconds since 1970."""
        return self.aircraft.unix_us() * 1e-6

    def skip(self, seconds: float) -> None:
        """Leave out virtual seconds that a slow machine could not simulate; they are counted."""
        self.dropped_s += seconds
        self.aircraft.leave_out(seconds)

    def pose(self, now_s: float) -> VehiclePose:
        """Truth at a virtual second, or as near to it as was simulated: see its `boot_s`."""
        return self.aircraft.pose(now_s - self.dropped_s)

    def reboot(self) -> None:
        """Boot anew where the vehicle is: parameters and plans stay, all else begins again.

        The links are silent and deaf until the autopilot runs again.
        """
        self.aircraft.faults.reboot_wanted = True
        self.aircraft.wake()

    def _rebooted(self) -> bool:
        faults = self.aircraft.faults
        if not faults.reboot_wanted:
            return False
        faults.reboot_wanted = False
        # Everything that counts from boot begins again; the vehicle's place in time does not.
        self.booted_at_s = self.now_s - self.dropped_s
        self.aircraft.reboot(self.booted_at_s)
        self.shared.restart()
        rates = PROFILES[self.config.streams]
        counts = {name: link.counts for name, link in self.links.items()}
        self.links.update(
            {name: VehicleLink(name, self.shared, rates[name]) for name in self.links}
        )
        for name, link in self.links.items():
            link.counts = counts[name]
        self._pending.clear()
        self._story = BootStory(self.aircraft)
        self._watch = MissionWatch(self.aircraft)
        self._unheard_until_s = HEARTBEAT_FROM_S
        return True

    def _do_issued(self, out: list[Outgoing]) -> None:
        now_s = self.aircraft.boot_s
        self._pending += [(now_s + COMMAND_LAG_S, command) for command in self.aircraft.issued]
        self.aircraft.issued.clear()
        while self._pending and self._pending[0][0] <= now_s:
            _, command = self._pending.pop(0)
            handle(self.aircraft, Request(command=command.command, params=command.params))
            out += self._on_all_links([command_long(command, self.config.system_id)])

    def _say(self, boot_s: float) -> None:
        """Queue the texts on every link and send the events that say the same."""
        for text in self.aircraft.texts:
            event = text.event or mirrored(text.text) or self._failsafe_event(text.text)
            if event is not None:
                self.shared.agenda.put(boot_s, self._on_all_links([self.shared.event(event)]))
            elif text.text.endswith("\t"):
                self.shared.counts["texts_without_event"] += 1
            for link in self.links.values() if text.spoken else ():
                link.texts.put(text, boot_s)
        self.aircraft.texts.clear()

    def _failsafe_event(self, text: str) -> Event | None:
        commander = self.aircraft.commander
        return failsafe_event(
            text,
            custom_mode=custom_mode(commander.intended),
            action=int(commander.failsafe.announced),
        )

    def _texts(self, boot_s: float) -> list[Outgoing]:
        """What of the texts may be said at once, and the events with them."""
        out = self.router.spread_all(self.shared.agenda.take(boot_s))
        for link in self.links.values():
            out += link.say(boot_s)
        return out

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            send = self.shared.event(event)
            self.shared.agenda.put(self.aircraft.boot_s, self._on_all_links([send]))

    def _spoilt(self, answers: list[Outgoing], boot_s: float) -> list[Outgoing]:
        """The answers as chaos leaves them."""
        if not self.shared.chaos.on:
            return answers
        now: list[Outgoing] = []
        for late_s, out in self.shared.chaos.spoil(answers):
            if late_s > 0.0:
                self.shared.agenda.put(boot_s + late_s, [out])
            else:
                now.append(out)
        return now

    def _on_all_links(self, sends: list[Send]) -> list[Outgoing]:
        return [Outgoing(link, AUTOPILOT, send) for send in sends for link in self.links]
