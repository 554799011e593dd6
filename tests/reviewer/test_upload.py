from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from catalog.models import Membership, SourceMedia
from pipeline.models import Run
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_run, make_source, make_tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def version() -> None:
    """The built-in version, active."""
    ensure_built_in()


def send(
    client: Client,
    data: bytes,
    *,
    name: str = "tea.pdf",
    headers: dict[str, str] = HTMX,
) -> HttpResponse:
    file = SimpleUploadedFile(name, data)
    answer: HttpResponse = client.post(  # type: ignore[assignment]  # the test client's
        "/upload/", {"tenant": "harbour", "file": file}, headers=headers
    )
    return answer


def test_the_page_works_without_scripts(client: Client, alice: User) -> None:
    client.force_login(alice)
    html = client.get("/upload/").content.decode()
    assert 'enctype="multipart/form-data"' in html
    assert 'type="hidden" name="tenant" value="harbour"' in html


def test_someone_of_two_tenants_chooses(client: Client, alice: User) -> None:
    Membership.objects.create(user=alice, tenant=make_tenant("meadow"))
    client.force_login(alice)
    assert '<option value="meadow">' in client.get("/upload/").content.decode()


def test_someone_of_no_tenant_is_told(
    client: Client, django_user_model: type[User]
) -> None:
    client.force_login(django_user_model.objects.create_user("nobody"))
    assert "You are in no tenant yet" in client.get("/upload/").content.decode()


@pytest.mark.usefixtures("version")
def test_a_good_file_is_queued_and_followed(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = send(client, pdf_of())
    run = Run.objects.get()
    assert answer.status_code == 200
    assert f'hx-get="/runs/{run.pk}/status/"' in answer.content.decode()
    assert run.state == Run.State.QUEUED
    assert run.source.uploaded_by == alice


@pytest.mark.usefixtures("version")
def test_the_gates_reason_comes_at_once(client: Client, alice: User) -> None:
    client.force_login(alice)
    html = send(client, b"only text", name="notes.txt").content.decode()
    assert "Rejected" in html
    assert "This type of file cannot be read" in html
    assert "hx-trigger" not in html


@pytest.mark.usefixtures("version")
def test_an_empty_file_gets_the_gates_reason(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "holds nothing" in send(client, b"").content.decode()


@pytest.mark.usefixtures("version")
def test_the_same_bytes_again_lead_to_the_first(client: Client, alice: User) -> None:
    client.force_login(alice)
    data = pdf_of()
    send(client, data, name="first.pdf")
    html = send(client, data, name="second.pdf").content.decode()
    source = SourceMedia.objects.get()
    assert "uploaded before" in html
    assert f'href="/sources/{source.pk}/">first.pdf' in html


@pytest.mark.usefixtures("version")
def test_without_scripts_it_leads_to_the_source(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = send(client, pdf_of(), headers={})
    assert answer.headers["Location"] == f"/sources/{SourceMedia.objects.get().pk}/"


def test_too_many_bytes_are_refused_unread(
    client: Client, alice: User, settings: object
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000  # type: ignore[attr-defined]  # pytest-django's
    client.force_login(alice)
    answer = send(client, b"x" * 100_000)
    assert answer.status_code == 413
    assert "larger than the 1000\xa0bytes" in answer.content.decode()
    assert not SourceMedia.objects.exists()


@pytest.mark.usefixtures("version")
def test_a_file_just_over_the_limit_is_refused_too(
    client: Client, alice: User, settings: object
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000  # type: ignore[attr-defined]  # pytest-django's
    client.force_login(alice)
    assert send(client, b"x" * 1001).status_code == 413


def test_no_file_is_a_clear_fault(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/upload/", {"tenant": "harbour"})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_another_tenant_is_no_choice(client: Client, charlie: User) -> None:
    make_tenant("harbour")
    client.force_login(charlie)
    assert send(client, pdf_of()).status_code == 422
    assert not SourceMedia.objects.exists()


def test_no_active_version_is_said(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = send(client, pdf_of())
    assert answer.status_code == 503
    assert "No pipeline version is active" in answer.content.decode()


def test_the_forms_token_is_checked(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert send(strict, pdf_of()).status_code == 403


def test_a_session_that_ended_leads_to_the_log_in(client: Client) -> None:
    headers = {**HTMX, "HX-Current-URL": "http://testserver/upload/?a=1"}
    answer = send(client, pdf_of(), headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fupload%2F%3Fa%3D1"


def test_status_names_the_step(client: Client, alice: User) -> None:
    client.force_login(alice)
    run = make_run(make_source(make_tenant("harbour")), state="running")
    Run.objects.filter(pk=run.pk).update(step="disposition")
    html = client.get(f"/runs/{run.pk}/status/").content.decode()
    assert "Deciding" in html
    assert "step 2 of 2" in html


def test_status_ends_with_outcome_and_key_fields(client: Client, alice: User) -> None:
    client.force_login(alice)
    run = make_run(make_source(make_tenant("harbour")))
    html = client.get(f"/runs/{run.pk}/status/").content.decode()
    for shown in ("For review", "Receipt", "Gin Kee", f"/sources/{run.source_id}/"):
        assert shown in html
    assert "hx-trigger" not in html


def test_a_followed_page_loads_anew_at_the_end(client: Client, alice: User) -> None:
    client.force_login(alice)
    run = make_run(make_source(make_tenant("harbour")))
    answer = client.get(f"/runs/{run.pk}/status/?reload", headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"
