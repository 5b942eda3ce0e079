"""Fetches published weights, from their authors' releases or a mirror, and proves what came."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from missions.errors import BadInput, Failed, place_of
from onboard.detect.registry import KnownModel, ModelFile, sha256_of

PATIENCE_S = 30.0
# The largest that is known has 5 MB; a page that never ends is not read to its end.
LARGEST_BYTES = 200_000_000


def fetch(model: KnownModel, folder: Path, *, mirror: str | None, trust_new: bool) -> Iterator[str]:
    """Brings each file that is not there yet; says what became of each.

    A mirror is an address or a folder that has the files under their names. A file appears under
    its own name only once its digest is proven.

    Raises:
        BadInput: the authors publish no such file and no mirror is told, or its digest is not known
            and is not to be trusted.
        Failed: there is no network, no such file, or it came altered.
    """
    for each in model.files:
        file = folder / each.name
        if each.sha256 and file.is_file() and sha256_of(file) == each.sha256:
            yield f"{file}: here already"
            continue
        if not each.sha256 and not trust_new:
            what = "its digest is not known here yet: --trust-new keeps it and tells its digest"
            raise BadInput(where=each.name, what=what)
        data = _data(each, mirror)
        digest = hashlib.sha256(data).hexdigest()
        if each.sha256 and digest != each.sha256:
            raise Failed(f"{each.name} came altered: sha256 {digest}, expected {each.sha256}")
        _kept(file, data)
        yield f"{file}: {len(data)} bytes, sha256 {digest}"


def _data(file: ModelFile, mirror: str | None) -> bytes:
    if mirror is not None and "://" not in mirror:
        source = Path(mirror).expanduser() / file.name
        try:
            return source.read_bytes()
        except OSError as error:
            raise place_of(error, str(source)) from error
    url = file.url if mirror is None else f"{mirror.rstrip('/')}/{file.name}"
    if not url:
        what = "its authors publish no such single file: tell a --mirror that has it"
        raise BadInput(where=file.name, what=what)
    return _downloaded(url)


def _downloaded(url: str) -> bytes:
    parts, size = [], 0
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=PATIENCE_S) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                size += len(part)
                if size > LARGEST_BYTES:
                    raise Failed(f"{url}: more than {LARGEST_BYTES} bytes")
                parts.append(part)
    except httpx.HTTPStatusError as error:
        raise Failed(f"{url}: status {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = str(error) or type(error).__name__
        raise Failed(f"{url} cannot be reached: {why}; offline, use --mirror DIR") from error
    return b"".join(parts)


def _kept(file: Path, data: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(file)
    except OSError as error:
        raise place_of(error, str(file)) from error
