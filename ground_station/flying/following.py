"""Following a moving thing: the stream that PX4 flies after, and its end when the thing is lost."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from ground_station.flying import need
from ground_station.flying.asking import Asking
from ground_station.flying.outcome import done, refused, words
from ground_station.flying.wishes import Follow
from ground_station.hub.vehicles_port import CommandOutcome, CommandResult
from ground_station.words import Words
from onboard.mavlink.codec import Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import DO_SET_MODE, Px4Mode, mode_parameters

FOLLOW_EVERY_S = 0.25
TELL_EVERY_S = 1.0
TARGET_LOST_S = 5.0
POSITION_AND_VELOCITY = 0b11
LOST, MODE, STOPPED = "lost", "mode", "stopped"


class Target(NamedTuple):
    """What is followed: degrees, metres above sea level, m/s; `seen_s` on the event loop's time."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float
    velocity_north_m_s: float
    velocity_east_m_s: float
    seen_s: float


TargetSource = Callable[[str, int], Target | None]
# Tells how a pursuit stands: what, and its outcome once it has ended.
Told = Callable[[Words, CommandResult | None], None]


class Following:
    """The stream of FOLLOW_TARGET; `target` is asked before each message and None when it is lost.

    PX4 holds on the spot when the stream ends, and stays in Follow mode.
    """

    def __init__(self, asking: Asking, target: Callable[[], Target | None]) -> None:
        self._asking = asking
        self._target = target

    async def begin(self) -> None:
        """Stream, enter Follow mode, see it there. Raises NotDone."""
        if self.fresh() is None:
            raise refused(
                words(
                    "нысана көрінбейді, соңынан еру мүмкін емес",
                    "цель не видна, сопровождать нечего",
                    "the target is not seen, so there is nothing to follow",
                )
            )
        self.send()
        await self._asking.command(DO_SET_MODE, *mode_parameters(Px4Mode.FOLLOW))
        entering = asyncio.create_task(self._asking.see(lambda state: state.mode is Px4Mode.FOLLOW))
        try:
            while not entering.done():
                self.send()
                await asyncio.wait((entering,), timeout=FOLLOW_EVERY_S)
            await entering
        finally:
            entering.cancel()

    async def go_on(self, tell: Callable[[Words], None]) -> str:
        """Stream until it ends: 'lost' target or another 'mode'; tells how far it is."""
        told_s = -math.inf
        while True:
            if self._asking.state.mode is not Px4Mode.FOLLOW:
                return MODE
            target = self.fresh()
            if target is None:
                return LOST
            self.send()
            if self._asking.now - told_s >= TELL_EVERY_S:
                told_s = self._asking.now
                tell(self._how_far(target))
            await asyncio.sleep(FOLLOW_EVERY_S)

    def fresh(self) -> Target | None:
        """The target, if it was seen lately."""
        target = self._target()
        if target is None or self._asking.now - target.seen_s > TARGET_LOST_S:
            return None
        return target

    def send(self) -> None:
        """One message, of where the target is by now; none where it is lost."""
        target = self.fresh()
        if target is None:
            return
        ahead_s = self._asking.now - target.seen_s
        north_deg = math.degrees(target.velocity_north_m_s * ahead_s / need.EARTH_RADIUS_M)
        east_deg = math.degrees(target.velocity_east_m_s * ahead_s / need.EARTH_RADIUS_M)
        east_deg /= max(0.01, math.cos(math.radians(target.latitude_deg)))
        fields = {
            "timestamp": round(self._asking.now * 1000),
            "est_capabilities": POSITION_AND_VELOCITY,
            "lat": round((target.latitude_deg + north_deg) * 1e7),
            "lon": round((target.longitude_deg + east_deg) * 1e7),
            "alt": target.height_amsl_m,
            "vel": (target.velocity_north_m_s, target.velocity_east_m_s, 0.0),
        }
        self._asking.session.send(Send("FOLLOW_TARGET", fields))

    def _how_far(self, target: Target) -> Words:
        place = CommandPlace(
            latitude_deg=target.latitude_deg,
            longitude_deg=target.longitude_deg,
            height_amsl_m=target.height_amsl_m,
        )
        return words(
            "нысанаға дейін {far:.0f} м",
            "до цели {far:.0f} м",
            "{far:.0f} m from the target",
            far=need.metres_between(need.here(self._asking), place),
        )


class Pursuit:
    """One vehicle's following: begun by a wish, told of while it lasts, ended with an outcome.

    It ends as `failed` where the target was lost (`stop` then has the vehicle hover, since PX4
    would stay in Follow mode and run after whatever is told next), as `cancelled` where another
    command or mode took its place.
    """

    def __init__(
        self, *, targets: TargetSource | None, stop: Callable[[], Awaitable[None]]
    ) -> None:
        self._targets = targets
        self._stop = stop
        self._wish: Follow | None = None
        self._given: Target | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether something is being followed."""
        return self._task is not None and not self._task.done()

    async def begin(self, asking: Asking, wish: Follow, told: Told) -> CommandOutcome:
        """Follow what the wish names; where something is followed already, that instead."""
        need.in_the_air(asking)
        given = None if wish.track_id is not None else given_target(asking, wish)
        before = self._wish, self._given
        self._wish, self._given = wish, given
        if self.under_way and asking.state.mode is Px4Mode.FOLLOW:
            if Following(asking, self.target).fresh() is None:
                self._wish, self._given = before
                raise refused(words("жаңа нысана көрінбейді", "новая цель не видна", "not seen"))
            return done()
        following = Following(asking, self.target)
        await following.begin()
        self._task = asyncio.get_running_loop().create_task(self._keep_on(following, told))
        return done()

    def end(self) -> None:
        """No more following; the vehicle is left to what took its place."""
        self._wish = None
        if self._task is not None:
            self._task.cancel()

    def target(self) -> Target | None:
        """Where the followed thing is, as far as anybody has told."""
        wish = self._wish
        if wish is None:
            return None
        if wish.track_id is None or wish.drone_id is None:
            return self._given
        return None if self._targets is None else self._targets(wish.drone_id, wish.track_id)

    async def _keep_on(self, following: Following, told: Told) -> None:
        try:
            why = await following.go_on(lambda said: told(said, None))
        except asyncio.CancelledError:
            why = STOPPED
        if why == LOST:
            self._wish = self._task = None
            told(TARGET_LOST, CommandResult.FAILED)
            await self._stop()
        else:
            told(FOLLOWS_NO_MORE, CommandResult.CANCELLED)


TARGET_LOST = words(
    "нысана жоғалды, дрон тұрған жерінде қалды",
    "цель потеряна, дрон завис на месте",
    "the target was lost, so it hovers where it is",
)
FOLLOWS_NO_MORE = words(
    "соңынан еру аяқталды: дронға басқа бұйрық берілді",
    "сопровождение окончено: дрон получил другую команду",
    "following has ended: the vehicle was told something else",
)


def given_target(asking: Asking, wish: Follow) -> Target:
    """The place that a wish names, seen now. Raises NotDone where it names none."""
    if wish.latitude_deg is None or wish.longitude_deg is None:
        raise refused(
            words(
                "не орын, не бақыланатын нысан керек",
                "нужно место или сопровождаемый объект",
                "a place or a followed object is needed",
            )
        )
    return Target(
        latitude_deg=wish.latitude_deg,
        longitude_deg=wish.longitude_deg,
        height_amsl_m=need.home_amsl_m(asking),
        velocity_north_m_s=wish.velocity_north_m_s,
        velocity_east_m_s=wish.velocity_east_m_s,
        seen_s=asking.now,
    )
