"""What is installed beside our code: distributions, and code that is in none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata, util
from pathlib import Path

ABSENT = "absent"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"\bextra\b")


def normal(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def providers() -> Mapping[str, list[str]]:
    """Top-level name of a package to the distributions that hold it."""
    return metadata.packages_distributions()


@cache
def version_of(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ABSENT


@cache
def required_by(distribution: str) -> tuple[str, ...]:
    """What it requires without extras, as far as that is here."""
    try:
        lines = metadata.requires(distribution) or []
    except metadata.PackageNotFoundError:
        return ()
    plain = [line for line in lines if not _EXTRA.search(line.partition(";")[2])]
    names = (match.group() for line in plain if (match := _NAME.match(line.strip())))
    return tuple(name for name in names if version_of(normal(name)) != ABSENT)


def folder_of(package: str) -> Path | None:
    """The folder that holds a top-level package or module as source, if it does."""
    try:
        found = util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None or not found.origin.endswith(".py"):
        return None
    file = Path(found.origin)
    is_package = found.submodule_search_locations is not None
    return file.parents[1] if is_package else file.parent


@cache
def is_loose(package: str) -> bool:
    """Whether a package can change without a version of anything changing."""
    held_by = providers().get(package, [])
    return not any(not _is_editable(name) for name in held_by) and bool(
        folder_of(package)
    )


def _is_editable(distribution: str) -> bool:
    text = metadata.distribution(distribution).read_text("direct_url.json")
    if text is None:
        return False
    info = json.loads(text).get("dir_info", {})
    return bool(info.get("editable"))
