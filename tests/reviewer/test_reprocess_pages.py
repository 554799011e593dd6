"""The pages and the API of reprocessing: consequence before the button, and whose."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from catalog.models import SourceMedia
from catalog.slices import Slice
from pipeline import reprocessing, work
from pipeline.models import PipelineVersion, Reprocess, ReprocessItem
from pipeline.reprocessing import Selection
from pipeline.runner import RunFailed
from tests.factories import make_tenant, make_user
from tests.pipeline.reprocess_world import (
    OTHER,
    Made,
    Reader,
    begin,
    corpus,
    states,
    target,
    work_off,
)

pytestmark = pytest.mark.django_db
START = "/versions/reprocessing/start/"


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(work, "execute", reader)
    return reader


@pytest.fixture
def adam(db: None) -> User:
    return make_user("adam", make_tenant("harbour"), role="admin")


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara", make_tenant("harbour"), role="manager")


def get(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def page_of(reprocess: Reprocess) -> str:
    return f"/versions/reprocessing/{reprocess.pk}/"


def test_what_would_happen_is_shown_before_the_button(
    client: Client, adam: User
) -> None:
    corpus(4)
    target()
    client.force_login(adam)

    before = get(client, START)
    shown = get(client, f"{START}?to=doc-extract@2.0.0")

    assert "Begin with the canary" not in before
    assert "Begin with the canary" in shown
    assert "<dt>Sources</dt><dd>4</dd>" in shown
    assert not Reprocess.objects.exists()


def test_the_button_begins_it(client: Client, adam: User) -> None:
    corpus(4)
    target()
    client.force_login(adam)
    shown = get(client, f"{START}?to=doc-extract@2.0.0&budget=2.5")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))

    answer = client.post(START, hidden)

    reprocess = Reprocess.objects.get()
    assert answer["Location"] == page_of(reprocess)
    assert reprocess.created_by == adam
    assert reprocess.budget_micro_usd == 2_500_000
    assert (reprocess.items_count, reprocess.until_stage) == (4, 1)


def test_an_admin_begins_it_for_the_own_tenants_alone(
    client: Client, adam: User
) -> None:
    corpus(2)
    corpus(3, make_tenant("meadow"))
    target()
    client.force_login(adam)

    client.post(START, {"to": "doc-extract@2.0.0"})
    client.post(START, {"to": "doc-extract@2.0.0", "tenant": "meadow"})

    assert Reprocess.objects.get().items_count == 2


def test_what_cannot_begin_says_why(client: Client, adam: User) -> None:
    corpus(1)
    version = target()
    client.force_login(adam)
    nothing = f"{START}?to=doc-extract@2.0.0&template_key=t-ffffffffffff"
    wrong = "?to=doc-extract@2.0.0&canary_percent=80&sample_percent=80"

    assert "Nothing is chosen" in get(client, nothing)
    assert "at most 100 %" in client.get(START + wrong).content.decode()
    begin()
    again = client.post(START, {"to": str(version), "tenant": "harbour"})
    assert again.status_code == 409
    assert "already being brought" in again.content.decode()


@pytest.mark.parametrize("name", ["mara", "alice"])
def test_others_begin_nothing(
    client: Client, name: str, request: pytest.FixtureRequest
) -> None:
    corpus(1)
    target()
    client.force_login(request.getfixturevalue(name))

    assert client.get(START).status_code == 403
    assert client.post(START, {"to": "doc-extract@2.0.0"}).status_code == 403
    assert not Reprocess.objects.exists()


def test_the_page_tells_how_far_it_is(
    client: Client, mara: User, reader: Reader
) -> None:
    sources = corpus(3)
    reader.makes = lambda source, version: Made(
        version, fields=OTHER if source == sources[0] else Made(version).fields
    )
    reprocess = work_off(begin())
    client.force_login(mara)

    html = get(client, page_of(reprocess))

    assert "Finished" in html
    assert "3 compared" in html
    assert 'href="/versions/reprocessing/' in html
    assert "1 in a critical field" in html
    only = get(client, f"{page_of(reprocess)}?only=disagreeing")
    assert only.partition('id="rows"')[2].count("/history/") == 1
    # Managers look; the buttons are for admins.
    assert "act-cancel" not in html
    assert "hx-get" not in html.partition('id="progress"')[2].partition(">")[0]


def test_it_is_looked_at_again_while_it_runs(client: Client, adam: User) -> None:
    corpus(3)
    reprocess = begin()
    client.force_login(adam)

    part = get(client, page_of(reprocess), hx_request="true")

    assert part.lstrip().startswith("<section")
    assert 'hx-trigger="load delay:3s"' in part
    assert "act-pause" in part


def test_the_buttons_do_what_they_say(client: Client, adam: User) -> None:
    corpus(20)
    reprocess = begin(until_stage=1)
    client.force_login(adam)

    def press(verb: str, **more: str) -> Reprocess:
        client.post(f"{page_of(reprocess)}act/", {"verb": verb, **more})
        reprocess.refresh_from_db()
        return reprocess

    assert press("pause").state == "paused"
    assert press("resume").state == "running"
    work_off(reprocess)
    assert "Go on to the sample" in get(client, page_of(reprocess))
    assert press("go_on").stage == 2
    assert press("cancel").state == "cancelled"
    press("resume")
    assert "cancelled and cannot go on" in get(client, page_of(reprocess))


@pytest.mark.parametrize(
    "budget", ["-1", "NaN", "Infinity", "1e30", "1e999999", "9" * 5000, "\0", "much"]
)
def test_a_budget_that_is_none_is_refused(
    client: Client, adam: User, budget: str
) -> None:
    corpus(1)
    reprocess = begin()
    reprocessing.pause(reprocess=reprocess)
    client.force_login(adam)
    act = f"{page_of(reprocess)}act/"
    answer = client.post(act, {"verb": "resume", "budget": budget}, follow=True)

    assert "Write the budget in USD" in answer.content.decode()
    reprocess.refresh_from_db()
    assert (reprocess.state, reprocess.budget_micro_usd) == ("paused", None)


def test_an_address_that_nobody_wrote_for_us_breaks_nothing(
    client: Client, adam: User
) -> None:
    corpus(1)
    reprocess = begin()
    client.force_login(adam)
    for word in ("\0", "%", "9" * 5000):
        names = ("verdict", "state", "stage", "only", "page")
        query = dict.fromkeys(names, word)
        assert client.get(page_of(reprocess), query).status_code == 200
        for name in ("document_type", "model_id", "version", "template_key"):
            query = {"to": str(target()), name: word}
            assert client.get(START, query).status_code in (200, 400)


def test_failed_items_say_why_and_can_be_tried_again(
    client: Client, adam: User, reader: Reader
) -> None:
    corpus(1)

    def broken(source: SourceMedia, version: PipelineVersion) -> Made:
        raise RunFailed("ocr", "engine_unavailable")

    reader.makes = broken
    reprocess = begin()
    for _ in range(3):
        for rows in (
            ReprocessItem.objects.all(),
            reprocess.pipeline_version.runs.all(),
        ):
            rows.update(not_before=None)
        work_off(reprocess)
    client.force_login(adam)

    html = get(client, f"{page_of(reprocess)}?state=failed")
    assert "did not answer: try again later" in html
    item = re.search(r'name="item" value="([^"]+)"', html)
    assert item
    client.post(f"{page_of(reprocess)}act/", {"verb": "retry", "item": item[1]})

    assert states(reprocess) == {"waiting": 1}


def test_another_tenants_is_not_there(
    client: Client, adam: User, charlie: User
) -> None:
    corpus(2, make_tenant("meadow"))
    reprocess = begin()
    client.force_login(adam)

    for path in ("", "act/"):
        verb: dict[str, Any] = {"data": {"verb": "cancel"}} if path else {}
        ask = client.post if path else client.get
        assert ask(page_of(reprocess) + path, **verb).status_code == 404
    assert str(reprocess.pk) not in get(client, "/versions/reprocessing/")
    api = f"/api/v1/reprocesses/{reprocess.pk}/"
    for path in (api, f"{api}items/", f"{api}progress/"):
        assert client.get(path).status_code == 404
    reprocess.refresh_from_db()
    assert reprocess.state == "running"
    client.force_login(charlie)
    assert client.get(api).status_code == 200


def test_one_that_also_reads_for_others_shows_ones_own_and_obeys_their_admins_only(
    client: Client, adam: User
) -> None:
    corpus(2)
    corpus(3, make_tenant("meadow"))
    reprocess = begin()
    client.force_login(adam)

    items = client.get(f"/api/v1/reprocesses/{reprocess.pk}/items/").json()["results"]
    progress = client.get(f"/api/v1/reprocesses/{reprocess.pk}/progress/").json()
    refused = client.post(f"{page_of(reprocess)}act/", {"verb": "cancel"})

    assert len(items) == progress["items"] == 2
    assert refused.status_code == 403
    assert (
        "tenants"
        not in client.get("/api/v1/reprocesses/").json()["results"][0]["selection"]
    )


def test_the_api_gives_items_by_what_came_of_them(
    client: Client, alice: User, reader: Reader
) -> None:
    sources = corpus(3)
    reader.makes = lambda source, version: Made(
        version, fields=OTHER if source == sources[0] else Made(version).fields
    )
    reprocess = work_off(begin())
    client.force_login(alice)
    path = f"/api/v1/reprocesses/{reprocess.pk}/items/"

    (row,) = client.get(path, {"disagrees": "true"}).json()["results"]

    assert row["source_id"] == str(sources[0].pk)
    assert row["state"] == "done"
    assert row["slices"]["document_type"] == "receipt"
    assert client.get(path, {"state": "failed"}).json()["results"] == []


def test_what_stands_still_is_on_the_health_page(
    client: Client, django_user_model: type[User]
) -> None:
    corpus(1)
    make_tenant("meadow")
    reprocess = begin(Selection(Slice()))
    client.force_login(django_user_model.objects.create_superuser("olive"))
    assert page_of(reprocess) not in get(client, "/health/")

    long_ago = timezone.now() - timedelta(minutes=11)
    Reprocess.objects.update(state_since=long_ago)

    assert page_of(reprocess) in get(client, "/health/")
