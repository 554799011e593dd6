"""What a version changes against its base, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.claims import DocumentTypeSpec, FieldSpec
from pipeline.manifest import Manifest, StepEntry


def differences(old: Manifest, new: Manifest) -> list[str]:
    """One sentence a change; empty where both do the same."""
    return [*_in_steps(old, new), *_in_engines(old, new), *_in_types(old, new)]


def _in_steps(old: Manifest, new: Manifest) -> Iterator[str]:
    before = {entry.step: entry for entry in old.steps}
    after = {entry.step: entry for entry in new.steps}
    yield from (f"Step {name} is gone." for name in before if name not in after)
    for name, entry in after.items():
        if name not in before:
            yield f"Step {name} is new."
        else:
            yield from _in_step(before[name], entry)


def _in_step(old: StepEntry, new: StepEntry) -> Iterator[str]:
    if old.version != new.version:
        yield f"Step {new.step}: code {old.version} became {new.version}."
    if old.engine != new.engine:
        yield f"Step {new.step}: engine {old.engine or 'none'} became {new.engine}."
    for name in sorted(old.params.keys() | new.params.keys()):
        before, after = (p.get(name, "the default") for p in (old.params, new.params))
        if before != after:
            yield f"Step {new.step}: {name} went from {before} to {after}."


def _in_engines(old: Manifest, new: Manifest) -> Iterator[str]:
    for alias, engine in new.engines.items():
        before = old.engines.get(alias)
        if before is None:
            yield f"Engine {alias} is new: {engine['model_id']}."
        elif before["model_id"] != engine["model_id"]:
            yield f"Engine {alias}: {before['model_id']} became {engine['model_id']}."
        elif before["weights_digest"] != engine["weights_digest"]:
            yield f"Engine {alias}: other weights under the same name."
        elif before["options"] != engine["options"]:
            yield f"Engine {alias}: other options."


def _in_types(old: Manifest, new: Manifest) -> Iterator[str]:
    before = {spec.name: spec for spec in old.document_types}
    after = {spec.name: spec for spec in new.document_types}
    yield from (f"Document type {n} is gone." for n in before if n not in after)
    for name, spec in after.items():
        if name not in before:
            yield f"Document type {name} is new."
        else:
            yield from _in_type(before[name], spec)


def _in_type(old: DocumentTypeSpec, new: DocumentTypeSpec) -> Iterator[str]:
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    yield from _words(f"{new.name}, keywords", old.keywords, new.keywords)
    for column in sorted(old.line_columns.keys() | new.line_columns.keys()):
        columns = (spec.line_columns.get(column, ()) for spec in (old, new))
        yield from _words(f"{new.name}, headings of {column}", *columns)
    if old.critical_lines != new.critical_lines:
        said = "now" if new.critical_lines else "no longer"
        yield f"{new.name}: line items are {said} critical."
    for name in before.keys() - after.keys():
        yield f"{new.name}: field {name} is gone."
    for name, field in after.items():
        if name not in before:
            yield f"{new.name}: field {name} is new."
        else:
            yield from _in_field(new.name, before[name], field)


def _in_field(type_name: str, old: FieldSpec, new: FieldSpec) -> Iterator[str]:
    place = f"{type_name}, {new.name}"
    yield from _words(f"{place}, labels", old.labels, new.labels)
    if old.value_type != new.value_type:
        yield f"{place}: {old.value_type} became {new.value_type}."
    for word in ("critical", "required"):
        if getattr(old, word) != getattr(new, word):
            yield f"{place}: {'now' if getattr(new, word) else 'no longer'} {word}."
    if old.hints != new.hints:
        yield f"{place}: other hints."


def _words(place: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    if added := [word for word in new if word not in old]:
        yield f"{place}: {_quoted(added)} added."
    if removed := [word for word in old if word not in new]:
        yield f"{place}: {_quoted(removed)} removed."


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
