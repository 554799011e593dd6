from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog.models import Generation
from reviewer import source_list
from reviewer.api.filters import SourceFilter
from tests.factories import make_run, make_source, make_task, make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


def page(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(f"/sources/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_catalog_leads_to_upload(client: Client, alice: User) -> None:
    html = page(client, alice)
    assert "No sources yet" in html
    assert 'href="/upload/"' in html


def test_a_source_shows_name_outcome_type_version_and_picture(
    client: Client, alice: User, tmp_path: Path
) -> None:
    make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    html = page(client, alice)
    for shown in ("tea.jpg", "For review", "Receipt", "1.0.0", "/file", "Harbour"):
        assert shown in html


def test_another_tenants_sources_do_not_show(client: Client, charlie: User) -> None:
    make_source(make_tenant("harbour"), name="theirs.pdf")
    assert "theirs.pdf" not in page(client, charlie)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?disposition=human_review", "doubtful.jpg"),
        ("?disposition=rejected", "torn.pdf"),
        ("?document_type=receipt", "doubtful.jpg"),
        ("?template_key=t-000000000001", "doubtful.jpg"),
        ("?q=invoice", "doubtful.jpg"),
        ("?q=torn", "torn.pdf"),
    ],
)
def test_filters_narrow(
    client: Client, alice: User, tmp_path: Path, query: str, found: str
) -> None:
    harbour = make_tenant("harbour")
    make_read_source(harbour, tmp_path, name="doubtful.jpg")
    make_read_source(
        harbour, tmp_path, name="torn.pdf", disposition="rejected", reason="broken"
    )
    html = page(client, alice, query)
    other = ({"doubtful.jpg", "torn.pdf"} - {found}).pop()
    assert found in html
    assert other not in html


@pytest.mark.parametrize(
    "query",
    ["?version=9", "?pipeline_version=9.9.9", "?since=2999-01-01", "?q=nowhere"],
)
def test_filters_that_match_nothing_can_be_cleared(
    client: Client, alice: User, query: str
) -> None:
    make_source(make_tenant("harbour"), name="plain.pdf")
    html = page(client, alice, query)
    unknown = query == "?version=9"
    assert ("No source matches" in html) is not unknown
    assert 'href="/sources/"' in html


def test_odd_input_is_no_error(client: Client, alice: User) -> None:
    make_source(make_tenant("harbour"))
    for query in (
        "?after=x",
        "?after=2026~1",
        "?since=soon",
        "?q=%00",
        "?disposition=odd",
    ):
        page(client, alice, query)


def test_older_sources_are_one_link_away(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_list, "PAGE_SIZE", 2)
    for number in range(3):
        make_source(make_tenant("harbour"), name=f"number-{number}.pdf")
    client.force_login(alice)
    first = client.get("/sources/").context["page"]
    second = client.get("/sources/", {"after": first.after}).context["page"]
    names = [row.source.name for row in (*first.rows, *second.rows)]
    assert names == ["number-2.pdf", "number-1.pdf", "number-0.pdf"]
    assert first.total == 3
    assert second.after == ""


def test_an_open_run_shows_in_place_of_an_outcome(client: Client, alice: User) -> None:
    make_run(make_source(make_tenant("harbour")), state="running")
    assert "Reading" in page(client, alice)


def test_the_list_costs_a_fixed_number_of_queries(
    client: Client,
    alice: User,
    tmp_path: Path,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(4):
        make_read_source(make_tenant("harbour"), tmp_path, name=f"{number}.jpg")
    client.force_login(alice)
    with django_assert_max_num_queries(16):
        client.get("/sources/")


def test_htmx_gets_the_list_alone(client: Client, alice: User) -> None:
    client.force_login(alice)
    make_source(make_tenant("harbour"), name="plain.pdf")
    html = client.get("/sources/", headers={"HX-Request": "true"}).content.decode()
    assert "plain.pdf" in html
    assert "<html" not in html


def test_the_filters_keep_their_words_once_the_api_has_described_its_own(
    client: Client, alice: User
) -> None:
    make_source(make_tenant("harbour"))
    assert SourceFilter.base_filters["disposition"].field
    html = page(client, alice)
    assert "Outcome" in html
    assert "of the current generation" not in html


def test_what_is_reviewed_is_no_longer_for_review(client: Client, alice: User) -> None:
    make_task(make_tenant("harbour"))
    generation = Generation.objects.get()
    name = generation.source.name
    assert name in page(client, alice, "?disposition=human_review")
    assert "No source matches" in page(client, alice, "?disposition=reviewed")
    Generation.objects.update(released_at=timezone.now())
    assert "No source matches" in page(client, alice, "?disposition=human_review")
    assert name in page(client, alice, "?disposition=reviewed")
