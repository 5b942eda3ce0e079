"""A whole invented district from a seed: the same seed gives the same district."""

from dataclasses import dataclass

import numpy as np

from missions.geodesy import GeoPoint
from sim.district import names
from sim.district.buildings import buildings
from sim.district.cameras import cameras
from sim.district.features import Camera, District
from sim.district.layout import CityFrame
from sim.district.patrols import PatrolBrief, patrols
from sim.district.places import docks, places
from sim.district.river import River
from sim.district.roads import roads
from sim.district.script import Script

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
MAIN_AVENUE = names.avenue(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A district with its cameras, what its five drones are to patrol, and the demo's scenario."""

    district: District
    cameras: tuple[Camera, ...]
    patrols: tuple[PatrolBrief, ...]
    scenario_toml: str


def generate(seed: int) -> Generated:
    """Everything that is invented for a seed."""
    rng = np.random.default_rng(seed)
    city, river = CityFrame(rng), River(rng)
    stations = docks(city, MAIN_AVENUE)
    district = District(
        name=names.DISTRICT,
        seed=seed,
        origin=ORIGIN,
        places=places(city, river),
        roads=roads(city, river),
        buildings=buildings(city, rng, stations),
        docks=stations,
    )
    return Generated(
        district=district,
        cameras=cameras(district, rng),
        patrols=patrols(district, city, river),
        scenario_toml=Script(district, city, river).toml(),
    )
