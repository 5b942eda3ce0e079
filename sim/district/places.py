"""The places that people, animals and patrols go to, and the docks beside them."""

import numpy as np

from sim.district import names
from sim.district.features import Array, Dock, Name, Place, PlaceKind
from sim.district.layout import CityFrame, densified
from sim.district.river import River

EMBANKMENT_ALONG_M = (-760.0, -140.0)
PASTURE_CITY_M = ((250.0, 860.0), (-1690.0, -1316.0))
HEMP_CITY_M = ((-730.0, -530.0), (-1580.0, -1420.0))
CLOSED_MARGIN_M = 12.0

# Nominal grid lines between which a place lies, and its distance from their middle.
CELLS: dict[str, tuple[PlaceKind, tuple[int, int], tuple[int, int], float]] = {
    "square-central": ("square", (0, 200), (-160, 40), 26.0),
    "square-theatre": ("square", (-200, 0), (-360, -160), 30.0),
    "square-station": ("square", (-1000, -800), (840, 1040), 24.0),
    "bazaar": ("bazaar", (200, 400), (-360, -160), 22.0),
    "park-syr": ("park", (-600, -200), (240, 640), 20.0),
    "park-independence": ("park", (1000, 1400), (440, 640), 18.0),
    "park-saxaul": ("park", (-1400, -1200), (-160, 40), 18.0),
}

DOCKS_CITY_M = (
    ("square-central", (102.0, -416.0)),
    ("avenue", (640.0, 372.0)),
    ("embankment", (-450.0, -505.0)),
    ("pasture", (330.0, -1225.0)),
    ("hemp-field", (-360.0, -1380.0)),
)


def places(city: CityFrame, river: River) -> tuple[Place, ...]:
    """Every named area, the river first."""
    grid = [
        _place(city, place_id, kind, city.cell(along, away, margin_m=margin))
        for place_id, (kind, along, away, margin) in CELLS.items()
    ]
    water = Place(id="river", kind="river", name=names.RIVER, ring=city.en(river.ring()))
    hemp = _rectangle(HEMP_CITY_M, 0.0)
    return (
        water,
        *grid,
        _place(city, "embankment", "embankment", embankment_ring(river)),
        _place(city, "pasture", "pasture", _rectangle(PASTURE_CITY_M, 0.0)),
        _place(city, "hemp-field", "hemp_field", hemp),
        _place(city, "closed-hemp-field", "closed_area", _rectangle(HEMP_CITY_M, CLOSED_MARGIN_M)),
    )


def embankment_ring(river: River) -> Array:
    """The promenade's outline, (n, 2) city metres."""
    along = np.arange(EMBANKMENT_ALONG_M[0], EMBANKMENT_ALONG_M[1] + 1.0, 20.0)
    near, far = river.right_bank(along, offset_m=6.0), river.right_bank(along, offset_m=42.0)
    return np.vstack((near, far[::-1]))


def embankment_line(river: River) -> Array:
    """The promenade's middle, (n, 2) city metres."""
    along = np.linspace(EMBANKMENT_ALONG_M[0] + 40.0, EMBANKMENT_ALONG_M[1] - 80.0, 9)
    return river.right_bank(along, offset_m=24.0)


def docks(city: CityFrame, avenue: Name) -> tuple[Dock, ...]:
    """One dock for each of the five patrols, 150 to 500 m from what it watches."""
    return tuple(
        _dock(number, city, avenue if place == "avenue" else names.PLACES[place], at)
        for number, (place, at) in enumerate(DOCKS_CITY_M, start=1)
    )


def _dock(number: int, city: CityFrame, place: Name, at: tuple[float, float]) -> Dock:
    east, north = city.en(at)
    return Dock(
        id=f"dock-{number}",
        drone_id=f"qyran-{number}",
        name=names.dock(place),
        east_m=float(east),
        north_m=float(north),
    )


def _place(city: CityFrame, place_id: str, kind: PlaceKind, corners: Array) -> Place:
    ring = city.en(densified(corners, step_m=50.0, closed=True))
    return Place(id=place_id, kind=kind, name=names.PLACES[place_id], ring=ring)


def _rectangle(sides: tuple[tuple[float, float], tuple[float, float]], margin_m: float) -> Array:
    (left, right), (near, far) = sides
    left, right = left - margin_m, right + margin_m
    near, far = near - margin_m, far + margin_m
    return np.array([[left, near], [right, near], [right, far], [left, far]])
