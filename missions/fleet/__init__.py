"""Several drones: who flies what, kept apart in time and space, and who goes when it alarms."""
