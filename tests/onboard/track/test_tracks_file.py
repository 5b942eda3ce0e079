"""What a tracks file keeps, and how a broken one is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.errors import BadInput
from onboard.messages import ObjectClass
from onboard.track.files import (
    Header,
    TracksFrame,
    frame_line,
    header_line,
    read_tracks,
    write_tracks,
)
from onboard.track.track import Track

NUMBER = st.floats(-1e4, 1e4)
PAIR = st.tuples(NUMBER, NUMBER).map(np.array)
SPREAD = st.tuples(st.floats(0.01, 30.0), st.floats(0.01, 30.0), st.floats(-0.9, 0.9)).map(
    lambda abc: np.array(
        [[abc[0] ** 2, abc[0] * abc[1] * abc[2]], [abc[0] * abc[1] * abc[2], abc[1] ** 2]]
    )
)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    edges = draw(st.none() | st.tuples(NUMBER, NUMBER, NUMBER, NUMBER))
    return Track(
        track_id=draw(st.integers(1, 10**6)),
        object_class=draw(st.sampled_from(ObjectClass)),
        confidence=draw(st.floats(0.0, 1.0)),
        en_m=draw(PAIR),
        velocity_en_m_s=draw(PAIR),
        covariance_m2=draw(SPREAD),
        own_m2=draw(SPREAD),
        velocity_m2_s2=draw(SPREAD),
        box=edges,
        first_seen_s=draw(NUMBER),
        last_seen_s=draw(NUMBER),
        sightings=draw(st.integers(1, 1000)),
    )


@given(track=tracks())
def test_a_track_comes_back_as_it_was_written(
    track: Track, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("tracks") / "tracks.jsonl"
    header = Header(origin=(44.85, 65.5), source="a")
    write_tracks(file, header, [TracksFrame(t_s=1.5, tracks=(track,))])
    read = read_tracks(file)
    assert read.header == header
    (again,) = read.frames[0].tracks
    assert (again.track_id, again.object_class) == (track.track_id, track.object_class)
    for name in ("en_m", "velocity_en_m_s", "covariance_m2", "own_m2", "velocity_m2_s2"):
        np.testing.assert_allclose(getattr(again, name), getattr(track, name), atol=1e-8)
    np.testing.assert_allclose(again.box or (), track.box or (), atol=0.006)


BAD = {
    "not json": "{",
    "no time": '{"tracks":[]}',
    "time that goes back": '{"t_s":0.5,"tracks":[]}',
    "no number": '{"t_s":NaN,"tracks":[]}',
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_a_broken_line_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "tracks.jsonl"
    good = frame_line(TracksFrame(t_s=1.0, tracks=()))
    file.write_text(f"{header_line(Header())}\n{good}\n{line}\n")
    with pytest.raises(BadInput, match=r"tracks\.jsonl:3"):
        read_tracks(file)


TRACK = {
    "id": 7,
    "class": "car",
    "confidence": 0.5,
    "en_m": [0, 0],
    "velocity_en_m_s": [0, 0],
    "covariance_m2": [[1, 0], [0, 1]],
    "velocity_m2_s2": [[1, 0], [0, 1]],
    "first_seen_s": 0,
    "last_seen_s": 0,
    "sightings": 1,
}


def written(file: Path, *frames: list[dict[str, object]]) -> Path:
    lines = [json.dumps({"t_s": t_s, "tracks": tracks}) for t_s, tracks in enumerate(frames)]
    file.write_text("\n".join([header_line(Header()), *lines]))
    return file


def test_a_covariance_that_is_none_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "tracks.jsonl", [TRACK | {"covariance_m2": [[1, 3], [3, 1]]}])
    with pytest.raises(BadInput, match="covariance"):
        read_tracks(file)


def test_a_track_that_is_told_twice_in_a_frame_is_refused_with_its_line_and_id(
    tmp_path: Path,
) -> None:
    file = written(tmp_path / "tracks.jsonl", [TRACK], [TRACK, TRACK | {"en_m": [5, 5]}])
    with pytest.raises(BadInput, match=r"tracks\.jsonl:3 .*track 7 is told twice"):
        read_tracks(file)


def test_classes_of_a_newer_aircraft_are_read_as_other_and_counted(tmp_path: Path) -> None:
    camels = [TRACK | {"id": name, "class": "camel"} for name in (8, 9)]
    read = read_tracks(written(tmp_path / "tracks.jsonl", [TRACK, *camels], [TRACK, *camels]))
    assert [each.object_class.value for each in read.frames[0].tracks] == ["car", "other", "other"]
    assert read.unknown == {"camel": 2}
    assert "camel (2)" in read.words


@pytest.mark.parametrize("name", ["", 3, None])
def test_a_class_that_is_no_name_is_refused(name: object, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="class"):
        read_tracks(written(tmp_path / "tracks.jsonl", [TRACK | {"class": name}]))


def test_a_file_of_known_classes_has_nothing_to_tell(tmp_path: Path) -> None:
    assert read_tracks(written(tmp_path / "tracks.jsonl", [TRACK])).words == ""


@pytest.mark.parametrize("text", ["", '{"format":"other","version":1}\n', "\xff\n"])
def test_what_is_no_tracks_file_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "tracks.jsonl"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=r"tracks\.jsonl"):
        read_tracks(file)
