"""What a deed needs to be true before it is worth asking, said in plain words where it is not."""

from shapely import Point

from ground_station.flying.asking import Asking
from ground_station.flying.outcome import refused, words
from missions.checks.places import FenceShape
from missions.geodesy import GeoPoint, LocalPlane
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import EARTH_RADIUS_M as EARTH_RADIUS_M
from onboard.mavlink.mission_leg import metres_between as metres_between


def in_the_air(asking: Asking) -> None:
    """Raises NotDone on the ground."""
    if asking.state.landed is not False:
        raise refused(words("дрон жерде", "дрон на земле", "the vehicle is on the ground"))


def on_the_ground(asking: Asking) -> None:
    """Raises NotDone in the air."""
    if asking.state.landed is False:
        raise refused(words("дрон ауада", "дрон в воздухе", "the vehicle is in the air"))


def home_amsl_m(asking: Asking) -> float:
    """Home's height above sea level. Raises NotDone where the vehicle has not said it."""
    home = asking.state.home
    if home is None:
        raise refused(
            words(
                "үй нүктесі белгісіз, биіктікті есептеу мүмкін емес",
                "дом неизвестен, высоту не рассчитать",
                "home is not known, so a height above it is not either",
            )
        )
    return home.height_amsl_m


def here(asking: Asking) -> CommandPlace:
    """Where the vehicle is. Raises NotDone where it has not said."""
    state = asking.state
    if state.latitude_deg is None or state.longitude_deg is None or state.height_amsl_m is None:
        raise refused(
            words(
                "дронның орны белгісіз",
                "неизвестно, где дрон",
                "where the vehicle is is not known",
            )
        )
    return CommandPlace(
        latitude_deg=state.latitude_deg,
        longitude_deg=state.longitude_deg,
        height_amsl_m=state.height_amsl_m,
    )


def there(
    asking: Asking, latitude_deg: float, longitude_deg: float, height_above_home_m: float | None
) -> CommandPlace:
    """A place at a height above home, or as high as the vehicle is now."""
    if height_above_home_m is None:
        height_amsl_m = here(asking).height_amsl_m
    else:
        height_amsl_m = home_amsl_m(asking) + height_above_home_m
    return CommandPlace(
        latitude_deg=latitude_deg, longitude_deg=longitude_deg, height_amsl_m=height_amsl_m
    )


def inside_fence(asking: Asking, place: CommandPlace) -> None:
    """Raises NotDone where the fence on board forbids a place.

    PX4 would accept it, stop what it was doing, and only say in a text that it goes nowhere.
    """
    plan = asking.session.plan
    if plan is None or not asking.state.fence_hash:
        return
    at = GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
    fence = FenceShape(plan.fence, LocalPlane(at))
    if not fence.breach(Point(0.0, 0.0)).is_empty:
        raise refused(
            words(
                "бұл орын рұқсат етілген аймақтан тыс",
                "это место за границей разрешённой зоны",
                "that place is outside the fence",
            )
        )
