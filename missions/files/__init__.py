"""Plan and drawing files: read and written without loss; every refusal names its place."""

from missions.files.by_suffix import read_plan, read_shapes, write_plan

__all__ = ["read_plan", "read_shapes", "write_plan"]
