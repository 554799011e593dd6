from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from catalog.admin import Window
from pipeline import forecast
from pipeline.acceptance import wording
from pipeline.admin.document_types import may_edit
from pipeline.admin.model_forms import MICRO, dollars
from pipeline.models import PipelinePolicy, PipelineVersion
from pipeline.policies import Mode

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[PipelinePolicy]
else:
    ModelForm = forms.ModelForm

BREAK = mark_safe("<br>")


class PolicyForm(ModelForm):
    budget_usd = forms.DecimalField(
        label="What reading everything anew may cost, in US dollars",
        help_text="Nothing more is begun once it is spent. Empty: no limit. It needs"
        " the price of each service that the version asks.",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=6,
    )

    class Meta:
        model = PipelinePolicy
        fields = [
            *("name", "mode", "proof_required"),
            *("audit_share", "audit_bound", "audit_days"),
        ]
        widgets = {"mode": forms.RadioSelect(attrs={"class": "pl-choice"})}
        labels = {
            "name": "Pipeline",
            "mode": "What becomes of old readings",
            "audit_share": "Share of the accepted that people look at",
            "audit_bound": "Or more, to prove that at most this share is wrong",
            "audit_days": "within so many days",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"] = forms.ChoiceField(
                choices=_without_policy(), label="Pipeline"
            )
        if "audit_share" in self.fields:
            self.fields["audit_share"].widget.attrs |= {
                "min": 0,
                "max": 1,
                "step": 0.01,
            }

        budget = self.instance.budget_micro_usd
        if budget is not None:
            self.initial["budget_usd"] = dollars(budget)

    def clean_audit_share(self) -> float:
        share = float(self.cleaned_data["audit_share"])
        if not 0 <= share <= 1:
            raise forms.ValidationError("Give a share from 0 to 1, such as 0.02.")
        return share

    def save(self, commit: bool = True) -> PipelinePolicy:  # noqa: FBT001, FBT002 - Django's
        budget = self.cleaned_data["budget_usd"]
        self.instance.budget_micro_usd = None if budget is None else int(budget * MICRO)
        return super().save(commit)


UNSEEN = [*("proof_required", "audit_share", "audit_bound"), *("audit_days", "sized")]


def _without_policy() -> list[tuple[str, str]]:
    taken = PipelinePolicy.objects.values("name")
    names = PipelineVersion.objects.exclude(name__in=taken)
    found = names.order_by("name").values_list("name", flat=True).distinct()
    return [(name, name) for name in found]


@admin.register(PipelinePolicy)
class PipelinePolicyAdmin(Window):
    """One a pipeline; who changed it, and from what to what, is in its history."""

    form = PolicyForm
    list_display = ["name", "mode_words", "proof_required", "audit_share", "updated_by"]
    list_select_related = ["updated_by"]
    readonly_fields = ["what_follows", "sized", "proofs", "updated_by", "updated_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        chosen = ["mode", "budget_usd"]
        chosen = ["name", *chosen] if obj is None else chosen
        return [
            (None, {"fields": chosen}),
            ("What follows from each", {"fields": ["what_follows"]}),
            ("What is accepted unseen", {"fields": [*UNSEEN, "proofs"]}),
            ("Changed", {"fields": ["updated_by", "updated_at"]}),
        ]

    @admin.display(description="share that the bound asks for, computed daily")
    def sized(self, policy: PipelinePolicy) -> str:
        share = policy.sized_share
        return "none" if share is None else f"{share:.1%}"

    @admin.display(description="old readings", ordering="mode")
    def mode_words(self, policy: PipelinePolicy) -> str:
        return policy.get_mode_display()

    @admin.display(description="how mixed, for how long")
    def what_follows(self, policy: PipelinePolicy) -> str:
        if policy._state.adding:
            return "It is said here once the policy is saved."
        found = forecast.forecast_of(policy.name)
        rows = [
            (mode.label, found.sentence(mode), policy.mode == mode) for mode in Mode
        ]
        return render_to_string("admin/pipeline/_forecast.html", {"rows": rows})

    @admin.display(description="what is proven")
    def proofs(self, policy: PipelinePolicy) -> str:
        """What was tried, type by type, and of which types none stands."""
        if policy._state.adding:
            return "It is said here once the policy is saved."
        known = [(one,) for one in wording.sentences(policy.name)]
        if missing := wording.unproven(policy):
            names = ", ".join(missing)
            known.append((f"No proof stands for {names}: all of these go to people.",))
        return format_html_join(BREAK, "{}", known) or "Nothing was proven."

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_edit(request) and bool(_without_policy())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's
    ) -> Any:
        if add:
            return f"The policy is: {form.instance.get_mode_display()}."
        told = (
            f"{form.fields[name].label or name} went from {form.initial.get(name)} to"
            f" {form.cleaned_data[name]}."
            for name in form.changed_data
        )
        return " ".join(told)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: Any
    ) -> None:
        obj.updated_by, obj.updated_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)
