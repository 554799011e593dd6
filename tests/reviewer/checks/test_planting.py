"""In which cases an error is planted, about what, and how it looks."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import DerivedArtifact, GoldenValue, Tenant
from catalog.services import file_golden_value
from pipeline.claims import ValueType
from pipeline.extracting.values import same_value
from reviewer import services
from reviewer.checks import shares
from reviewer.models import CheckShare, PlantedError, ReviewTask
from tests.factories import (
    field_artifact,
    make_generation,
    make_source,
    make_task,
    make_tenant,
)
from tests.reviewer.cases import SURE, date, one_doubt, total, two_doubts
from tests.reviewer.checks.cases import DOUBTFUL_NAME


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def always(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.checks.shares.DEFAULT_SHARE", 1.0)


def planted_in(task: ReviewTask) -> PlantedError | None:
    return PlantedError.objects.of_task(task).first()


def test_the_share_is_the_tenants_and_none_switches_it_off(
    tenant: Tenant, always: None
) -> None:
    assert shares.share_of(tenant.pk) == 1.0
    CheckShare.objects.create(tenant=tenant, share=0)
    assert planted_in(two_doubts(tenant)) is None
    CheckShare.objects.update(share=0.2)
    assert shares.share_of(tenant.pk) == 0.2


def test_no_share_is_larger_than_a_fifth(tenant: Tenant) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckShare.objects.create(tenant=tenant, share=0.3)


def test_about_as_many_as_the_share_says_are_chosen_and_always_the_same(
    tenant: Tenant,
) -> None:
    CheckShare.objects.create(tenant=tenant, share=0.1)
    ids = [uuid.UUID(int=number) for number in range(1000)]

    def chosen(free: float) -> list[bool]:
        drawn = [shares.dice_of(one).random() for one in ids]
        return [shares.is_chosen(tenant.pk, d, free=free) for d in drawn]

    assert chosen(1.0) == chosen(1.0)
    assert 70 <= sum(chosen(1.0)) <= 130
    assert 160 <= sum(chosen(0.5)) <= 240
    assert sum(chosen(0.0)) == sum(chosen(0.2)) < 600


def test_it_is_about_a_field_that_is_right_and_shows_another_value(
    tenant: Tenant, always: None
) -> None:
    task = two_doubts(tenant)
    planted = planted_in(task)
    assert planted is not None
    assert planted.item.slot == "company"
    payload = planted.payload or {}
    assert not same_value(ValueType.NAME, payload["value"], "Gin Kee")
    assert (planted.item.artifact or DerivedArtifact()).payload == {
        **(SURE.payload or {})
    }
    assert task.items.count() == 3
    assert not planted.known


def test_it_takes_the_looks_of_real_doubts(tenant: Tenant, always: None) -> None:
    CheckShare.objects.create(tenant=tenant, share=0)
    for _ in range(3):
        make_task(
            tenant,
            fields=[
                total(),
                date(),
                field_artifact(
                    "company", "Wong", value_type="name", confidence=0.41, critical=True
                ),
            ],
        )
    CheckShare.objects.all().delete()
    planted = planted_in(two_doubts(tenant))
    assert planted is not None
    payload = planted.payload or {}
    assert (payload["confidence"], payload["status"]) == (0.41, "unverified")
    assert planted.item.reason == "low_confidence"
    # As the document type orders its fields, and not after the real ones.
    slots = list(planted.item.task.items.values_list("slot", flat=True))
    assert slots == sorted(slots, key=["total", "company", "date"].index)


def test_it_never_makes_a_case_more_urgent(tenant: Tenant, always: None) -> None:
    """Real doubts about the total are conflicts: those are of the highest stakes."""
    CheckShare.objects.create(tenant=tenant, share=0)
    two_doubts(tenant)
    CheckShare.objects.all().delete()
    task = one_doubt(tenant)
    planted = planted_in(task)
    assert task.get_stakes_display() == "medium"
    assert planted is None or planted.item.slot != "total"


def test_nothing_is_planted_where_the_whole_document_is_in_doubt(
    tenant: Tenant, always: None
) -> None:
    sure: dict[str, Any] = {"status": "verified", "confidence": 1.0, "critical": True}
    fields = [
        SURE,
        field_artifact("total", "5.00", **sure),
        field_artifact("date", "2018-01-11", value_type="date", **sure),
    ]
    task = make_task(tenant, fields=fields, reason="uncertain_document_type")
    assert task.items.count() == 3
    assert planted_in(task) is None


@pytest.mark.parametrize("known", [True, False])
def test_a_field_of_which_the_truth_is_known_may_be_planted(
    tenant: Tenant, always: None, *, known: bool
) -> None:
    """Though the machine is too unsure of it to be asked about without."""
    address = field_artifact(
        "address", "12 Kee St", value_type="address", confidence=0.6
    )
    generation = make_generation(
        make_source(tenant), fields=[total(), date(), DOUBTFUL_NAME, address]
    )
    if known:
        true = GoldenValue(slot="address", value_type="address", value="12 Kee St")
        file_golden_value(generation=generation, value=true, slices={})
    task = services.open_task(generation=generation)
    assert task is not None
    planted = planted_in(task)
    assert (planted is not None) == known
    assert planted is None or (planted.item.slot, planted.known) == ("address", True)
