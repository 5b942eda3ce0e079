"""How kernels are compiled: numba without fastmath, so that a flight is the same on every run.

`inner` functions are compiled into the kernels that call them. An `entry` is called from Python and
kept on disk; what is kept is named by a digest of every file of this package, because numba itself
looks only at the file of the entry. Where neither the package's folder nor the user's cache may be
written, kernels are kept in the system's folder for temporary files.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import caching

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = Path(__file__).parent
KEPT_IN = "QYRAN_KERNELS"
# No kernel takes memory, so none counts references: half the time to compile.
HOW: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def inner(function: F) -> F:
    """Compile a function that only other kernels call."""
    return cast(F, numba.njit(**HOW)(function))


def entry(function: F) -> F:
    """Compile a kernel that Python calls, and keep it on disk."""
    dispatcher: Any = numba.njit(nogil=True, **HOW)(function)
    make: Any = _KernelCache
    dispatcher._cache = make(function)
    return cast(F, dispatcher)


@cache
def source_digest() -> str:
    """A digest of every kernel's text."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def kernel_folder() -> Path:
    """The first folder that may be written: named, the package's, the user's, the temporary one."""
    named = os.environ.get(KEPT_IN)
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    last = Path(tempfile.gettempdir()) / "qyran-kernels"
    tried = [Path(named)] if named else [FOLDER / "__pycache__", user / "qyran" / "kernels"]
    return next((folder for folder in tried if _writable(folder)), last)


def forget_others() -> int:
    """Remove what was kept of other versions of the kernels; the number of files removed."""
    others = [
        path
        for path in kernel_folder().glob("*.nb[ic]")
        if "-kernel" in path.name and source_digest()[:12] not in path.name
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


class _Locator(caching._CacheLocator):
    def __init__(self, line: int) -> None:
        self._line = line

    def get_cache_path(self) -> str:
        return str(kernel_folder())

    def get_source_stamp(self) -> str:
        return source_digest()

    def get_disambiguator(self) -> str:
        return f"kernel{self._line}-{source_digest()[:12]}"

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> "_Locator":
        return cls(py_func.__code__.co_firstlineno)


class _Impl(caching.CompileResultCacheImpl):
    def __init__(self, py_func: Callable[..., Any]) -> None:
        locators: Any = [_Locator]
        self._locator_classes = locators
        make: Any = super().__init__
        make(py_func)


class _KernelCache(caching.FunctionCache):
    _impl_class = _Impl

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a kernel; a full or vanished disk only means that it is compiled again."""
        try:
            Path(self.cache_path).mkdir(parents=True, exist_ok=True)
            save: Any = super().save_overload
            save(sig, data)
        except OSError:
            return
