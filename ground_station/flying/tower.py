"""A pilot for each vehicle, and the watch for others who command it."""

from collections.abc import Callable
from pathlib import Path

from ground_station.flying.following import Target, TargetSource
from ground_station.flying.foreign import OtherStations
from ground_station.flying.pilot import Pilot
from ground_station.hub.vehicles_port import DeedView, ForeignCommand
from ground_station.vehicles.session import VehicleSession
from onboard.mavlink.codec import Message


class Tower:
    """Makes a pilot when a vehicle is first heard; `told` hears of deeds and of others' commands.

    `targets` finds what a followed track's place is now; None where nothing tells. What operators
    ask for in a flight outlives the process in the folder `memory`, where one is given.
    """

    def __init__(
        self, told: Callable[[DeedView | ForeignCommand], None], *, memory: Path | None = None
    ) -> None:
        self.targets: TargetSource | None = None
        self._told = told
        self._memory = memory
        self._pilots: dict[int, Pilot] = {}

    def meet(self, session: VehicleSession) -> Pilot:
        """The pilot of a vehicle, made where there is none yet."""
        system_id = session.state.system_id
        pilot = self._pilots.get(system_id)
        if pilot is None:
            pilot = Pilot(
                session,
                told=self._told,
                targets=self._target,
                memory=None if self._memory is None else self._memory / f"{system_id}.flight.json",
            )
            self._pilots[system_id] = pilot
            self._watch(session, pilot)
        return pilot

    def close(self) -> None:
        """End every deed."""
        for pilot in self._pilots.values():
            pilot.close()

    def _target(self, drone_id: str, track_id: int) -> Target | None:
        return None if self.targets is None else self.targets(drone_id, track_id)

    def _watch(self, session: VehicleSession, pilot: Pilot) -> None:
        others = OtherStations()

        def hear(message: Message, _now_s: float) -> None:
            if message.name not in ("COMMAND_ACK", "HEARTBEAT"):
                return
            said = others.receive(message, asked_lately=pilot.asked_lately)
            if said is not None:
                self._told(ForeignCommand(system_id=session.state.system_id, words=said))

        session.hear(hear)
