"""Where the signing key comes from: a passphrase in the environment, or a file of its own."""

import os
from collections.abc import Mapping
from pathlib import Path

from missions.errors import BadInput, place_of
from onboard.mavlink.codec import SigningKey

PASSPHRASE_VARIABLE = "QYRAN_SIGNING_PASSPHRASE"
OTHERS_MAY_READ = 0o077


def signing_key(
    file: Path | None, environment: Mapping[str, str] = os.environ
) -> SigningKey | None:
    """The key, or None where nobody gave one; the environment goes before the file.

    The passphrase makes the key as in other ground stations: SHA-256 of its UTF-8 bytes.

    Raises:
        BadInput: the file cannot be read, is empty, or others may read it.
    """
    passphrase = environment.get(PASSPHRASE_VARIABLE, "")
    if passphrase:
        return SigningKey.from_passphrase(passphrase)
    return None if file is None else _from_file(file)


def _from_file(file: Path) -> SigningKey:
    try:
        mode = file.stat().st_mode
        words = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise place_of(error, str(file)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(file), what="is not UTF-8 text") from error
    if mode & OTHERS_MAY_READ:
        raise BadInput(where=str(file), what="others may read this key: chmod 600")
    if not words:
        raise BadInput(where=str(file), what="is empty")
    return SigningKey.from_passphrase(words)
