from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline import versions
from pipeline.admin.draft_form import form_for
from pipeline.manifest import Manifest
from pipeline.models import DocumentType, PipelineVersion, Run
from tests.factories import make_run, make_source, make_tenant, make_user, make_version

URL = "/admin/pipeline/pipelineversion/"


@pytest.fixture
def operator(db: None) -> User:
    return make_user("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def ada(db: None) -> User:
    """Of the staff, and admin of harbour."""
    return make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)


@pytest.fixture
def draft(operator: User) -> PipelineVersion:
    versions.add_missing_types()
    return versions.draft_from(base=make_version(), created_by=operator)


def act(client: Client, action: str, *chosen: PipelineVersion) -> Any:
    data = {"action": action, "_selected_action": [str(v.pk) for v in chosen]}
    return client.post(URL, data, follow=True)


def form_of(draft: PipelineVersion, **changed: Any) -> dict[str, Any]:
    initial = form_for(draft)(instance=draft).initial
    shown = {name: value for name, value in initial.items() if value is not False}
    return {**shown, **changed}


def test_a_released_version_is_shown_and_not_edited(
    client: Client, operator: User
) -> None:
    version = make_version()
    client.force_login(operator)

    text = client.get(f"{URL}{version.pk}/change/").content.decode()

    assert "input_gate" in text
    assert "Most pages" in text
    assert 'name="version"' not in text
    assert client.post(f"{URL}{version.pk}/change/", {}).status_code == 403
    assert client.post(f"{URL}{version.pk}/delete/", {}).status_code == 403


def test_a_draft_is_made_from_a_version(client: Client, operator: User) -> None:
    versions.add_missing_types()
    client.force_login(operator)

    response = act(client, "draft", make_version())

    made = PipelineVersion.objects.get(state="draft")
    assert (made.version, made.created_by) == ("1.0.1", operator)
    assert response.redirect_chain[-1][0] == f"{URL}{made.pk}/change/"


def test_a_drafts_numbers_are_set_in_a_form(
    client: Client, operator: User, draft: PipelineVersion
) -> None:
    client.force_login(operator)

    client.post(
        f"{URL}{draft.pk}/change/",
        form_of(
            draft, disposition_critical_confidence="0.99", input_gate_max_pages="9"
        ),
    )

    draft.refresh_from_db()
    manifest = Manifest.of(draft)
    assert manifest.params_of("disposition") == {"critical_confidence": 0.99}
    assert manifest.params_of("input_gate") == {"max_pages": 9}
    text = client.get(f"{URL}{draft.pk}/change/").content.decode()
    told = "critical value that no check confirms went from 0.97 to 0.99"
    assert told in text


def test_a_number_out_of_range_is_refused(
    client: Client, operator: User, draft: PipelineVersion
) -> None:
    client.force_login(operator)

    client.post(
        f"{URL}{draft.pk}/change/",
        form_of(draft, disposition_critical_confidence="1.5"),
    )

    draft.refresh_from_db()
    assert Manifest.of(draft).params_of("disposition") == {}


def test_a_draft_is_released_but_not_activated_without_a_gate(
    client: Client, operator: User, draft: PipelineVersion
) -> None:
    client.force_login(operator)

    act(client, "release", draft)
    response = act(client, "activate", draft)

    draft.refresh_from_db()
    assert (draft.state, draft.active) == ("released", False)
    assert response.redirect_chain[-1][0] == f"{URL}{draft.pk}/activate/"
    assert "Activate without a gate" in response.content.decode()


@pytest.mark.parametrize(
    ("action", "sentence"),
    [("release", "only a draft is released"), ("retire", "activate another")],
)
def test_a_refusal_is_shown(
    client: Client, operator: User, action: str, sentence: str
) -> None:
    client.force_login(operator)

    response = act(client, action, make_version())

    assert sentence in response.content.decode()


def test_a_draft_cannot_be_activated(
    client: Client, operator: User, draft: PipelineVersion
) -> None:
    client.force_login(operator)

    text = act(client, "activate", draft).content.decode()

    assert "only a released version can be active" in text


def test_versions_and_types_are_changed_by_operators_only(
    client: Client, ada: User, draft: PipelineVersion
) -> None:
    client.force_login(ada)

    assert client.get(f"{URL}{draft.pk}/change/").status_code == 200
    assert client.post(f"{URL}{draft.pk}/change/", {}).status_code == 403
    act(client, "release", draft)
    draft.refresh_from_db()
    assert draft.state == "draft"
    receipt = DocumentType.objects.get(name="receipt")
    page = f"/admin/pipeline/documenttype/{receipt.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 403


def test_words_are_edited_one_a_line(client: Client, operator: User) -> None:
    client.force_login(operator)
    data = {
        "name": "ticket",
        "keywords": "ticket\r\n\r\n  billet \r\nticket",
        "description_labels": "",
        "quantity_labels": "",
        "unit_price_labels": "",
        "amount_labels": "",
        "fields-TOTAL_FORMS": "1",
        "fields-INITIAL_FORMS": "0",
        "fields-0-position": "0",
        "fields-0-name": "total",
        "fields-0-shown_as": "To pay",
        "fields-0-value_type": "money",
        "fields-0-labels": "total, gross\r\nsumme",
        "fields-0-hints": "{}",
    }

    response = client.post("/admin/pipeline/documenttype/add/", data)

    assert response.status_code == 302, response.content.decode()
    ticket = DocumentType.objects.get(name="ticket")
    assert ticket.keywords == ["ticket", "billet"]
    field = ticket.fields.get()
    assert field.labels == ["total, gross", "summe"]
    assert field.shown_as == "To pay"
    shown = client.get(f"/admin/pipeline/documenttype/{ticket.pk}/change/")
    assert "ticket\nbillet" in shown.content.decode()
    assert 'aria-label="Shown as"' in shown.content.decode()


def test_a_field_of_a_type_is_refused_with_hints_that_are_no_object(
    client: Client, operator: User
) -> None:
    client.force_login(operator)
    data = {
        "name": "ticket",
        "fields-TOTAL_FORMS": "1",
        "fields-INITIAL_FORMS": "0",
        "fields-0-position": "0",
        "fields-0-name": "total",
        "fields-0-value_type": "money",
        "fields-0-hints": "[]",
    }

    response = client.post("/admin/pipeline/documenttype/add/", data)

    assert "Give a JSON object" in response.content.decode()


def test_runs_are_filtered_and_lead_to_their_source(
    client: Client, operator: User
) -> None:
    run = make_run(make_source(name="read.pdf"))
    client.force_login(operator)

    def text(query: str) -> str:
        return client.get(f"/admin/pipeline/run/?{query}").content.decode()

    assert f'href="/sources/{run.source_id}/"' in text("reason=verify_conflict")
    assert "read.pdf" not in text("reason=blank")
    assert "read.pdf" in text("state__exact=finished&disposition__exact=human_review")
    assert "read.pdf" not in text("state__exact=failed")


def test_an_admin_sees_the_own_tenants_runs_only(client: Client, ada: User) -> None:
    make_run(make_source(make_tenant("harbour"), name="own.pdf"))
    other = make_run(make_source(make_tenant("meadow"), name="other.pdf"))
    client.force_login(ada)

    text = client.get("/admin/pipeline/run/").content.decode()

    assert "own.pdf" in text
    assert "other.pdf" not in text
    assert client.get(f"/admin/pipeline/run/{other.pk}/change/").status_code == 302


def test_runs_and_generations_speak_in_peoples_words(
    client: Client, operator: User
) -> None:
    run = make_run(make_source(), reason="low_confidence")
    client.force_login(operator)

    pages = [
        "/admin/pipeline/run/",
        f"/admin/pipeline/run/{run.pk}/change/",
        "/admin/catalog/generation/",
        f"/admin/catalog/generation/{run.generation_id}/change/",
    ]

    for page in pages:
        text = client.get(page).content.decode()
        assert "A value was read with low confidence." in text, page
        assert "For review" in text, page
        assert "Human Review" not in text, page


def test_a_run_says_the_step_at_which_it_broke_off(
    client: Client, operator: User
) -> None:
    make_run(make_source(), state="failed")
    Run.objects.update(step="ocr", reason="worker_died")
    client.force_login(operator)

    text = client.get("/admin/pipeline/run/?reason=worker_died").content.decode()

    assert "Failed: reading the words" in text
    assert "The worker stopped in the middle of it: try again." in text
