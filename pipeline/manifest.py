"""The manifest: all that decides what a pipeline version makes of a document.

{"steps": [{"step", "version", "engine" (alias or null), "params"}],
 "engines": {alias: {"backend", "options", "model_id", "weights_digest"}},
 "document_types": [a DocumentTypeSpec as JSON]}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

from catalog.hashing import digest_of
from pipeline.claims import DocumentTypeSpec, FieldSpec, ValueType
from pipeline.engines.base import EngineError
from pipeline.engines.handler import engines, role_of
from pipeline.steps.registry import FOLLOWING, step_named, variant_of

if TYPE_CHECKING:
    from pipeline.models import PipelineVersion


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A step of a version; engine is an alias of the manifest's engines, or ""."""

    step: str
    version: str
    engine: str
    params: dict[str, Any]


def type_as_json(spec: DocumentTypeSpec) -> dict[str, Any]:
    data = asdict(spec)
    # Types that do not say so are spelled, and so known, as before there was the word.
    if not spec.critical_lines:
        del data["critical_lines"]
    return data


def type_from_json(data: dict[str, Any]) -> DocumentTypeSpec:
    return DocumentTypeSpec(
        name=data["name"],
        keywords=tuple(data["keywords"]),
        fields=tuple(
            FieldSpec(
                name=field["name"],
                value_type=ValueType(field["value_type"]),
                labels=tuple(field["labels"]),
                critical=field["critical"],
                required=field["required"],
                hints=field["hints"],
            )
            for field in data["fields"]
        ),
        line_columns={k: tuple(v) for k, v in data["line_columns"].items()},
        critical_lines=data.get("critical_lines", False),
    )


class EngineChanged(Exception):
    """The engine installed here is not the one that the version froze."""


@dataclass(frozen=True, slots=True)
class Manifest:
    steps: tuple[StepEntry, ...]
    engines: dict[str, dict[str, Any]]
    document_types: tuple[DocumentTypeSpec, ...]

    @classmethod
    def of(cls, version: PipelineVersion) -> Manifest:
        return cls.from_json(version.manifest)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Manifest:
        return cls(
            steps=tuple(
                StepEntry(s["step"], s["version"], s["engine"] or "", s["params"])
                for s in data["steps"]
            ),
            engines=data["engines"],
            document_types=tuple(type_from_json(t) for t in data["document_types"]),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "steps": [
                {
                    "step": entry.step,
                    "version": entry.version,
                    "engine": entry.engine or None,
                    "params": entry.params,
                }
                for entry in self.steps
            ],
            "engines": self.engines,
            "document_types": [type_as_json(spec) for spec in self.document_types],
        }

    @property
    def digest(self) -> str:
        return digest_of(self.as_json())

    def document_type(self, name: str) -> DocumentTypeSpec | None:
        return next((spec for spec in self.document_types if spec.name == name), None)

    def params_of(self, step: str) -> dict[str, Any]:
        return next((e.params for e in self.steps if e.step == step), {})

    @property
    def model_id(self) -> str:
        """The models of the version in one word: what its event is stamped with."""
        return "+".join(engine["model_id"] for engine in self.engines.values())

    def check_runnable(self) -> None:
        """Raises EngineChanged, UnknownStep where this machine cannot run it."""
        for entry in self.steps:
            step_named(entry.step, entry.version)
        for alias in self.engines:
            self.engine(alias)

    def engine(self, alias: str) -> Any:
        """The engine of this machine, with the options that the version froze.

        Raises EngineChanged where it is another one.
        """
        frozen = self.engines[alias]
        here = engines.backends.get(alias, {}).get("BACKEND")
        if here != frozen["backend"]:
            raise EngineChanged(
                f"engine {alias!r} is {here or 'not set up'} here, but the version was"
                f" released with {frozen['backend']}: set it up in ENGINES"
            )
        try:
            engine = engines.made_with(alias, frozen["options"])
            found = (engine.model_id, engine.weights_digest)
        except (ImproperlyConfigured, EngineError) as error:
            raise EngineChanged(
                f"engine {alias!r} cannot be loaded: {error}"
            ) from error
        if found != (frozen["model_id"], frozen["weights_digest"]):
            raise EngineChanged(
                f"engine {alias!r} is {found[0]} here, but the version was"
                f" released with {frozen['model_id']} or other weights: release a"
                " new version, or install the old engine"
            )
        return engine

    def up_to(self, step: str) -> Manifest:
        """The steps up to this one, with the engines that they call and no others."""
        names = [entry.step for entry in self.steps]
        steps = self.steps[: names.index(step) + 1]
        used = {entry.engine for entry in steps}
        engines = {a: engine for a, engine in self.engines.items() if a in used}
        return Manifest(steps, engines, self.document_types)

    def with_engines_here(self) -> Manifest:
        """The same with the models of this machine. Raises ImproperlyConfigured."""
        used = [entry.engine for entry in self.steps if entry.engine]
        options = {alias: engine["options"] for alias, engine in self.engines.items()}
        return Manifest(self.steps, engines_here(used, options), self.document_types)

    def with_engine(self, alias: str) -> Manifest:
        """The same, but with another engine of this machine where its role is asked
        for.

        An engine that looks at pictures is called by step code that reads them (see
        pipeline.steps.registry), with that code's own parameters.
        Raises ImproperlyConfigured, and EngineError where the engine is not here.
        """
        steps = tuple(_with_engine(entry, alias) for entry in self.steps)
        named = dict.fromkeys(entry.engine for entry in steps if entry.engine)
        known = {**self.engines, **engines_here([alias])}
        return replace(self, steps=steps, engines={name: known[name] for name in named})


def _with_engine(entry: StepEntry, alias: str) -> StepEntry:
    role = role_of(alias)
    calls = role_of(entry.engine) == role
    if not calls and entry.step not in FOLLOWING.get(role, ()):
        return entry
    variant = str(getattr(engines.backend(alias), "step_variant", ""))
    version = variant_of(entry.step, entry.version, variant)
    params = entry.params
    if version != entry.version:
        params = dict(getattr(step_named(entry.step, version), "defaults", {}))
    return StepEntry(entry.step, version, alias if calls else entry.engine, params)


def engines_here(
    aliases: Iterable[str], options: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """The manifest entry of each alias, as the engines of this machine answer.

    options: by alias, where they are not those of settings.ENGINES. Raises
    ImproperlyConfigured.
    """
    own = options or {}
    found = {}
    for alias in dict.fromkeys(aliases):
        backend = engines.backends.get(alias, {})
        wanted = dict(own.get(alias, backend.get("OPTIONS", {})))
        engine = engines.made_with(alias, wanted)
        found[alias] = {
            "backend": backend["BACKEND"],
            "options": wanted,
            "model_id": engine.model_id,
            "weights_digest": engine.weights_digest,
        }
    return found
