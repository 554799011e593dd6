"""Which document types a draft takes in, and as whose description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pipeline.admin.differences import in_type
from pipeline.claims import DocumentTypeSpec
from pipeline.manifest import Manifest

KEEP, NOW, BASE, OUT = "keep", "now", "base", "out"


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A type as the draft has it, as it is described now, and as the base has it; None
    where it is not there.
    """

    name: str
    drawn: DocumentTypeSpec | None
    now: DocumentTypeSpec | None
    base: DocumentTypeSpec | None

    @property
    def field_name(self) -> str:
        return f"type_{self.name}"

    def of(self, choice: str) -> DocumentTypeSpec | None:
        specs = {KEEP: self.drawn, NOW: self.now, BASE: self.base, OUT: None}
        return specs[choice]

    def form_field(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            choices=self._choices(),
            widget=forms.RadioSelect(attrs={"class": "pl-choice"}),
            label=self.name.capitalize(),
        )

    def _choices(self) -> list[tuple[str, str | SafeString]]:
        as_now, as_base = self.drawn == self.now, self.drawn == self.base
        words = "As it is in this draft"
        if as_now and as_base:
            words += ": as it is described now, and as the base has it"
        elif as_now or as_base:
            words += ": as it is described now" if as_now else ": as the base has it"
        if self.drawn is None:
            words = "Not in this version"
        choices: list[tuple[str, str | SafeString]] = [(KEEP, words)]
        if self.now is not None and not as_now:
            choices.append((NOW, self._told("As it is described now", self.now)))
        if self.base is not None and not as_base and self.base != self.now:
            choices.append((BASE, self._told("As the base has it", self.base)))
        if self.drawn is not None:
            choices.append((OUT, "Leave it out: such documents become unknown ones"))
        return choices

    def _told(self, words: str, spec: DocumentTypeSpec) -> SafeString | str:
        """With what it would change against the draft."""
        if self.drawn is None:
            return f"{words}: the type is new"
        told = list(in_type(self.drawn, spec)) or ["Other words in another order."]
        items = format_html_join("", "<li>{}</li>", ((line,) for line in told))
        return format_html("{}:<ul>{}</ul>", words, items)


def type_choices(
    drawn: Manifest, *, now: Sequence[DocumentTypeSpec], base: Manifest | None
) -> list[TypeChoice]:
    sides = [
        {spec.name: spec for spec in specs}
        for specs in (drawn.document_types, now, base.document_types if base else ())
    ]
    names = dict.fromkeys(name for side in sides for name in side)
    return [TypeChoice(name, *(side.get(name) for side in sides)) for name in names]


def with_types(
    manifest: Manifest, types: Sequence[TypeChoice], chosen: Mapping[str, str]
) -> Manifest:
    specs = (choice.of(chosen[choice.name]) for choice in types)
    return replace(manifest, document_types=tuple(s for s in specs if s is not None))
