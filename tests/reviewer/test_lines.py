from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import DerivedArtifact, Generation, GoldenValue, Tenant
from pipeline.report import live_fields, values_of
from reviewer import desk, exports, services
from reviewer.models import (
    BY_HAND,
    Decision,
    ReviewItem,
    ReviewTask,
    SecondOpinion,
    Settlement,
    Verdict,
)
from reviewer.services import AnswerRefused, ReservationLost
from tests.factories import make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.checked import LINES, asked, make_checked_case

pytestmark = pytest.mark.django_db
UNSURE = {"supplier_name": 0.4}


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_user("alice", tenant)


@pytest.fixture
def task(tenant: Tenant) -> ReviewTask:
    return make_checked_case(tenant, sure=UNSURE)


def lines_of(task: ReviewTask) -> list[dict[str, object]]:
    generation = Generation.objects.get(pk=task.generation_id)
    return values_of(live_fields(generation))[1]


def test_the_grid_shows_every_line_and_what_they_may_add_up_to(
    task: ReviewTask,
) -> None:
    grid = desk.lay_out(task).lines
    assert grid is not None
    assert [[c.value for c in row.cells] for row in grid.rows] == [*map(list, LINES)]
    values = {total["slot"]: total["value"] for total in json.loads(grid.totals)}
    assert values == {"line_total": "100.00", "grand_total": "119.00"}


def test_a_cell_that_nobody_asked_about_is_put_right(
    task: ReviewTask, alice: User
) -> None:
    answered(task, alice, say("lines[0].amount", Verdict.CORRECT, "61,00"))
    assert lines_of(task)[0]["amount"] == "61.00"
    item = ReviewItem.objects.get(slot="lines[0].amount")
    assert (item.reason, item.decided) == (BY_HAND, True)
    assert item.artifact is not None
    assert GoldenValue.objects.get().machine_value == "60.00"
    assert [*asked(task)] == ["supplier_name"]


def test_it_is_no_question_of_the_case(task: ReviewTask, alice: User) -> None:
    answered(task, alice, say("lines[0].amount", Verdict.CONFIRM))
    shown = desk.lay_out(task)
    assert [q.item.slot for q in shown.questions] == ["supplier_name"]
    assert shown.lines is not None
    assert shown.lines.rows[0].cells[3].seen == 1
    assert shown.lines.rows[0].cells[3].by_person


def test_a_line_that_the_machine_missed_is_added(task: ReviewTask, alice: User) -> None:
    answered(
        task,
        alice,
        say("lines[2].description", Verdict.CORRECT, "Milk"),
        say("lines[2].amount", Verdict.CORRECT, "5"),
    )
    assert lines_of(task)[2] == {
        "description": "Milk",
        "quantity": None,
        "unit_price": None,
        "amount": "5.00",
    }


def test_a_line_that_is_none_is_removed_and_not_exported(
    task: ReviewTask, alice: User, tenant: Tenant
) -> None:
    answered(task, alice, say("lines[1].amount", Verdict.ABSENT))
    assert len(lines_of(task)) == 1
    grid = desk.lay_out(task).lines
    assert grid is not None
    assert [row.removed for row in grid.rows] == [False, True]
    answered(task, alice, say("supplier_name", Verdict.CONFIRM))
    [sent] = exports.export(tenant=tenant, recipient=alice, form="json").lines
    values = json.loads(sent)["values"]
    assert values["lines[1].amount"]["status"] == "absent"
    told = {slot for slot in values if slot.startswith("lines[1]")}
    assert told == {"lines[1].amount"}
    assert {"lines[0].amount", "lines[0].description"} <= set(values)


def test_taken_back_the_line_is_as_it_was(task: ReviewTask, alice: User) -> None:
    [decision] = answered(task, alice, say("lines[1].amount", Verdict.ABSENT))
    number = say("x", Verdict.CONFIRM).decision_id
    services.undo(user=alice, decision_id=number, undoes=decision.pk)
    assert lines_of(task)[1]["amount"] == "40.00"
    assert [*asked(task)] == ["supplier_name"]


def test_an_answer_that_reads_as_no_amount_leaves_nothing_behind(
    task: ReviewTask, alice: User
) -> None:
    with pytest.raises(AnswerRefused, match="does not read as an amount"):
        answered(task, alice, say("lines[0].amount", Verdict.CORRECT, "sixty"))
    assert not ReviewItem.objects.filter(reason=BY_HAND).exists()


@pytest.mark.parametrize("slot", ["lines[0].colour", "lines[5000].amount", "total"])
def test_other_slots_are_not_asked(task: ReviewTask, alice: User, slot: str) -> None:
    with pytest.raises(ReviewItem.DoesNotExist):
        answered(task, alice, say(slot, Verdict.CORRECT, "1"))


def test_a_late_one_is_kept_and_asks_nothing(
    task: ReviewTask, alice: User, tenant: Tenant
) -> None:
    held = services.reserve(user=alice, task_id=task.pk)
    token = held.reservation_token
    assert token is not None
    bob = make_user("bob", tenant)
    ReviewTask.objects.update(reserved_until="2026-01-01T00:00Z")
    services.reserve(user=bob, task_id=task.pk)
    late = say("lines[0].amount", Verdict.CORRECT, "61.00")
    with pytest.raises(ReservationLost):
        services.decide(user=alice, task_id=task.pk, token=token, answer=late)
    assert SecondOpinion.objects.get().value == "61.00"
    assert [*asked(task)] == ["supplier_name"]
    answered(task, bob, say("lines[0].amount", Verdict.CONFIRM, seen=0))
    assert Decision.objects.get().reviewer == bob


def test_a_line_put_right_settles_what_differed_from_their_sum(
    tenant: Tenant, alice: User
) -> None:
    wrong = (("Tea", "2", "30.00", "60.00"), ("Cake", "4", "10.50", "42.00"))
    task = make_checked_case(tenant, tax="", gross="150.00", lines=wrong, sure=UNSURE)
    assert asked(task)["line_total"] == "sum_of_lines_differs"
    answered(task, alice, say("lines[1].amount", Verdict.CORRECT, "40.00"))
    assert "line_total" not in asked(task)
    assert Settlement.objects.get().reason == "sum_of_lines_agrees"


def test_the_page_has_a_grid_with_one_way_in(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    page = client.get(reverse("task", args=[task.pk])).content.decode()
    assert page.count('role="grid"') == 1
    assert page.count('role="gridcell"') == 8
    assert DerivedArtifact.objects.exists()
