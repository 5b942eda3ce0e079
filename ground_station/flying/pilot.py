"""One vehicle's deeds: which is carried out now, which gives way, and how each ended.

One deed at a time on each channel (flight, gimbal, camera, light, ...). A newer wish takes the
place of the older one, which ends as cancelled; while a safety wish (hold, return, land, abort,
kill) is carried out, only another safety wish takes its place. A safety wish ends everything that
could move the vehicle.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ground_station.flying import (
    ground_deeds,
    mission_deeds,
    need,
    payload_deeds,
    place_deeds,
    safety_deeds,
)
from ground_station.flying import wishes as w
from ground_station.flying.asking import Asking
from ground_station.flying.left_leg import FlightMemory
from ground_station.flying.outcome import NotDone, ended, failed, words
from ground_station.flying.place_deeds import Following, Target
from ground_station.hub.vehicles_port import CommandOutcome, CommandResult, DeedView
from ground_station.vehicles.session import VehicleSession
from ground_station.words import Words
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode

CONFIRM_WITHIN_S = 15.0
OURS_FOR_S = 6.0
MOVES = (w.TakeOff, w.Divert, w.Orbit, w.Follow, w.ChangeHeight, w.Resume, w.Jump, w.Start)
LEAVES_THE_LEG = (w.Hold, w.Divert, w.Orbit, w.Follow, w.ChangeHeight, w.Return, w.Land, w.Abort)
TargetSource = Callable[[str, int], Target | None]


@dataclass(slots=True)
class _Deed:
    id: int
    wish: w.AnyWish
    who: str
    task: asyncio.Task[CommandOutcome]
    replaced_by: str = ""


class Pilot:
    """Carries out wishes on one vehicle; `told` hears of every stage of every deed."""

    def __init__(
        self,
        session: VehicleSession,
        *,
        told: Callable[[DeedView], None],
        targets: TargetSource | None = None,
    ) -> None:
        self.session = session
        self.memory = FlightMemory()
        self.asked_mode_at_s = float("-inf")
        self._told = told
        self._targets = targets
        self._deeds: dict[str, _Deed] = {}
        self._ids = itertools.count(1)
        self._follow: tuple[w.Follow, Target | None] | None = None
        self._following: asyncio.Task[None] | None = None
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
        moved = any(isinstance(deed.wish, MOVES) for deed in chosen)
        for deed in chosen:
            deed.replaced_by = "cancel"
            deed.task.cancel()
        if moved and self.session.state.landed is False:
            await self.do(w.Hold(), "")
        return len(chosen)

    def close(self) -> None:
        """End every deed and stream."""
        self._stop_following()
        for deed in self._deeds.values():
            deed.task.cancel()

    @property
    def under_way(self) -> list[DeedView]:
        """What is being carried out now."""
        return [self._view(deed, "under_way", None, None, None) for deed in self._deeds.values()]

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
            outcome = await self._deed(deed, asking)
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

    def _before(self, wish: w.AnyWish, asking: Asking) -> None:
        state = self.session.state
        if isinstance(wish, LEAVES_THE_LEG) and state.mode is Px4Mode.MISSION:
            self._leave_leg()
        if not isinstance(wish, w.Follow) and w.channel(wish) == "flight":
            self._stop_following()

    def _leave_leg(self) -> None:
        state = self.session.state
        if state.landed is not False or self.memory.left is not None:
            return
        try:
            place = need.here(Asking(self.session, _nobody))
        except NotDone:
            return
        self.memory.leave(
            item=state.mission_current or 0, mission_hash=state.mission_hash, place=place
        )

    def _deed(self, deed: _Deed, asking: Asking) -> Coroutine[Any, Any, CommandOutcome]:
        wish, memory = deed.wish, self.memory
        match wish:
            case w.Arm():
                return ground_deeds.arm(asking)
            case w.Disarm():
                return ground_deeds.disarm(asking)
            case w.TakeOff():
                return ground_deeds.take_off(asking, wish)
            case w.Start():
                memory.left = None
                return ground_deeds.start(asking, wish)
            case w.Hold():
                return safety_deeds.hold(asking)
            case w.Resume():
                return mission_deeds.resume(asking, wish, memory)
            case w.Jump():
                return mission_deeds.jump(asking, wish, memory)
            case w.Divert():
                return mission_deeds.divert(asking, wish, memory)
            case w.Orbit():
                return place_deeds.orbit(asking, wish)
            case w.LookAt():
                return place_deeds.look_at(asking, wish, memory)
            case w.LookAway():
                return place_deeds.look_away(asking, memory)
            case w.Follow():
                return self._begin_to_follow(asking, wish)
            case w.ChangeSpeed():
                return place_deeds.change_speed(asking, wish, memory)
            case w.ChangeHeight():
                return place_deeds.change_height(asking, wish)
            case w.Return():
                return safety_deeds.return_home(asking)
            case w.Land():
                return safety_deeds.land(asking)
            case w.Abort():
                return safety_deeds.abort(asking)
            case w.Kill():
                return ground_deeds.kill(asking)
            case _:
                return self._payload_deed(wish, asking)

    def _payload_deed(
        self, wish: w.PayloadWish, asking: Asking
    ) -> Coroutine[Any, Any, CommandOutcome]:
        memory = self.memory
        match wish:
            case w.AimGimbal():
                return payload_deeds.aim(asking, wish, memory)
            case w.TurnGimbal():
                return payload_deeds.turn(asking, wish, memory)
            case w.ReleaseGimbal():
                return payload_deeds.release(asking, memory)
            case w.TakePhoto():
                return payload_deeds.photo(asking)
            case w.TakePhotos():
                return payload_deeds.photos(asking, wish, memory)
            case w.StopPhotos():
                return payload_deeds.stop_photos(asking, memory)
            case w.StartVideo() | w.StopVideo():
                return payload_deeds.video(asking, on=isinstance(wish, w.StartVideo))
            case w.Zoom():
                return payload_deeds.zoom(asking, wish)
            case w.SetCameraMode():
                return payload_deeds.camera_mode(asking, wish)
            case w.Light():
                return payload_deeds.light(asking, wish)
            case w.Say() | w.Play():
                return payload_deeds.speak(asking, wish)
            case w.Silence():
                return payload_deeds.silence(asking)

    async def _begin_to_follow(self, asking: Asking, wish: w.Follow) -> CommandOutcome:
        need.in_the_air(asking)
        target = None if wish.track_id is not None else place_deeds.given_target(asking, wish)
        self._follow = (wish, target)
        if self._following is None or self._following.done():
            following = Following(asking, self._followed)
            await following.begin()
            self._following = asyncio.get_running_loop().create_task(self._keep_on(following))
        return ended(CommandResult.DONE)

    async def _keep_on(self, following: Following) -> None:
        why = await following.go_on()
        self._follow = None
        if why == "lost" and self.session.state.landed is False:
            # PX4 would stay in Follow mode and run after whatever is told next.
            self._following = None
            await self.do(w.Hold(), "")

    def _followed(self) -> Target | None:
        if self._follow is None:
            return None
        wish, target = self._follow
        if wish.track_id is None or wish.drone_id is None:
            return target
        return None if self._targets is None else self._targets(wish.drone_id, wish.track_id)

    def _stop_following(self) -> None:
        self._follow = None
        if self._following is not None:
            self._following.cancel()
            self._following = None

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
        self._mode = state.mode
        if state.landed and state.armed is False and self.memory.left is not None:
            self.memory.landed()

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


def _nobody(_said: Words, _share: float | None) -> None:
    return None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
