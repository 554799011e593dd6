"""One module of ours as source: what it says, what it imports, what it is beside."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.memo.spelling import (
    asks_for_docstrings,
    parsed,
    spelled,
    with_docstrings,
)

# What a module may say of itself, as a tuple of texts at its top level.
NEEDS_DISTRIBUTIONS = "NEEDS_DISTRIBUTIONS"  # used without an import
NEEDS_PROGRAMS = "NEEDS_PROGRAMS"  # called as processes
NEUTRAL_DISTRIBUTIONS = "NEUTRAL_DISTRIBUTIONS"  # required, but they decide nothing
SAID = (NEEDS_DISTRIBUTIONS, NEEDS_PROGRAMS, NEUTRAL_DISTRIBUTIONS)
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_FILE = re.compile(r"[\w-][\w./-]*\.\w{1,8}")


@dataclass(frozen=True, slots=True)
class Module:
    """parts are digests of its code and of the files beside it that it names; names are
    the dotted names that it imports, said is what it says of itself. spoken is the
    digest of its code with docstrings, asks is whether it looks at any docstring.
    """

    parts: Mapping[str, str]
    spoken: str
    asks: bool
    names: frozenset[str]
    said: Mapping[str, frozenset[str]]
    files: tuple[Path, ...]


def read_module(name: str, path: Path, is_ours: Callable[[str], bool]) -> Module:
    """is_ours says whether a dotted text names a module of ours, or a thing in one."""
    source = path.read_bytes()
    tree = parsed(source)
    names: set[str] = set()
    files: dict[str, Path] = {}
    for node in ast.walk(tree):
        names.update(_imports(node, name, path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if _DOTTED.fullmatch(text) and is_ours(text):
                names.add(text)
            elif _FILE.fullmatch(text) and not text.endswith(".py"):
                files[text] = path.parent / text
    files = {text: file for text, file in sorted(files.items()) if file.is_file()}
    beside = {f"{name}:{text}": _sha256(f.read_bytes()) for text, f in files.items()}
    return Module(
        parts={name: _sha256(spelled(tree)), **beside},
        spoken=_sha256(spelled(with_docstrings(source))),
        asks=asks_for_docstrings(tree),
        names=frozenset(names),
        said={word: frozenset(_said(tree, word)) for word in SAID},
        files=(path, *files.values()),
    )


def _imports(node: ast.AST, name: str, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, name, path)
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _base(node: ast.ImportFrom, name: str, path: Path) -> str:
    """The module that names are imported from, in full."""
    if not node.level:
        return node.module or ""
    up = node.level - (path.name == "__init__.py")
    parts = name.split(".")
    return ".".join(
        [*parts[: len(parts) - up], *([node.module] if node.module else [])]
    )


def _said(tree: ast.Module, word: str) -> Iterator[str]:
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == word
        ):
            for inner in ast.walk(node.value):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
