from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import DerivedArtifact
from catalog.regions import BoundingBox
from pipeline.words import PageWords, Word
from reviewer import search_page
from reviewer.search_page import cut_around
from tests.factories import make_tenant
from tests.reviewer.readings import make_read_source

pytestmark = pytest.mark.django_db


def found(client: Client, user: User, words: str, **more: str) -> str:
    client.force_login(user)
    answer = client.get("/search/", {"q": words, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_words_lead_to_the_page_with_its_hits_boxed(
    client: Client, alice: User, tmp_path: Path
) -> None:
    source = make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    html = found(client, alice, "invoice total")
    assert f'href="/sources/{source.pk}/?page=1&amp;q=invoice%20total"' in html
    drawn = html.split('<span class="hit__page">', 1)[1].split("</svg>", 1)[0]
    assert drawn.count("<rect") == 2
    assert "tea.jpg" in html


def test_amounts_are_found_as_printed(
    client: Client, alice: User, tmp_path: Path
) -> None:
    make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    assert "<rect" in found(client, alice, "21.20")


@pytest.mark.parametrize(
    "words", ["nowhere", '"total invoice"', "total -invoice", "\x00"]
)
def test_no_hit_is_said(
    client: Client, alice: User, tmp_path: Path, words: str
) -> None:
    make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    assert "tea.jpg" not in found(client, alice, words)


def test_odd_pages_are_no_error(client: Client, alice: User, tmp_path: Path) -> None:
    make_read_source(make_tenant("harbour"), tmp_path)
    for page in ("0", "-1", "x", "99999", "7"):
        found(client, alice, "total", page=page)


def test_further_results_are_one_link_away(
    client: Client, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "PAGE_SIZE", 1)
    for name in ("one.jpg", "two.jpg"):
        make_read_source(make_tenant("harbour"), tmp_path, name=name)
    first, second = (
        found(client, alice, "total"),
        found(client, alice, "total", page="2"),
    )
    assert ("one.jpg" in first) is not ("one.jpg" in second)
    assert ">More<" in first
    assert ">More<" not in second


def test_another_tenants_pages_are_not_found(
    client: Client, charlie: User, tmp_path: Path
) -> None:
    make_read_source(make_tenant("harbour"), tmp_path, name="tea.jpg")
    assert "tea.jpg" not in found(client, charlie, "total")


@pytest.mark.parametrize("where", [0.02, 0.5, 0.97])
def test_a_cut_holds_its_hit_and_stays_on_the_page(where: float) -> None:
    box = BoundingBox.clamped(0.8, where, 0.95, where + 0.01)
    hit = Word("Total", box)
    page = PageWords(page=1, width=100, height=140, words=(hit,), origin="ocr")
    cut = cut_around([hit], page, DerivedArtifact())
    left, top, width, height = cut.boxes[0]
    assert 0 <= cut.left <= left
    assert left + width <= cut.left + cut.width <= 1.000001
    assert 0 <= cut.top <= top
    assert top + height <= cut.top + cut.height <= 1.4 + 1e-6
