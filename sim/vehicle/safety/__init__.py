"""Whether the vehicle may arm, may fly a mode, and what it does when it may not."""
