"""What to fly: areas, patrol patterns, checks and plan files. Pure functions of values."""
