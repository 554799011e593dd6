"""The recipe: all that decides a step's results apart from what it is given to read.

A recipe is a flat list of components, each a name ("params:dpi", "code:pipeline.words",
"environment:pillow") with a digest or a short text, so that two of them can be compared
and the difference be named. The memo key of one execution is a digest over the recipe,
the original and the upstream payloads that the step may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Protocol, TypeVar

from catalog.hashing import canonical_json, digest_of
from pipeline.apps import LOADING_SINCE
from pipeline.manifest import Manifest, StepEntry, type_as_json
from pipeline.memo.closure import Closure, Sources
from pipeline.memo.environment import environment_of
from pipeline.memo.installed import folder_of, is_loose
from pipeline.steps.base import SourceFacts, Step
from pipeline.steps.registry import Earlier

OURS = ("pipeline", "catalog")
# Longer values go into a recipe as digests.
LONGEST = 64
PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Recipe:
    """components: name to a digest or a short text; never text of a document.

    trusted is False where a file of ours changed after this process began to load code:
    what runs is then not what the file says, so the recipe must decide nothing. Nor may
    it where there is code without source.
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
def sources_with(packages: frozenset[str]) -> Sources:
    """Our own source tree, and those of some other packages.

    Raises LookupError for one whose source is not here.
    """
    roots = {}
    for name in packages.union(OURS):
        folder = folder_of(name)
        if folder is None:
            raise LookupError(f"the source of {name} cannot be found")
        roots[name] = folder
    return Sources(roots)


@cache
def process_closure(module: str) -> Closure:
    """The closure as this process loaded it: once, since what is loaded stays.

    An engine's own package is followed like ours, and so is whatever belongs to no
    installed distribution: no version would say that it changed.
    """
    packages = {module.partition(".")[0]}
    while True:
        closure = sources_with(frozenset(packages)).closure(module)
        loose = {name for name in closure.imported if is_loose(name)}
        if not loose:
            return closure
        packages |= loose


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
    code, then = (step.step, step.then) if isinstance(step, Earlier) else (step, {})
    modules = [type(code).__module__]
    if entry.engine:
        modules.append(manifest.engines[entry.engine]["backend"].rpartition(".")[0])
    try:
        closures = [_closure(module, sources) for module in modules]
    except LookupError:
        # An engine without source: nobody can tell when it changes.
        return Recipe({}, "", trusted=False)
    components = {
        "step": entry.step,
        "version": entry.version,
        "reads": ",".join(sorted(step.reads)),
        **_named("code", closures[0].code),
        **_params({**entry.params, **then}),
        **_engine(manifest, entry, closures[-1]),
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
        (int(part), "") if part.isdecimal() else (0, part)
        for part in re.split(r"(\d+)", slot)
    ]


def memo_key(
    recipe: Recipe, step: Step, source: SourceFacts, upstream: Iterable[Placed]
) -> str:
    """What decided one execution, as one digest.

    Upstream enters by payload digest, not by id: equal words from another engine give
    an equal key to whatever is made from them.
    """
    return digest_of(
        {
            "v": 2,
            "recipe": recipe.digest,
            "source": {**asdict(source), "received_on": str(source.received_on)},
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


def _closure(module: str, sources: Sources | None) -> Closure:
    return sources.closure(module) if sources else process_closure(module)


def _params(params: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in params.items() if name != PROMPT}
    prompt = {PROMPT: digest_of(params[PROMPT])} if PROMPT in params else {}
    return {**_named("params", _short(plain)), **prompt}


def _engine(manifest: Manifest, entry: StepEntry, closure: Closure) -> dict[str, str]:
    if not entry.engine:
        return {}
    engine = manifest.engines[entry.engine]
    return {
        "model": engine["model_id"],
        "weights": engine["weights_digest"],
        "engine": engine["backend"],
        **_named("engine_options", _short(engine.get("options", {}))),
        **_named("engine_code", closure.code),
    }


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
