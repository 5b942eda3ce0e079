"""What goes wrong with a link; what goes wrong with a vehicle is `sim.vehicle.faults`."""

from sim.faults.link import FaultyLink, LinkCounters, LinkFaults

__all__ = ["FaultyLink", "LinkCounters", "LinkFaults"]
