"""Compiled searches of the fleet planners."""
