"""Who was shown what: what is noted, who may ask, and that it stays."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Erasure,
    GoldenCase,
    Kind,
    Sighting,
    Way,
    What,
)
from catalog.services import drop_sightings, erase
from reviewer import services
from reviewer.models import ReviewTask, Verdict
from tests.factories import make_tenant, make_user
from tests.reviewer import crop_cases
from tests.reviewer.answering import answered, say
from tests.reviewer.second_looking import confirm, first_answered, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(db: None) -> ReviewTask:
    return crop_cases.make_case(make_tenant("harbour"))


@pytest.fixture
def adam(task: ReviewTask) -> User:
    return make_user("adam", task.tenant, role="admin")


def last() -> Sighting:
    found = Sighting.objects.newest_first().first()
    assert found is not None
    return found


def artifact(task: ReviewTask, kind: Kind) -> DerivedArtifact:
    return DerivedArtifact.objects.get(source=task.source, kind=kind)


LOOKS: dict[str, tuple[Callable[[ReviewTask], str], What, Way]] = {
    "source": (lambda t: f"/sources/{t.source_id}/", What.VALUES, Way.PAGE),
    "history": (lambda t: f"/sources/{t.source_id}/history/", What.VALUES, Way.PAGE),
    "original": (lambda t: f"/sources/{t.source_id}/original", What.ORIGINAL, Way.PAGE),
    "desk": (lambda t: f"/review/{t.pk}/", What.VALUES, Way.PAGE),
    "words": (lambda t: f"/review/{t.pk}/words/1/", What.WORDS, Way.PAGE),
    "search": (lambda t: "/search/?q=Faraway", What.WORDS, Way.PAGE),
    "page": (
        lambda t: f"/artifacts/{artifact(t, Kind.PAGE_IMAGE).pk}/file",
        What.PAGE,
        Way.PAGE,
    ),
    "thumbnail": (
        lambda t: f"/artifacts/{artifact(t, Kind.THUMBNAIL).pk}/file",
        What.THUMBNAIL,
        Way.PAGE,
    ),
    "artifact": (
        lambda t: f"/artifacts/{artifact(t, Kind.OCR).pk}/",
        What.WORDS,
        Way.PAGE,
    ),
    "api-artifact": (
        lambda t: f"/api/v1/artifacts/{artifact(t, Kind.OCR).pk}/",
        What.WORDS,
        Way.API,
    ),
    "api-file": (
        lambda t: f"/api/v1/artifacts/{artifact(t, Kind.PAGE_IMAGE).pk}/file/",
        What.PAGE,
        Way.API,
    ),
    "api-source": (lambda t: f"/api/v1/sources/{t.source_id}/", What.VALUES, Way.API),
    "api-original": (
        lambda t: f"/api/v1/sources/{t.source_id}/file/",
        What.ORIGINAL,
        Way.API,
    ),
    "api-task": (lambda t: f"/api/v1/review-tasks/{t.pk}/", What.VALUES, Way.API),
    "api-search": (lambda t: "/api/v1/search/?q=Faraway", What.WORDS, Way.API),
}


@pytest.mark.parametrize("name", LOOKS)
def test_each_look_is_noted_once(
    client: Client, alice: User, task: ReviewTask, name: str
) -> None:
    address, what, way = LOOKS[name]
    client.force_login(alice)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address(task)).status_code == 200
    sql = [query["sql"] for query in captured if '"sighting"' in query["sql"]]
    assert len([one for one in sql if one.startswith("INSERT")]) == 1
    noted = Sighting.objects.get()
    assert (noted.user, noted.source, noted.tenant) == (alice, task.source, task.tenant)
    assert (noted.what, noted.way) == (what, way)


def test_windows_of_the_admin_on_values_are_noted(
    client: Client, adam: User, alice: User, task: ReviewTask
) -> None:
    answered(task, alice, say("total", Verdict.CONFIRM), say("date", Verdict.CONFIRM))
    User.objects.filter(pk=adam.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=adam.pk))
    total = artifact(task, Kind.OCR)
    for model, pk, what in (
        ("derivedartifact", total.pk, What.WORDS),
        ("goldencase", GoldenCase.objects.get(source=task.source).pk, What.VALUES),
    ):
        before = Sighting.objects.count()
        address = f"/admin/catalog/{model}/{pk}/change/"
        assert client.get(address).status_code == 200
        assert Sighting.objects.count() == before + 1
        assert (last().user, last().source, last().what) == (adam, task.source, what)
    before = Sighting.objects.count()
    for page in (
        f"/admin/catalog/derivedartifact/{new_id()}/change/",
        f"/admin/catalog/sourcemedia/{task.source_id}/change/",
    ):
        client.get(page)
    assert Sighting.objects.count() == before


def test_a_crop_is_noted_with_its_place(
    client: Client, alice: User, task: ReviewTask
) -> None:
    client.force_login(alice)
    image = crop_cases.page_image(task.source)
    address = f"/review/{task.pk}/crops/{image.pk}/10000-20000-30000-40000/480.webp"
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "image/webp"
    assert last().rectangles == [[0.1, 0.2, 0.3, 0.4]]
    assert (last().what, last().page, last().task_id) == (What.CROP, 1, task.pk)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]
    tag = answer.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert Sighting.objects.count() == 2


def test_what_a_crop_reviewer_saw_is_noted_by_rectangle(
    client: Client, task: ReviewTask
) -> None:
    erin = crop_cases.make_crop_reviewer("erin", task.tenant)
    client.force_login(erin)
    services.reserve(user=erin, task_id=task.pk)
    image = crop_cases.page_image(task.source)
    for path in (f"pages/{image.pk}.jpg", "words/1/"):
        assert client.get(f"/review/{task.pk}/{path}").status_code == 200
        boxes = last().rectangles
        assert len(boxes) == 2
        assert all(box[2] - box[0] < 0.5 for box in boxes)


def test_what_is_refused_is_not_noted(
    client: Client, charlie: User, task: ReviewTask
) -> None:
    client.force_login(charlie)
    for address, _, _ in LOOKS.values():
        client.get(address(task))
    assert not Sighting.objects.exists()


def test_admins_see_their_tenants_rows_and_others_no_page(
    client: Client, alice: User, charlie: User, adam: User, task: ReviewTask
) -> None:
    client.force_login(alice)
    client.get(f"/sources/{task.source_id}/")
    pages = ("/seen/", "/seen/export.csv", "/seen/export.jsonl")
    assert {client.get(page).status_code for page in pages} == {404}
    assert client.get("/api/v1/seen/").json()["results"] == []
    client.force_login(adam)
    page = client.get("/seen/").content.decode()
    assert "alice" in page
    assert crop_cases.NAME in page
    [row] = client.get("/api/v1/seen/").json()["results"]
    assert (row["user"], row["what"], row["way"]) == ("alice", "values", "page")
    other = make_user("anna", make_tenant("meadow"), role="admin")
    client.force_login(other)
    assert "alice" not in client.get("/seen/").content.decode()
    assert client.get("/api/v1/seen/").json()["results"] == []


def test_it_is_narrowed_by_source_person_kind_and_time(
    client: Client, alice: User, bob: User, adam: User, task: ReviewTask
) -> None:
    for user in (alice, bob):
        client.force_login(user)
        client.get(f"/sources/{task.source_id}/")
        client.get(f"/sources/{task.source_id}/original")
    client.force_login(adam)

    def rows(query: str) -> int:
        body = client.get(f"/seen/export.jsonl?{query}").getvalue()
        return len(body.splitlines())

    assert rows("") == 4
    assert rows("user=alice") == 2
    assert rows("what=original") == 2
    assert rows(f"source={task.source_id}&user=bob&what=values") == 1
    assert rows("until=2001-01-01") == 0
    assert rows("source=nonsense") == 0
    assert len(client.get("/api/v1/seen/?user=bob").json()["results"]) == 2


def test_the_files_carry_everything_and_no_value(
    client: Client, alice: User, adam: User, task: ReviewTask
) -> None:
    client.force_login(alice)
    image = crop_cases.page_image(task.source)
    place = "10000-20000-30000-40000"
    client.get(f"/review/{task.pk}/crops/{image.pk}/{place}/960.webp")
    client.force_login(adam)
    answer = client.get("/seen/export.csv")
    assert answer.streaming
    text = answer.getvalue().decode()
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["user"], row["what"], row["regions"]) == (
        "alice",
        "crop",
        "0.1,0.2,0.3,0.4",
    )
    assert row["task_id"] == str(task.pk)
    lines = client.get("/seen/export.jsonl").getvalue().decode()
    assert json.loads(lines)["regions"] == [[0.1, 0.2, 0.3, 0.4]]
    assert not [one for one in crop_cases.SECRETS if one in text + lines]


def test_the_command_says_the_same(
    client: Client, alice: User, task: ReviewTask, capsys: pytest.CaptureFixture[str]
) -> None:
    client.force_login(alice)
    client.get(f"/sources/{task.source_id}/original")
    call_command("seen", source=str(task.source_id), user="alice", json=True)
    assert json.loads(capsys.readouterr().out)["what"] == "original"
    call_command("seen", user="bob")
    assert capsys.readouterr().out == ""
    call_command("seen", "--since", "2999-01-01")
    assert capsys.readouterr().out == ""
    call_command("seen")
    assert "alice  original" in capsys.readouterr().out


def test_rows_are_never_changed_and_not_dropped_before_their_time(
    client: Client, alice: User, task: ReviewTask
) -> None:
    client.force_login(alice)
    client.get(f"/sources/{task.source_id}/")
    for change in (
        lambda: Sighting.objects.update(page=9),
        lambda: Sighting.objects.all().delete(),
        lambda: drop_sightings(before=timezone.now() + timedelta(days=1)),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(CommandError, match="6 months at least"):
        call_command("seen", drop_older_than=1)
    old = timezone.now() - timedelta(days=400)
    Sighting.objects.create(
        user=alice,
        tenant=task.tenant,
        source=task.source,
        what=What.PAGE,
        way=Way.PAGE,
        at=old,
    )
    call_command("seen", drop_older_than=12)
    assert Sighting.objects.count() == 1


def test_an_erased_document_leaves_who_had_seen_it(
    client: Client, alice: User, adam: User, task: ReviewTask
) -> None:
    client.force_login(alice)
    image = crop_cases.page_image(task.source)
    client.get(f"/review/{task.pk}/crops/{image.pk}/0-0-30000-40000/480.webp")
    erasure = erase(source=task.source, basis=Erasure.Basis.REQUEST, actor=adam)
    assert erasure.finished_at is not None
    noted = Sighting.objects.get(what=What.CROP)
    assert (noted.user, noted.source_id) == (alice, task.source_id)
    address = f"/review/{task.pk}/crops/{image.pk}/0-0-30000-40000/480.webp"
    assert client.get(address).status_code == 404
    client.force_login(adam)
    page = client.get(f"/seen/?source={task.source_id}").content.decode()
    assert "alice" in page
    assert "Erased document" in page
    assert crop_cases.NAME not in page


def test_who_decided_what_is_a_file_without_values(
    client: Client, adam: User, alice: User, task: ReviewTask
) -> None:
    correct = say("total", Verdict.CORRECT, "25.30")
    answered(task, alice, correct, say("date", Verdict.CONFIRM))
    services.undo(
        user=alice,
        decision_id=new_id(),
        undoes=task.items.get(slot="date").decisions.get().pk,
    )
    client.force_login(alice)
    assert client.get("/seen/decided.csv").status_code == 404
    client.force_login(make_user("max", make_tenant("meadow"), role="admin"))
    assert client.get("/seen/decided.jsonl").getvalue() == b""
    client.force_login(adam)
    assert client.get("/seen/decided.xml").status_code == 404
    text = client.get("/seen/decided.jsonl").getvalue().decode()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["field"], row["verdict"]) for row in rows] == [
        ("date", "undo"),
        ("date", "confirm"),
        ("total", "correct"),
    ]
    assert {row["user"] for row in rows} == {"alice"}
    assert {row["source_id"] for row in rows} == {str(task.source_id)}
    assert rows[0]["undoes"] == rows[1]["decision_id"]
    assert "25.30" not in text
    found = csv.DictReader(
        io.StringIO(client.get("/seen/decided.csv").getvalue().decode())
    )
    assert [row["decision_id"] for row in found] == [row["decision_id"] for row in rows]
    assert client.get("/seen/decided.jsonl?user=bob").getvalue() == b""
    assert client.get("/seen/decided.jsonl?source=nonsense").getvalue() == b""


def test_what_is_to_be_read_alone_is_not_in_the_file(
    client: Client, adam: User, alice: User, task: ReviewTask
) -> None:
    """adam might be the second person; olive, too, until somebody has read it."""
    make_rule(slot="date")
    look = first_answered(task.tenant, alice)
    client.force_login(adam)
    told = client.get("/seen/decided.csv").getvalue().decode()
    assert f"{look.source_id},total" in told
    assert f"{look.source_id},date" not in told
    confirm(look, make_user("bob", task.tenant))
    told = client.get("/seen/decided.csv").getvalue().decode()
    assert told.count(f"{look.source_id},date") == 2
