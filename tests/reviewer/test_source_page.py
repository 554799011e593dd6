from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import DerivedArtifact, Kind, SourceMedia
from pipeline.models import ProcessingEvent, Run
from reviewer import services
from reviewer.models import ReviewTask, Verdict
from tests.factories import make_run, make_source, make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(alice: User, client: Client, tmp_path: Path) -> SourceMedia:
    client.force_login(alice)
    return make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")


def page(client: Client, source: SourceMedia, query: str = "") -> str:
    answer = client.get(f"/sources/{source.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_value_stands_beside_its_box(client: Client, source: SourceMedia) -> None:
    html = page(client, source)
    for shown in ("21.20", "Gin Kee", "Conflict", "Verified", "90 % sure"):
        assert shown in html
    assert html.count('data-slot="total"') == 2  # the field, and the box
    assert 'data-box="[0.6, 0.8, 0.75, 0.83]"' in html
    assert "It differs from the sum of the line items." in html


def test_lines_steps_and_artifacts_are_told(
    client: Client, source: SourceMedia
) -> None:
    html = page(client, source)
    for shown in ("Line items", "4.10", "Reading the words", "160 ms", "Page picture"):
        assert shown in html


def test_a_cleared_event_leaves_the_page_whole(
    client: Client, source: SourceMedia
) -> None:
    ProcessingEvent.objects.all().delete()
    assert "record of the steps was cleared away" in page(client, source)


def test_the_open_task_is_linked(client: Client, source: SourceMedia) -> None:
    task = ReviewTask.objects.get(source=source)
    assert f"/review/{task.pk}/" in page(client, source)


def test_a_decision_shows_as_human_and_in_the_history(
    client: Client, alice: User, source: SourceMedia
) -> None:
    task = services.reserve_next(user=alice)
    assert task is not None
    assert task.reservation_token is not None
    answer = services.Answer(
        decision_id=uuid.uuid4(), slot="total", verdict=Verdict.CORRECT, value="25.30"
    )
    services.decide(
        user=alice, task_id=task.pk, token=task.reservation_token, answer=answer
    )
    html = page(client, source)
    for shown in ("25.30", "Human", "Total corrected", "21.20 → 25.30", "alice"):
        assert shown in html


def test_hits_of_a_search_are_boxed(client: Client, source: SourceMedia) -> None:
    assert page(client, source, "?page=1&q=invoice").count("is-hit") == 1


def test_a_rejected_source_says_why_and_what_to_do(
    client: Client, alice: User, tmp_path: Path
) -> None:
    client.force_login(alice)
    source = make_read_source(
        make_tenant("harbour"), tmp_path, disposition="rejected", reason="encrypted"
    )
    html = page(client, source)
    assert "The PDF asks for a password" in html
    assert "Upload another" in html


def test_a_failed_run_says_why_and_can_be_tried_again(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    source = make_source(make_tenant("harbour"))
    run = make_run(source, state="failed")
    Run.objects.filter(pk=run.pk).update(reason="worker_died", step="ocr")
    html = page(client, source)
    assert "The worker stopped" in html
    answer = client.post(f"/runs/{run.pk}/retry/")
    assert answer.headers["Location"] == f"/sources/{source.pk}/"
    assert Run.objects.open().filter(source=source).count() == 1


def test_a_run_at_work_is_followed(client: Client, alice: User) -> None:
    client.force_login(alice)
    source = make_source(make_tenant("harbour"))
    run = make_run(source, state="running")
    assert f"/runs/{run.pk}/status/?reload" in page(client, source)


def test_a_source_that_nothing_read_says_so(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "Not read yet" in page(client, make_source(make_tenant("harbour")))


@pytest.mark.parametrize(
    "query", ["?page=2", "?page=x", f"?generation={uuid.UUID(int=7)}", "?generation=x"]
)
def test_what_the_source_does_not_have_is_not_found(
    client: Client, source: SourceMedia, query: str
) -> None:
    assert client.get(f"/sources/{source.pk}/{query}").status_code == 404


def test_an_artifacts_page_shows_stamp_and_lineage(
    client: Client, source: SourceMedia
) -> None:
    words = DerivedArtifact.objects.get(source=source, kind=Kind.OCR)
    field = DerivedArtifact.objects.get(source=source, kind=Kind.FIELD, slot="total")
    made = client.get(f"/artifacts/{field.pk}/").content.decode()
    assert f'href="/artifacts/{words.pk}/"' in made
    assert field.payload_hash in made
    assert "rules-1.0.0" in made
    origin = client.get(f"/artifacts/{words.pk}/").content.decode()
    assert f'href="/artifacts/{field.pk}/"' in origin
    assert "the original" in origin


def test_another_tenants_pages_are_not_found(
    client: Client, charlie: User, source: SourceMedia
) -> None:
    client.force_login(charlie)
    artifact = DerivedArtifact.objects.filter(source=source)[0]
    run = Run.objects.get(source=source)
    for path in (
        f"/sources/{source.pk}/",
        f"/artifacts/{artifact.pk}/",
        f"/runs/{run.pk}/status/",
    ):
        assert client.get(path).status_code == 404
    assert client.post(f"/runs/{run.pk}/retry/").status_code == 404
