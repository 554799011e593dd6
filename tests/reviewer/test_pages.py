from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client, override_settings

from pipeline.wording import plain
from reviewer import reasons
from reviewer.templatetags.palimpsest import file_size
from tests.factories import make_task, make_tenant, make_user

ID = uuid.UUID(int=7)  # the same in every test process
PATHS = [
    "/upload/",
    f"/runs/{ID}/status/",
    "/sources/",
    f"/sources/{ID}/",
    f"/sources/{ID}/original",
    f"/artifacts/{ID}/",
    f"/artifacts/{ID}/file",
    "/search/",
    "/golden/",
    f"/golden/{ID}/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_page_needs_a_log_in_and_comes_back(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Location"] == f"/login/?next={path}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in PATHS if str(ID) in path])
def test_an_unknown_id_is_not_found(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_logging_in_leads_back_to_the_page(client: Client, alice: User) -> None:
    given = {"username": "alice", "password": "correct horse", "next": "/search/"}
    assert client.post("/login/", given).headers["Location"] == "/search/"
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/search/").status_code == 302


@pytest.mark.django_db
def test_a_wrong_password_is_said(client: Client, alice: User) -> None:
    given = {"username": "alice", "password": "wrong"}
    assert 'role="alert"' in client.post("/login/", given).content.decode()


@pytest.mark.django_db
def test_the_header_counts_what_waits_and_marks_the_page(
    client: Client, alice: User
) -> None:
    make_task(make_tenant("harbour"))
    make_task(make_tenant("meadow"))
    client.force_login(alice)
    html = client.get("/search/").content.decode()
    assert re.search(r'class="count">1<', html)
    assert 'href="/search/" aria-current="page"' in html


@pytest.mark.django_db
def test_only_staff_see_the_admin_link(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "/admin/" not in client.get("/search/").content.decode()
    client.force_login(make_user("staff", is_staff=True))
    assert "/admin/" in client.get("/search/").content.decode()


@pytest.mark.django_db
def test_pages_hold_no_inline_script_or_style(client: Client, alice: User) -> None:
    client.force_login(alice)
    for path in ("/upload/", "/sources/", "/search/?q=a", "/golden/", "/nothing/"):
        html = client.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son\w+=", html)


@pytest.mark.django_db
@override_settings(DEBUG=False)
def test_a_missing_page_says_so_in_the_house_style(client: Client) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_an_old_form_says_what_to_do(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    answer = strict.post("/upload/", {})
    assert answer.status_code == 403
    assert "This form was too old" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_need_no_request_and_no_database(name: str) -> None:
    assert "<h1>" in render_to_string(name)


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("grand_total", "Grand total"),
        ("lines[0].unit_price", "Line 1: unit price"),
        ("page=4", "Page 4"),
    ],
)
def test_slots_in_words(slot: str, text: str) -> None:
    assert reasons.slot_text(slot) == text


def test_every_reason_is_a_sentence() -> None:
    for word, text in reasons.REASONS.items():
        assert text.endswith("."), word
        assert text != plain(word)


def test_a_word_without_a_sentence_shows_as_itself() -> None:
    assert reasons.reason_text("newly_made_up") == "Newly made up"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1536, "1.5 KB"), (100 * 2**20, "100 MB")],
)
def test_a_files_size_in_words(size: int, words: str) -> None:
    assert file_size(size).replace("\xa0", " ") == words
