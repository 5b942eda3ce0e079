"""One MAVLink link of a vehicle: its streams, its transfers, its answers.

What is sent is `Outgoing`: a message with the component that says it. The autopilot is component 1.
The gimbal's link takes less in than the others, as PX4's does.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint
from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_items import item_result
from sim.vehicle.commands import handle, set_mission_item, unacknowledged
from sim.vehicle.information import INFORMATION
from sim.vehicle.modes.requests import Peer
from sim.vehicle.navigation import Text
from sim.vehicle.parameters import ParameterEndpoint
from sim.vehicle.raw_telemetry import ALL_BUILDERS
from sim.vehicle.streams import Rates, StreamSchedule
from sim.vehicle.telemetry import Fields
from sim.vehicle.wire.clock_answers import ping_answer, timesync_answer
from sim.vehicle.wire.command_parameters import unused_is_set
from sim.vehicle.wire.ftp import FtpServer
from sim.vehicle.wire.gates import GATES
from sim.vehicle.wire.heard import EVERYBODY, Heard, target_of
from sim.vehicle.wire.intervals import interval_of, message_name, set_interval
from sim.vehicle.wire.modes_input import INPUTS
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing
from sim.vehicle.wire.ports import COMPANION, GIMBAL, LINKS, PAYLOAD
from sim.vehicle.wire.request import ACCEPTED, DENIED, Request, asked_int, asked_long
from sim.vehicle.wire.shared import Shared
from sim.vehicle.wire.stream_names import NOTHING_NEW
from sim.vehicle.wire.texts import TextQueue
from sim.vehicle.wire.traffic import Traffic

__all__ = ["AUTOPILOT", "Outgoing", "VehicleLink"]
CRITICAL, STANDBY, ACTIVE = 2, 3, 4
REQUEST_MESSAGE, SET_MESSAGE_INTERVAL, GET_MESSAGE_INTERVAL = 512, 511, 510
MESSAGE_INTERVAL = 244
GIMBAL_STATUS, STOPPED, AS_USUAL = "GIMBAL_DEVICE_ATTITUDE_STATUS", -1, 0
NO_RECEIVER_EVERY_S = 1.0
# What PX4 looks at on the gimbal's link; the rest is passed on only.
GIMBAL_LINK_TAKES = frozenset(
    (
        "HEARTBEAT",
        "GIMBAL_MANAGER_SET_ATTITUDE",
        "GIMBAL_MANAGER_SET_MANUAL_CONTROL",
        "GIMBAL_DEVICE_INFORMATION",
        "GIMBAL_DEVICE_ATTITUDE_STATUS",
    )
)
GIMBAL_STREAMS = frozenset(
    ("GIMBAL_DEVICE_SET_ATTITUDE", "GIMBAL_DEVICE_ATTITUDE_STATUS", "GIMBAL_MANAGER_STATUS")
)
BUILDABLE = frozenset(ALL_BUILDERS) | {"LINK_NODE_STATUS", "CURRENT_EVENT_SEQUENCE"}


class VehicleLink:
    """The vehicle's end of one link.

    `counts` says what came in and what became of it: "received", "ignored" (nothing is known to do
    with it), "not_for_us", "denied", "unsupported", "rejected" and "failed" commands, "refused"
    items. `traffic` feeds LINK_NODE_STATUS.
    """

    def __init__(self, name: str, shared: Shared, rates: Rates) -> None:
        self.name = name
        self.heard = Heard()
        self.texts = TextQueue()
        self.counts: Counter[str] = Counter()
        self.traffic = Traffic()
        self.ftp = FtpServer(shared.files)
        self._shared = shared
        self._aircraft = aircraft = shared.aircraft
        self._system = aircraft.config.system_id
        self._item_number = 0
        self._receiver_silent_since_s: float | None = None
        self._plans = PlanEndpoint(aircraft.plans, own=shared.own, check=self._check_item)
        self._parameters = ParameterEndpoint(aircraft.parameters, own=shared.own)
        heard = aircraft.config.payload and name in (GIMBAL, PAYLOAD)
        table = None if heard else aircraft.stream_table(LINKS.index(name))
        if heard:
            # It is asked for what PX4 would stream there: see `AttachedPayload`.
            rates = {}
        if not aircraft.gimbal.enabled:
            # Without a gimbal manager these have nothing to say until the next boot.
            rates = {each: rate for each, rate in rates.items() if each not in GIMBAL_STREAMS}
        self.streams = StreamSchedule(rates, began_s=aircraft.boot_s, table=table)
        self._holds_gimbal = aircraft.config.streams == "lean" and name == COMPANION
        if self._holds_gimbal:
            # PX4 passes a gimbal on only to links where somebody was heard.
            self.streams.set_interval(GIMBAL_STATUS, STOPPED, aircraft.boot_s)
        self._builders: dict[str, Callable[[float], Fields]] = {
            "CURRENT_EVENT_SEQUENCE": lambda at_s: shared.events.current(),
            "LINK_NODE_STATUS": self._node_status,
        }
        self._handlers: dict[str, Callable[[Message, float], list[Outgoing]]] = {
            "HEARTBEAT": self._heartbeat,
            "COMMAND_LONG": self._command_long,
            "COMMAND_INT": self._command_int,
            "COMMAND_ACK": self._acknowledged,
            "SET_MODE": self._set_mode,
            "MISSION_SET_CURRENT": self._set_current,
            "PING": self._ping,
            "TIMESYNC": self._timesync,
            "REQUEST_EVENT": self._request_event,
            "FILE_TRANSFER_PROTOCOL": self._transfer_file,
            "SETUP_SIGNING": self._setup_signing,
            "GIMBAL_MANAGER_SET_ATTITUDE": self._gimbal_manager,
            "GIMBAL_MANAGER_SET_MANUAL_CONTROL": self._gimbal_manager,
            "GIMBAL_DEVICE_INFORMATION": self._gimbal_device,
            "GIMBAL_DEVICE_ATTITUDE_STATUS": self._gimbal_device,
        }

    @property
    def own(self) -> Address:
        """The autopilot's address."""
        return self._shared.own

    @property
    def ignored(self) -> int:
        """Messages that nothing is known to do with."""
        return self.counts["ignored"]

    def receive(self, message: Message, now_s: float) -> list[Outgoing]:
        """Answer a message; `now_s` is seconds since boot."""
        self.counts["received"] += 1
        self.traffic.hear(message)
        if self._holds_gimbal:
            self._holds_gimbal = False
            self.streams.set_interval(GIMBAL_STATUS, AS_USUAL, now_s)
        self.heard.take(message, now_s)
        if self.name == GIMBAL and message.name not in GIMBAL_LINK_TAKES:
            self.counts["ignored"] += 1
            return []
        handler = self._handlers.get(message.name)
        if handler is not None:
            return handler(message, now_s)
        if message.name in INPUTS:
            return self._input(message)
        if message.name.startswith("PARAM_"):
            return self._mine(self._parameters.receive(message, now_s))
        if message.name.startswith("MISSION_"):
            return self._mission(message, now_s)
        self.counts["ignored"] += 1
        return []

    @property
    def next_s(self) -> float:
        """The boot second at which `tick` has something to do; zero while it always has."""
        if self._plans.busy or self._parameters.busy:
            return 0.0
        if not self.texts:
            return self.streams.next_s
        return min(self.streams.next_s, self.texts.due_s(wanted=self._wants_texts()))

    def tick(self, now_s: float) -> list[Outgoing]:
        """What is due by now: streams, repeats, texts, the next stretch of a list."""
        out: list[Outgoing] = []
        due = self.streams.waits or self.streams.next_s <= now_s
        if due and self._aircraft.commander.alive:
            self._pace_receiver(now_s)
            self._stream(now_s, out)
        if self.texts:
            out += self.say(now_s)
        if self._plans.busy:
            out += self._mine(self._plans.tick(now_s))
        if self._parameters.busy:
            out += self._mine(self._parameters.tick(now_s))
        return out

    def say(self, now_s: float) -> list[Outgoing]:
        """The text whose turn it is, if somebody wants texts here."""
        return self._mine(self.texts.take(now_s, wanted=self._wants_texts()))

    def _wants_texts(self) -> bool:
        aircraft = self._aircraft
        return aircraft.commander.alive and self.heard.wants_texts(aircraft.boot_s)

    def _stream(self, now_s: float, out: list[Outgoing]) -> None:
        aircraft = self._aircraft
        for name, at_s in self.streams.due(now_s, self._speaks):
            builder = ALL_BUILDERS.get(name)
            fields = self._builders[name](at_s) if builder is None else builder(aircraft, at_s)
            out.append(Outgoing(self.name, component_of(name, aircraft), Send(name, fields)))

    def _speaks(self, name: str) -> bool:
        gate = GATES.get(name)
        return gate is None or gate(self._aircraft)

    def _pace_receiver(self, now_s: float) -> None:
        """Without a satellite receiver PX4 says so once a second (GPS_RAW_INT.hpp)."""
        since_s = self._aircraft.estimate.receiver_silent_since_s
        if since_s == self._receiver_silent_since_s:
            return
        self._receiver_silent_since_s = since_s
        if since_s is None:
            self.streams.pace("GPS_RAW_INT", 0.0, now_s)
        else:
            self.streams.pace("GPS_RAW_INT", NO_RECEIVER_EVERY_S, since_s + NO_RECEIVER_EVERY_S)

    def _mine(self, sends: list[Send]) -> list[Outgoing]:
        """Our own messages; PX4 says texts on every link, whichever one caused them."""
        out: list[Outgoing] = []
        for send in sends:
            if send.name == "STATUSTEXT" and "id" not in send.fields:
                self._aircraft.say(send.fields["severity"], send.fields["text"])
            else:
                out.append(Outgoing(self.name, AUTOPILOT, send))
        return out

    def _node_status(self, at_s: float) -> Fields:
        traffic = self.traffic
        sent_bytes_s, received_bytes_s = traffic.rates_bytes_s(self._aircraft.boot_s)
        return {
            "timestamp": int(at_s * 1e6),
            "tx_rate": sent_bytes_s,
            "rx_rate": received_bytes_s,
            "messages_sent": traffic.sent + self.streams.sent,
            "messages_received": traffic.received,
            "messages_lost": traffic.lost,
        }

    def _heartbeat(self, message: Message, now_s: float) -> list[Outgoing]:
        # PX4 looks at its own components and at ground stations, whatever their system.
        of_ours = message.system_id == self._system or message.type == Peer.GROUND_STATION
        if message.type in _PEERS and of_ours:
            healthy = message.system_status in (STANDBY, ACTIVE)
            self._aircraft.modes.heard(Peer(message.type), healthy=healthy)
        return []

    def _input(self, message: Message) -> list[Outgoing]:
        if target_of(message)[0] not in (EVERYBODY, self._system):
            self.counts["not_for_us"] += 1
        elif not INPUTS[message.name](self._aircraft, message, self.name):
            self.counts["refused"] += 1
        return []

    def _mission(self, message: Message, now_s: float) -> list[Outgoing]:
        if message.name == "MISSION_ITEM_INT":
            self._item_number = message.seq
        return self._mine(self._plans.receive(message, now_s))

    def _check_item(self, item: WireItem, mission_type: int) -> int:
        chaos = self._shared.chaos
        refused = chaos.refused(chaos.mission, self._item_number)
        result = item_result(item, mission_type) if refused is None else refused
        self.counts["refused"] += result != ACCEPTED
        return result

    def _command_long(self, message: Message, now_s: float) -> list[Outgoing]:
        return self._command(message, asked_long(message), now_s)

    def _command_int(self, message: Message, now_s: float) -> list[Outgoing]:
        return self._command(message, asked_int(message), now_s)

    def _command(self, message: Message, request: Request, now_s: float) -> list[Outgoing]:
        system, component = message.target_system, message.target_component
        if system not in (EVERYBODY, self._system) or component not in (AUTOPILOT, EVERYBODY):
            self.counts["not_for_us"] += 1
            return []
        refused = self._shared.chaos.refused(self._shared.chaos.command, request.command)
        if refused is not None:
            return self._ack(request, refused)
        if unused_is_set(request.command, request.params):
            return self._ack(request, DENIED)
        if request.command == REQUEST_MESSAGE:
            return self._request_message(request)
        if request.command == SET_MESSAGE_INTERVAL:
            result = set_interval(self.streams, request.params, BUILDABLE, now_s)
            return self._ack(request, result)
        if request.command == GET_MESSAGE_INTERVAL:
            told = self._mine([interval_of(self.streams, request.params[0])])
            return told + self._ack(request, ACCEPTED)
        return self._do(request, now_s)

    def _do(self, request: Request, now_s: float) -> list[Outgoing]:
        answers = handle(self._aircraft, request)
        out: list[Outgoing] = []
        for answer in answers:
            to = Address(0, 0) if unacknowledged(request.command) else request.sender
            ack = self._ack(request, answer.result, progress=answer.progress, to=to)
            if answer.after_s > 0.0:
                self._shared.agenda.put(now_s + answer.after_s, ack)
            else:
                out += ack
        if not answers:
            self.counts["silent"] += 1
        return out

    def _ack(
        self, request: Request, result: int, *, progress: int = 0, to: Address | None = None
    ) -> list[Outgoing]:
        if result in _COUNTED:
            self.counts[_COUNTED[result]] += 1
        sender = to or request.sender or Address(0, 0)
        fields = {
            "command": request.command,
            "result": result,
            "progress": progress,
            "target_system": sender.system_id,
            "target_component": sender.component_id,
        }
        return [Outgoing(self.name, AUTOPILOT, Send("COMMAND_ACK", fields))]

    def _acknowledged(self, message: Message, now_s: float) -> list[Outgoing]:
        # A component answers a command that the mission sent: PX4 then stops repeating it.
        self.counts["acknowledged"] += 1
        return []

    def _request_message(self, request: Request) -> list[Outgoing]:
        name = message_name(request.params[0])
        if name == "MESSAGE_INTERVAL":
            told = self._mine([interval_of(self.streams, request.params[1])])
            return told + self._ack(request, ACCEPTED)
        sends = [] if name is None else self._requested(name, request.params[1])
        return self._mine(sends) + self._ack(request, ACCEPTED if sends else DENIED)

    def _requested(self, name: str, which: float) -> list[Send]:
        if name in INFORMATION:
            return INFORMATION[name](self._aircraft, which)
        if name in self._builders:
            streamed = name == "LINK_NODE_STATUS"
            return [Send(name, self._builders[name](self._aircraft.boot_s))] if streamed else []
        gate, builder = GATES.get(name), ALL_BUILDERS.get(name)
        if builder is None or name in NOTHING_NEW or name == "MISSION_CURRENT":
            return []
        if gate is not None and not gate(self._aircraft):
            return []
        return [Send(name, builder(self._aircraft, self._aircraft.boot_s))]

    def _set_mode(self, message: Message, now_s: float) -> list[Outgoing]:
        if message.target_system not in (EVERYBODY, self._system):
            self.counts["not_for_us"] += 1
            return []
        custom = message.custom_mode
        params = (float(message.base_mode), float(custom >> 16 & 0xFF), float(custom >> 24))
        request = Request(command=176, params=(*params, 0.0, 0.0, 0.0, 0.0), sender=message.sender)
        return self._do(request, now_s)

    def _set_current(self, message: Message, now_s: float) -> list[Outgoing]:
        if message.target_system != self._system:
            self.counts["not_for_us"] += 1
            return []
        if not set_mission_item(self._aircraft, message.seq):
            self.counts["refused"] += 1
            self._aircraft.say(CRITICAL, "WPM: WP CURR CMD: Not in list\t")
        return []

    def _ping(self, message: Message, now_s: float) -> list[Outgoing]:
        return self._mine(ping_answer(message))

    def _timesync(self, message: Message, now_s: float) -> list[Outgoing]:
        return self._mine(timesync_answer(message, self._aircraft.boot_s))

    def _request_event(self, message: Message, now_s: float) -> list[Outgoing]:
        if message.target_system not in (EVERYBODY, self._system):
            self.counts["not_for_us"] += 1
            return []
        first, last = message.first_sequence, message.last_sequence
        return self._mine(self._shared.events.requested(first, last, by=message.sender))

    def _transfer_file(self, message: Message, now_s: float) -> list[Outgoing]:
        targets = (message.target_system, message.target_component)
        if targets[0] not in (EVERYBODY, self._system) or targets[1] not in (EVERYBODY, AUTOPILOT):
            self.counts["not_for_us"] += 1
            return []
        return self._mine(self.ftp.receive(message, now_s))

    def _setup_signing(self, message: Message, now_s: float) -> list[Outgoing]:
        told = self._shared.signing.receive(message, armed=self._aircraft.commander.armed)
        if told is not None:
            self._aircraft.texts.append(Text(severity=told[0], text=told[1]))
        return []

    def _gimbal_manager(self, message: Message, now_s: float) -> list[Outgoing]:
        if message.target_system in (EVERYBODY, self._system):
            gimbal = self._aircraft.gimbal
            attitude = message.name == "GIMBAL_MANAGER_SET_ATTITUDE"
            (gimbal.set_attitude if attitude else gimbal.set_manual)(message)
        return []

    def _gimbal_device(self, message: Message, now_s: float) -> list[Outgoing]:
        if self._aircraft.gimbal.hear_device(message):
            self._aircraft.wake()
        return []


_PEERS = frozenset(Peer)
_COUNTED = {1: "rejected", 2: "denied", 3: "unsupported", 4: "failed"}


def component_of(name: str, aircraft: Any) -> int:
    """The component that a streamed message comes from."""
    if name == "GIMBAL_DEVICE_ATTITUDE_STATUS":
        device: int = aircraft.gimbal.device_id
        return device
    return AUTOPILOT
