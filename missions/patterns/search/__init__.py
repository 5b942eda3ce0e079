"""Search patterns: expanding square, sectors, and a probability map swept to find soonest."""

from missions.patterns.search.expanding_square import expanding_square
from missions.patterns.search.likely_places import likely_places_first
from missions.patterns.search.sectors import sectors

__all__ = ["expanding_square", "likely_places_first", "sectors"]
