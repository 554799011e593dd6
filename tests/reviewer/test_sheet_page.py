"""The sheet as a page without scripts: plain forms."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Tenant
from reviewer import services
from reviewer.models import Decision, ReviewTask, UnansweredTime
from tests.e2e.drawn import make_case
from tests.factories import make_tenant, make_user

TAKE = "/sheets/take/"


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant, client: Client) -> User:
    alice = make_user("alice", tenant)
    client.force_login(alice)
    return alice


def take(client: Client, **more: Any) -> str:
    response = client.post(TAKE, {"slot": "total", "within": "", **more})
    return response.headers["Location"]


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send of the page as it came."""
    cells = client.get(url).context["page"].cells
    sent: dict[str, Any] = {"slot": "total", "task": [str(c.task.pk) for c in cells]}
    for cell in cells:
        question, task = cell.question, cell.task.pk
        sent[f"decision_id-{task}"] = str(question.decision_id)
        sent[f"seen-{task}"], sent[f"shown-{task}"] = question.seen, question.value
        sent[f"choice-{task}"], sent[f"value-{task}"] = "confirm", ""
    return sent


def answer_url(url: str) -> str:
    return f"{url.partition('?')[0]}answer/"


def test_the_queue_offers_fields_that_many_wait_for(
    client: Client, alice: User, tenant: Tenant
) -> None:
    make_case(tenant)
    assert "Review many at once" not in client.get("/").content.decode()
    make_case(tenant)
    offered = client.get("/").context["page"].sheets
    assert {(c.slot, c.name, c.count) for c in offered} == {
        ("total", "Total", 2),
        ("date", "Date", 2),
        ("company", "Company", 2),
    }


def test_it_needs_a_log_in(client: Client, db: None) -> None:
    assert client.post(TAKE).status_code == 302
    assert not ReviewTask.objects.exists()


def test_a_sheet_says_its_rule_and_shows_each_with_its_crop(
    client: Client, alice: User, tenant: Tenant
) -> None:
    make_case(tenant)
    make_case(tenant)
    html = client.get(take(client)).content.decode()
    assert "Total of 2 documents" in html
    assert "Odd ones first" in html
    assert html.count('class="crop"') == 2
    assert html.count("A check contradicts it") == 2


def test_all_are_confirmed_and_the_next_sheet_comes(
    client: Client, alice: User, tenant: Tenant
) -> None:
    first, other = make_case(tenant), make_case(tenant)
    url = take(client, size=1)
    response = client.post(answer_url(url), {**form_of(client, url), "size": "1"})
    following = response.headers["Location"]
    assert following.startswith("/sheets/")
    assert "size=1" in following
    [cell] = client.get(following).context["page"].cells
    assert {Decision.objects.get().item.task_id, cell.task.pk} == {first.pk, other.pk}


def test_typed_picked_and_left_out_ones(
    client: Client, alice: User, tenant: Tenant
) -> None:
    typed, picked, out = (make_case(tenant) for _ in range(3))
    url = take(client)
    sent = form_of(client, url)
    sent[f"value-{typed.pk}"] = "1.021,20"
    sent[f"choice-{picked.pk}"] = "candidate|1,0.1,0.1,0.2,0.2|20.00"
    sent[f"choice-{out.pk}"] = "out"
    sent["active_ms"] = "9000"
    response = client.post(answer_url(url), sent, follow=True)
    assert "2 corrected, 1 left to the desk." in response.content.decode()
    told = Decision.objects.values_list(
        "item__task", "artifact__payload__value", "active_ms"
    )
    assert set(told) == {(typed.pk, "1021.20", 3000), (picked.pk, "20.00", 3000)}
    spent = UnansweredTime.objects.get()
    assert (spent.task_id, spent.active_ms) == (out.pk, 3000)
    # It is not on the next sheet, but at the desk.
    assert take(client) == "/"
    assert services.reserve(user=alice, task_id=out.pk).reserver == alice


def test_a_senseless_value_is_shown_where_it_was_typed(
    client: Client, alice: User, tenant: Tenant
) -> None:
    wrong, good = make_case(tenant), make_case(tenant)
    url = take(client)
    sent = {**form_of(client, url), f"value-{wrong.pk}": "plenty"}
    response = client.post(answer_url(url), sent)
    assert response.status_code == 400
    [cell] = response.context["page"].cells
    assert (cell.task.pk, cell.typed) == (wrong.pk, "plenty")
    assert "type it like 1234.50" in response.content.decode()
    assert Decision.objects.get().item.task_id == good.pk


def test_a_script_hears_of_each(client: Client, alice: User, tenant: Tenant) -> None:
    wrong = make_case(tenant)
    make_case(tenant)
    url = take(client)
    sent = {**form_of(client, url), f"value-{wrong.pk}": "plenty"}
    told = client.post(answer_url(url), sent, headers={"Accept": "application/json"})
    assert told.json()["says"] == "1 confirmed, 1 to be looked at again."
    assert list(told.json()["refused"]) == [str(wrong.pk)]
    sent[f"value-{wrong.pk}"] = "5"
    told = client.post(answer_url(url), sent, headers={"Accept": "application/json"})
    assert told.json()["following"] == "/"
    assert Decision.objects.count() == 2


def test_nobody_elses_sheet_opens(
    client: Client, alice: User, tenant: Tenant, charlie: User
) -> None:
    make_case(tenant)
    url = take(client)
    client.force_login(charlie)
    assert client.get(url).headers["Location"] == "/"
    sent = {"token": "", "active_ms": "1"}
    assert client.post(url.partition("?")[0] + "put-back/", sent).status_code == 302
    response = client.post(url.partition("?")[0] + "extend/")
    assert response.status_code == 409
    assert ReviewTask.objects.get().reserver == alice


def test_what_a_browser_does_not_send_is_no_answer(
    client: Client, alice: User, tenant: Tenant
) -> None:
    task = make_case(tenant)
    url = take(client)
    sent = {"slot": "total", "task": ["nonsense", str(task.pk)]}
    client.post(answer_url(url), sent)
    assert not Decision.objects.exists()
    sent = {"slot": "total", "task": str(task.pk), f"choice-{task.pk}": "confirm"}
    response = client.post(answer_url(url), sent, follow=True)
    assert response.status_code == 200
    assert not Decision.objects.exists()
