"""The one way in which deeds talk to a vehicle: ask and get an answer, then see it done."""

import asyncio
from collections.abc import Callable

from ground_station.flying.outcome import NotDone, failed, joined, refused, words
from ground_station.flying.px4_words import plain, result_words
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.state import VehicleState
from ground_station.words import Words
from onboard.mavlink.codec import Address
from onboard.mavlink.command import CommandEnd, CommandOutcome, CommandPlace, CommandSender
from onboard.mavlink.px4_modes import DO_SET_MODE, Px4Mode, mode_parameters

POLL_S = 0.1
SEEN_TIMEOUT_S = 8.0
TEXTS_BELONG_S = 3.0
REASON_ARRIVES_S = 0.4
WARNING_SEVERITY = 4
# PX4 says these beside a refusal whatever its reason is.
SAYS_NOTHING = ("Arming denied: Resolve",)

NO_ANSWER = words("дрон жауап бермеді", "дрон не ответил", "the vehicle did not answer")


class Asking:
    """Commands to one vehicle and glances at its state, for one deed.

    `now` is the event loop's time, seconds. Every method that can fail raises `NotDone`.
    """

    def __init__(
        self, session: VehicleSession, tell: Callable[[Words, float | None], None]
    ) -> None:
        self.session = session
        self.tell = tell

    @property
    def state(self) -> VehicleState:
        """What the vehicle last said."""
        return self.session.state

    @property
    def now(self) -> float:
        """The event loop's time, seconds."""
        return asyncio.get_running_loop().time()

    def forget_orbit(self) -> None:
        """The circle that is reported next is of the orbit that is asked for now."""
        self.session.state.orbit = None

    async def command(
        self,
        number: int,
        *params: float,
        place: CommandPlace | None = None,
        to: Address | None = None,
    ) -> None:
        """Send a command and have it accepted. Raises NotDone."""
        answer = await self.answer(number, *params, place=place, to=to)
        if answer.end is CommandEnd.NO_ANSWER:
            raise failed(joined([NO_ANSWER, self.as_it_is()]))
        if not answer.accepted:
            raise await self.refusal(answer)

    async def answer(
        self,
        number: int,
        *params: float,
        place: CommandPlace | None = None,
        to: Address | None = None,
    ) -> CommandOutcome:
        """Send a command; whatever is answered."""
        sender = CommandSender(
            own=GROUND_STATION,
            vehicle=to or self.session.address,
            command=number,
            params=params,
            place=place,
        )
        return await self.session.run(sender, self.now)

    async def mode(self, mode: Px4Mode) -> None:
        """Ask for a mode and see the vehicle in it. Raises NotDone."""
        await self.command(DO_SET_MODE, *mode_parameters(mode))
        await self.see(lambda state: state.mode is mode)

    async def refusal(self, answer: CommandOutcome) -> NotDone:
        """Why it said no: its answer, and what it says beside it, in plain words."""
        # The text that tells the reason follows the ACK on the wire.
        await asyncio.sleep(REASON_ARRIVES_S)
        said = self.objections()
        return refused(joined([result_words(answer.result), *said]) if not said else joined(said))

    def objections(self, since_s: float = TEXTS_BELONG_S) -> list[Words]:
        """What the vehicle complained of in the last seconds, each once."""
        texts = [
            text.text
            for at_s, text in self.session.texts
            if text.severity <= WARNING_SEVERITY and self.now - at_s <= since_s
        ]
        telling = [text for text in texts if not text.startswith(SAYS_NOTHING)]
        return [plain(text) for text in dict.fromkeys(telling or texts)]

    async def see(
        self,
        holds: Callable[[VehicleState], bool],
        *,
        timeout_s: float = SEEN_TIMEOUT_S,
        objects: bool = True,
    ) -> None:
        """See something hold of the state, or raise NotDone with what the state is instead."""
        if not await self.session.until(holds, timeout_s=timeout_s):
            raise self.unseen(timeout_s, objects=objects)

    async def see_within(self, holds: Callable[[], bool], *, timeout_s: float) -> None:
        """As `see`, for what is not of the autopilot's state."""
        deadline_s = self.now + timeout_s
        while not holds():
            if self.now >= deadline_s:
                raise self.unseen(timeout_s, objects=False)
            await asyncio.sleep(POLL_S)

    def unseen(self, waited_s: float, *, objects: bool) -> NotDone:
        """The vehicle said yes, and then it was not seen."""
        said = self.objections(waited_s) if objects else []
        silent = self.now - self.state.heard_at_s
        why = words(
            "дрон келісті, бірақ {waited:.0f} с ішінде орындағаны көрінбеді",
            "дрон согласился, но за {waited:.0f} с не видно, чтобы он это сделал",
            "the vehicle said yes but was not seen to do it within {waited:.0f} s",
            waited=waited_s,
        )
        if silent > 2.0:
            why = words(
                "{silent:.0f} с бойы байланыс жоқ: не болғаны белгісіз",
                "связи нет уже {silent:.0f} с: неизвестно, что стало с командой",
                "the link has been silent for {silent:.0f} s: what became of it is unknown",
                silent=silent,
            )
        return failed(joined([why, *said, self.as_it_is()]))

    def as_it_is(self) -> Words:
        """The state that the vehicle is in now."""
        state = self.state
        height = state.height_above_home_m or 0.0
        mode = "?" if state.mode is None else state.mode.value
        if state.landed:
            return words(
                "қазір жерде, режимі {mode}",
                "сейчас на земле, режим {mode}",
                "now on the ground in mode {mode}",
                mode=mode,
            )
        return words(
            "қазір {height:.0f} м биіктікте, режимі {mode}",
            "сейчас на высоте {height:.0f} м, режим {mode}",
            "now {height:.0f} m up in mode {mode}",
            height=height,
            mode=mode,
        )
