"""Giving vehicles their signing keys, changing them and taking them away, one at a time each."""

import asyncio
import time
from collections.abc import Collection

from ground_station.hub.signing_views import SigningResult, SigningView, WhoseKey
from ground_station.links.key_store import KeyStore
from ground_station.links.privacy import overheard
from ground_station.links.switchboard import Switchboard
from ground_station.vehicles.session import VehicleSession
from missions.errors import BadInput
from onboard.mavlink.codec import SigningKey
from onboard.mavlink.codec.signing import timestamp_at
from onboard.mavlink.signing_setup import SigningEnd, SigningOutcome, SigningSetup

UNDER_WAY = "another change of this vehicle's key is under way"
RESULTS = {
    SigningEnd.DONE: SigningResult.DONE,
    SigningEnd.REFUSED: SigningResult.REFUSED,
    SigningEnd.NO_ANSWER: SigningResult.FAILED,
}


class SigningDesk:
    """All changes of keys. `trusted` names links, by their addresses, that nobody else hears."""

    def __init__(
        self, *, board: Switchboard, store: KeyStore, trusted: Collection[str] = ()
    ) -> None:
        self._board = board
        self._store = store
        self._trusted = frozenset(trusted)
        self._busy: set[int] = set()
        for system_id, key in store.current():
            board.ring.proven(system_id, key)
        for system_id, key in store.given():
            board.ring.give(system_id, key)
        board.ring.on_proved = self._proved
        board.keys_changed()

    async def give(self, session: VehicleSession, whose: WhoseKey) -> SigningView:
        """Give a vehicle a new key of its own, or the one of all; it then signs, and must."""
        system_id = session.state.system_id
        refusal = self._refusal(session)
        if refusal:
            return _refused(refusal)
        if whose is WhoseKey.COMMON and self._board.ring.common is None:
            return _refused("this ground station has no key for all vehicles")
        try:
            key = self._key(system_id, whose)
        except BadInput as error:
            return _refused(str(error))
        self._board.ring.give(system_id, key)
        self._board.keys_changed()
        outcome = await self._set(session, key)
        if outcome.end is SigningEnd.DONE:
            self._board.ring.proven(system_id, key)
            if whose is WhoseKey.COMMON:
                self._store.forget(system_id)
        elif outcome.end is SigningEnd.REFUSED:
            self._board.ring.withdraw(system_id)
            self._store.withdraw(system_id)
        self._board.keys_changed()
        return SigningView(outcome=RESULTS[outcome.end], reason=_reason(outcome, given=True))

    async def take_away(self, session: VehicleSession) -> SigningView:
        """End a vehicle's signing; it may then be spoken to by anybody."""
        system_id = session.state.system_id
        refusal = self._refusal(session)
        if refusal:
            return _refused(refusal)
        self._board.ring.release(system_id)
        try:
            outcome = await self._set(session, None)
        finally:
            self._board.ring.hold(system_id)
        if outcome.end is SigningEnd.DONE:
            self._board.ring.forget(system_id)
            self._store.forget(system_id)
            self._board.keys_changed()
        return SigningView(outcome=RESULTS[outcome.end], reason=_reason(outcome, given=False))

    async def _set(self, session: VehicleSession, key: SigningKey | None) -> SigningOutcome:
        system_id = session.state.system_id
        machine = SigningSetup(vehicle=session.address, key=key, timestamp=self._now)
        self._busy.add(system_id)
        try:
            return await session.run(machine, asyncio.get_running_loop().time())
        finally:
            self._busy.discard(system_id)

    def _now(self) -> int:
        """A clock that goes back must not make the vehicle refuse what we say next."""
        return max(timestamp_at(time.time()), self._board.streams.timestamp)

    def _key(self, system_id: int, whose: WhoseKey) -> SigningKey:
        common = self._board.ring.common
        if whose is WhoseKey.COMMON and common is not None:
            self._store.withdraw(system_id)
            return common
        return self._store.make(system_id)

    def _refusal(self, session: VehicleSession) -> str:
        if session.state.system_id in self._busy:
            return UNDER_WAY
        wire = self._board.routes.wire(session.state.system_id, session.address.component_id)
        if wire is None:
            return "the vehicle is not linked"
        why = overheard(wire, self._trusted)
        return f"the link {wire.link.address} is not secure: {why}" if why else ""

    def _proved(self, system_id: int, key: SigningKey) -> None:
        if key != self._board.ring.common:
            self._store.took(system_id)


def _refused(reason: str) -> SigningView:
    return SigningView(outcome=SigningResult.REFUSED, reason=reason)


def _reason(outcome: SigningOutcome, *, given: bool) -> str:
    if outcome.end is SigningEnd.DONE:
        return ""
    if outcome.end is SigningEnd.NO_ANSWER and given:
        return f"{outcome.words}; should it have, its signatures will be known"
    return outcome.words
