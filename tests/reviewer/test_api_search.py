from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import Generation
from catalog.services import NewArtifact, Reading, store_generation
from pipeline.api.hits import lexemes_of
from tests.factories import make_source, make_tenant, ocr_artifact

URL = "/api/v1/search/"


def indexed(words: Sequence[str], tenant: str = "harbour") -> Generation:
    text = NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": " ".join(words)},
        inputs=(("ocr", "page=1"),),
    )
    return store_generation(
        source=make_source(make_tenant(tenant)),
        reading=Reading(
            pipeline_name="doc-extract",
            pipeline_version="1.0.0",
            complete=True,
            disposition="auto_accept",
            reason="all_critical_verified",
            artifacts=[ocr_artifact(words), text],
        ),
    )


def found(client: Client, query: str, **params: str) -> list[dict[str, Any]]:
    response = client.get(URL, {"q": query, **params})
    assert response.status_code == 200, response.content
    results: list[dict[str, Any]] = response.json()["results"]
    return results


def test_a_hit_shows_where_the_words_stand(client: Client, alice: User) -> None:
    generation = indexed(["Freight", "charge", "21.20"])
    client.force_login(alice)

    [hit] = found(client, "freight 21.20")

    assert hit["source_id"] == str(generation.source_id)
    assert [word["word"] for word in hit["words"]] == ["Freight", "21.20"]
    assert hit["words"][0]["bbox"] == [0.1, 0.8, 0.18, 0.83]


def test_foreign_pages_are_not_found(client: Client, alice: User) -> None:
    indexed(["Freight"], tenant="meadow")
    client.force_login(alice)

    assert found(client, "freight") == []
    assert client.get(URL, {"q": "freight", "tenant": "meadow"}).status_code == 404


@pytest.mark.parametrize(
    "query", ["'", '"', "-", "a & | !", "\\", "ü", ":*", "(((", "or", "'; drop--"]
)
def test_any_text_can_be_searched_for(client: Client, alice: User, query: str) -> None:
    indexed(["Freight"])
    client.force_login(alice)

    assert found(client, query) == []


@pytest.mark.parametrize("query", ["", "\x00", "x" * 201])
def test_what_cannot_be_searched_for_is_refused(
    client: Client, alice: User, query: str
) -> None:
    client.force_login(alice)

    assert client.get(URL, {"q": query}).status_code == 400


@pytest.mark.parametrize("page", ["0", "x", "99999999999999999999"])
def test_a_page_that_is_not_there_is_not_found(
    client: Client, alice: User, page: str
) -> None:
    client.force_login(alice)

    assert client.get(URL, {"q": "x", "page": page}).status_code == 404


@pytest.mark.django_db
def test_operators_are_no_words() -> None:
    assert sorted(lexemes_of('freight or "o\'neil gmbh"')) == [
        "freight",
        "gmbh",
        "neil",
        "o",
    ]
