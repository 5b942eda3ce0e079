"""What a scenario tells a drone, as transactions of the drone's ground station."""

from missions.geodesy import LocalPlane
from missions.plan import Plan
from sim.scenario.drone import SimulatedDrone
from sim.scenario.schema import OrderEntry
from sim.scenario.station import FROM_THE_FIRST, MISSION_START, Order


def order_of(
    entry: OrderEntry, drone: SimulatedDrone, *, plan: Plan | None, plane: LocalPlane
) -> Order | None:
    """The transaction of an order; None where it silences the station or lets it speak again."""
    station = drone.station
    if entry.station_silent is not None:
        station.silent = entry.station_silent
        return None
    if entry.fly or entry.upload:
        brought = plan or Plan()
        return station.fly(brought) if entry.fly else station.upload(brought)
    if entry.start:
        return station.command(MISSION_START, FROM_THE_FIRST)
    if entry.mode is not None:
        return station.mode(entry.mode)
    if entry.go_to is not None:
        north_m, east_m, height_m = entry.go_to
        place = plane.geo(east_m, north_m)
        amsl_m = drone.home_amsl_m + height_m
        return station.reposition(place.latitude_deg, place.longitude_deg, amsl_m)
    if entry.parameter is not None:
        return station.parameter(entry.parameter.name, entry.parameter.value)
    assert entry.command is not None
    command = entry.command
    return station.command(command.id, *command.params, component=command.component)
