"""The demo's scenario for a generated district: four events to be found, and harmless look-alikes.

Events start some seconds after the drone that should find them takes off, so that each is so by
the time the drone is there.
"""

import json

import numpy as np

from sim.district.features import Array, District
from sim.district.layout import MAIN_AVENUE_AWAY_M, CityFrame
from sim.district.patrols import rural_road_point
from sim.district.places import HEMP_CITY_M
from sim.district.river import River

Entry = dict[str, object]
Pair = list[float]


class Script:
    """Writes a scenario for one district; city coordinates become latitude and longitude."""

    def __init__(self, district: District, city: CityFrame, river: River) -> None:
        self._district = district
        self._city = city
        self._river = river

    def toml(self) -> str:
        """The scenario file's text."""
        tables: list[tuple[str, Entry]] = [
            ("ambient", {"walkers_a_place": 9, "walkers_on_pavements": 140, "vehicles": 170}),
            *(("[herd]", entry) for entry in self._herds()),
            *(("[group]", entry) for entry in self._groups()),
            *(("[stroll]", entry) for entry in self._strolls()),
            *(("[event]", entry) for entry in self._events()),
        ]
        return "\n".join(_table(heading, entries) for heading, entries in tables)

    def _herds(self) -> list[Entry]:
        near_road = self._pair(self._city.en((552.0, -1344.0)))
        deep = self._pair(self._city.en((700.0, -1560.0)))
        return [
            {"id": "herd-road", "place": "pasture", "count": 14, "at": near_road, "spread_m": 20.0},
            {"id": "herd-far", "place": "pasture", "count": 18, "at": deep, "spread_m": 40.0},
        ]

    def _groups(self) -> list[Entry]:
        embankment = self._river.right_bank(np.array([-430.0]), offset_m=24.0)
        return [
            {"at": self._pair(self._middle("square-theatre")), "count": 8},
            {"at": self._pair(self._city.en(embankment)[0]), "count": 8},
            {"at": self._pair(self._middle("bazaar")), "count": 7},
        ]

    def _strolls(self) -> list[Entry]:
        """Harmless walkers beside the closed area, at least 25 m outside of it."""
        (left, right), (near, far) = HEMP_CITY_M
        beyond = 40.0
        north = [[left - 10.0, far + beyond], [right + 20.0, far + beyond]]
        east = [[right + beyond, near], [right + beyond, far + 20.0]]
        return [
            {"path": [self._pair(self._city.en(point)) for point in path]} for path in (north, east)
        ]

    def _events(self) -> list[Entry]:
        return [self._crowd(), self._stop(), self._cattle(), self._intruder(), self._short_wait()]

    def _crowd(self) -> Entry:
        return {
            "id": "crowd-central-square",
            "kind": "crowd",
            "after_takeoff_of": "qyran-1",
            "delay_s": 3.0,
            "place": "square-central",
            "at": self._pair(self._middle("square-central")),
            "count": 32,
        }

    def _stop(self) -> Entry:
        return {
            "id": "car-stopped-avenue",
            "kind": "vehicle_stopped",
            "after_takeoff_of": "qyran-2",
            "delay_s": 5.0,
            "road": self._main_avenue(),
            "at": self._pair(self._city.en((690.0, MAIN_AVENUE_AWAY_M - 7.0))),
            "lane": 0,
        }

    def _short_wait(self) -> Entry:
        """A car that waits ten seconds before a crossing and drives on: nothing to report."""
        return {
            "id": "car-waits-at-crossing",
            "kind": "vehicle_stopped",
            "after_takeoff_of": "qyran-2",
            "delay_s": 60.0,
            "road": self._main_avenue(),
            "at": self._pair(self._city.en((622.0, MAIN_AVENUE_AWAY_M + 7.0))),
            "lane": 0,
            "for_s": 10.0,
            "harmless": True,
        }

    def _cattle(self) -> Entry:
        return {
            "id": "cattle-on-left-bank-road",
            "kind": "animals_on_road",
            "after_takeoff_of": "qyran-4",
            "delay_s": 2.0,
            "herd": "herd-road",
            "road": self._left_bank_road(),
            "at": self._pair(rural_road_point(self._city, 552.0)),
            "count": 6,
        }

    def _intruder(self) -> Entry:
        (left, right), (_, far) = HEMP_CITY_M
        way_in = [[right + 55.0, far - 30.0], [right - 12.0, far - 12.0]]
        inside = [[right - 30.0, far - 9.0], [left + 55.0, far - 9.0]]
        return {
            "id": "person-in-hemp-field",
            "kind": "intrusion",
            "after_takeoff_of": "qyran-5",
            "delay_s": 5.0,
            "place": "closed-hemp-field",
            "path": [self._pair(self._city.en(point)) for point in way_in],
            "inside": [self._pair(self._city.en(point)) for point in inside],
            "speed_m_s": 1.2,
        }

    def _main_avenue(self) -> str:
        return self._road_at(self._city.en((690.0, MAIN_AVENUE_AWAY_M)))

    def _left_bank_road(self) -> str:
        return self._road_at(rural_road_point(self._city, 552.0))

    def _road_at(self, at: Array) -> str:
        def distance(line: Array) -> float:
            a, b = line[:-1], line[1:]
            along = np.clip(((at - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1), 0.0, 1.0)
            return float(np.hypot(*(a + (b - a) * along[:, None] - at).T).min())

        return min(self._district.roads, key=lambda road: distance(road.line)).id

    def _middle(self, place_id: str) -> Array:
        middle: Array = self._district.place(place_id).ring.mean(axis=0)
        return middle

    def _pair(self, en: Array) -> Pair:
        return [round(value, 7) for value in self._district.plane.geo_from_en(en).tolist()]


def _table(heading: str, entries: Entry) -> str:
    lines = (f"{key} = {json.dumps(value)}" for key, value in entries.items())
    return f"[{heading}]\n" + "\n".join(lines) + "\n"
