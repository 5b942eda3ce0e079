"""Pictures on disk: whole or not there, and only what they are said to be."""

import hashlib
from pathlib import Path

import pytest

from ground_station.errors import PictureRefused, StoreUnavailable
from ground_station.store.pictures import PictureFolder

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))
NAME = hashlib.sha256(JPEG).hexdigest()


def test_stored_picture_comes_back_unchanged(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    assert folder.put(NAME, JPEG)
    assert folder.get(NAME) == JPEG


def test_same_picture_again_is_nothing_new(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    folder.put(NAME, JPEG)
    assert not folder.put(NAME, JPEG)


def test_picture_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    with pytest.raises(PictureRefused, match="another SHA-256"):
        folder.put("0" * 64, JPEG)
    assert list(tmp_path.rglob("*")) == []


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    page = b"<script>"
    with pytest.raises(PictureRefused, match="neither JPEG nor PNG"):
        PictureFolder(tmp_path).put(hashlib.sha256(page).hexdigest(), page)


def test_unknown_picture_is_none(tmp_path: Path) -> None:
    assert PictureFolder(tmp_path).get(NAME) is None


def test_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    (tmp_path / NAME[:2]).write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreUnavailable, match="pictures"):
        folder.put(NAME, JPEG)


def test_half_written_picture_of_a_killed_hub_is_cleared_away(tmp_path: Path) -> None:
    left_over = tmp_path / "abc.unfinished"
    left_over.write_bytes(JPEG[:10])
    PictureFolder(tmp_path)
    assert not left_over.exists()
