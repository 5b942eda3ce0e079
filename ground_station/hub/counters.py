"""What the hub counted since it started: nothing is dropped without a number."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """Messages by what became of them, what aircraft brought each other, pictures, refused
    requests and failures of the store."""

    messages_accepted: int = 0
    messages_duplicate: int = 0
    messages_refused: int = 0
    messages_newer: int = 0
    messages_of_unknown_kind: int = 0
    unknown_fields: int = 0
    live_refused: int = 0
    mail_brought: int = 0
    mail_expired: int = 0
    handovers_offered: int = 0
    handovers_taken: int = 0
    answers_passed_over: int = 0
    pictures_stored: int = 0
    pictures_refused: int = 0
    requests_unauthorized: int = 0
    requests_too_large: int = 0
    store_failures: int = 0
    actions_unrecorded: int = 0

    def as_dict(self) -> dict[str, int]:
        """Every counter by name."""
        return asdict(self)
