"""One vehicle's deeds: which is carried out now, which gives way, and how each ended.

One deed at a time on each channel (flight, gimbal, camera, light, ...). A newer wish takes the
place of the older one, which ends as cancelled; while a safety wish (hold, return, land, abort,
kill) is carried out, only another safety wish takes its place. A safety wish ends everything that
could move the vehicle.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ground_station.flying import need
from ground_station.flying import wishes as w
from ground_station.flying.asking import Asking
from ground_station.flying.carrying_out import carry_out
from ground_station.flying.following import Pursuit, TargetSource
from ground_station.flying.left_leg import FlightMemory, LeftLeg
from ground_station.flying.on_the_leg import kind_of, seen_now
from ground_station.flying.outcome import NotDone, ended, failed, words
from ground_station.hub.vehicles_port import CommandOutcome, CommandResult, DeedView
from ground_station.vehicles.session import VehicleSession
from ground_station.words import Words
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode

CONFIRM_WITHIN_S = 15.0
OURS_FOR_S = 6.0
MOVES = (w.TakeOff, w.Divert, w.Orbit, w.Follow, w.ChangeHeight, w.Resume, w.Jump, w.Start)
LEAVES_THE_LEG = (w.Hold, w.Divert, w.Orbit, w.Follow, w.ChangeHeight, w.Return, w.Land, w.Abort)
# What is kept of a flight, to be asked for again when the mission goes on.
REMEMBERED = (
    w.ChangeSpeed,
    w.LookAt,
    w.LookAway,
    w.AimGimbal,
    w.TurnGimbal,
    w.ReleaseGimbal,
    w.TakePhotos,
    w.StopPhotos,
    w.StartVideo,
    w.StopVideo,
    w.Zoom,
    w.SetCameraMode,
)


@dataclass(slots=True)
class _Deed:
    id: int
    wish: w.AnyWish
    who: str
    task: asyncio.Task[CommandOutcome]
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class _Pursued:
    id: int
    who: str
    said: Words | None = None


class Pilot:
    """Carries out wishes on one vehicle; `told` hears of every stage of every deed."""

    def __init__(
        self,
        session: VehicleSession,
        *,
        told: Callable[[DeedView], None],
        targets: TargetSource | None = None,
        memory: Path | None = None,
    ) -> None:
        self.session = session
        self.memory = FlightMemory(memory)
        self.asked_mode_at_s = float("-inf")
        self._told = told
        self._deeds: dict[str, _Deed] = {}
        self._ids = itertools.count(1)
        self._pursuit = Pursuit(targets=targets, stop=self._hover)
        self._pursued: _Pursued | None = None
        self._kill_code: tuple[str, float] = ("", float("-inf"))
        self._mode: Px4Mode | None = None
        session.hear(self._heard)

    async def do(self, wish: w.AnyWish, who: str) -> CommandOutcome:
        """Carry a wish out to its outcome; never raises for what a vehicle or a link does."""
        if not self.session.state.linked(_now_s()) and not isinstance(wish, w.SAFETY):
            return failed(
                words("дронмен байланыс жоқ", "нет связи с дроном", "the vehicle is silent")
            ).outcome
        if isinstance(wish, w.Kill) and not self._confirmed(wish):
            return self._ask_to_confirm()
        channel = w.channel(wish)
        running = self._deeds.get(channel)
        if (
            running is not None
            and isinstance(running.wish, w.SAFETY)
            and not isinstance(wish, w.SAFETY)
        ):
            return ended(
                CommandResult.REFUSED,
                words(
                    "алдымен қауіпсіздік бұйрығы орындалуда: {what}",
                    "сначала выполняется команда безопасности: {what}",
                    "a safety command is being carried out first: {what}",
                    what=running.wish.command,
                ),
            )
        self._give_way(channel, wish)
        return await asyncio.shield(self._begin(channel, wish, who))

    async def cancel(self, deed_id: int | None = None) -> int:
        """End deeds; where one was moving the vehicle, have it hover. Returns how many ended."""
        chosen = [d for d in self._deeds.values() if deed_id in (None, d.id)]
        pursued = self._pursued is not None and deed_id in (None, self._pursued.id)
        moved = pursued or any(isinstance(deed.wish, MOVES) for deed in chosen)
        for deed in chosen:
            deed.replaced_by = "cancel"
            deed.task.cancel()
        if pursued:
            self._pursuit.end()
        if moved:
            await self._hover()
        return len(chosen) + pursued

    def close(self) -> None:
        """End every deed and stream."""
        self._pursuit.end()
        for deed in self._deeds.values():
            deed.task.cancel()

    @property
    def under_way(self) -> list[DeedView]:
        """What is being carried out now."""
        now = [self._view(deed, "under_way", None, None, None) for deed in self._deeds.values()]
        if self._pursued is not None:
            now.append(self._following(self._pursued, "under_way", None, self._pursued.said))
        return now

    @property
    def asked_lately(self) -> bool:
        """Whether a change of mode now may be what we asked for."""
        return "flight" in self._deeds or _now_s() - self.asked_mode_at_s < OURS_FOR_S

    def _begin(self, channel: str, wish: w.AnyWish, who: str) -> asyncio.Task[CommandOutcome]:
        deed_id = next(self._ids)
        task = asyncio.get_running_loop().create_task(self._carry_out(channel, deed_id))
        deed = _Deed(id=deed_id, wish=wish, who=who, task=task)
        self._deeds[channel] = deed
        self._tell(deed, "asked", None, None, None)
        return task

    async def _carry_out(self, channel: str, deed_id: int) -> CommandOutcome:
        deed = self._deeds[channel]
        asking = Asking(
            self.session, lambda said, share: self._tell(deed, "under_way", share, None, said)
        )
        try:
            self._before(deed.wish, asking)
            outcome = await self._doing(deed, asking)
        except NotDone as error:
            outcome = error.outcome
        except asyncio.CancelledError:
            outcome = self._cancelled(deed)
        finally:
            if self._deeds.get(channel) is deed:
                del self._deeds[channel]
            if channel == "flight":
                self.asked_mode_at_s = _now_s()
        self._tell(deed, "ended", None, outcome.outcome, outcome.words)
        return outcome

    async def _doing(self, deed: _Deed, asking: Asking) -> CommandOutcome:
        if isinstance(deed.wish, w.Follow):
            return await self._follow(deed, deed.wish, asking)
        outcome = await carry_out(deed.wish, asking, self.memory)
        if isinstance(deed.wish, REMEMBERED) and outcome.outcome is CommandResult.DONE:
            current = self.session.state.mission_current
            self.memory.ask(kind_of(deed.wish), deed.wish, current)
        return outcome

    def _before(self, wish: w.AnyWish, asking: Asking) -> None:
        state = self.session.state
        if isinstance(wish, LEAVES_THE_LEG) and state.mode is Px4Mode.MISSION:
            self._leave_leg()
        if not isinstance(wish, w.Follow) and w.channel(wish) == "flight":
            self._pursuit.end()

    def _leave_leg(self) -> None:
        state = self.session.state
        if state.landed is not False or self.memory.left is not None:
            return
        try:
            place = need.here(Asking(self.session, _nobody))
        except NotDone:
            return
        self.memory.leave(
            LeftLeg(
                item=state.mission_current or 0,
                mission_hash=state.mission_hash,
                place=place,
                asks=dict(self.memory.asks),
                seen=seen_now(self.session.payload, self.memory.asks),
            )
        )

    async def _follow(self, deed: _Deed, wish: w.Follow, asking: Asking) -> CommandOutcome:
        """Done when it follows; how that goes on is told under a number of its own."""
        pursued = _Pursued(next(self._ids), deed.who)

        def told(said: Words, outcome: CommandResult | None) -> None:
            self._pursued = None if outcome else _Pursued(pursued.id, pursued.who, said)
            stage = "ended" if outcome else "under_way"
            self._told(self._following(pursued, stage, outcome, said))

        return await self._pursuit.begin(asking, wish, told)

    async def _hover(self) -> None:
        if self.session.state.landed is False:
            await self.do(w.Hold(), "")

    def _give_way(self, channel: str, wish: w.AnyWish) -> None:
        safety = isinstance(wish, w.SAFETY)
        for other, deed in list(self._deeds.items()):
            if other == channel or (safety and other == "speed"):
                deed.replaced_by = wish.command
                deed.task.cancel()

    def _cancelled(self, deed: _Deed) -> CommandOutcome:
        if deed.replaced_by in ("", "cancel"):
            return ended(
                CommandResult.CANCELLED, words("тоқтатылды", "отменено", "it was cancelled")
            )
        return ended(
            CommandResult.CANCELLED,
            words(
                "жаңа бұйрық орнын басты: {what}",
                "её сменила новая команда: {what}",
                "a newer command took its place: {what}",
                what=deed.replaced_by,
            ),
        )

    def _confirmed(self, wish: w.Kill) -> bool:
        code, at_s = self._kill_code
        fresh = _now_s() - at_s <= CONFIRM_WITHIN_S
        return bool(code) and fresh and secrets.compare_digest(wish.confirmation, code)

    def _ask_to_confirm(self) -> CommandOutcome:
        code = f"{secrets.randbelow(9000) + 1000}"
        self._kill_code = (code, _now_s())
        said = words(
            "дрон құлайды: {within:.0f} с ішінде {code} кодымен растаңыз",
            "дрон упадёт: подтвердите кодом {code} в течение {within:.0f} с",
            "it will fall: confirm with {code} within {within:.0f} s",
            within=CONFIRM_WITHIN_S,
            code=code,
        )
        outcome = ended(CommandResult.REFUSED, said)
        return outcome.model_copy(update={"confirmation": code})

    def _heard(self, message: Message, now_s: float) -> None:
        if message.name != "HEARTBEAT" or message.component_id != 1:
            return
        state = self.session.state
        if self._mode is Px4Mode.MISSION and state.mode is not Px4Mode.MISSION:
            self._leave_leg()
        elif self._mode not in (None, state.mode) and state.mode is Px4Mode.MISSION:
            self._flies_mission_again()
        self._mode = state.mode
        if state.landed and state.armed is False:
            self.memory.landed()

    def _flies_mission_again(self) -> None:
        """Where nobody here asked for it, the leg that was left is not waited for any more."""
        if "flight" not in self._deeds:
            self.memory.begins()

    def _tell(
        self,
        deed: _Deed,
        stage: str,
        share: float | None,
        outcome: CommandResult | None,
        said: Words | None,
    ) -> None:
        self._told(self._view(deed, stage, share, outcome, said))

    def _view(
        self,
        deed: _Deed,
        stage: str,
        share: float | None,
        outcome: CommandResult | None,
        said: Words | None,
    ) -> DeedView:
        return DeedView(
            deed_id=deed.id,
            system_id=self.session.state.system_id,
            command=deed.wish.command,
            who=deed.who,
            stage=stage,
            progress=share,
            outcome=outcome,
            words=said,
        )

    def _following(
        self, pursued: _Pursued, stage: str, outcome: CommandResult | None, said: Words | None
    ) -> DeedView:
        return DeedView(
            deed_id=pursued.id,
            system_id=self.session.state.system_id,
            command="follow",
            who=pursued.who,
            stage=stage,
            outcome=outcome,
            words=said,
        )


def _nobody(_said: Words, _share: float | None) -> None:
    return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
