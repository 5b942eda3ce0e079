"""Lanes: the road network as directed tracks that vehicles drive on, on the right-hand side.

A track is a lane between two crossings or a turn within a crossing. All tracks are sampled every
metre into one array, so that any number of vehicles is placed by one look-up.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
import shapely.ops

from sim.district.features import Array, Road
from sim.world.objects import IntArray

SPACING_M = 1.0
LANE_WIDTH_M = 3.5
MERGE_M = 1.0
MIN_LANE_M = 12.0
DRIVEN = ("avenue", "street", "bridge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A lane (`turn` False) or a turn. `points` are (n, 2) metres, one every `length/(n-1)`."""

    points: Array
    length_m: float
    turn: bool
    road_id: str
    lane: int
    start_node: int
    end_node: int
    limit_m_s: float


class Lanes:
    """All tracks, which follow which, and where a distance along one of them is."""

    def __init__(self, roads: tuple[Road, ...]) -> None:
        nodes, edges = _edges([road for road in roads if road.road_class in DRIVEN])
        lanes = [lane for edge in edges for lane in _lanes_of(edge)]
        turns = list(_turns(lanes))
        self.nodes = nodes
        self.tracks = tuple(lanes) + tuple(turn for _, _, turn in turns)
        self.lane_count = len(lanes)
        self.after: dict[int, list[int]] = {index: [] for index in range(len(self.tracks))}
        self.entry_of: dict[int, int] = {}
        for number, (entry, exit_, _) in enumerate(turns, start=len(lanes)):
            self.entry_of[number] = entry
            self.after[entry].append(number)
            self.after[number].append(exit_)
        # Vehicles queue behind each other on a lane, and on all turns out of one lane together.
        self.queue: IntArray = np.array(
            [
                *range(len(lanes)),
                *(len(lanes) + self.entry_of[turn] for turn in sorted(self.entry_of)),
            ],
            dtype=np.int64,
        )
        self._by_place = {
            (lane.road_id, lane.start_node, lane.end_node, lane.lane): index
            for index, lane in enumerate(lanes)
        }
        self._index()

    def _index(self) -> None:
        samples = [_resampled(track.points, track.length_m) for track in self.tracks]
        counts = np.array([len(each) for each in samples], dtype=np.int64)
        self._first = np.cumsum(counts) - counts
        self._last = counts - 1
        self._samples = np.concatenate([np.empty((0, 2)), *samples])
        self.length_m = np.array([track.length_m for track in self.tracks])
        self.limit_m_s = np.array([track.limit_m_s for track in self.tracks])
        self._spacing_m = self.length_m / self._last

    def locate(self, track: IntArray, along_m: Array) -> tuple[Array, Array]:
        """Positions (n, 2) and directions (n, 2), unit, at distances along tracks."""
        scaled = np.clip(along_m / self._spacing_m[track], 0.0, self._last[track] - 1e-6)
        whole = scaled.astype(np.int64)
        index = self._first[track] + whole
        a, b = self._samples[index], self._samples[index + 1]
        direction = (b - a) / np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
        return a + (b - a) * (scaled - whole)[:, None], direction

    def nearest(self, at: Array, *, road_id: str, lane: int) -> tuple[int, float]:
        """The lane track of a road that is nearest to a point, and the distance along it.

        Raises:
            KeyError: the road has no such lane.
        """
        candidates = [
            (shapely.LineString(track.points).distance(shapely.Point(at)), index)
            for index, track in enumerate(self.tracks[: self.lane_count])
            if track.road_id == road_id and track.lane == lane
        ]
        if not candidates:
            raise KeyError(f"{road_id} lane {lane}")
        index = min(candidates)[1]
        line = shapely.LineString(self.tracks[index].points)
        return index, float(line.project(shapely.Point(at)))

    def sibling(self, index: int) -> int | None:
        """The lane beside this one in the same direction, where the road has two."""
        track = self.tracks[index]
        beside = (track.road_id, track.start_node, track.end_node, 1 - track.lane)
        return self._by_place.get(beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    road: Road
    line: Array
    start_node: int
    end_node: int
    start_clear_m: float
    end_clear_m: float


def _edges(roads: list[Road]) -> tuple[Array, list[_Edge]]:
    """Crossings (m, 2) and the stretches of road between them."""
    lines = [shapely.LineString(road.line) for road in roads]
    cuts: list[list[tuple[float, int]]] = [[] for _ in roads]
    nodes: list[Array] = []
    half_widths: list[float] = []

    def node_at(point: Array, width_m: float) -> int:
        for number, known in enumerate(nodes):
            if np.hypot(*(known - point)) < MERGE_M:
                half_widths[number] = max(half_widths[number], width_m / 2.0)
                return number
        nodes.append(point)
        half_widths.append(width_m / 2.0)
        return len(nodes) - 1

    for index, (road, line) in enumerate(zip(roads, lines, strict=True)):
        for end, along in ((road.line[0], 0.0), (road.line[-1], line.length)):
            cuts[index].append((along, node_at(end, 0.0)))
        for other in range(index):
            meeting = _meeting(lines[other], line)
            if meeting is not None:
                number = node_at(np.array(meeting.coords[0]), road.width_m)
                half_widths[number] = max(half_widths[number], roads[other].width_m / 2.0)
                cuts[index].append((line.project(meeting), number))
                cuts[other].append((lines[other].project(meeting), number))
    edges = [
        edge
        for road, line, stops in zip(roads, lines, cuts, strict=True)
        for edge in _stretches(road, line, sorted(set(stops)), half_widths)
    ]
    return np.array(nodes), edges


def _meeting(a: shapely.LineString, b: shapely.LineString) -> shapely.Point | None:
    """Where two roads cross or one ends at the other; rounding may keep such an end just off."""
    crossing = a.intersection(b)
    if isinstance(crossing, shapely.Point) and not crossing.is_empty:
        return crossing
    for line, other in ((a, b), (b, a)):
        for end in (line.coords[0], line.coords[-1]):
            if other.distance(shapely.Point(end)) < MERGE_M:
                return shapely.Point(end)
    return None


def _stretches(
    road: Road, line: shapely.LineString, stops: list[tuple[float, int]], half_widths: list[float]
) -> list[_Edge]:
    found = []
    for (here, start), (there, end) in pairwise(stops):
        if start == end or there - here < 2.0 * MIN_LANE_M:
            continue
        inner = [line.project(shapely.Point(point)) for point in road.line]
        along = [here, *(each for each in inner if here + 0.5 < each < there - 0.5), there]
        found.append(
            _Edge(
                road=road,
                line=np.array([line.interpolate(each).coords[0] for each in along]),
                start_node=start,
                end_node=end,
                start_clear_m=half_widths[start] + 4.0,
                end_clear_m=half_widths[end] + 4.0,
            )
        )
    return found


def lane_offset_m(road: Road, lane: int) -> float:
    """How far right of the centre line a lane's middle is; lane 0 is the outermost."""
    if road.lanes_each_way == 1:
        return road.width_m / 4.0
    return road.width_m / 2.0 - 1.3 - LANE_WIDTH_M * (lane + 0.5)


def _lanes_of(edge: _Edge) -> list[Track]:
    """Tracks in both directions, kept clear of the crossings at their ends."""
    tracks = []
    line = shapely.LineString(edge.line)
    backward = (edge.end_node, edge.start_node, edge.end_clear_m, edge.start_clear_m)
    forward = (edge.start_node, edge.end_node, edge.start_clear_m, edge.end_clear_m)
    for way, (start, end, clear_start, clear_end) in (
        (line, forward),
        (line.reverse(), backward),
    ):
        if way.length < clear_start + clear_end + MIN_LANE_M:
            continue
        for lane in range(edge.road.lanes_each_way):
            offset = shapely.LineString(
                shapely.get_coordinates(way.offset_curve(-lane_offset_m(edge.road, lane)))
            )
            inner = shapely.ops.substring(offset, clear_start, offset.length - clear_end)
            points = np.array(inner.coords)
            tracks.append(
                Track(
                    points=points,
                    length_m=float(inner.length),
                    turn=False,
                    road_id=edge.road.id,
                    lane=lane,
                    start_node=start,
                    end_node=end,
                    limit_m_s=13.5 if edge.road.lanes_each_way > 1 else 9.5,
                )
            )
    return tracks


def _turns(lanes: list[Track]) -> list[tuple[int, int, Track]]:
    """Every way through a crossing, keeping the lane where it goes on; back only at dead ends."""
    by_start: dict[int, list[int]] = {}
    innermost: dict[tuple[int, int], int] = {}
    for index, lane in enumerate(lanes):
        by_start.setdefault(lane.start_node, []).append(index)
        stretch = (lane.start_node, lane.end_node)
        innermost[stretch] = max(lane.lane, innermost.get(stretch, 0))
    found = []
    for entry, lane in enumerate(lanes):
        leaving = by_start.get(lane.end_node, [])
        onward = [index for index in leaving if lanes[index].end_node != lane.start_node]
        for exit_ in onward or leaving:
            stretch = (lanes[exit_].start_node, lanes[exit_].end_node)
            if lanes[exit_].lane == min(lane.lane, innermost[stretch]):
                found.append((entry, exit_, _turn(lane, lanes[exit_])))
    return found


def _turn(entry: Track, exit_: Track) -> Track:
    """A quadratic curve from a lane's end to another one's start."""
    start, end = entry.points[-1], exit_.points[0]
    leaving = _unit(entry.points[-1] - entry.points[-2])
    arriving = _unit(exit_.points[1] - exit_.points[0])
    middle = _corner(start, leaving, end, arriving)
    share = np.linspace(0.0, 1.0, 17)[:, None]
    points = (1 - share) ** 2 * start + 2 * share * (1 - share) * middle + share**2 * end
    straight = float(leaving @ arriving) > 0.9
    return Track(
        points=points,
        length_m=float(np.hypot(*np.diff(points, axis=0).T).sum()),
        turn=True,
        road_id=exit_.road_id,
        lane=exit_.lane,
        start_node=entry.end_node,
        end_node=entry.end_node,
        limit_m_s=9.5 if straight else 5.0,
    )


def _corner(start: Array, leaving: Array, end: Array, arriving: Array) -> Array:
    """Where the two directions meet; the middle where they are nearly parallel."""
    cross = leaving[0] * arriving[1] - leaving[1] * arriving[0]
    gap = end - start
    if abs(cross) < 0.2:
        return (start + end) / 2.0
    reach = (gap[0] * arriving[1] - gap[1] * arriving[0]) / cross
    return start + leaving * float(np.clip(reach, 0.0, np.hypot(*gap)))


def _unit(vector: Array) -> Array:
    return vector / max(float(np.hypot(*vector)), 1e-9)


def _resampled(points: Array, length_m: float) -> Array:
    count = max(2, int(np.ceil(length_m / SPACING_M)) + 1)
    steps = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    wanted = np.linspace(0.0, steps[-1], count)
    return np.stack([np.interp(wanted, steps, points[:, axis]) for axis in (0, 1)], axis=-1)
