"""The loudspeaker (component 158): speaks texts, plays recordings, says what it is doing.

Orders come in TUNNEL (`onboard.mavlink.loudspeaker`) or, for ground stations that have only
buttons, as MAV_CMD_USER_1 (play message number p1, in the order of the names), MAV_CMD_USER_2
(stop) and MAV_CMD_USER_3 (volume p1 percent). Recordings come by MAVLink FTP.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from onboard.mavlink.codec import Address, Message
from onboard.mavlink.loudspeaker import (
    COMPONENT,
    LANGUAGES,
    PROGRESS_UNKNOWN,
    Order,
    PlayOrder,
    SpeakerAck,
    SpeakerState,
    SpeakerStatus,
    SpeakPart,
    StopOrder,
    VolumeOrder,
    packet_of,
    tunnel,
)
from sim.payload.autopilot import AutopilotView
from sim.payload.config import LoudspeakerSettings
from sim.payload.device import (
    ACCEPTED,
    CANCELLED,
    DENIED,
    FAILED,
    IN_PROGRESS,
    NO_ANSWER,
    TEMPORARILY_REJECTED,
    Device,
    PayloadSend,
    Request,
)
from sim.payload.ftp import FtpServer, MessageStore
from sim.payload.sound import Heard, Listener, NotASound, Sound, sound_of
from sim.payload.voice import NoVoice, Utterance, Voice

KIND, LINK = 0, "payload"
PLAY_NUMBER, STOP, VOLUME = 31010, 31011, 31012
TELL_S = 1.0
MOST_PARTS = 32
EVERYONE = Address(0, 0)
# In place of an order's number for what a command began; no order has it.
NO_ORDER = -1
Answer = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Playing:
    """What sounds, or is being prepared while `sound` is None."""

    title: str
    language: str
    order: tuple[Address, int]
    answer: Answer
    utterance: Utterance | None
    sound: Sound | None
    began_s: float

    def position_s(self, now_s: float) -> float:
        return 0.0 if self.sound is None else min(now_s - self.began_s, self.sound.length_s)

    def progress(self, now_s: float) -> int:
        if self.sound is None:
            return 0
        return min(99, int(100 * self.position_s(now_s) / self.sound.length_s))


@dataclass(slots=True)
class _Parts:
    language: str
    parts: int
    pieces: dict[int, bytes] = field(default_factory=dict)


class LoudspeakerDevice(Device):
    """One loudspeaker. Counts packets that made no sense in `malformed`.

    `voice` reads texts out; None: they are refused.
    """

    def __init__(
        self,
        settings: LoudspeakerSettings,
        *,
        view: AutopilotView,
        system_id: int,
        voice: Voice | None,
        listener: Listener | None,
    ) -> None:
        super().__init__(
            view=view, system_id=system_id, component_id=COMPONENT, link=LINK, kind=KIND
        )
        self.volume_percent = settings.volume_percent
        self.store = MessageStore(settings.storage_bytes)
        self.malformed = 0
        self._settings = settings
        self.voice = voice
        self._listener = listener
        self._ftp = FtpServer(self.store, own=Address(system_id, COMPONENT))
        self._playing: _Playing | None = None
        self._parts: dict[tuple[Address, int], _Parts] = {}
        self._answers: dict[tuple[Address, int], SpeakerAck] = {}
        self._tell_s = math.inf
        self._commands |= {
            PLAY_NUMBER: self._play_number,
            STOP: self._stop_command,
            VOLUME: self._volume_command,
        }

    @property
    def state(self) -> SpeakerState:
        """What it is doing."""
        if self._playing is None:
            return SpeakerState.SILENT
        sounds = self._playing.sound is not None
        return SpeakerState.PLAYING if sounds else SpeakerState.PREPARING

    @property
    def work_s(self) -> float:
        """When a text is ready, a sound over, or a word about it due."""
        return min(self._end_s(), self._tell_s)

    def transfer(self, message: Message, now_s: float) -> list[PayloadSend]:
        """FILE_TRANSFER_PROTOCOL."""
        answers = self._ftp.receive(message, now_s)
        return [PayloadSend(self.link, self.component_id, send) for send in answers]

    def order(self, message: Message, now_s: float) -> list[PayloadSend]:
        """TUNNEL."""
        packet = packet_of(message)
        if isinstance(packet, SpeakPart | PlayOrder | StopOrder | VolumeOrder):
            self._take(packet, message.sender, now_s)
        else:
            self.malformed += 1
        return self._said()

    def _take(self, order: Order, sender: Address, now_s: float) -> None:
        key = (sender, order.request)
        known = self._answers.get(key)
        if known is not None:
            self._repeat(known, key, now_s)
            return
        match order:
            case SpeakPart():
                self._gather(order, key, now_s)
            case PlayOrder():
                self._play(order.name, key, self._tunnel_answer(key), now_s)
            case StopOrder():
                self._stop(now_s)
                self._tell_order(key, ACCEPTED)
            case VolumeOrder():
                self._tell_order(key, self._set_volume(order.percent))

    def _repeat(self, known: SpeakerAck, key: tuple[Address, int], now_s: float) -> None:
        playing = self._playing
        if known.result == IN_PROGRESS and playing is not None and playing.order == key:
            self._tell_order(key, IN_PROGRESS, playing.progress(now_s))
        else:
            self._send_packet(known, key[0])

    def _gather(self, part: SpeakPart, key: tuple[Address, int], now_s: float) -> None:
        if part.language not in LANGUAGES:
            self._tell_order(key, DENIED, reason=f"no voice for {part.language!r}")
            return
        if not part.part < part.parts <= MOST_PARTS:
            self.malformed += 1
            return
        parts = self._parts.setdefault(key, _Parts(part.language, part.parts))
        parts.pieces[part.part] = part.text
        if len(parts.pieces) < parts.parts:
            return
        del self._parts[key]
        raw = b"".join(parts.pieces[number] for number in sorted(parts.pieces))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._tell_order(key, DENIED, reason="the text is not UTF-8")
            return
        self._speak(text, part.language, key, now_s)

    def _speak(self, text: str, language: str, key: tuple[Address, int], now_s: float) -> None:
        answer = self._tunnel_answer(key)
        if self._refuses(answer):
            return
        if self.voice is None:
            answer(FAILED, PROGRESS_UNKNOWN, "this loudspeaker has no voice")
            return
        try:
            utterance = self.voice.begin(text, language)
        except NoVoice as error:
            answer(FAILED, PROGRESS_UNKNOWN, str(error))
            return
        ready_s = now_s + self._settings.preparation_s
        self._playing = _Playing(text, language, key, answer, utterance, None, ready_s)
        self._begun(now_s)

    def _play(self, name: str, key: tuple[Address, int], answer: Answer, now_s: float) -> None:
        if self._refuses(answer):
            return
        recorded = self.store.files.get(name)
        if recorded is None:
            answer(DENIED, PROGRESS_UNKNOWN, f"no recording is called {name!r}")
            return
        try:
            sound = sound_of(recorded)
        except NotASound as error:
            answer(FAILED, PROGRESS_UNKNOWN, f"{name}: {error}")
            return
        self._playing = _Playing(name, "", key, answer, None, sound, now_s)
        self._begun(now_s)

    def _refuses(self, answer: Answer) -> bool:
        if self._playing is None:
            return False
        answer(TEMPORARILY_REJECTED, PROGRESS_UNKNOWN, "another message sounds; stop it first")
        return True

    def _begun(self, now_s: float) -> None:
        if self._playing is not None:
            self._playing.answer(IN_PROGRESS, 0, "")
        self._tell(now_s)

    def _work(self, now_s: float) -> None:
        playing = self._playing
        if playing is None:
            return
        if now_s >= self._end_s():
            if playing.sound is None:
                self._begin_to_sound(playing, now_s)
            else:
                self._finish(playing, ACCEPTED, now_s)
        elif now_s >= self._tell_s:
            playing.answer(IN_PROGRESS, playing.progress(now_s), "")
            self._tell(now_s)

    def _end_s(self) -> float:
        playing = self._playing
        if playing is None:
            return math.inf
        return playing.began_s + (0.0 if playing.sound is None else playing.sound.length_s)

    def _begin_to_sound(self, playing: _Playing, now_s: float) -> None:
        try:
            if playing.utterance is not None:
                playing.sound = playing.utterance.sound()
                playing.began_s = now_s
        except NoVoice as error:
            self._finish(playing, FAILED, now_s, str(error))
            return
        self._tell(now_s)

    def _finish(self, playing: _Playing, result: int, now_s: float, reason: str = "") -> None:
        if playing.sound is not None and self._listener is not None:
            self._listener.hear(
                Heard(
                    system_id=self._system,
                    title=playing.title,
                    language=playing.language,
                    sound=playing.sound,
                    volume=self.volume_percent / 100.0,
                    began_s=playing.began_s,
                    played_s=playing.position_s(now_s),
                )
            )
        self._playing = None
        playing.answer(result, 100 if result == ACCEPTED else PROGRESS_UNKNOWN, reason)
        self._tell(now_s)

    def _stop(self, now_s: float) -> None:
        if self._playing is not None:
            self._finish(self._playing, CANCELLED, now_s, "stopped")

    def _set_volume(self, percent: float) -> int:
        if not 0.0 <= percent <= 100.0:
            return DENIED
        self.volume_percent = round(percent)
        return ACCEPTED

    def _tell(self, now_s: float) -> None:
        """Say to everyone what is heard, and when to say so again."""
        playing = self._playing
        self._tell_s = math.inf if playing is None else now_s + TELL_S
        status = SpeakerStatus(
            request=0 if playing is None else max(playing.order[1], 0),
            state=self.state,
            volume=self.volume_percent,
            position_s=0.0 if playing is None else playing.position_s(now_s),
            length_s=playing.sound.length_s if playing and playing.sound else 0.0,
            language="" if playing is None else playing.language,
            title="" if playing is None else playing.title,
        )
        self._send_packet(status, EVERYONE)

    def _tell_order(
        self,
        key: tuple[Address, int],
        result: int,
        progress: int = PROGRESS_UNKNOWN,
        reason: str = "",
    ) -> None:
        self.refused += result not in (ACCEPTED, IN_PROGRESS, CANCELLED)
        ack = SpeakerAck(request=key[1], result=result, progress=progress, reason=reason)
        self._answers.pop(key, None)
        self._answers[key] = ack
        if len(self._answers) > MOST_PARTS:
            del self._answers[next(iter(self._answers))]
        self._send_packet(ack, key[0])

    def _tunnel_answer(self, key: tuple[Address, int]) -> Answer:
        def answer(result: int, progress: int, reason: str) -> None:
            self._tell_order(key, result, progress, reason)

        return answer

    def _send_packet(self, packet: SpeakerAck | SpeakerStatus, to: Address) -> None:
        self._out.append(PayloadSend(self.link, self.component_id, tunnel(packet, to)))

    def _play_number(self, request: Request, now_s: float) -> int:
        names, number = self.store.names(), request.params[0]
        key = (request.sender, NO_ORDER)
        playing = self._playing
        if playing is not None and playing.order == key and request.confirmation:
            return IN_PROGRESS
        if not (1 <= number <= len(names) and number == int(number)):
            return DENIED

        def answer(result: int, progress: int, reason: str) -> None:
            self._acknowledge(request, result, progress)

        self._play(names[int(number) - 1], key, answer, now_s)
        return NO_ANSWER

    def _stop_command(self, request: Request, now_s: float) -> int:
        self._stop(now_s)
        return ACCEPTED

    def _volume_command(self, request: Request, now_s: float) -> int:
        return self._set_volume(request.params[0])
