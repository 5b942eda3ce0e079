"""An error budget by name, or from a TOML file."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from missions.errors import BadInput, place_of
from missions.vehicle import first_fault
from onboard.geolocate.error_budget import BUDGETS, ErrorBudget


def budget_of(named: str) -> ErrorBudget:
    """The budget of a name, or of a TOML file with tables `constant` and `per_frame`.

    Raises:
        BadInput: there is no such name, or the file is not as `ErrorBudget` says.
    """
    if not named.lower().endswith(".toml"):
        known = BUDGETS.get(named)
        if known is None:
            names = ", ".join(sorted(BUDGETS))
            raise BadInput(where=f"--errors {named}", what=f"not a .toml file, nor one of {names}")
        return known
    try:
        return ErrorBudget.model_validate(tomllib.loads(Path(named).read_text(encoding="utf-8")))
    except OSError as error:
        raise place_of(error, named) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=named, what=f"not TOML: {error}") from error
    except ValidationError as error:
        raise BadInput(where=named, what=first_fault(error)) from error
