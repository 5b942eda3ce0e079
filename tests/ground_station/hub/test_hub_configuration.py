"""hub.toml: what it says, and where its paths lead."""

from pathlib import Path

import pytest

from ground_station.configuration import bearer_token, read_hub_configuration
from ground_station.errors import BadConfiguration

FILE = """
listen_port = 9000
data_folder = "data"
district_folder = "."
links = ["udpin:0.0.0.0:14550"]
lean_streams = true

[drones.1]
drone_id = "qyran-1"
name = "Қыран 1"

[correlation]
extent_m = { crowd = 90.0 }
"""


def test_file_is_read_with_paths_beside_it(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(FILE, encoding="utf-8")
    read = read_hub_configuration(tmp_path / "hub.toml")
    assert (read.listen_host, read.listen_port) == ("127.0.0.1", 9000)
    assert (read.data_folder, read.district_folder) == (tmp_path / "data", tmp_path)
    assert (read.links, read.lean_streams) == (("udpin:0.0.0.0:14550",), True)
    assert (read.drones[1].drone_id, read.drones[1].name) == ("qyran-1", "Қыран 1")


def test_empty_file_is_a_hub_without_links_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text("", encoding="utf-8")
    read = read_hub_configuration(tmp_path / "hub.toml")
    assert (read.listen_host, read.listen_port, read.links) == ("127.0.0.1", 8040, ())


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("lean_streams = true\nlinks = 3\n", "hub.toml, line 2: links"),
        ("[recording]\nfolder = 'r'\nmost_minutes = -1\n", "line 3: recording.most_minutes"),
        ("[drones.1]\ndrone_id = 'q'\ncolour = 'red'\nname = 'q'\n", "line 3: drones.1.colour"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_key(tmp_path: Path, written: str, place: str) -> None:
    (tmp_path / "hub.toml").write_text(written, encoding="utf-8")
    with pytest.raises(BadConfiguration) as refused:
        read_hub_configuration(tmp_path / "hub.toml")
    assert refused.value.where.endswith(place)


def test_empty_token_is_no_token() -> None:
    assert bearer_token({"QYRAN_HUB_TOKEN": ""}) is None
    assert bearer_token({"QYRAN_HUB_TOKEN": "s"}) == "s"
