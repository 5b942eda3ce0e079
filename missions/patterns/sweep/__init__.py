"""Sweeping an area: parallel passes over every part of it, inside it all the way."""

from missions.patterns.sweep.planner import sweep

__all__ = ["sweep"]
