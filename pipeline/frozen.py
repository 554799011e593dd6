"""Is a step's code still that of its version? Digests of it are kept in a file.

Whoever changes what a step does raises its version, so that no two results of one
version come from different code. The file says for each step which version it was
written for; engines stand apart, since they change without any step changing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.hashing import digest_of
from pipeline.memo.recipe import process_closure
from pipeline.models import PipelineVersion
from pipeline.steps.base import Step
from pipeline.steps.registry import Earlier, all_steps

FILE = Path(__file__).with_name("step_digests.json")
# An engine is called by a step, and imported by none; should one ever be, it would not
# count as the step's code.
APART = "pipeline.engines."
OURS = "pipeline."


@dataclass(frozen=True, slots=True)
class Digests:
    """steps: name to {"version", "code"}; engines: backend to {"code"}."""

    steps: Mapping[str, Mapping[str, str]]
    engines: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """A step or an engine whose code is not that of the file, and what to do."""

    name: str
    raised: bool
    advice: str


def digests_here() -> Digests:
    """Of the newest version of each step, and of each engine of settings.ENGINES."""
    newest = {_known_as(s): s for s in all_steps() if not isinstance(s, Earlier)}
    backends = {entry["BACKEND"] for entry in settings.ENGINES.values()}
    return Digests(
        steps={
            name: {"version": step.version, "code": _code(type(step).__module__)}
            for name, step in sorted(newest.items())
        },
        engines={
            backend: {"code": _code(backend.rpartition(".")[0])}
            for backend in sorted(backends)
            if backend.startswith(OURS)
        },
    )


def _known_as(step: Step) -> str:
    """Its name; a variant of its code ("1.0.0+pictures") stands for itself."""
    return step.name + "".join(step.version.partition("+")[1:])


def _code(module: str) -> str:
    code = process_closure(module).code
    kept = {
        name: digest
        for name, digest in code.items()
        if not name.startswith(APART) or module.startswith(APART)
    }
    return digest_of(kept)


def digests_kept(file: Path = FILE) -> Digests:
    data = json.loads(file.read_text())
    return Digests(data["steps"], data["engines"])


def changed(kept: Digests, here: Digests) -> list[Changed]:
    """What the file does not say of the code as it is; empty where all is well."""
    found = []
    for name in sorted(kept.steps.keys() | here.steps.keys()):
        was, now = kept.steps.get(name), here.steps.get(name)
        if was != now:
            raised = not was or not now or was["version"] != now["version"]
            found.append(Changed(name, raised, _advice(name, was, raised=raised)))
    for name in sorted(kept.engines.keys() | here.engines.keys()):
        if kept.engines.get(name) != here.engines.get(name):
            advice = (
                f"The code of the engine {name} changed. If its answers may differ,"
                " raise what it calls itself (its model_id). Then run"
                " manage.py step_digests --write."
            )
            found.append(Changed(name, raised=True, advice=advice))
    return found


def _advice(name: str, was: Mapping[str, str] | None, *, raised: bool) -> str:
    if raised:
        return f"Step {name} has a new version: run manage.py step_digests --write."
    version = was["version"] if was else ""
    return (
        f"The code of step {name} changed, but its version is still {version}. Raise"
        f" the version in pipeline/steps/{name}.py, keep {version} runnable in"
        " pipeline/steps/registry.py (Earlier), and run manage.py step_digests"
        f" --write. Where every result stays the same: --write --same {name}."
    )


def write(here: Digests, file: Path = FILE) -> None:
    file.write_text(json.dumps(asdict(here), indent=2) + "\n")


def missing_steps(versions: Iterable[PipelineVersion]) -> dict[str, list[str]]:
    """{version: ["ocr 1.0.0", ...]} of those whose steps this code does not hold."""
    here = {(step.name, step.version) for step in all_steps()}
    missing: dict[str, list[str]] = {}
    for version in versions:
        entries: list[Any] = version.steps
        lost = [
            f"{entry['step']} {entry['version']}"
            for entry in entries
            if (entry["step"], entry["version"]) not in here
        ]
        if lost:
            missing[str(version)] = lost
    return missing
