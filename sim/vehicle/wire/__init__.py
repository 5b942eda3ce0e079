"""What a simulated vehicle says and hears, as PX4's MAVLink module does it."""
