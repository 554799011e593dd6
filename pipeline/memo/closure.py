"""Which code decides a result: a module and all of ours that it imports, by content.

Imports are found in the source, wherever they stand in it. A text that is the dotted
name of a module of ours counts as an import too (that is how the sandbox is told what
to run), and one that names a file beside the module counts as that file. A name that is
put together while the code runs is not seen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.memo.modules import (
    NEEDS_DISTRIBUTIONS,
    NEEDS_PROGRAMS,
    NEUTRAL_DISTRIBUTIONS,
    SAID,
    Module,
    read_module,
)


@dataclass(frozen=True, slots=True)
class Closure:
    """code: module (or "module:file") to digest; imported: top-level names of others'
    packages.
    """

    code: dict[str, str] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()
    distributions: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    neutral: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()

    def unchanged_since(self, moment: float) -> bool:
        """Whether no file was put in place after a moment (seconds of the epoch).

        By ctime: a time of modification can be carried over from elsewhere.
        """
        try:
            return all(file.stat().st_ctime < moment for file in self.files)
        except FileNotFoundError:
            return False


class Sources:
    """The source tree of the packages that are ours, read once.

    roots: name of a top-level package to the folder that holds it.
    """

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self.roots = dict(roots)
        self._modules: dict[str, Module] = {}

    def closure(self, start: str) -> Closure:
        """All that the module can reach. Raises LookupError if it is not of ours."""
        if self._file(start) is None:
            raise LookupError(f"{start} is no module of {', '.join(self.roots)}")
        found: dict[str, Module] = {}
        imported: set[str] = set()
        waiting = list(self._with_parents(start))
        while waiting:
            name = waiting.pop()
            if name in found or (path := self._file(name)) is None:
                continue
            found[name] = module = self._read(name, path)
            for used in module.names:
                if used.partition(".")[0] in self.roots:
                    waiting.extend(self._with_parents(self._longest(used)))
                else:
                    imported.add(used.partition(".")[0])
        return _joined(found, imported - sys.stdlib_module_names)

    def _read(self, name: str, path: Path) -> Module:
        if name not in self._modules:
            self._modules[name] = read_module(name, path, self._is_ours)
        return self._modules[name]

    def _file(self, name: str) -> Path | None:
        top, *rest = name.split(".")
        if top not in self.roots:
            return None
        place = self.roots[top].joinpath(top, *rest)
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                return path
        return None

    def _longest(self, name: str) -> str:
        """The module in "module.attribute"; the top-level package if there is none."""
        while "." in name and self._file(name) is None:
            name = name.rpartition(".")[0]
        return name

    def _is_ours(self, text: str) -> bool:
        return "." in self._longest(text) and text.partition(".")[0] in self.roots

    @staticmethod
    def _with_parents(name: str) -> Iterator[str]:
        """A package's own code runs before that of the modules in it."""
        while name:
            yield name
            name = name.rpartition(".")[0]


def _joined(found: Mapping[str, Module], imported: set[str]) -> Closure:
    modules = found.values()
    said = {
        word: frozenset().union(*(module.said[word] for module in modules))
        for word in SAID
    }
    code = {
        part: digest
        for name in sorted(found)
        for part, digest in found[name].parts.items()
    }
    if any(module.asks for module in modules):
        # Then a docstring anywhere may be what is printed.
        code |= {name: module.spoken for name, module in found.items()}
    return Closure(
        code=code,
        imported=frozenset(imported),
        distributions=said[NEEDS_DISTRIBUTIONS],
        programs=said[NEEDS_PROGRAMS],
        neutral=said[NEUTRAL_DISTRIBUTIONS],
        files=tuple(file for module in modules for file in module.files),
    )
