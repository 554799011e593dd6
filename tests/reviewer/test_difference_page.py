"""The desk of a question between two versions, and where else it shows."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from reviewer import services
from reviewer.desk_sides import BothReadings
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from tests.factories import make_tenant
from tests.reviewer.answering import NEWER, answered, say
from tests.reviewer.cases import one_doubt
from tests.reviewer.differing import (
    LOW,
    difference_task,
    reads,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(client: Client, alice: User) -> ReviewTask:
    client.force_login(alice)
    return difference_task(make_tenant("harbour"))


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def url(name: str, task: ReviewTask) -> str:
    return reverse(name, args=[task.pk])


def send(client: Client, task: ReviewTask, choice: str, **more: Any) -> Any:
    held = ReviewTask.objects.get(pk=task.pk)
    fields = {
        "token": held.reservation_token,
        "decision_id": uuid.uuid4(),
        "slot": "total",
        "choice": choice,
        **more,
    }
    accept = {"accept": "application/json"}
    return client.post(url("task-decide", task), fields, headers=accept)


def test_it_shows_both_values_with_their_keys_and_versions(
    client: Client, task: ReviewTask
) -> None:
    html = page(client, url("task", task))

    assert "Two versions disagree: Total." in html
    older, newer = html.index('value="older"'), html.index('value="newer"')
    assert older < html.index("21.20", older) < newer < html.index("25.30", newer)
    assert 'value="older" data-key="1"' in html
    assert 'value="newer" data-key="2"' in html
    assert 'data-key="3" data-neither' in html
    assert 'Older version <span class="quiet">1.0.0</span>' in html
    assert 'Newer version <span class="quiet">1.1.0</span>' in html
    assert 'value="confirm"' not in html


def test_neither_value_is_offered_as_the_one_that_stands(
    client: Client, task: ReviewTask
) -> None:
    html = page(client, url("task", task))

    assert 'data-value=""' in html
    assert "21.20 or 25.30" in html
    assert "verified" not in html.lower()


def test_a_version_that_finds_nothing_is_told(client: Client, alice: User) -> None:
    client.force_login(alice)
    task = difference_task(make_tenant("harbour"), new=reads(total=None))

    html = page(client, url("task", task))

    assert "Finds nothing" in html
    assert "Only the older version finds a value." in html


def test_a_line_that_only_one_version_reads_is_told_and_not_asked(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    task = difference_task(
        make_tenant("harbour"),
        old=reads(lines=["Tea 4.10", "Rope 7.00"]),
        new=reads("25.30", lines=["Tea 4.10", "Freight to quay 48.50"]),
    )

    html = page(client, url("task", task))

    assert "Only the newer version reads the line “Freight to quay 48.50”." in html
    assert "Only the older version reads the line “Rope 7.00”." in html
    assert list(task.items.values_list("slot", flat=True)) == ["total"]


@pytest.mark.parametrize(
    ("choice", "verdict", "how"),
    [("older", "confirm", ""), ("newer", "correct", Correction.How.VERSION)],
)
def test_a_form_needs_no_script(
    client: Client, task: ReviewTask, choice: str, verdict: str, how: str
) -> None:
    client.get(url("task", task))
    answer = send(client, task, choice).json()

    assert (answer["verdict"], answer["done"]) == (verdict, True)
    assert answer["verdict_text"] == f"{choice} is right"
    assert answer["says"].startswith("Case done: your answers stand")
    correction = Correction.objects.first()
    assert (correction.how if correction else "") == how


def test_neither_is_typed_into_the_same_form_as_ever(
    client: Client, task: ReviewTask
) -> None:
    client.get(url("task", task))
    answer = send(client, task, "correct", value="RM 9.00").json()

    assert (answer["value"], answer["verdict_text"]) == ("9.00", "corrected")


def test_a_version_cannot_be_chosen_where_nobody_asked(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    ordinary = one_doubt(make_tenant("harbour"))
    client.get(url("task", ordinary))

    response = send(client, ordinary, "newer", slot="date")

    assert response.status_code == 400
    assert not Decision.objects.exists()


def test_a_strangers_question_is_not_found(client: Client, charlie: User) -> None:
    task = difference_task(make_tenant("harbour"))
    client.force_login(charlie)

    assert client.get(url("task", task)).status_code == 404
    assert client.get(f"/api/v1/review-tasks/{task.pk}/").status_code == 404


def test_the_queue_tells_the_questions_apart(
    client: Client, task: ReviewTask, alice: User
) -> None:
    ordinary = one_doubt(make_tenant("harbour"))
    html = page(client, "/")
    assert '<strong class="case__asks">Two versions</strong>' in html
    assert "Doubtful values" in html  # the facet

    only = page(client, "/?asks=difference")
    assert str(task.pk) in only
    assert str(ordinary.pk) not in only
    first = client.post("/review/next/", {"within": "asks=difference"})
    assert first.headers["Location"] == f"{url('task', task)}?asks=difference"


def test_the_source_page_leads_to_it_and_still_to_another_review(
    client: Client, task: ReviewTask
) -> None:
    html = page(client, f"/sources/{task.source_id}/")

    assert "Which version is right?" in html
    assert "Review again" in html


def test_the_golden_case_shows_what_both_said(
    client: Client, task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("total", **NEWER))
    case = task.source.golden_cases.get()
    html = page(client, f"/golden/{case.pk}/")

    assert "1.0.0 wrong" in html
    assert "1.1.0 right" in html
    assert "Version 1.0.0 read “21.20”. Version 1.1.0 read “25.30”." in html
    answer = client.get(f"/api/v1/golden-cases/{case.pk}/").json()
    [filed] = answer["values"]
    assert (filed["other_version"], filed["other_value"]) == ("1.1.0", "25.30")


class TestApi:
    def test_it_says_what_is_asked_and_what_both_found(
        self, client: Client, task: ReviewTask
    ) -> None:
        listed = client.get("/api/v1/review-tasks/?asks=difference").json()["results"]
        assert [row["task_id"] for row in listed] == [str(task.pk)]
        told = client.get(f"/api/v1/review-tasks/{task.pk}/").json()
        assert told["asks"] == "difference"
        assert told["comparison_id"] == str(task.comparison_id)
        [item] = told["items"]
        assert (item["older"]["value"], item["newer"]["value"]) == ("21.20", "25.30")
        assert item["older"]["region"] == LOW

    def test_ordinary_tasks_have_no_two_sides(
        self, client: Client, task: ReviewTask
    ) -> None:
        ordinary = one_doubt(make_tenant("harbour"))
        told = client.get(f"/api/v1/review-tasks/{ordinary.pk}/").json()
        assert (told["asks"], told["comparison_id"]) == ("doubts", None)
        assert (told["items"][0]["older"], told["items"][0]["newer"]) == (None, None)

    def test_next_may_be_of_one_kind(self, client: Client, task: ReviewTask) -> None:
        one_doubt(make_tenant("harbour"))
        answer = client.post(
            "/api/v1/review-tasks/next/", {"asks": "difference"}, "application/json"
        )
        assert answer.json()["task_id"] == str(task.pk)

    def test_the_newer_one_is_chosen(self, client: Client, task: ReviewTask) -> None:
        held = client.post(f"/api/v1/review-tasks/{task.pk}/reserve/").json()
        answer = client.post(
            f"/api/v1/review-tasks/{task.pk}/decide/",
            {
                "token": held["reservation_token"],
                "slot": "total",
                "verdict": "correct",
                "how": "version",
            },
            "application/json",
        )
        assert answer.status_code == 201
        assert Correction.objects.get().new_value == "25.30"

    def test_the_status_of_a_source_names_the_task_that_releases_it(
        self, client: Client, task: ReviewTask, alice: User
    ) -> None:
        ordinary = services.reopen(user=alice, source_id=task.source_id)
        answer = client.get(f"/api/v1/sources/{task.source_id}/status/").json()
        assert answer["review_task_id"] == str(ordinary.pk)


def test_a_question_that_was_settled_elsewhere_says_so(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    task = difference_task(make_tenant("harbour"), new=reads("25.30", "2019-01-01"))
    again = services.reopen(user=alice, source_id=task.source_id)
    answered(again, alice, say("total", Verdict.CONFIRM))
    html = page(client, url("task", task))
    assert re.search(r'data-slot="total".*?answered elsewhere', html)

    answered(again, alice, say("date", Verdict.CONFIRM))
    response = client.get(url("task", task))
    assert response.status_code == 409
    assert "its questions were answered elsewhere" in response.content.decode()


def test_without_two_readings_there_are_no_sides(db: None) -> None:
    ordinary = one_doubt(make_tenant("harbour"))
    item = ordinary.items.get()

    both = BothReadings.of(ordinary)

    assert both.sides(item, {}) is None
    assert both.boxes(item) == []
