"""What a second version costs when only one of its steps differs from the first.

    python -m benchmarks.memo [FOLDER] [--files 12]

Without a folder the demo's documents are drawn and read. In an empty installation of
its own each document is read by one version, then by versions that differ in one thing:
a parameter of the disposition, a parameter of the extraction, a parameter of every step
(so that every look-up misses). The engine is warmed up by a document that is not
counted. "memo" is the part of the time that recipes, keys and look-ups took.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from pipeline.models import PipelineVersion

KINDS = {".jpg", ".jpeg", ".png", ".tiff", ".tif", ".pdf"}


@dataclass(frozen=True, slots=True)
class Arm:
    """One version's readings: seconds of all, seconds of memo, steps run and spared."""

    seconds: float
    memo: float
    run: int
    spared: int


def set_up(home: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["PALIMPSEST_HOME"] = home
    os.environ["PALIMPSEST_OCR_THREADS"] = "1"
    os.environ.pop("DATABASE_URL", None)
    import django

    from config import postgres

    postgres.ensure_running(Path(home))
    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def drawn(folder: Path) -> list[Path]:
    from reviewer.demo import documents

    return [folder / document.file for document in documents.generate(folder)]


def version_with(
    base: PipelineVersion, number: str, changed: Iterable[str]
) -> PipelineVersion:
    """The version with one parameter more in the steps that are named."""
    from pipeline.manifest import Manifest
    from pipeline.models import PipelineVersion

    manifest = deepcopy(base.manifest)
    named = set(changed)
    for entry in manifest["steps"]:
        if entry["step"] in named:
            entry["params"]["benchmark"] = number
    return PipelineVersion.objects.create(
        name=base.name,
        version=number,
        manifest=manifest,
        digest=Manifest.from_json(manifest).digest,
        state=PipelineVersion.State.RELEASED,
    )


@contextmanager
def timed(spent: list[float]) -> Iterator[None]:
    """Adds up the seconds of everything that the memo does in a run."""
    from pipeline.memo.memory import Memory
    from pipeline.runner import AtWork

    def measuring(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args)
            finally:
                spent.append(time.perf_counter() - started)

        return call

    with (
        mock.patch.object(AtWork, "_key", measuring(AtWork._key)),
        mock.patch.object(Memory, "find", measuring(Memory.find)),
        mock.patch("pipeline.work.keep_recipes", measuring(keep_recipes())),
    ):
        yield


def keep_recipes() -> Callable[..., Any]:
    from pipeline.memo import kept_recipes

    return kept_recipes.keep_recipes


def read(paths: list[Path], tenant: str, version: str) -> Arm:
    from pipeline.foreground import Job, process_files

    spent: list[float] = []
    with timed(spent):
        started = time.perf_counter()
        rows = list(process_files([Job(path, tenant, version) for path in paths]))
        seconds = time.perf_counter() - started
    steps = [step for row in rows for step in row["steps"]]
    spared = sum(step.get("memo", False) for step in steps)
    return Arm(seconds, sum(spent), len(steps) - spared, spared)


def measure(paths: list[Path]) -> None:
    from catalog.models import Tenant
    from pipeline.versions import ensure_built_in

    first = ensure_built_in()
    for slug in ("warm-up", "measured"):
        Tenant.objects.create(slug=slug, name=slug)
    versions = {
        "first reading": str(first),
        "disposition differs": str(version_with(first, "9.0.1", ["disposition"])),
        "extraction differs": str(version_with(first, "9.0.2", ["extract"])),
        "every step differs": str(
            version_with(
                first, "9.0.3", [entry["step"] for entry in first.manifest["steps"]]
            )
        ),
    }
    read(paths[:1], "warm-up", str(first))
    print(f"{len(paths)} documents, one process, one thread of OCR\n")
    print(
        f"{'':<22}{'ms/doc':>9}{'run':>6}{'spared':>8}{'memo ms/doc':>13}{'ratio':>8}"
    )
    whole = 0.0
    for name, version in versions.items():
        arm = read(paths, "measured", version)
        whole = whole or arm.seconds
        print(
            f"{name:<22}{arm.seconds / len(paths) * 1000:>9.1f}{arm.run:>6}"
            f"{arm.spared:>8}{arm.memo / len(paths) * 1000:>13.2f}"
            f"{arm.seconds / whole:>8.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--files", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="palimpsest-bench-", ignore_cleanup_errors=True
    ) as home:
        set_up(home)
        if options.folder:
            found = sorted(options.folder.rglob("*"))
            paths = [path for path in found if path.suffix.lower() in KINDS]
        else:
            paths = drawn(Path(home) / "documents")
        measure(paths[: options.files])


if __name__ == "__main__":
    main()
