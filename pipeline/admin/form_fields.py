"""A version's manifest as form fields, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings

from pipeline.engines.handler import engines, role_of
from pipeline.manifest import Manifest, StepEntry
from pipeline.memo.recipe import PROMPT
from pipeline.models import ModelEntry
from pipeline.parameters import MODEL, Parameter, of_step, options_of, with_values
from pipeline.steps.registry import all_steps
from pipeline.wording import step_text

REQUEST, TEMPERATURE = "request", "temperature"
OTHER_ENGINE = "Save, and its own options appear here."
CODE = "Results of another code version are other results."


@dataclass(frozen=True, slots=True)
class Section:
    """A step's fields under one heading; parameters are those of its own and of the
    engine that it calls, by the field's name.
    """

    entry: StepEntry
    parameters: Mapping[str, Parameter]
    options: Mapping[str, Parameter]

    @property
    def title(self) -> str:
        return step_text(self.entry.step)

    @property
    def field_names(self) -> list[str]:
        return list(fields_of_section(self))


def sections(manifest: Manifest) -> list[Section]:
    """In the order of the steps, but what decides acceptance first."""
    made = [_section(manifest, entry) for entry in manifest.steps]
    return sorted(made, key=lambda one: one.entry.step != "disposition")


def _section(manifest: Manifest, entry: StepEntry) -> Section:
    options: dict[str, Parameter] = {}
    if entry.engine:
        frozen = manifest.engines[entry.engine]
        runtime = settings.ENGINES.get(entry.engine, {}).get("RUNTIME", {})
        found = options_of(entry.engine, frozen["backend"], runtime=runtime)
        options = {one.field_name: _with_choices(one, frozen) for one in found}
        if REQUEST in frozen["options"]:
            # It says the temperature itself, or that none is sent.
            options = {k: v for k, v in options.items() if v.name != TEMPERATURE}
    return Section(entry, {one.field_name: one for one in of_step(entry)}, options)


def _with_choices(option: Parameter, frozen: Mapping[str, Any]) -> Parameter:
    """A model's name is one of the registered ones, and of those that settings name."""
    if option.name != MODEL:
        return option
    named = [
        backend.get("OPTIONS", {}).get(MODEL, "")
        for backend in engines.backends.values()
        if backend["BACKEND"] == frozen["backend"]
    ]
    registered = ModelEntry.objects.remote().values_list("model_id", flat=True)
    names = {frozen["options"].get(MODEL, ""), *named, *registered} - {""}
    return replace(option, choices=tuple((name, name) for name in sorted(names)))


def fields_of_section(section: Section) -> dict[str, forms.Field]:
    step = section.entry.step
    fields: dict[str, forms.Field] = {}
    if len(versions := _code_versions(step)) > 1:
        fields[f"{step}_code"] = forms.ChoiceField(
            choices=[(v, v) for v in versions], label="Code version", help_text=CODE
        )
    if section.entry.engine:
        aliases = engines.for_role(role_of(section.entry.engine))
        # One that is no longer set up stays to be seen, and to be chosen away from.
        known = dict.fromkeys([section.entry.engine, *aliases])
        fields[f"{step}_engine"] = forms.ChoiceField(
            choices=[(a, _engine_words(a)) for a in known],
            label="Engine",
            help_text=OTHER_ENGINE,
        )
    for name, parameter in {**section.parameters, **section.options}.items():
        fields[name] = form_field(parameter)
    return fields


def _code_versions(step: str) -> list[str]:
    return [one.version for one in all_steps() if one.name == step]


def _engine_words(alias: str) -> str:
    backend = str(engines.backends.get(alias, {}).get("BACKEND", "not set up here"))
    return f"{alias} ({backend.rpartition('.')[2]})"


def form_field(parameter: Parameter) -> forms.Field:
    """Typed as its default, within its bounds, and saying what is usual."""
    empty = parameter.default == ""
    usual = "" if empty else f"Usually {parameter.said(parameter.default)}."
    text: dict[str, Any] = {
        "label": parameter.label,
        "help_text": f"{parameter.help_text} {usual}".strip(),
    }
    bounds: dict[str, Any] = {
        "min_value": parameter.least,
        "max_value": parameter.most,
    }
    if parameter.name == PROMPT:
        area = forms.Textarea(attrs={"rows": 14, "cols": 80})
        return forms.CharField(
            widget=area,
            strip=False,
            label=parameter.label,
            help_text=parameter.help_text,
        )
    if parameter.choices:
        return forms.ChoiceField(choices=parameter.choices, **text)
    match parameter.default:
        case bool():
            return forms.BooleanField(required=False, **text)
        case int():
            return forms.IntegerField(**bounds, **text)
        case float():
            return forms.FloatField(**bounds, **text)
        case _:
            return forms.CharField(max_length=500, required=False, **text)


def initial_of(manifest: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section in sections(manifest):
        entry = section.entry
        found[f"{entry.step}_code"] = entry.version
        found[f"{entry.step}_engine"] = entry.engine
        for name, parameter in section.parameters.items():
            found[name] = parameter.value_in(entry.params)
        for name, option in section.options.items():
            found[name] = option.value_in(manifest.engines[entry.engine]["options"])
    return found


def applied(manifest: Manifest, given: Mapping[str, Any]) -> Manifest:
    """The manifest with what a form gave; a field that it did not have stays.

    Raises ImproperlyConfigured, EngineError for an engine that is not here.
    """
    shown = sections(manifest)
    values = {
        parameter: given[name]
        for section in shown
        for name, parameter in section.parameters.items()
        if name in given
    }
    changed = with_values(manifest, values)
    coded = tuple(
        replace(entry, version=given.get(f"{entry.step}_code") or entry.version)
        for entry in changed.steps
    )
    changed = replace(changed, steps=coded)
    changed = replace(changed, engines=_with_options(manifest, shown, given))
    for alias in _other_engines(manifest, given):
        changed = changed.with_engine(alias)
    return changed


def _other_engines(manifest: Manifest, given: Mapping[str, Any]) -> Iterator[str]:
    for entry in manifest.steps:
        wanted = given.get(f"{entry.step}_engine")
        if entry.engine and wanted and wanted != entry.engine:
            yield wanted


def _with_options(
    manifest: Manifest, shown: list[Section], given: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Only what was changed is written down, so that the same stays the same."""
    found = {alias: dict(engine) for alias, engine in manifest.engines.items()}
    for section in shown:
        if not section.options:
            continue
        engine = found[section.entry.engine]
        options = dict(engine["options"])
        for name, option in section.options.items():
            if name in given and given[name] != option.value_in(options):
                options[option.name] = given[name]
        engine["options"] = options
    return found
