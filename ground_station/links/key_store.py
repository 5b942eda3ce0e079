"""Keys of single vehicles on disk: one file each that only its owner may read, written whole.

`1.key` is what vehicle 1 signs with; `1.next.key` is what it was given and has not been heard with,
so that neither is lost where this program ends between the two. A file holds a passphrase as other
ground stations take it; the key is its SHA-256.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from ground_station.links.secrets import signing_key
from missions.errors import BadInput, place_of
from onboard.mavlink.codec import SigningKey

OWNERS_FILE, OWNERS_FOLDER = 0o600, 0o700
PASSPHRASE_BYTES = 32
CURRENT, NEXT = ".key", ".next.key"


class KeyStore:
    """A folder of keys; without one no vehicle can be given a key of its own."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def current(self) -> Iterator[tuple[int, SigningKey]]:
        """Every vehicle with its key.

        Raises:
            BadInput: a file is not readable, or others may read it.
        """
        return self._all(CURRENT)

    def given(self) -> Iterator[tuple[int, SigningKey]]:
        """Every vehicle that was given a key and has not been heard with it."""
        return self._all(NEXT)

    def make(self, system_id: int) -> SigningKey:
        """A new key for a vehicle, on disk before anybody hears of it; the last one once more where
        nobody knows whether the vehicle took it.

        Raises:
            BadInput: there is no folder, or it does not take it.
        """
        folder = self._ready()
        file = folder / f"{system_id}{NEXT}"
        left = signing_key(file, {}) if file.exists() else None
        if left is not None:
            return left
        passphrase = secrets.token_urlsafe(PASSPHRASE_BYTES)
        try:
            _write(file, passphrase)
        except OSError as error:
            raise place_of(error, str(folder)) from error
        return SigningKey.from_passphrase(passphrase)

    def took(self, system_id: int) -> None:
        """The vehicle signs with the key that it was given: the one of before goes."""
        if self._folder is not None:
            given = self._folder / f"{system_id}{NEXT}"
            if given.exists():
                given.replace(self._folder / f"{system_id}{CURRENT}")
                _sync(self._folder)

    def withdraw(self, system_id: int) -> None:
        """The vehicle refused the key that it was to be given."""
        self._remove(f"{system_id}{NEXT}")

    def forget(self, system_id: int) -> None:
        """The vehicle has no key of its own any more."""
        self._remove(f"{system_id}{NEXT}")
        self._remove(f"{system_id}{CURRENT}")

    def _all(self, ending: str) -> Iterator[tuple[int, SigningKey]]:
        if self._folder is None or not self._folder.is_dir():
            return
        for file in sorted(self._folder.glob(f"*{ending}")):
            name = file.name.removesuffix(ending)
            key = signing_key(file, {}) if name.isdecimal() else None
            if key is not None:
                yield int(name), key

    def _ready(self) -> Path:
        if self._folder is None:
            raise BadInput(where="signing keys", what="there is no folder to keep them in")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=OWNERS_FOLDER)
        except OSError as error:
            raise place_of(error, str(self._folder)) from error
        return self._folder

    def _remove(self, name: str) -> None:
        if self._folder is not None and self._folder.is_dir():
            (self._folder / name).unlink(missing_ok=True)
            _sync(self._folder)


def _write(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNERS_FILE)
    try:
        os.write(handle, text.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    unfinished.replace(file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
