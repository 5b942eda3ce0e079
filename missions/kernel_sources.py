"""The modules that a package of kernels is made of: its own, and all of ours that they import.

A kernel takes in whatever it calls when it is compiled, functions and constants of other packages
too. All that it can reach is imported by the modules that it is in, so imports are followed, those
of the product's own packages.
"""

import re
from collections.abc import Iterator
from pathlib import Path

IMPORTS = re.compile(r"^from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)", re.MULTILINE)
PLAIN_IMPORTS = re.compile(r"^import[ \t]+([^\n]*)", re.MULTILINE)
NAME = re.compile(r"[\w.]+")
OURS = __name__.partition(".")[0]
# What is run to compile a package is nothing that it is compiled from.
RUN_ALONE = "__main__.py"


def sources_of(package: Path) -> tuple[Path, ...]:
    """Every file that the kernels of a package may be compiled from, in an order of their names."""
    root = _root_of(package)
    tops = {OURS, package.relative_to(root).parts[0]} if package != root else {OURS}
    own = sorted(package.glob("*.py"))
    found = set(own)
    ahead = [path for path in own if path.name != RUN_ALONE]
    while ahead:
        for path in _imported(ahead.pop().read_text("utf-8"), root, tops):
            if path not in found:
                found.add(path)
                ahead.append(path)
    return tuple(sorted(found))


def _root_of(package: Path) -> Path:
    """The folder that the outermost of the packages round a folder lies in; itself where it is in
    none."""
    folder = package
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def _imported(text: str, root: Path, tops: set[str]) -> Iterator[Path]:
    """The files of our packages that a module's text imports."""
    for module, names in IMPORTS.findall(text):
        if module.partition(".")[0] in tops:
            yield from _files(root, [module, *(f"{module}.{one}" for one in NAME.findall(names))])
    for modules in PLAIN_IMPORTS.findall(text):
        ours = [one for one in NAME.findall(modules) if one.partition(".")[0] in tops]
        yield from _files(root, ours)


def _files(root: Path, modules: list[str]) -> Iterator[Path]:
    """A module's file, or its package's; what is no module but a name in one has none."""
    for module in modules:
        path = root.joinpath(*module.split("."))
        yield from (one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file())
