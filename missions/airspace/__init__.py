"""Airspace that others rule: zones with heights and times, as authorities publish them."""

from missions.airspace.reading import read_airspace
from missions.airspace.zone import Airspace, Circle, Restriction, Volume, Zone

__all__ = ["Airspace", "Circle", "Restriction", "Volume", "Zone", "read_airspace"]
