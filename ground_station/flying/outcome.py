"""How a wish ends, said in three languages, and the error by which a deed ends early."""

from ground_station.hub.vehicles_port import CommandOutcome, CommandResult
from ground_station.words import Words


def words(kk: str, ru: str, en: str, /, **values: object) -> Words:
    """A sentence with its values filled in."""
    return Words(kk=kk.format(**values), ru=ru.format(**values), en=en.format(**values))


def joined(parts: list[Words]) -> Words:
    """Several sentences as one text, each once."""
    kept = list(dict.fromkeys(parts))
    return Words(
        kk="; ".join(part.kk for part in kept),
        ru="; ".join(part.ru for part in kept),
        en="; ".join(part.en for part in kept),
    )


def ended(result: CommandResult, said: Words | None = None) -> CommandOutcome:
    """An outcome; `reason` is the English sentence, for programs' logs."""
    return CommandOutcome(outcome=result, reason="" if said is None else said.en, words=said)


def done(said: Words | None = None) -> CommandOutcome:
    """Seen in the vehicle's state."""
    return ended(CommandResult.DONE, said)


class NotDone(Exception):
    """A deed cannot go on; `outcome` says why."""

    def __init__(self, outcome: CommandOutcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.reason)


def refused(said: Words) -> NotDone:
    """The vehicle, or what is known of it, said no."""
    return NotDone(ended(CommandResult.REFUSED, said))


def failed(said: Words) -> NotDone:
    """No answer, or not seen in time."""
    return NotDone(ended(CommandResult.FAILED, said))
