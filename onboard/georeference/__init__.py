"""Places of pixels after a flight: its telemetry, its camera and known landmarks from files."""
