"""PX4-compatible vehicles, a world that moves, cameras that see it, and scripted districts."""
