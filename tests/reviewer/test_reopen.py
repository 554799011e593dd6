"""Looking again at what was released."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import DerivedArtifact, Generation, GoldenValue
from reviewer import services, wording
from reviewer.models import ReviewTask, Verdict
from reviewer.names import FieldNames
from reviewer.services import Answer
from tests.factories import make_run, make_source, make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def released() -> Generation:
    """A receipt that the machine accepted, with a wrong total perhaps."""
    source = make_source(make_tenant("harbour"))
    run = make_run(source, disposition="auto_accept", reason="all_critical_verified")
    assert run.generation is not None
    return run.generation


def test_an_accepted_document_can_be_put_right(
    released: Generation, alice: User
) -> None:
    task = services.reopen(user=alice, source_id=released.source_id)
    held = services.reserve(user=alice, task_id=task.pk)
    assert held.reservation_token is not None

    services.decide(
        user=alice,
        task_id=task.pk,
        token=held.reservation_token,
        answer=Answer(uuid.uuid4(), "total", Verdict.CORRECT, "99.00"),
    )

    live = DerivedArtifact.objects.live_in(released).get(kind="field", slot="total")
    assert live.payload is not None
    assert (live.origin, live.payload["value"]) == ("human", "99.00")
    filed = GoldenValue.objects.get()
    assert (filed.machine_value, filed.value) == ("21.20", "99.00")


def test_every_header_field_is_asked(released: Generation, alice: User) -> None:
    task = services.reopen(user=alice, source_id=released.source_id)

    slots = set(task.items.values_list("slot", flat=True))
    assert slots == {"company", "date", "address", "total"}
    assert task.reason == "asked_again"
    why = wording.why(task, list(task.items.all()), FieldNames.now())
    assert why == "Somebody wants it looked at again."


def test_asking_twice_gives_one_task(released: Generation, alice: User) -> None:
    first = services.reopen(user=alice, source_id=released.source_id)

    assert services.reopen(user=alice, source_id=released.source_id) == first
    assert ReviewTask.objects.count() == 1


def test_the_button_leads_to_the_task(
    client: Client, released: Generation, alice: User
) -> None:
    client.force_login(alice)
    page = client.get(f"/sources/{released.source_id}/")
    assert b"Review again" in page.content

    answer = client.post(f"/sources/{released.source_id}/review/")

    assert answer.headers["Location"] == f"/review/{ReviewTask.objects.get().pk}/"


def test_a_stranger_finds_nothing(
    client: Client, released: Generation, charlie: User
) -> None:
    client.force_login(charlie)

    answer = client.post(f"/sources/{released.source_id}/review/")

    assert answer.status_code == 404
    assert not ReviewTask.objects.exists()


def test_what_a_person_found_absent_is_not_called_unfound(
    released: Generation, alice: User, client: Client
) -> None:
    task = services.reopen(user=alice, source_id=released.source_id)
    for slot in ("address", "company", "date", "total"):
        held = services.reserve(user=alice, task_id=task.pk)
        assert held.reservation_token is not None
        services.decide(
            user=alice,
            task_id=task.pk,
            token=held.reservation_token,
            answer=Answer(uuid.uuid4(), slot, Verdict.ABSENT),
        )
    again = services.reopen(user=alice, source_id=released.source_id)
    client.force_login(alice)

    html = client.get(f"/review/{again.pk}/").content.decode()

    assert "Not in the document" in html
    assert "Nothing found" not in html
