"""The five commands that need no more than their name, as wishes."""

from ground_station.flying.wishes import AnyWish, Hold, Land, Resume, Return, Start
from ground_station.hub.vehicles_port import VehicleCommand

WISHES: dict[VehicleCommand, AnyWish] = {
    VehicleCommand.START: Start(),
    VehicleCommand.HOLD: Hold(),
    VehicleCommand.RESUME: Resume(),
    VehicleCommand.RETURN: Return(),
    VehicleCommand.LAND: Land(),
}


def wish_of(command: VehicleCommand | AnyWish) -> AnyWish:
    """What a named command asks for; a wish is one already."""
    return WISHES[command] if isinstance(command, VehicleCommand) else command
