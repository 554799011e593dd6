from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.models import Tenant
from reviewer import services
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from tests.factories import make_task, make_tenant, make_user
from tests.reviewer.cases import one_doubt, two_doubts

JSON = "application/json"
POSTS = ["task-decide", "task-skip", "task-extend", "task-put-back", "task-close"]


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("acme")


@pytest.fixture
def alice(tenant: Tenant, client: Client) -> User:
    alice = make_user("alice", tenant)
    client.force_login(alice)
    return alice


@pytest.fixture
def bob(tenant: Tenant) -> User:
    return make_user("bob", tenant)


@pytest.fixture
def task(tenant: Tenant, alice: User) -> ReviewTask:
    return services.reserve(user=alice, task_id=two_doubts(tenant).pk)


def url(name: str, task: ReviewTask) -> str:
    return reverse(name, args=[task.pk])


def send(
    client: Client,
    task: ReviewTask,
    choice: str,
    *,
    slot: str = "total",
    accept: str = JSON,
    **more: Any,
) -> Any:
    fields = {
        "token": task.reservation_token,
        "decision_id": uuid.uuid4(),
        "slot": slot,
        "choice": choice,
        **more,
    }
    return client.post(url("task-decide", task), fields, headers={"accept": accept})


def body(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_reserves_and_says_why_first(
    client: Client, alice: User, tenant: Tenant
) -> None:
    task = two_doubts(tenant)
    page = body(client.get(url("task", task)))
    task.refresh_from_db()
    assert task.reserver == alice
    assert str(task.reservation_token) in page
    why = page.index("Total: it differs from the sum of the line items.")
    assert why < page.index("<h1>") < page.index("21.20")
    assert "20.00" in page  # another reading of the machine
    assert "Gin Kee" not in page  # what is sure asks nobody


@pytest.mark.parametrize("name", ["task", *POSTS])
def test_another_tenants_task_does_not_exist(
    client: Client, alice: User, name: str
) -> None:
    task = two_doubts(make_tenant("globex"))
    call = client.get if name == "task" else client.post
    assert call(url(name, task), {"token": str(uuid.uuid4())}).status_code == 404
    assert send(client, task, "confirm", token=uuid.uuid4()).status_code == 404
    task.refresh_from_db()
    assert (task.state, task.reserver) == (ReviewTask.State.OPEN, None)


@pytest.mark.parametrize("name", ["task", *POSTS])
def test_it_needs_a_log_in(client: Client, tenant: Tenant, name: str) -> None:
    task = two_doubts(tenant)
    call = client.get if name == "task" else client.post
    # A script asks for no redirect to be followed, and so knows what this means.
    for accept in (JSON, "text/html"):
        response = call(url(name, task), headers={"accept": accept})
        assert response.headers["Location"].startswith("/login/")


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_a_post(
    client: Client, task: ReviewTask, name: str
) -> None:
    assert client.get(url(name, task)).status_code == 405


@pytest.mark.parametrize("name", [name for name in POSTS if name != "task-decide"])
def test_a_broken_token_is_not_found(
    client: Client, task: ReviewTask, name: str
) -> None:
    assert client.post(url(name, task), {"token": "x"}).status_code == 404


def test_a_task_that_another_holds_says_so(
    client: Client, tenant: Tenant, alice: User, bob: User
) -> None:
    task = services.reserve(user=bob, task_id=two_doubts(tenant).pk)
    response = client.get(url("task", task))
    assert response.status_code == 409
    assert "bob has this case now" in body(response)
    assert "Next case" in body(response)


def test_a_form_goes_on_at_the_same_task_and_then_at_the_next(
    client: Client, task: ReviewTask, tenant: Tenant
) -> None:
    following = one_doubt(tenant)
    first = send(client, task, "confirm", accept="text/html")
    assert first.headers["Location"] == url("task", task)
    last = send(client, task, "absent", slot="date", accept="text/html")
    assert last.headers["Location"] == url("task", following)
    following.refresh_from_db()
    assert following.is_held


def test_a_script_hears_what_became_of_it(client: Client, task: ReviewTask) -> None:
    answer = send(client, task, "correct", value="RM 1.50").json()
    decision = Decision.objects.get()
    assert answer == {
        "slot": "total",
        "decision_id": str(decision.pk),
        "seen": 1,
        "verdict": "correct",
        "verdict_text": "corrected",
        "value": "1.50",
        "done": False,
        "says": "",
        "settled": {},
        "following": url("task", task),
    }
    last = send(client, task, "unreadable", slot="date").json()
    assert (last["done"], last["following"]) == (True, "/")
    assert last["says"] == "Case done: its values are released."


def test_a_candidate_brings_its_value_and_place(
    client: Client, task: ReviewTask
) -> None:
    page = body(client.get(url("task", task)))
    task.refresh_from_db()
    choice = "candidate|1,0.6,0.7,0.75,0.73|20.00"
    assert choice in page
    assert send(client, task, choice).status_code == 200
    correction = Correction.objects.get()
    assert (correction.how, correction.new_value) == ("candidate", "20.00")
    assert correction.new_region == {"page": 1, "bbox": [0.6, 0.7, 0.75, 0.73]}


def test_picked_words_bring_their_place(client: Client, task: ReviewTask) -> None:
    region = "1,0.1,0.2,0.3,0.25"
    send(client, task, "correct", value="9.00", region=region)
    correction = Correction.objects.get()
    assert correction.how == Correction.How.WORDS
    assert correction.new_region == {"page": 1, "bbox": [0.1, 0.2, 0.3, 0.25]}


@pytest.mark.parametrize("region", ["x", "0,0,0,1,1", "1,0.5,0,0.2,1", "1,nan,0,1,1"])
def test_a_place_that_is_none_is_refused(
    client: Client, task: ReviewTask, region: str
) -> None:
    response = send(client, task, "correct", value="9.00", region=region)
    assert response.status_code == 400
    assert not Decision.objects.exists()


def test_a_refused_value_is_kept_in_its_field_with_what_to_do(
    client: Client, task: ReviewTask
) -> None:
    response = send(client, task, "correct", value="about ten", accept="text/html")
    assert response.status_code == 400
    page = body(response)
    assert "type it like 1234.50" in page
    assert 'value="about ten"' in page
    scripted = send(client, ReviewTask.objects.get(), "correct", value="about ten")
    assert "type it like 1234.50" in scripted.json()["error"]


@pytest.mark.parametrize("choice", ["", "maybe", "candidate|", "candidate|x|1"])
def test_an_unknown_answer_is_refused(
    client: Client, task: ReviewTask, choice: str
) -> None:
    assert send(client, task, choice).status_code == 400


def test_the_same_answer_twice_is_one(client: Client, task: ReviewTask) -> None:
    number = uuid.uuid4()
    for _ in range(2):
        response = send(client, task, "confirm", decision_id=number)
        assert response.status_code == 200
    assert Decision.objects.count() == 1


def test_a_stale_token_is_a_conflict_that_names_the_holder(
    client: Client, task: ReviewTask, bob: User
) -> None:
    assert task.reservation_token is not None
    ReviewTask.objects.update(reserver=bob, reservation_token=uuid.uuid4())
    response = send(client, task, "correct", value="9.00")
    assert response.status_code == 409
    assert response.json()["error"].startswith("bob has this case now")
    assert response.json()["again"] is False
    page = send(client, task, "correct", value="9.00", accept="text/html")
    assert "kept beside what stands there, as a second opinion" in body(page)
    assert response.json()["kept"] is True
    for name in ("task-extend", "task-skip", "task-close"):
        token = {"token": task.reservation_token}
        assert client.post(url(name, task), token).status_code == 409


def test_a_second_page_of_the_same_person_can_be_taken_back(
    client: Client, task: ReviewTask
) -> None:
    client.get(url("task", task))
    # Of a field that is open still the first page may answer too.
    assert send(client, task, "confirm").status_code == 200
    response = send(client, task, "correct", value="9.00")
    assert response.status_code == 409
    assert "another page" in response.json()["error"]
    assert (response.json()["again"], response.json()["kept"]) == (True, True)
    assert Decision.objects.count() == 1


def test_a_done_task_says_who_did_it(
    client: Client, task: ReviewTask, alice: User
) -> None:
    for slot in ("total", "date"):
        send(client, task, "confirm", slot=slot)
    response = client.get(url("task", task))
    assert response.status_code == 409
    assert "This case is done: alice gave the last answer" in body(response)


def test_extending_answers_how_long(client: Client, task: ReviewTask) -> None:
    token = {"token": task.reservation_token}
    assert client.post(url("task-extend", task), token).json() == {"seconds": 120.0}


def test_skipping_goes_to_another(
    client: Client, task: ReviewTask, tenant: Tenant
) -> None:
    following = one_doubt(tenant)
    token = {"token": task.reservation_token}
    response = client.post(url("task-skip", task), token)
    assert response.headers["Location"] == url("task", following)


def test_putting_back_frees_the_task(client: Client, task: ReviewTask) -> None:
    token = {"token": task.reservation_token}
    assert client.post(url("task-put-back", task), token).headers["Location"] == "/"
    task.refresh_from_db()
    assert task.reserver is None


def test_a_document_of_no_known_type_is_closed(
    client: Client, alice: User, tenant: Tenant
) -> None:
    task = make_task(tenant, document_type="", reason="unknown_document_type")
    assert "Nothing could be read as a known type" in body(
        client.get(url("task", task))
    )
    task.refresh_from_db()
    token = {"token": task.reservation_token}
    assert client.post(url("task-close", task), token).headers["Location"] == "/"
    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE


def test_what_is_answered_stays_and_can_be_answered_anew(
    client: Client, task: ReviewTask
) -> None:
    send(client, task, "correct", value="9.00")
    page = body(client.get(url("task", task)))
    task.refresh_from_db()
    assert "corrected" in page
    assert "9.00" in page
    assert "21.20" in page  # the machine's value is a candidate now
    send(client, task, "confirm")
    last = Decision.objects.order_by("sequence").last()
    assert last is not None
    assert (last.sequence, last.verdict) == (2, Verdict.CONFIRM)
