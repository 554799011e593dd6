from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline.models import FieldDefinition
from pipeline.versions import add_missing_types
from reviewer import services
from reviewer.models import ReviewTask, Verdict
from reviewer.names import FieldNames
from tests.factories import make_task, make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(db: None) -> None:
    """The receipt's total is shown as "To pay" by the will of an admin."""
    add_missing_types()
    total = FieldDefinition.objects.filter(document_type__name="receipt", name="total")
    total.update(shown_as="To pay")


def html(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_field_is_called_as_admins_say_or_by_its_own_name() -> None:
    add_missing_types()
    names = FieldNames.now()
    assert names.of("supplier_name", "invoice") == "Supplier"
    assert names.of("invoice_number", "invoice") == "Invoice number"
    assert names.of("lines[0].amount", "invoice") == "Line 1: amount"
    assert names.of("supplier_name", "letter") == "Supplier name"


@pytest.mark.usefixtures("named")
def test_the_queue_and_the_desk_say_the_name(client: Client, alice: User) -> None:
    task = make_task(make_tenant("harbour"))
    assert "To pay" in html(client, alice, "/")
    desk = html(client, alice, f"/review/{task.pk}/")
    assert 'data-name="To pay"' in desk
    assert "Company" in desk


@pytest.mark.usefixtures("named")
def test_the_pages_of_a_source_say_the_name(
    client: Client, alice: User, tmp_path: Path
) -> None:
    source = make_read_source(make_tenant("harbour"), tmp_path)
    artifact = source.artifacts.get(slot="total")
    assert "To pay" in html(client, alice, f"/sources/{source.pk}/")
    assert "Field: To pay" in html(client, alice, f"/artifacts/{artifact.pk}/")


@pytest.mark.usefixtures("named")
def test_history_and_golden_case_say_the_name(client: Client, alice: User) -> None:
    task = make_task(make_tenant("harbour"))
    confirm(task, alice, "total")
    assert "To pay confirmed" in html(client, alice, f"/sources/{task.source_id}/")
    case = task.source.golden_cases.get()
    assert "To pay" in html(client, alice, f"/golden/{case.pk}/")


def confirm(task: ReviewTask, user: User, slot: str) -> None:
    held = services.reserve(user=user, task_id=task.pk)
    assert held.reservation_token
    services.decide(
        user=user,
        task_id=task.pk,
        token=held.reservation_token,
        answer=services.Answer(uuid.uuid4(), slot, Verdict.CONFIRM),
    )
