"""Numbers of incidents."""

import pytest

from ground_station.modules.incident.built_in import incident_number


@pytest.mark.parametrize(
    ("count", "number"), [(1, "KZO-2026-0001"), (9999, "KZO-2026-9999"), (10000, "KZO-2026-10000")]
)
def test_number_is_district_year_and_count(count: int, number: str) -> None:
    assert incident_number(district_code="KZO", year=2026, count=count) == number
