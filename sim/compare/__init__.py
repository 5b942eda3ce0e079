"""Holds the simulated vehicle against recorded PX4 flights, gate by gate."""
