"""The signs of a road accident, and how they are told."""

import math
from dataclasses import dataclass

from onboard.messages import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is seen of a stop: how surely it was `hard`, and was another's beside it (0: none was).

    Whether another stands there, people are on the carriageway, and others drove past; for how long
    it has stood; and whether it is near a crossing.
    """

    hard: float
    other_hard: float
    beside: bool
    people: bool
    passed: bool
    stood_s: float
    near_crossing: bool


def told(signs: Signs, certainty: float) -> Explanation:
    """One sentence with all that was seen. Nobody has counted such accidents: it is an estimate."""
    percent = round(100 * certainty)
    kk, ru, en = (", ".join(words) for words in zip(*_seen(signs), strict=True))
    return Explanation(
        kk=f"Жол апатына ұқсайды: {kk}; ықтималдығы шамамен {percent} %.",
        ru=f"Похоже на ДТП: {ru}; вероятность примерно {percent} %.",
        en=f"This looks like a road accident: {en}; the probability is about {percent} %.",
    )


def _seen(signs: Signs) -> list[tuple[str, str, str]]:
    """Each sign in Kazakh, Russian and English."""
    seconds, both = math.floor(signs.stood_s), signs.other_hard > 0.5
    braked = (
        f"көлік күрт тежеп, {seconds} с бойы тұр",
        f"машина резко затормозила и стоит {seconds} с",
        f"a vehicle braked hard and has stood for {seconds} s",
    )
    as_hard = (
        "қасында екінші көлік те күрт тоқтады",
        "рядом так же резко остановилась другая",
        "another stopped as hard beside it",
    )
    stands = ("қасында басқа көлік тұр", "рядом стоит другая", "another stands beside it")
    people = (
        "жолдың жүру бөлігінде адам бар",
        "на проезжей части люди",
        "there are people on the carriageway",
    )
    passed = ("өзгелер жанынан өтіп жатыр", "остальные проезжают мимо", "others drive past")
    rows = (
        (True, braked),
        (both, as_hard),
        (signs.beside and not both, stands),
        (signs.people, people),
        (signs.passed, passed),
    )
    return [words for is_seen, words in rows if is_seen]
