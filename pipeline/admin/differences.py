"""What a version changes against another one, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import ndiff
from typing import Any

from pipeline.claims import DocumentTypeSpec, FieldSpec
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.recipe import PROMPT
from pipeline.parameters import PARAMETERS, Parameter
from pipeline.wording import plain, step_text


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
    order = [
        [n for n in names if n in before and n in after] for names in (before, after)
    ]
    if order[0] != order[1]:
        yield "The steps are done in another order."


def _in_step(old: StepEntry, new: StepEntry) -> Iterator[str]:
    said = f"{step_text(new.step)} ({new.step})"
    if old.version != new.version:
        yield f"{said}: code {old.version} became {new.version}."
    if old.engine != new.engine:
        yield f"{said}: engine {old.engine or 'none'} became {new.engine or 'none'}."
    known = [one for one in PARAMETERS if one.is_of(new.step, new.version)]
    described = {one.name: one for one in known}
    for name in sorted(old.params.keys() | new.params.keys()):
        if name == PROMPT:
            yield from _in_prompt(said, old.params, new.params)
        else:
            parameter = described.get(name) or _undescribed(new.step, name)
            yield from _in_value(said, parameter, old.params, new.params)


def _undescribed(step: str, name: str) -> Parameter:
    return Parameter((step,), name, plain(name), "", None)


def _in_value(
    place: str, parameter: Parameter, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[str]:
    """What was left out is the default, so that spelling it out changes nothing."""
    before, after = parameter.value_in(old), parameter.value_in(new)
    if before != after:
        label = f"{parameter.label[:1].lower()}{parameter.label[1:]}"
        yield (
            f"{place}: {label} went from {parameter.said(before)} to"
            f" {parameter.said(after)}."
        )


def _in_prompt(
    place: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[str]:
    before, after = (str(side.get(PROMPT, "")).splitlines() for side in (old, new))
    marks = [line[:1] for line in ndiff(before, after)]
    added, removed = marks.count("+"), marks.count("-")
    if added or removed:
        yield f"{place}: another prompt, {added} lines added and {removed} removed."


def _in_engines(old: Manifest, new: Manifest) -> Iterator[str]:
    for alias, engine in new.engines.items():
        before = old.engines.get(alias)
        if before is None:
            yield f"Engine {alias} is new: {engine['model_id']}."
            continue
        if before["model_id"] != engine["model_id"]:
            yield f"Engine {alias}: {before['model_id']} became {engine['model_id']}."
        elif before["weights_digest"] != engine["weights_digest"]:
            yield f"Engine {alias}: other weights under the same name."
        was, now = before["options"], engine["options"]
        for name in sorted(was.keys() | now.keys()):
            if was.get(name) != now.get(name):
                sides = [side.get(name, "the default") for side in (was, now)]
                yield f"Engine {alias}: {name} went from {sides[0]} to {sides[1]}."


def _in_types(old: Manifest, new: Manifest) -> Iterator[str]:
    before = {spec.name: spec for spec in old.document_types}
    after = {spec.name: spec for spec in new.document_types}
    yield from (f"Document type {n} is gone." for n in before if n not in after)
    for name, spec in after.items():
        if name not in before:
            yield f"Document type {name} is new."
        else:
            yield from in_type(before[name], spec)


def in_type(old: DocumentTypeSpec, new: DocumentTypeSpec) -> Iterator[str]:
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    yield from _words(f"{new.name}, keywords", old.keywords, new.keywords)
    if old.critical_lines != new.critical_lines:
        now = "now" if new.critical_lines else "no longer"
        yield f"{new.name}: its line items are {now} critical."
    for column in sorted(old.line_columns.keys() | new.line_columns.keys()):
        columns = (spec.line_columns.get(column, ()) for spec in (old, new))
        yield from _words(f"{new.name}, headings of {column}", *columns)
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
