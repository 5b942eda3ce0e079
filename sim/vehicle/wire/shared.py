"""What all links of one vehicle share: the event log, what is said later, files, keys, chaos."""

from collections import Counter
from dataclasses import dataclass, field

from onboard.mavlink.codec import Address, Send
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.wire.agenda import Agenda
from sim.vehicle.wire.chaos import ProtocolChaos
from sim.vehicle.wire.events import Event, EventLog
from sim.vehicle.wire.files import VehicleFiles
from sim.vehicle.wire.metadata import metadata_files
from sim.vehicle.wire.outgoing import AUTOPILOT
from sim.vehicle.wire.signing import SigningSetup


@dataclass(slots=True, kw_only=True)
class Shared:
    """One vehicle's protocol state that is not a single link's."""

    aircraft: Aircraft
    events: EventLog = field(default_factory=EventLog)
    agenda: Agenda = field(default_factory=Agenda)
    chaos: ProtocolChaos = field(default_factory=ProtocolChaos)
    signing: SigningSetup = field(default_factory=SigningSetup)
    files: VehicleFiles = field(default_factory=lambda: VehicleFiles(metadata_files()))
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def own(self) -> Address:
        """The autopilot's own address."""
        return Address(self.aircraft.config.system_id, AUTOPILOT)

    def event(self, event: Event) -> Send:
        """The EVENT to send on every link."""
        return self.events.add(event, self.aircraft.boot_s)

    def restart(self) -> None:
        """Forget what a reboot forgets; keys and files stay."""
        self.events = EventLog()
        self.agenda.clear()
