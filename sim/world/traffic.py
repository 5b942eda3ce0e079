"""Vehicles on the lanes: they follow each other, give way at crossings and sometimes wait there.

Car following is the intelligent driver model (Treiber, Hennecke, Helbing 2000). A crossing is
entered from one lane at a time. A vehicle that is told to stop stays; those behind it change lane
where there is one beside it.
"""

from dataclasses import dataclass

import numpy as np

from sim.world.lanes import LANE_WIDTH_M, Lanes
from sim.world.objects import Array, IntArray

MIN_GAP_M = 2.0
SHORT_OF_LINE_M = 1.2
HEADWAY_S = 1.2
ACCELERATION_M_S2 = 1.6
BRAKING_M_S2 = 2.2
HARD_BRAKING_M_S2, HARDEST_BRAKING_M_S2 = 5.0, 7.0
NEAR_CROSSING_M = 14.0
WAITS_AT_CROSSING = 0.12
WAIT_S = (2.0, 4.0)
CHANGE_WITHIN_M = 35.0
SIDEWAYS_M_S = 1.3
FAR_M = 1e6


@dataclass(slots=True, kw_only=True)
class StopOrder:
    """A vehicle's order to stop at a distance along a track; it leaves at `until_s`, if ever."""

    vehicle: int
    track: int
    along_m: float
    for_s: float
    until_s: float | None = None


class Traffic:
    """State of every moving vehicle: track, distance along it, speed, and a sideways remainder."""

    def __init__(
        self,
        lanes: Lanes,
        *,
        length_m: Array,
        rng: np.random.Generator,
        start: tuple[IntArray, Array],
    ) -> None:
        self.lanes = lanes
        self._rng = rng
        self._length_m = length_m
        self.track, self.along_m = start
        count = len(length_m)
        self.speed_m_s = np.full(count, 6.0)
        self.sideways_m = np.zeros(count)
        self._pace = rng.uniform(0.85, 1.1, count)
        self._wait_s = np.zeros(count)
        self._next = np.zeros(count, dtype=np.int64)
        self.orders: dict[int, StopOrder] = {}
        for vehicle in range(count):
            self._plan(vehicle)

    def __len__(self) -> int:
        return len(self.track)

    def positions(self) -> tuple[Array, Array]:
        """Positions (n, 2) and headings (n,), clockwise from the plane's north."""
        at, direction = self.lanes.locate(self.track, self.along_m)
        left = np.stack((-direction[:, 1], direction[:, 0]), axis=-1)
        heading = np.arctan2(direction[:, 0], direction[:, 1])
        return at + left * self.sideways_m[:, None], heading

    def step(self, now_s: float, dt_s: float) -> None:
        """Drive for `dt_s` seconds."""
        self._release(now_s)
        gap, closing = self._gaps()
        limit = np.minimum(gap, self._own_stops(dt_s))
        closing = np.where(limit < gap, self.speed_m_s, closing)
        self._drive(np.maximum(limit, 0.05), closing, dt_s)
        self._change_lanes()
        shrink = SIDEWAYS_M_S * dt_s
        self.sideways_m -= np.clip(self.sideways_m, -shrink, shrink)
        self._enter_next_tracks()
        self._note_stopped(now_s)

    def _drive(self, gap: Array, closing: Array, dt_s: float) -> None:
        speed = self.speed_m_s
        wanted = np.maximum(self.lanes.limit_m_s[self.track] * self._pace, 1.0)
        to_end = self.lanes.length_m[self.track] - self.along_m
        ahead = self.lanes.limit_m_s[self._next] * self._pace
        wanted = np.where(to_end < 18.0, np.minimum(wanted, ahead), wanted)
        keep = MIN_GAP_M + np.maximum(
            0.0,
            speed * HEADWAY_S + speed * closing / (2.0 * np.sqrt(ACCELERATION_M_S2 * BRAKING_M_S2)),
        )
        change = ACCELERATION_M_S2 * (1.0 - (speed / wanted) ** 4 - (keep / gap) ** 2)
        change = np.maximum(change, -HARDEST_BRAKING_M_S2)
        faster = np.maximum(0.0, speed + change * dt_s)
        self.speed_m_s = np.where(gap <= 0.3, 0.0, faster)
        self.along_m = self.along_m + self.speed_m_s * dt_s

    def _gaps(self) -> tuple[Array, Array]:
        """Metres free ahead of each vehicle, and how fast it closes on who is there."""
        count = len(self)
        queue = self.lanes.queue[self.track]
        order = np.lexsort((self.along_m, queue))
        behind, ahead = order[:-1], order[1:]
        same = queue[behind] == queue[ahead]
        gap, closing = np.full(count, FAR_M), np.zeros(count)
        follower, leader = behind[same], ahead[same]
        gap[follower] = self._between(follower, leader)
        closing[follower] = self.speed_m_s[follower] - self.speed_m_s[leader]
        rear = np.full(2 * self.lanes.lane_count, -1)
        firsts = order[np.concatenate(([True], ~same))[:count]]
        rear[queue[firsts]] = firsts
        free = np.flatnonzero(gap >= FAR_M)
        lead = rear[self.lanes.queue[self._next[free]]]
        free, lead = free[lead >= 0], lead[lead >= 0]
        to_end = self.lanes.length_m[self.track[free]] - self.along_m[free]
        body = (self._length_m[free] + self._length_m[lead]) / 2.0
        gap[free] = to_end + self.along_m[lead] - body
        closing[free] = self.speed_m_s[free] - self.speed_m_s[lead]
        return gap, closing

    def _between(self, follower: Array, leader: Array) -> Array:
        body = (self._length_m[follower] + self._length_m[leader]) / 2.0
        free: Array = self.along_m[leader] - self.along_m[follower] - body
        return free

    def _own_stops(self, dt_s: float) -> Array:
        """Metres to where a vehicle must stop by itself: an order, a wait or a busy crossing."""
        stop = np.full(len(self), FAR_M)
        to_end = self.lanes.length_m[self.track] - self.along_m
        near = (to_end < NEAR_CROSSING_M + self.speed_m_s * 1.5) & (
            self.track < self.lanes.lane_count
        )
        waiting = near & (self._wait_s > 0.0)
        stopped = waiting & (self.speed_m_s < 0.3) & (to_end < NEAR_CROSSING_M)
        self._wait_s[stopped] -= dt_s
        stop[waiting] = to_end[waiting]
        owners = self._crossing_owners()
        asking = np.flatnonzero(near & ~waiting)
        room = to_end[asking] - self.speed_m_s[asking] ** 2 / (2.0 * HARD_BRAKING_M_S2)
        first_come = np.lexsort((to_end[asking], room > 0.0))
        for vehicle in asking[first_come].tolist():
            owner = owners.setdefault(self._node(vehicle), int(self.track[vehicle]))
            if owner != self.track[vehicle]:
                stop[vehicle] = to_end[vehicle]
        for vehicle, order in self.orders.items():
            if order.track == self.track[vehicle]:
                stop[vehicle] = min(stop[vehicle], order.along_m - self.along_m[vehicle])
        free: Array = stop + (MIN_GAP_M - SHORT_OF_LINE_M) * (stop < FAR_M)
        return free

    def _crossing_owners(self) -> dict[int, int]:
        """Which lane has each crossing now: that of the vehicles within it."""
        turning = np.flatnonzero(self.track >= self.lanes.lane_count)
        return {self._node(vehicle): self._entry(vehicle) for vehicle in turning.tolist()}

    def _node(self, vehicle: int) -> int:
        return self.lanes.tracks[int(self.track[vehicle])].end_node

    def _entry(self, vehicle: int) -> int:
        return self.lanes.entry_of[int(self.track[vehicle])]

    def _enter_next_tracks(self) -> None:
        length = self.lanes.length_m[self.track]
        for vehicle in np.flatnonzero(self.along_m >= length).tolist():
            self.along_m[vehicle] -= length[vehicle]
            self.track[vehicle] = self._next[vehicle]
            self._plan(vehicle)

    def _plan(self, vehicle: int) -> None:
        """Choose the track after this one, and whether to wait before it."""
        track = int(self.track[vehicle])
        following = self.lanes.after[track]
        self._next[vehicle] = following[int(self._rng.integers(len(following)))]
        waits = track < self.lanes.lane_count and self._rng.random() < WAITS_AT_CROSSING
        self._wait_s[vehicle] = self._rng.uniform(*WAIT_S) if waits else 0.0

    def _change_lanes(self) -> None:
        """Pass a vehicle that was told to stop by the lane beside it, when that one is free."""
        for order in self.orders.values():
            sibling = self.lanes.sibling(order.track)
            if sibling is None:
                continue
            behind = self.along_m[order.vehicle] - self.along_m
            here = (self.track == order.track) & (behind > 0.0) & (behind < CHANGE_WITHIN_M)
            for vehicle in np.flatnonzero(here).tolist():
                self._change(vehicle, sibling)

    def _change(self, vehicle: int, lane: int) -> None:
        old = int(self.track[vehicle])
        along = self.along_m[vehicle] * self.lanes.length_m[lane] / self.lanes.length_m[old]
        near = (self.track == lane) & (np.abs(self.along_m - along) < 11.0)
        if near.any():
            return
        to_left = self.lanes.tracks[lane].lane > self.lanes.tracks[old].lane
        self.track[vehicle], self.along_m[vehicle] = lane, along
        self.sideways_m[vehicle] += -LANE_WIDTH_M if to_left else LANE_WIDTH_M
        self._plan(vehicle)

    def order_stop(self, order: StopOrder) -> None:
        """Tell a vehicle to stop; it does not wait at the crossing before."""
        self.orders[order.vehicle] = order

    def candidate(self, track: int, before_m: float) -> int | None:
        """The vehicle on a track that can still stop comfortably before a distance along it."""
        room = before_m - self.along_m
        fits = (self.track == track) & (room > 8.0 + self.speed_m_s**2 / 3.0)
        fits[list(self.orders)] = False
        found = np.flatnonzero(fits)
        return None if len(found) == 0 else int(found[np.argmin(room[found])])

    def bring(self, track: int, *, away_from: Array) -> None:
        """Put the vehicle that is farthest from a place on a lane's beginning, if that is free."""
        at, _ = self.positions()
        if (self.along_m[self.track == track] < 20.0).any():
            return
        vehicle = int(np.argmax(np.hypot(*(at - away_from).T)))
        self.track[vehicle], self.along_m[vehicle] = track, 1.0
        self.sideways_m[vehicle] = 0.0
        self._plan(vehicle)

    def _note_stopped(self, now_s: float) -> None:
        for order in self.orders.values():
            if order.until_s is None and self.has_stopped(order):
                order.until_s = now_s + order.for_s

    def has_stopped(self, order: StopOrder) -> bool:
        """Whether the vehicle stands where it was told to."""
        on_track = self.track[order.vehicle] == order.track
        near = abs(self.along_m[order.vehicle] - order.along_m) < 4.0
        return bool(on_track and near and self.speed_m_s[order.vehicle] < 0.05)

    def _release(self, now_s: float) -> None:
        for vehicle, order in list(self.orders.items()):
            if order.until_s is not None and now_s >= order.until_s:
                del self.orders[vehicle]
