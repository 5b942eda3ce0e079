"""How kernels are compiled: numba without fastmath, so that what they answer is the same every run.

`inner` functions are compiled into the kernels that call them. An entry is called from Python and
kept on disk; what is kept is named by a digest of every file of its package and of what they import
(`kernel_sources`), because numba itself looks only at the file of the entry. Where neither the
package's folder nor the user's cache may be written, kernels are kept in the system's folder for
temporary files.

numba takes a second to import: import a package of kernels where it is first needed.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import numba
from numba.core import caching

from missions.kernel_sources import sources_of

F = TypeVar("F", bound=Callable[..., Any])
KEPT_IN = "QYRAN_KERNELS"
# No kernel takes memory, so none counts references: half the time to compile.
HOW: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def inner(function: F) -> F:
    """Compile a function that only other kernels call."""
    return cast(F, numba.njit(**HOW)(function))


def digest_of(package: Path) -> str:
    """A digest of the text of every module that a folder's kernels may be compiled from."""
    digest = hashlib.sha256()
    for path in sources_of(package):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def folder_for(package: Path) -> Path:
    """The first folder that may be written: named, the package's, the user's, the temporary one."""
    named = os.environ.get(KEPT_IN)
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    last = Path(tempfile.gettempdir()) / "qyran-kernels"
    tried = [Path(named)] if named else [package / "__pycache__", user / "qyran" / "kernels"]
    return next((folder for folder in tried if _writable(folder)), last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """The kernels of one package. `tag` tells its files from another package's in one folder."""

    tag: str
    digest: Callable[[], str]
    folder: Callable[[], Path]

    @classmethod
    def of(cls, package: Path, *, tag: str) -> Self:
        """The kernels whose texts lie in a folder."""
        return cls(
            tag=tag,
            digest=cache(lambda: digest_of(package)),
            folder=cache(lambda: folder_for(package)),
        )

    def entry(self, function: F) -> F:
        """Compile a kernel that Python calls, and keep it on disk."""
        dispatcher: Any = numba.njit(nogil=True, **HOW)(function)
        make: Any = _cache_of(self)
        dispatcher._cache = make(function)
        return cast(F, dispatcher)

    def forget_others(self) -> int:
        """Remove what was kept of other versions of these kernels; the number of files removed."""
        others = [
            path
            for path in self.folder().glob("*.nb[ic]")
            if f"-{self.tag}" in path.name and self.digest()[:12] not in path.name
        ]
        for path in others:
            path.unlink(missing_ok=True)
        return len(others)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _cache_of(kernels: Kernels) -> type[caching.FunctionCache]:
    """numba's cache of a function, told where and under which name to keep it."""

    class Locator(caching._CacheLocator):
        def __init__(self, line: int) -> None:
            self._line = line

        def get_cache_path(self) -> str:
            return str(kernels.folder())

        def get_source_stamp(self) -> str:
            return kernels.digest()

        def get_disambiguator(self) -> str:
            return f"{kernels.tag}{self._line}-{kernels.digest()[:12]}"

        @classmethod
        def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Self:
            return cls(py_func.__code__.co_firstlineno)

    class Impl(caching.CompileResultCacheImpl):
        def __init__(self, py_func: Callable[..., Any]) -> None:
            locators: Any = [Locator]
            self._locator_classes = locators
            make: Any = super().__init__
            make(py_func)

    class Cache(caching.FunctionCache):
        _impl_class = Impl

        def load_overload(self, sig: Any, target_context: Any) -> Any:
            """Load a kernel. numba would first list all that could be compiled, a third of a second
            that only compiling needs; that does it by itself."""
            guard: Any = self._guard_against_spurious_io_errors
            load: Any = self._load_overload
            with guard():
                return load(sig, target_context)

        def save_overload(self, sig: Any, data: Any) -> None:
            """Keep a kernel; a full or vanished disk only means that it is compiled again."""
            try:
                Path(self.cache_path).mkdir(parents=True, exist_ok=True)
                save: Any = super().save_overload
                save(sig, data)
            except OSError:
                return

    return Cache
