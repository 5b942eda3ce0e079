"""Scenarios: drones, faults, orders and what must come of it, in simulated time.

A scenario is a TOML file (`sim.scenario.schema`) or a test that uses the `fleet` fixture
(`sim.scenario.pytest_plugin`). Both drive the same `SimulatedFleet`, over MAVLink bytes only.
"""
