"""The ground, offline: SRTM, Copernicus and other GeoTIFF, DTED; and plans that follow it."""

from missions.terrain.follow import Following, GroundUnknown, follow_path
from missions.terrain.follow_plan import follow_plan
from missions.terrain.reading import read_terrain
from missions.terrain.surface import Answer, Ground, Grounds, NoGround, Terrain
from missions.terrain.tile import VerticalDatum

__all__ = [
    "Answer",
    "Following",
    "Ground",
    "GroundUnknown",
    "Grounds",
    "NoGround",
    "Terrain",
    "VerticalDatum",
    "follow_path",
    "follow_plan",
    "read_terrain",
]
