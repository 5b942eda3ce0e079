"""Telemetry logs (tlog): what every link heard and said, kept, read, searched and played again."""
