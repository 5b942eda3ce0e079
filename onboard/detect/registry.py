"""The models that are known by name: whose they are, under what licence, and how to tell them.

They are listed in `registry.toml` beside this module, and our own in `weights/registry.toml`, with
its files. A file is what it is by its SHA-256 alone, whatever it is called.
"""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from missions.errors import BadInput, place_of

REGISTRY = Path(__file__).with_name("registry.toml")
WEIGHTS = Path(__file__).with_name("weights")
FOLDER_VARIABLE = "QYRAN_MODELS"
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model; `sha256` is empty where nobody here has held the file."""

    name: str
    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """`role` is what it is good for: general, steep for views from above, or own: ours, which
    lies in the package."""

    name: str
    about: str
    role: str
    licence: str
    authors: str
    files: tuple[ModelFile, ...]


def models_folder() -> Path:
    """Where fetched models are kept: `QYRAN_MODELS`, or the user's cache."""
    told = os.environ.get(FOLDER_VARIABLE)
    if told:
        return Path(told).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "qyran" / "models"


@lru_cache(maxsize=1)
def known_models() -> tuple[KnownModel, ...]:
    """All of them, as the registry has them."""
    files = [file for file in (REGISTRY, WEIGHTS / REGISTRY.name) if file.is_file()]
    content = {
        name: row
        for file in files
        for name, row in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }
    return tuple(
        KnownModel(
            name=name,
            about=row["about"],
            role=row["role"],
            licence=row["licence"],
            authors=row["authors"],
            files=tuple(ModelFile(**each) for each in row["files"]),
        )
        for name, row in content.items()
    )


def sha256_of(file: Path) -> str:
    """The digest of a file's bytes.

    Raises:
        Refusal: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(READ_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise place_of(error, str(file)) from error
    return digest.hexdigest()


def beside_or_kept(role: str, folder: Path) -> Path | None:
    """The first file of a model of this role whose files all lie, unaltered, in one folder."""
    for model in known_models():
        if model.role != role:
            continue
        for place in (folder, models_folder()):
            files = [place / each.name for each in model.files]
            if all(map(_is, files, model.files)):
                return files[0]
    return None


def _is(file: Path, known: ModelFile) -> bool:
    return bool(known.sha256) and file.is_file() and sha256_of(file) == known.sha256


def model_named(name: str) -> KnownModel:
    """The model of a name.

    Raises:
        BadInput: none is known by it.
    """
    for model in known_models():
        if model.name == name:
            return model
    known = ", ".join(model.name for model in known_models())
    raise BadInput(where=f"model {name}", what=f"not known; known are {known}")


def known_by_digest(sha256: str) -> KnownModel | None:
    """The model that has a file of this digest."""
    for model in known_models():
        if any(each.sha256 == sha256 for each in model.files):
            return model
    return None


def state_in(model: KnownModel, folder: Path) -> str:
    """Whether a folder holds all its files: here, absent, altered, or unproven with no digest."""
    place = WEIGHTS if model.role == "own" else folder
    files = [(place / each.name, each.sha256) for each in model.files]
    if not all(file.is_file() for file, _ in files):
        return "absent"
    if not all(sha256 for _, sha256 in files):
        return "unproven"
    same = all(sha256_of(file) == sha256 for file, sha256 in files)
    return "here" if same else "altered"
