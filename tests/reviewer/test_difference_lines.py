"""A line that only one version reads, where lines are critical."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from catalog.models import Tenant
from pipeline import versions
from pipeline.comparing import judgements
from pipeline.definitions.document_types import BUILT_IN
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion
from pipeline.report import live_fields, values_of
from reviewer.models import ReviewTask
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import NEWER, OLDER, answered, say
from tests.reviewer.differing import (
    NEW,
    OLD,
    difference_task,
    reads,
    tell,
    two_readings,
)

pytestmark = pytest.mark.django_db
FREIGHT = ["Tea 4.10", "Freight 5.00"]
NONE = ["Tea 4.10"]


@pytest.fixture
def tenant() -> Tenant:
    """Of people whose receipts are only right if their lines are."""
    types = tuple(replace(spec, critical_lines=True) for spec in BUILT_IN)
    for version in (OLD, NEW):
        manifest = Manifest((), {}, types)
        made = PipelineVersion.objects.create(
            version=version,
            manifest=manifest.as_json(),
            digest=manifest.digest,
            state=PipelineVersion.State.RELEASED,
        )
        if version == OLD:
            versions.activate(version=made)
    return make_tenant("harbour")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


def lines(task: ReviewTask) -> list[object]:
    return [line["amount"] for line in values_of(live_fields(task.generation))[1]]


@pytest.mark.parametrize(
    ("answer", "right", "left"),
    [(OLDER, (True, False), ["4.10", "5.00"]), (NEWER, (False, True), ["4.10"])],
)
def test_a_line_that_went_is_asked_by_its_amount(
    tenant: Tenant,
    alice: User,
    answer: dict[str, Any],
    right: tuple[bool, bool],
    left: list[str],
) -> None:
    task = difference_task(tenant, old=reads(lines=FREIGHT), new=reads(lines=NONE))
    assert [item.slot for item in task.items.all()] == ["lines[1].amount"]

    answered(task, alice, say("lines[1].amount", **answer))

    assert task.comparison is not None
    found = judgements([task.comparison])[task.comparison.pk]
    assert (found.old_right, found.new_right) == right
    assert lines(task) == left


def test_a_line_that_came_is_asked_too(tenant: Tenant, alice: User) -> None:
    task = difference_task(tenant, old=reads(lines=NONE), new=reads(lines=FREIGHT))

    answered(task, alice, say("lines[1].amount", **NEWER))

    assert task.comparison is not None
    found = judgements([task.comparison])[task.comparison.pk]
    assert (found.old_right, found.new_right) == (False, True)


def test_a_line_amid_others_is_not_asked(tenant: Tenant) -> None:
    tell(
        two_readings(
            tenant,
            old=reads(lines=["Freight 5.00", "Tea 4.10"]),
            new=reads(lines=NONE),
        )
    )

    assert not ReviewTask.objects.exists()
