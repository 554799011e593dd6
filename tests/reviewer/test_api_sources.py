from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import SourceMedia
from pipeline.versions import ensure_built_in
from tests.documents import blank_pdf, pdf_of
from tests.factories import make_run, make_source, make_task, make_tenant

URL = "/api/v1/sources/"


def upload(client: Client, data: bytes, tenant: str = "harbour") -> Any:
    file = SimpleUploadedFile("invoice.pdf", data)
    return client.post(URL, {"tenant": tenant, "file": file})


def test_an_upload_is_kept_and_queued(client: Client, alice: User) -> None:
    ensure_built_in()
    client.force_login(alice)

    response = upload(client, pdf_of())

    assert response.status_code == 201
    body = response.json()
    assert (body["created"], body["run"]["state"]) == (True, "queued")
    assert SourceMedia.objects.get(pk=body["source_id"]).uploaded_by == alice


def test_the_same_bytes_again_are_known(client: Client, alice: User) -> None:
    ensure_built_in()
    client.force_login(alice)
    first, second = (upload(client, pdf_of()) for _ in range(2))

    assert second.status_code == 200
    assert second.json()["source_id"] == first.json()["source_id"]


def test_the_gate_answers_at_once(client: Client, alice: User) -> None:
    ensure_built_in()
    client.force_login(alice)

    run = upload(client, blank_pdf()).json()["run"]

    assert (run["disposition"], run["reason"]) == ("rejected", "blank")
    assert run["message"].startswith("The page looks empty")


def test_a_foreign_tenant_is_not_there(client: Client, alice: User) -> None:
    make_tenant("meadow")
    client.force_login(alice)

    assert upload(client, pdf_of(), tenant="meadow").status_code == 404
    assert not SourceMedia.objects.exists()


def test_too_much_is_refused(client: Client, alice: User, settings: Any) -> None:
    ensure_built_in()
    settings.MAX_UPLOAD_BYTES = 100
    client.force_login(alice)

    for size, way_out in ((200, "split it"), (200_000, "send less")):
        response = upload(client, b"x" * size)
        assert response.status_code == 413
        assert way_out in response.json()["detail"]


@pytest.mark.parametrize(
    ("data", "named"),
    [({"tenant": "harbour"}, "file"), ({"tenant": "a b", "file": b"x"}, "file")],
)
def test_an_incomplete_form_is_refused(
    client: Client, alice: User, data: dict[str, Any], named: str
) -> None:
    client.force_login(alice)

    response = client.post(URL, data)

    assert response.status_code == 400
    assert named in response.json()["errors"]


def test_a_broken_form_is_refused(client: Client, alice: User) -> None:
    client.force_login(alice)

    response = client.post(
        URL, data="nothing", content_type="multipart/form-data; boundary=x"
    )

    assert response.status_code == 400


def test_without_an_active_version_the_answer_says_so(
    client: Client, alice: User
) -> None:
    client.force_login(alice)

    response = upload(client, pdf_of())

    assert response.status_code == 503
    assert "activate" in response.json()["detail"]


def test_a_source_shows_its_current_values(client: Client, alice: User) -> None:
    run = make_run(make_source(make_tenant("harbour")))
    client.force_login(alice)

    shown = client.get(f"{URL}{run.source_id}/").json()

    assert shown["fields"]["total"] == {
        "value": "21.20",
        "page": 1,
        "bbox": [0.6, 0.8, 0.75, 0.83],
        "confidence": 0.9,
        "status": "conflict",
    }
    assert shown["generations"][0]["disposition"] == "human_review"


def test_status_names_the_run_and_the_task(client: Client, alice: User) -> None:
    task = make_task(make_tenant("harbour"))
    client.force_login(alice)

    shown = client.get(f"{URL}{task.source_id}/status/").json()

    assert shown["review_task_id"] == str(task.pk)
    assert shown["run"]["state"] == "finished"
    assert shown["released_at"] is None


def test_sources_are_filtered(client: Client, alice: User) -> None:
    make_run(make_source(make_tenant("harbour"), name="one.pdf"))
    make_source(make_tenant("harbour"), name="two.pdf")
    client.force_login(alice)

    def names(**query: str) -> list[str]:
        return [row["name"] for row in client.get(URL, query).json()["results"]]

    assert names() == ["two.pdf", "one.pdf"]
    assert names(disposition="human_review") == ["one.pdf"]
    assert names(document_type="invoice") == []
    assert names(released="true") == []
    assert names(name="TWO") == ["two.pdf"]


def test_the_list_asks_as_often_for_many_as_for_one(
    client: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        make_run(make_source(make_tenant("harbour")))
    client.force_login(alice)

    with django_assert_max_num_queries(5):
        assert len(client.get(URL).json()["results"]) == 4


def test_the_original_is_a_download(client: Client, alice: User) -> None:
    source = make_source(make_tenant("harbour"), data=b"%PDF-1.4 kept")
    client.force_login(alice)

    response: Any = client.get(f"{URL}{source.pk}/file/")

    assert b"".join(response.streaming_content) == b"%PDF-1.4 kept"
    assert "attachment" in response.headers["Content-Disposition"]
