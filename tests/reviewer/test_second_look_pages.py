"""What a second and a third person see, and what they do not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import DerivedArtifact, GoldenCase, Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask, Verdict
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.second_looking import (
    THIRD,
    confirm,
    first_answered,
    look_at,
    make_rule,
)

pytestmark = pytest.mark.django_db
HIDDEN = "77.77"


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def look(harbour: Tenant, alice: User) -> ReviewTask:
    """Alice said that the total is 77.77, and wrote why."""
    make_rule(slot="total")
    look = first_answered(harbour, alice, total=HIDDEN)
    first = Decision.objects.filter(reviewer=alice).earliest("decided_at").item.task
    services.comment(
        user=alice, task_id=first.pk, note_id=first.pk, text=f"clearly {HIDDEN}"
    )
    return look


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return " ".join(response.content.decode().split())


def everywhere(look: ReviewTask) -> list[str]:
    """Every address that tells of a source."""
    artifacts = DerivedArtifact.objects.filter(generation=look.generation)
    machine = artifacts.filter(slot="total", origin="machine").get()
    case = GoldenCase.objects.get()
    source = look.source_id
    return [
        reverse("task", args=[look.pk]),
        reverse("source", args=[source]),
        reverse("source-history", args=[source]),
        reverse("golden-case", args=[case.pk]),
        reverse("artifact", args=[machine.pk]),
        f"/api/v1/sources/{source}/",
        f"/api/v1/sources/{source}/history/",
        f"/api/v1/sources/{source}/side-by-side/",
        f"/api/v1/sources/{source}/artifacts/",
        f"/api/v1/artifacts/?source={source}",
        f"/api/v1/review-tasks/{look.pk}/",
        f"/api/v1/golden-cases/{case.pk}/",
        "/api/v1/golden-cases/",
        "/golden/",
        "/sources/",
        "/",
    ]


def test_nothing_of_the_first_answer_is_to_be_seen(
    client: Client, look: ReviewTask, alice: User, bob: User
) -> None:
    client.force_login(bob)
    human = DerivedArtifact.objects.get(slot="total", origin="human")
    for url in everywhere(look):
        assert HIDDEN not in page(client, url), url
    for url in (
        reverse("artifact", args=[human.pk]),
        reverse("artifact-file", args=[human.pk]),
        f"/api/v1/artifacts/{human.pk}/",
    ):
        assert client.get(url).status_code == 404, url


def test_the_second_person_sees_what_the_machine_read(
    client: Client, look: ReviewTask, bob: User
) -> None:
    client.force_login(bob)
    html = page(client, reverse("task", args=[look.pk]))

    assert "A wrong value here costs much: two people read it, each alone." in html
    assert "21.20" in html
    assert "<span data-answered>0</span> of 1 answered" in html
    for reading in ("20.00", "1.20"):  # the machine's other ones, as the first saw them
        assert reading in html
    told = client.get(f"/api/v1/review-tasks/{look.pk}/").json()
    assert told["items"][0]["standing"]["value"] == "21.20"


def test_who_answered_sees_their_answer_and_not_the_task(
    client: Client, look: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    html = page(client, reverse("source", args=[look.source_id]))
    assert HIDDEN in html
    assert "another person reads some of them" in html
    assert reverse("task", args=[look.pk]) not in html
    assert "Review again" not in html
    assert client.get(reverse("task", args=[look.pk])).status_code == 404
    assert client.get(f"/api/v1/review-tasks/{look.pk}/").status_code == 404
    assert client.get("/api/v1/review-tasks/?state=open").json()["results"] == []
    assert client.post("/api/v1/review-tasks/next/").status_code == 204
    status = client.get(f"/api/v1/sources/{look.source_id}/status/").json()
    assert status["review_task_id"] is None


def test_the_empty_queue_says_that_it_is_not_for_who_answered(
    client: Client, look: ReviewTask, alice: User, harbour: Tenant
) -> None:
    client.force_login(alice)
    html = page(client, "/")
    assert "1 that you have answered: somebody else reads it without" in html
    assert "For 1 of these nobody else may" in html
    assert look.source.name not in html
    make_user("dora", harbour)
    assert "nobody else may" not in page(client, "/")


def test_all_is_told_once_it_is_done(
    client: Client, look: ReviewTask, bob: User
) -> None:
    confirm(look, bob, total=HIDDEN)
    client.force_login(bob)
    html = page(client, reverse("source-history", args=[look.source_id]))
    assert HIDDEN in html
    assert "Another person was asked to read 1 field before the release" in html


def test_a_managers_button_releases_it(
    client: Client, look: ReviewTask, harbour: Tenant, bob: User, charlie: User
) -> None:
    url = reverse("task-release-unseen", args=[look.pk])
    client.force_login(bob)
    assert "Release without" not in page(
        client, reverse("source", args=[look.source_id])
    )
    assert client.post(url).status_code == 403
    client.force_login(charlie)
    assert client.post(url).status_code == 404

    client.force_login(make_user("mona", harbour, "manager"))
    source = reverse("source", args=[look.source_id])
    assert "Release without a second look" in page(client, source)
    assert client.post(url).status_code == 302
    html = page(client, source)
    assert "The values are released without a second look." in html
    assert "Released without the second look" in html


def test_agreement_counts_looks_and_what_a_third_person_overturned(
    client: Client, look: ReviewTask, bob: User, harbour: Tenant, alice: User
) -> None:
    confirm(look, bob)
    confirm(first_answered(harbour, alice, total=HIDDEN), bob, total=HIDDEN)
    carol, mona = make_user("carol", harbour), make_user("mona", harbour, "manager")
    answered(look_at(look, THIRD), carol, say("total", Verdict.CORRECT, HIDDEN))

    client.force_login(mona)
    html = page(client, reverse("queue-report"))
    assert "Of 2 fields that two people read, each alone, 1 have the same" in html
    assert "1 answer was wrong by what a third person said." in html


class TestThirdPerson:
    @pytest.fixture
    def third(
        self, client: Client, look: ReviewTask, bob: User, harbour: Tenant
    ) -> ReviewTask:
        confirm(look, bob)
        client.force_login(make_user("carol", harbour))
        return look_at(look, THIRD)

    def test_both_answers_are_on_the_page_and_no_names(
        self, client: Client, third: ReviewTask, alice: User, bob: User
    ) -> None:
        html = page(client, reverse("task", args=[third.pk]))
        assert "Total: two people read it differently." in html
        for value in (HIDDEN, "21.20"):
            assert f'data-value="{value}"' in html
        assert "One answer" in html
        assert "Another answer" in html
        assert "one, the other, neither" in html
        assert 'data-key="Enter"' not in html
        for person in (alice, bob):
            assert person.username not in html
        history = page(client, reverse("source-history", args=[third.source_id]))
        for person in (alice, bob):
            assert f"Total corrected {person.username}" not in history
        assert HIDDEN not in history

    def test_the_api_names_nobody_either(
        self, client: Client, third: ReviewTask
    ) -> None:
        told = client.get(f"/api/v1/review-tasks/{third.pk}/").json()
        [item] = told["items"]
        assert item["standing"] is None
        assert {item["older"]["value"], item["newer"]["value"]} == {HIDDEN, "21.20"}
        assert "alice" not in json.dumps(told)

    def send(self, client: Client, task: ReviewTask, choice: str) -> Any:
        page(client, reverse("task", args=[task.pk]))
        held = ReviewTask.objects.get(pk=task.pk)
        fields = {
            "token": held.reservation_token,
            "decision_id": "0d1b6a60-7c3f-4d0e-9d3b-6f1f6f0f9a01",
            "slot": "total",
            "choice": choice,
        }
        url = reverse("task-decide", args=[task.pk])
        return client.post(url, fields, headers={"accept": "application/json"})

    @pytest.mark.parametrize("choice", ["older", "newer"])
    def test_a_key_decides(
        self, client: Client, third: ReviewTask, choice: str
    ) -> None:
        item = third.items.get()
        side = item.artifact if choice == "older" else item.other_artifact
        told = self.send(client, third, choice).json()
        assert told["done"] is True
        assert told["value"] == (side.payload or {})["value"]  # type: ignore[union-attr]
        assert told["says"] == "Case done: its values are released."

    def test_an_answer_without_a_value_reads_as_it_was_meant(
        self, client: Client, harbour: Tenant, alice: User, bob: User
    ) -> None:
        make_rule(slot="total")
        look = first_answered(harbour, alice, total=HIDDEN)
        answered(look, bob, say("total", Verdict.UNREADABLE))
        third = look_at(look, THIRD)
        client.force_login(make_user("dora", harbour))
        html = page(client, reverse("task", args=[third.pk]))
        assert "Cannot be read" in html
        item = third.items.get()
        payload = (item.artifact.payload if item.artifact else None) or {}
        choice = "newer" if payload.get("value") else "older"
        self.send(client, third, choice)
        given = Decision.objects.of_task(third).get()
        assert given.verdict == Verdict.UNREADABLE
