"""What the arguments of a command ask for, as values: shapes, camera, home, a pattern's path."""
