"""The numbers of a draft that an operator may set, and the form to set them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from pipeline.extracting import acceptance
from pipeline.manifest import Manifest, StepEntry
from pipeline.models import PipelineVersion
from pipeline.steps import input_gate

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[PipelineVersion]
else:
    ModelForm = forms.ModelForm


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number between least and most that one or more steps take under this name."""

    steps: tuple[str, ...]
    name: str
    label: str
    help_text: str
    default: float
    least: float
    most: float

    @property
    def field_name(self) -> str:
        return f"{self.steps[0]}_{self.name}"

    @property
    def whole(self) -> bool:
        return isinstance(self.default, int)

    def form_field(self) -> forms.Field:
        text: dict[str, Any] = {
            "label": self.label,
            "help_text": f"{self.help_text} Usually {self.default:,}.",
        }
        if self.whole:
            return forms.IntegerField(
                min_value=int(self.least), max_value=int(self.most), **text
            )
        return forms.FloatField(min_value=self.least, max_value=self.most, **text)

    def value_in(self, manifest: Manifest) -> Any:
        return manifest.params_of(self.steps[0]).get(self.name, self.default)


def _confidence(name: str, label: str, help_text: str, default: float) -> Parameter:
    return Parameter(("disposition",), name, label, help_text, default, 0.0, 1.0)


def _gate(
    name: str, label: str, help_text: str, least: float, most: float
) -> Parameter:
    # The pages that the gate lets in are drawn under the same limits.
    drawn = ("normalize",) if name in ("max_pages", "max_pixels") else ()
    default = input_gate.DEFAULTS[name]
    return Parameter(
        ("input_gate", *drawn), name, label, help_text, default, least, most
    )


ACCEPTANCE = (
    _confidence(
        "critical_confidence",
        "Critical value that no check confirms",
        "Accepted without a person from this confidence (0 to 1).",
        acceptance.CRITICAL_CONFIDENCE,
    ),
    _confidence(
        "verified_confidence",
        "Critical value that a check confirms",
        "Accepted without a person from this confidence (0 to 1).",
        acceptance.VERIFIED_CONFIDENCE,
    ),
    _confidence(
        "required_confidence",
        "Required value that is not critical",
        "Accepted without a person from this confidence (0 to 1).",
        acceptance.REQUIRED_CONFIDENCE,
    ),
    _confidence(
        "type_confidence",
        "Document type",
        "Trusted without a person from this confidence (0 to 1).",
        acceptance.TYPE_CONFIDENCE,
    ),
)
GATE = (
    _gate("max_pages", "Most pages", "A longer document is rejected.", 1, 1000),
    _gate("max_pixels", "Most pixels of a page", "A larger one is rejected.", 1e6, 1e9),
    _gate("min_side_px", "Shortest side in pixels", "Below: too small.", 1, 10_000),
    _gate("min_pixels", "Fewest pixels of a page", "Below: too small.", 1, 10**8),
    _gate("max_blur", "Most blur", "0 is sharp, 1 has no edge. Above: blurred.", 0, 1),
    _gate("min_light", "Least light", "0 is black, 1 is white. Below: too dark.", 0, 1),
    _gate("min_ink", "Least ink", "Share of dark points. Below: blank.", 0, 1),
)
PARAMETERS = (*ACCEPTANCE, *GATE)


class DraftForm(ModelForm):
    """A draft's version number, notes and numbers; the numbers go into its manifest."""

    class Meta:
        model = PipelineVersion
        fields = ["version", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.manifest:
            manifest = Manifest.of(self.instance)
            for parameter in PARAMETERS:
                self.initial[parameter.field_name] = parameter.value_in(manifest)

    def save(self, commit: bool = True) -> PipelineVersion:  # noqa: FBT001, FBT002 - Django's
        given = {p: self.cleaned_data[p.field_name] for p in PARAMETERS}
        manifest = with_parameters(Manifest.of(self.instance), given)
        self.instance.manifest = manifest.as_json()
        return super().save(commit)


# A form made with its fields, since the admin asks the class for them.
NumberedDraftForm: type[DraftForm] = type(
    "NumberedDraftForm",
    (DraftForm,),
    {parameter.field_name: parameter.form_field() for parameter in PARAMETERS},
)


def with_parameters(manifest: Manifest, given: dict[Parameter, Any]) -> Manifest:
    """The manifest with these numbers; a step's own default is not written down."""
    steps = []
    for entry in manifest.steps:
        params = dict(entry.params)
        for parameter, value in given.items():
            if entry.step not in parameter.steps:
                continue
            if value == parameter.default:
                params.pop(parameter.name, None)
            else:
                params[parameter.name] = value
        steps.append(StepEntry(entry.step, entry.version, entry.engine, params))
    return Manifest(tuple(steps), manifest.engines, manifest.document_types)
