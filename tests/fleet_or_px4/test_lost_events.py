"""A reason that was said in an event alone, and lost on its way: the vehicle says it again."""

from dataclasses import replace
from typing import Any

import pytest

from ground_station.hub.vehicles_port import UploadResult
from onboard.mavlink.codec import Message

pytestmark = pytest.mark.system


class LosesEachOnce:
    """Loses every text, and every event when it is said for the first time."""

    def __init__(self) -> None:
        self.events: list[int] = []

    def __call__(self, message: Message) -> bool:
        if message.name != "EVENT":
            return message.name == "STATUSTEXT"
        number: int = message["sequence"]
        if number in self.events:
            return False
        self.events.append(number)
        return True


def test_a_refusals_reason_that_was_lost_is_asked_for_again(
    vehicle_on_udp: Any, relay: Any, with_station: Any, plan_near: Any
) -> None:
    good = plan_near(vehicle_on_udp, legs=4)
    takeoff = replace(good.items[0], params=(*good.items[0].params[:6], -5.0))
    bad = replace(good, items=(takeoff, *good.items[1:]))
    lost = LosesEachOnce()

    async def body(station: Any) -> None:
        proven = await station.upload(vehicle_on_udp.system_id, good)
        assert proven.outcome is UploadResult.PROVEN, proven.reason
        relay.loses = lost
        outcome = await station.upload(vehicle_on_udp.system_id, bad)
        assert outcome.outcome is UploadResult.REFUSED
        assert lost.events
        assert "takeoff is too low" in outcome.reason
        (link,) = station.links().vehicles
        assert link.refused["events_recovered"] >= 1

    with_station([replace(vehicle_on_udp, ground_port=relay.port)], body, within_s=90.0)
