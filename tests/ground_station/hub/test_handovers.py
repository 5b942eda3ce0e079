"""What the hub does with a track that one aircraft offers to others, and with the answers."""

import math
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ground_station.hub.asking import Candidate
from ground_station.hub.handovers import MOST_TURN
from ground_station.hub.hub import Hub
from ground_station.hub.post import SILENT_AFTER_S, Post, Presence, open_post
from ground_station.store import mailbox
from missions.geodesy import GeoPoint
from onboard.messages import IngestReply

pytestmark = pytest.mark.anyio
OFFER_ID = "one:boot:5/relief"
OBJECT = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)


def over_at_once(post: Post) -> None:
    """Every turn has ended."""
    ended = datetime.now(UTC) - timedelta(seconds=1)
    post._turns = {name: replace(turn, ends_at=ended) for name, turn in post._turns.items()}


class Skies:
    """Aircraft that speak to the hub; each names what it has received when it speaks again."""

    def __init__(self, api: httpx.AsyncClient, post: Post) -> None:
        self.api = api
        self.post = post
        self.known: dict[str, Candidate] = {}
        self.now_s = 0.0
        self._received: dict[str, list[str]] = {}
        self._sequence = 0

    async def says(self, drone: str, body: dict[str, Any], path: str = "/ingest") -> Any:
        """A message, and what its reply brings: bodies with the sender."""
        self._sequence += 1
        message = {
            "drone_id": drone,
            "boot_id": "boot",
            "sequence": self._sequence,
            "sent_at": datetime.now(UTC).isoformat(),
            "body": body,
        }
        named = self._received.pop(drone, [])
        request = {"messages": [message], "received": named}
        return (await self.api.post(path, json=request)).json()

    async def calls(self, drone: str, *, hears: bool = True) -> list[tuple[str, str, bool]]:
        """What comes with the next state that is told: sender, kind, whether accepted."""
        view = {"kind": "tracks", "tracks": []}
        brought = (await self.says(drone, view, "/live"))["brought"]
        ids = [f"{each['drone_id']}:{each['boot_id']}:{each['sequence']}" for each in brought]
        self._received[drone] = ids if hears else []
        return [
            (each["drone_id"], each["body"]["kind"], each["body"].get("accepted", False))
            for each in brought
        ]

    async def offers(self, *, to: str | None, valid_s: float = 30.0, since_s: float = 0.0) -> Any:
        seen_at = datetime.now(UTC) - timedelta(seconds=since_s)
        ellipse = {
            "semi_major_m": 3.0,
            "semi_minor_m": 2.0,
            "orientation_rad": 0.0,
            "probability": 0.9,
        }
        place = {**asdict(OBJECT), "height_amsl_m": 129.0}
        body = {
            "kind": "handover",
            "severity": "alarm",
            "handover_id": OFFER_ID,
            "to": to,
            "event_kind": "person_down",
            "event_id": "one:boot:5",
            "certainty": 0.9,
            "object_class": "person",
            "track_id": 7,
            "position": {**place, "ellipse": ellipse},
            "covariance_m2": [[4.0, 0.0], [0.0, 4.0]],
            "velocity_east_m_s": 0.0,
            "velocity_north_m_s": 0.0,
            "seen_at": seen_at.isoformat(),
            "valid_until": (seen_at + timedelta(seconds=valid_s)).isoformat(),
        }
        return await self.says("one", body)

    def stands(self, drone: str, *, east_m: float) -> None:
        """The drone says that it is so far east of the object."""
        narrow = math.cos(math.radians(OBJECT.latitude_deg))
        place = GeoPoint(
            latitude_deg=OBJECT.latitude_deg,
            longitude_deg=OBJECT.longitude_deg + math.degrees(east_m / (6_371_000.0 * narrow)),
        )
        self.known[drone] = Candidate(drone_id=drone, place=place)

    def turns_are_over(self) -> None:
        """Whoever was asked has not answered in time."""
        over_at_once(self.post)

    async def answers(self, drone: str, *, accepted: bool) -> Any:
        body = {"kind": "handover_answer", "severity": "alarm", "handover_id": OFFER_ID}
        return await self.says(drone, {**body, "to": "one", "accepted": accepted})


@pytest.fixture
async def skies(hub: Hub, api: httpx.AsyncClient) -> Skies:
    """Three aircraft that the hub hears, long after it has started."""
    made = Skies(api, hub.post)
    hub.post.where = lambda: made.known
    hub.post.presence = Presence(lambda: made.now_s)
    made.now_s = 100.0
    for drone in ("one", "two", "three"):
        await made.calls(drone)
    return made


async def test_an_offer_comes_with_the_next_call_of_the_drone_that_it_names_and_only_to_it(
    skies: Skies,
) -> None:
    await skies.offers(to="two")
    assert await skies.calls("three") == []
    assert await skies.calls("two") == [("one", "handover", False)]
    assert await skies.calls("two") == []


async def test_what_was_not_heard_comes_again_until_it_is(skies: Skies) -> None:
    await skies.offers(to="two")
    assert await skies.calls("two", hears=False) == [("one", "handover", False)]
    assert await skies.calls("two") == [("one", "handover", False)]
    assert await skies.calls("two") == []
    assert (await skies.api.get("/health")).json()["mail_brought"] == 1


async def test_the_answer_reaches_the_giver(skies: Skies) -> None:
    await skies.offers(to="two")
    await skies.calls("two")
    await skies.answers("two", accepted=True)
    assert await skies.calls("one") == [("two", "handover_answer", True)]
    assert (await skies.api.get("/health")).json()["handovers_taken"] == 1


async def test_an_offer_to_all_goes_to_the_nearest_first_and_to_one_at_a_time(
    skies: Skies,
) -> None:
    skies.stands("two", east_m=400.0)
    skies.stands("three", east_m=100.0)
    await skies.offers(to=None)
    assert await skies.calls("one") == []
    assert await skies.calls("two") == []
    assert await skies.calls("three") == [("one", "handover", False)]


async def test_drones_at_places_that_nobody_knows_are_asked_by_name(skies: Skies) -> None:
    await skies.offers(to=None)
    assert await skies.calls("two") == []
    assert await skies.calls("three") == [("one", "handover", False)]


async def test_a_refusal_brings_the_offer_to_the_next_at_once(skies: Skies) -> None:
    await skies.offers(to=None)
    await skies.calls("three")
    await skies.answers("three", accepted=False)
    assert await skies.calls("two") == [("one", "handover", False)]


async def test_a_drone_that_says_nothing_loses_its_turn_to_the_next(skies: Skies) -> None:
    await skies.offers(to=None)
    await skies.calls("three")
    assert await skies.calls("two") == []
    skies.turns_are_over()
    assert await skies.calls("two") == [("one", "handover", False)]


async def test_whoever_calls_after_its_turn_hears_nothing_of_it(skies: Skies, hub: Hub) -> None:
    await skies.offers(to=None)
    async with hub.database.reading() as connection:
        after = datetime.now(UTC) + MOST_TURN + timedelta(seconds=1)
        assert await mailbox.mail_of(connection, ["three"], after) == []


async def test_turns_go_on_with_a_hub_that_starts_anew(skies: Skies, hub: Hub) -> None:
    await skies.offers(to=None)
    started_anew = await open_post(hub.database, hub.counters)
    started_anew.presence.hear({"two", "three"})
    over_at_once(started_anew)
    reply = await started_anew.with_mail(IngestReply(accepted=("two:boot:99",)), ())
    assert [each["drone_id"] for each in reply.brought] == ["one"]


async def test_the_first_that_takes_it_has_it_and_nobody_else_is_asked_any_more(
    skies: Skies,
) -> None:
    await skies.offers(to=None)
    await skies.calls("three")
    await skies.answers("three", accepted=True)
    skies.turns_are_over()
    assert await skies.calls("two") == []


async def test_whoever_takes_it_too_late_is_told_who_has_it(skies: Skies) -> None:
    await skies.offers(to=None)
    await skies.calls("three")
    skies.turns_are_over()
    await skies.calls("two")
    await skies.answers("two", accepted=True)
    reply = await skies.answers("three", accepted=True)
    (told,) = [each["body"] for each in reply["brought"]]
    assert (told["accepted"], told["final"]) == (False, True)
    assert told["reason"] == "two has taken it over"
    assert await skies.calls("one") == [("two", "handover_answer", True)]


async def test_the_giver_is_told_when_nobody_is_left_who_could_take_it(skies: Skies) -> None:
    await skies.offers(to=None)
    await skies.answers("three", accepted=False)
    assert await skies.calls("one") == [("three", "handover_answer", False)]
    await skies.answers("two", accepted=False)
    heard = [("two", "handover_answer", False), ("hub", "handover_answer", False)]
    assert await skies.calls("one") == heard


async def test_an_offer_to_a_drone_that_nobody_knows_is_answered_in_the_same_reply(
    skies: Skies,
) -> None:
    (told,) = [each["body"] for each in (await skies.offers(to="nine"))["brought"]]
    assert (told["accepted"], told["final"], told["reason"]) == (
        False,
        True,
        "nine is not known here",
    )


async def test_an_offer_to_a_drone_that_has_fallen_silent_is_answered_in_the_same_reply(
    skies: Skies,
) -> None:
    skies.now_s += SILENT_AFTER_S + 5.0
    (told,) = [each["body"] for each in (await skies.offers(to="two"))["brought"]]
    assert told["reason"] == "two has not been heard for 15 s"


async def test_an_offer_to_all_is_answered_at_once_where_nobody_else_is_heard(skies: Skies) -> None:
    skies.now_s += SILENT_AFTER_S + 5.0
    (told,) = [each["body"] for each in (await skies.offers(to=None))["brought"]]
    assert (told["final"], told["reason"]) == (True, "no other drone is heard")


async def test_a_hub_that_has_just_started_keeps_the_offer_for_a_drone_it_has_not_heard_yet(
    skies: Skies, hub: Hub
) -> None:
    hub.post.presence = Presence(lambda: skies.now_s)
    assert (await skies.offers(to="two"))["brought"] == []
    assert await skies.calls("two") == [("one", "handover", False)]


async def test_an_offer_that_has_expired_on_its_way_is_brought_to_nobody(skies: Skies) -> None:
    await skies.offers(to="two", valid_s=30.0, since_s=31.0)
    assert await skies.calls("two") == []
    assert (await skies.api.get("/health")).json()["mail_expired"] == 1


async def test_an_offer_of_a_clock_that_is_ahead_holds_no_longer_than_it_says(
    skies: Skies, hub: Hub
) -> None:
    await skies.offers(to="two", valid_s=30.0, since_s=-3600.0)
    at = datetime.now(UTC)
    async with hub.database.reading() as connection:
        assert len(await mailbox.mail_of(connection, ["two"], at + timedelta(seconds=20))) == 1
        assert await mailbox.mail_of(connection, ["two"], at + timedelta(seconds=40)) == []


async def test_absurd_times_of_an_offer_harm_nobody(skies: Skies) -> None:
    await skies.offers(to="two", valid_s=1e11, since_s=6e10)
    assert await skies.calls("two") == [("one", "handover", False)]


async def test_an_answer_of_a_drone_that_was_not_asked_is_passed_over_and_counted(
    skies: Skies,
) -> None:
    await skies.offers(to="two")
    await skies.answers("three", accepted=True)
    assert await skies.calls("one") == []
    assert (await skies.api.get("/health")).json()["answers_passed_over"] == 1


async def test_what_waits_outlives_the_hub(skies: Skies, hub: Hub) -> None:
    await skies.offers(to="two")
    started_anew = await open_post(hub.database, hub.counters)
    reply = await started_anew.with_mail(IngestReply(accepted=("two:boot:99",)), ())
    assert [each["drone_id"] for each in reply.brought] == ["one"]


async def test_mail_that_cannot_be_read_holds_up_nothing_that_is_live(
    skies: Skies, hub: Hub
) -> None:
    await skies.offers(to="two")
    async with hub.database.writing() as connection:
        await connection.exec_driver_sql("DROP TABLE mailbox")
    reply = await skies.says("two", {"kind": "tracks", "tracks": []}, "/live")
    assert (len(reply["accepted"]), reply["brought"]) == (1, [])
    assert (await skies.api.get("/health")).json()["store_failures"] == 1
