"""An error budget by name, or from a TOML file of one or of several."""

from pathlib import Path

from pydantic import ValidationError

from missions.errors import BadInput
from missions.toml_file import read_table
from missions.vehicle import first_fault
from onboard.geolocate.error_budget import ErrorBudget, budgets_of, known_budgets


def budget_of(named: str) -> ErrorBudget:
    """The budget of a name, of a TOML file, or `FILE.toml:NAME` of a file of several.

    A file of one has tables `constant` and `per_frame`; one of several has them under each name.

    Raises:
        BadInput: there is no such name, or the file is not as `ErrorBudget` says.
    """
    if ".toml" not in named.lower():
        return _chosen(dict(known_budgets()), named, f"--errors {named}", "not a .toml file, nor")
    path, name = named, ""
    if not named.lower().endswith(".toml"):
        path, _, name = named.rpartition(":")
    table = read_table(Path(path))
    try:
        if not name:
            return ErrorBudget.model_validate(table)
        return _chosen(dict(budgets_of(table)), name, named, "not")
    except ValidationError as error:
        raise BadInput(where=path, what=first_fault(error)) from error


def _chosen(budgets: dict[str, ErrorBudget], name: str, where: str, refusal: str) -> ErrorBudget:
    if name not in budgets:
        names = ", ".join(sorted(budgets))
        raise BadInput(where=where, what=f"{refusal} one of {names}")
    return budgets[name]
