"""Freezing what is to be read by what, in one transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from catalog.models import Tenant
from pipeline.manifest import EngineChanged, Manifest
from pipeline.model_registry import retired_said
from pipeline.models import PipelineVersion, Reprocess, Stage
from pipeline.prices import no_price_said, without_price
from pipeline.reprocessing.errors import ReprocessRefused
from pipeline.reprocessing.filling import fill
from pipeline.reprocessing.selection import Selection
from pipeline.reprocessing.waking import wake
from pipeline.steps.registry import UnknownStep


@dataclass(frozen=True, slots=True)
class Plan:
    """How a reprocess goes. Shares: of the selection, 0..1, drawn at random.

    until_stage: it goes on by itself up to the end of this stage. budget_micro_usd:
    nothing is begun once this is spent; None is no limit. seed: of the random order.
    """

    canary_share: float = 0.01
    sample_share: float = 0.1
    budget_micro_usd: int | None = None
    until_stage: Stage = Stage.CANARY
    seed: int | None = None

    def check(self) -> None:
        """Raises ReprocessRefused."""
        shares = (self.canary_share, self.sample_share)
        if not all(0 <= share <= 1 for share in shares) or sum(shares) > 1:
            raise ReprocessRefused(
                "The shares of canary and sample are parts of the selection: give"
                " numbers from 0 to 1 that are at most 1 together."
            )
        if self.budget_micro_usd is not None and self.budget_micro_usd < 0:
            raise ReprocessRefused("Give a budget of 0 or more, or none for no limit.")


@transaction.atomic
def start(
    *,
    version: PipelineVersion,
    selection: Selection,
    actor: User | None = None,
    plan: Plan | None = None,
    enqueue: bool = True,
) -> Reprocess:
    """Begin to read a selection by a version, its canary first.

    enqueue: workers of the batch lane will do it; without, the caller does.
    Raises ReprocessRefused.
    """
    plan = plan or Plan()
    plan.check()
    # Who asks for the same at the same moment waits here, and is then refused.
    version = PipelineVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    check_target(version)
    check_budget(version, plan.budget_micro_usd)
    chosen = chosen_by(selection, version)
    if Reprocess.objects.open().filter(pipeline_version=version, selection=chosen):
        raise ReprocessRefused(
            f"{version} is already being brought to the same sources: go on with that"
            " reprocess, or cancel it first."
        )
    reprocess = Reprocess.objects.create(
        pipeline_version=version,
        selection=chosen,
        seed=secrets.randbits(62) if plan.seed is None else plan.seed,
        canary_share=plan.canary_share,
        sample_share=plan.sample_share,
        budget_micro_usd=plan.budget_micro_usd,
        until_stage=plan.until_stage,
        created_by=actor,
    )
    reprocess.items_count = fill(reprocess, selection.readings(version))
    reprocess.save(update_fields=["items_count"])
    if enqueue:
        wake()
    return reprocess


def check_target(version: PipelineVersion) -> None:
    """Raises ReprocessRefused for what is no released version that runs here."""
    if version.state == PipelineVersion.State.DRAFT:
        raise ReprocessRefused(
            f"{version} is a draft and may still change: release it first."
        )
    if version.state == PipelineVersion.State.RETIRED:
        raise ReprocessRefused(f"{version} is retired: choose a released version.")
    if (why := not_runnable(version)) is not None:
        raise ReprocessRefused(why)


def check_budget(version: PipelineVersion, budget_micro_usd: int | None) -> None:
    """Raises ReprocessRefused where nobody could tell when a budget is spent."""
    if budget_micro_usd is None:
        return
    today = timezone.now().date()
    if missing := without_price(Manifest.of(version), on=today):
        raise ReprocessRefused(
            f"Nobody would know when the budget is spent: there is"
            f" {no_price_said(missing, on=today)}. Enter it under Models in the admin,"
            " or begin without a budget."
        )


def not_runnable(version: PipelineVersion) -> str | None:
    """Why this machine, or any, cannot run the version; None if it can."""
    manifest = Manifest.of(version)
    if why := retired_said(manifest):
        return f"{version} cannot be run any more: {why}"
    try:
        manifest.check_runnable()
    except EngineChanged as changed:
        return f"This machine cannot run {version}: {changed}."
    except UnknownStep as unknown:
        return (
            f"This machine cannot run {version}: its step {unknown} is not installed."
            " Release a new version of it."
        )
    except ImproperlyConfigured as broken:
        return f"This machine cannot run {version}: {broken}."
    return None


def chosen_by(selection: Selection, version: PipelineVersion) -> dict[str, object]:
    """The selection as it is kept, with the ids of the tenants whose sources it holds.

    Raises ReprocessRefused where it holds none.
    """
    readings = selection.readings(version)
    owners = readings.order_by().values("source__tenant").distinct()
    tenants = sorted(
        str(pk)
        for pk in Tenant.objects.filter(pk__in=owners).values_list("pk", flat=True)
    )
    if not tenants:
        raise ReprocessRefused(
            f"Nothing is chosen: no source in this selection has a current reading of"
            f" {version.name} by another version than {version.version}."
        )
    return {**selection.as_json(), "tenants": tenants}
