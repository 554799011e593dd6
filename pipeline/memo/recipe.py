"""The recipe: all that decides a step's results apart from what it is given to read.

A recipe is a flat list of components, each a name ("params:dpi", "code:pipeline.words",
"environment:pillow") with a digest or a short text, so that two of them can be compared
and the difference be named. The memo key of one execution is a digest over the recipe,
the original and the upstream payloads that the step may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any, Protocol, TypeVar

from catalog.hashing import canonical_json, digest_of
from pipeline.apps import LOADING_SINCE
from pipeline.manifest import Manifest, StepEntry, type_as_json
from pipeline.memo.closure import Closure, Sources
from pipeline.memo.environment import environment_of
from pipeline.steps.base import Step

OURS = ("pipeline", "catalog")
# Longer values go into a recipe as digests.
LONGEST = 64
PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Recipe:
    """components: name to a digest or a short text; never text of a document.

    trusted is False where a file of ours changed after this process began to load code:
    what runs is then not what the file says, so the recipe must decide nothing.
    """

    components: Mapping[str, str]
    digest: str
    trusted: bool = True


class Placed(Protocol):
    """An upstream result: where it stands, the digest of its payload, its region."""

    @property
    def kind(self) -> str: ...

    @property
    def slot(self) -> str: ...

    @property
    def payload_hash(self) -> str: ...

    @property
    def region(self) -> Mapping[str, Any] | None: ...


P = TypeVar("P", bound=Placed)


@cache
def sources_with(package: str) -> Sources:
    """Our own source tree, and that of the package that an engine comes from."""
    roots = {}
    for name in {*OURS, package}:
        found = util.find_spec(name)
        if found is None or found.origin is None:
            raise LookupError(f"the source of {name} cannot be found")
        file = Path(found.origin)
        is_package = found.submodule_search_locations is not None
        roots[name] = file.parents[1] if is_package else file.parent
    return Sources(roots)


def recipe_of(
    manifest: Manifest,
    entry: StepEntry,
    step: Step,
    *,
    sources: Sources | None = None,
    loading_since: float = LOADING_SINCE,
) -> Recipe:
    """The recipe of a version's step as this process would cook it.

    loading_since: seconds of the epoch at which the process began to load our code.
    """
    closures = [_closure(type(step).__module__, sources)]
    components = {
        "step": entry.step,
        "version": entry.version,
        "reads": ",".join(sorted(step.reads)),
        **_named("code", closures[0].code),
        **_params(entry.params),
    }
    if entry.engine:
        engine = manifest.engines[entry.engine]
        module = engine["backend"].rpartition(".")[0]
        closures.append(_closure(module, sources))
        components |= {
            "model": engine["model_id"],
            "weights": engine["weights_digest"],
            "engine": engine["backend"],
            **_named("engine_options", _short(engine.get("options", {}))),
            **_named("engine_code", closures[1].code),
        }
    if step.reads_types:
        components |= _types(manifest)
    components |= _named("environment", environment_of(*closures))
    return Recipe(
        components=components,
        digest=digest_of(components),
        trusted=all(c.unchanged_since(loading_since) for c in closures),
    )


def readable(step: Step, upstream: Iterable[P]) -> list[P]:
    """What of the upstream a step is shown: the kinds that it reads, in one order."""
    seen = [one for one in upstream if one.kind in step.reads]
    return sorted(seen, key=lambda one: (one.kind, _natural(one.slot)))


def _natural(slot: str) -> list[tuple[int, str]]:
    """Page 2 before page 10."""
    return [
        (int(part), "") if part.isdigit() else (0, part)
        for part in re.split(r"(\d+)", slot)
    ]


def memo_key(
    recipe: Recipe, step: Step, source_hash: str, upstream: Iterable[Placed]
) -> str:
    """What decided one execution, as one digest.

    Upstream enters by payload digest, not by id: equal words from another engine give
    an equal key to whatever is made from them.
    """
    return digest_of(
        {
            "v": 2,
            "recipe": recipe.digest,
            "source_hash": source_hash,
            "inputs": [
                [one.kind, one.slot, one.payload_hash, one.region]
                for one in readable(step, upstream)
            ],
        }
    )


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Names of the components in which two recipes differ."""
    names = one.keys() | other.keys()
    return sorted(name for name in names if one.get(name) != other.get(name))


@cache
def _process_closure(module: str) -> Closure:
    # Once a process: the code that runs is the code that was loaded.
    return sources_with(module.partition(".")[0]).closure(module)


def _closure(module: str, sources: Sources | None) -> Closure:
    return sources.closure(module) if sources else _process_closure(module)


def _params(params: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in params.items() if name != PROMPT}
    prompt = {PROMPT: digest_of(params[PROMPT])} if PROMPT in params else {}
    return {**_named("params", _short(plain)), **prompt}


def _types(manifest: Manifest) -> dict[str, str]:
    specs: Sequence[Any] = manifest.document_types
    types = {spec.name: digest_of(type_as_json(spec)) for spec in specs}
    # Their order parts equals, so it is one more component.
    order = digest_of([spec.name for spec in specs])
    return {"document_types": order, **_named("document_types", types)}


def _named(group: str, values: Mapping[str, str]) -> dict[str, str]:
    return {f"{group}:{name}": value for name, value in values.items()}


def _short(values: Mapping[str, Any]) -> dict[str, str]:
    """Each value as JSON, or its digest where that is long."""
    texts = {name: canonical_json(value).decode() for name, value in values.items()}
    return {
        name: text if len(text) <= LONGEST else digest_of(values[name])
        for name, text in texts.items()
    }
