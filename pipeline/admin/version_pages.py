"""What the admin's pages of one version show and do beside its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User

from pipeline import upgrades, versions
from pipeline.admin.differences import differences
from pipeline.manifest import Manifest
from pipeline.models import Activation, Gate, PipelineVersion, Reprocess


@dataclass(frozen=True, slots=True)
class Against:
    """What a version changes against another one; other is None where there is none."""

    title: str
    other: PipelineVersion | None
    changes: list[str]


def against(version: PipelineVersion) -> list[Against]:
    """Against its base, and against what reads new documents now."""
    active = PipelineVersion.objects.active().filter(name=version.name).first()
    found = [_against("its base", version, version.base)]
    if active is not None and active.pk != version.pk:
        if version.base is not None and active.pk == version.base_id:
            title = "its base, which is the active version"
            return [Against(title, active, found[0].changes)]
        found.append(_against("the active version", version, active))
    return found


def _against(
    title: str, version: PipelineVersion, other: PipelineVersion | None
) -> Against:
    if other is None:
        return Against(title, None, [])
    changes = differences(Manifest.of(other), Manifest.of(version))
    return Against(title, other, changes)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a version may become active now.

    gate: of its newest reprocess that has one; cannot: why this machine cannot run it.
    """

    version: PipelineVersion
    active: PipelineVersion | None
    gate: Gate | None
    reprocess: Reprocess | None
    was_active: bool
    is_first: bool
    cannot: str

    @property
    def by_gate(self) -> bool:
        """Whether there is one to try; what is against it else says the verb."""
        return bool(self.gate and self.gate.signed_at and self.gate.fit_to_activate)

    @property
    def gate_words(self) -> str:
        """The state of the gate, and what is to be done next."""
        if self.reprocess is None:
            return (
                "No document was read by it yet beside what stands: reprocess a sample"
                " to it, and its gate is measured."
            )
        if self.gate is None:
            return "Its reprocess has no gate yet: measure one when a stage is done."
        if self.gate.measured_at is None:
            return "Its gate was not measured yet."
        if self.gate.signed_at is None and self.gate.fit_to_activate:
            return "Its gate passes as a whole, and waits for a signature."
        if self.gate.signed_at is None:
            return "Its gate does not pass: a slice is harmed, or too little is known."
        if not self.gate.fit_to_activate:
            return "Its gate was signed, but does not pass as a whole."
        return "Its gate passes as a whole, and was signed."


def ways_of(version: PipelineVersion) -> Ways:
    activations = Activation.objects.filter(pipeline_version__name=version.name)
    reprocess = version.reprocesses.order_by("-created_at").first()
    gates = Gate.objects.filter(reprocess__pipeline_version=version)
    return Ways(
        version=version,
        active=PipelineVersion.objects.active().filter(name=version.name).first(),
        gate=gates.select_related("signed_by").order_by("-created_at").first(),
        reprocess=reprocess,
        was_active=activations.filter(pipeline_version=version).exists(),
        is_first=not activations.exists(),
        cannot=upgrades.why_not(version),
    )


class ActivateForm(forms.Form):
    """how: by the gate, as a return (or the first), or by somebody's reason."""

    GATE, RETURN, UNGUARDED = "gate", "return", "unguarded"

    how = forms.ChoiceField(
        choices=[(GATE, "gate"), (RETURN, "return"), (UNGUARDED, "without a gate")]
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        label="Why it is to read new documents without a gate",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("how") == self.UNGUARDED and not cleaned.get("note"):
            self.add_error("note", "Write down why: it is kept for ever.")
        return cleaned

    def activate(self, ways: Ways, actor: User) -> PipelineVersion:
        """Raises VersionRefused."""
        how = self.cleaned_data["how"]
        if how == self.GATE:
            if ways.gate is None:
                raise versions.VersionRefused(f"{ways.version} has no gate yet.")
            return versions.activate(version=ways.version, actor=actor, gate=ways.gate)
        if how == self.UNGUARDED:
            note = self.cleaned_data["note"]
            return versions.activate(version=ways.version, actor=actor, note=note)
        # Refused by the verb where it is neither the first nor was active before.
        return versions.activate(version=ways.version, actor=actor)
