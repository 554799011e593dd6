"""Every address of the product, and what it gives to somebody who sees only crops.

A new address without a line here fails: whoever adds one says what such a person gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from catalog.ids import new_id
from catalog.models import DerivedArtifact, GoldenCase, Kind
from pipeline.models import Run
from reviewer.models import ReviewTask, Verdict
from tests.factories import make_tenant
from tests.reviewer import crop_cases
from tests.reviewer.answering import answered, say

pytestmark = pytest.mark.django_db


class Gives(Enum):
    NO_DOCUMENT = "says nothing of any document"
    CASE = "what is asked in a case: see test_crops_only.py"
    NOTHING = "404, or 403 where that it is there is known"
    EMPTY = "a list without anything of theirs"


D, C, N, E = Gives.NO_DOCUMENT, Gives.CASE, Gives.NOTHING, Gives.EMPTY
TABLE = {
    D: """healthz readyz health login logout api-token api-schema api-docs
        own-keys""",
    C: """queue review-undo review-next task task-crop task-page task-words
        task-ahead task-decide task-skip task-extend task-put-back task-close
        task-comment task-escalate task-return
        api-review-task-list api-review-task-next api-review-task-undo
        api-review-task-detail api-review-task-close api-review-task-comment
        api-review-task-decide api-review-task-escalate api-review-task-extend
        api-review-task-notes api-review-task-put-back api-review-task-reserve
        api-review-task-return-to-first api-review-task-skip
        task-check sheet-take sheet sheet-answer sheet-extend sheet-put-back
        api-sheets api-sheet-answer api-sheet-extend api-sheet-put-back""",
    E: """upload sources sources-export search golden-cases
        api-generation-list api-artifact-list api-golden-case-list api-delivery-list
        api-run-list api-reprocess-list api-event-list api-source-list api-search
        api-gates gates reprocesses batches api-seen-list""",
    N: """queue-report seen seen-export decided-export run-status run-retry source
        original source-erase source-review source-history promotion-roll-back
        versions blast-radius stale
        reprocess-start reprocess reprocess-act gate-open gate gate-report
        gate-act batch batch-roll-back artifact artifact-file artifact-reproduce
        artifact-replays golden-case ask_differences page-tiles page-tile
        api-mixed-versions api-mixed-sources api-generation-detail api-artifact-detail
        api-artifact-file api-artifact-lineage api-golden-case-detail
        api-delivery-detail api-delivery-artifacts api-artifact-reproduce api-stale
        api-gate api-stale-sources api-reprocess-items api-run-detail
        api-reprocess-detail api-reprocess-progress api-export api-blast-radius
        api-affected api-source-detail api-source-artifacts api-source-file
        api-source-history api-source-side-by-side api-source-status
        proof handle-time golden-agreement golden-retire task-open-siblings
        task-release-unseen api-agreement api-audits api-residual api-review-checks
        api-handle-time api-golden-case-restore api-golden-case-retire
        api-golden-case-retirements""",
}
DECIDED = {name: gives for gives, names in TABLE.items() for name in names.split()}
# Addresses of the staff's own pages, to which a reviewer is not let in.
STAFF = "admin"


def addresses() -> Iterator[tuple[str, str]]:
    """Name and pattern of each; the staff's apart."""

    def walk(resolver: Any, before: str = "") -> Iterator[tuple[str, str]]:
        for one in resolver.url_patterns:
            place = before + str(one.pattern)
            if not isinstance(one, URLResolver):
                yield one.name or "", place
            elif one.namespace != STAFF:
                yield from walk(one, place)

    return walk(get_resolver())


def test_every_address_is_decided() -> None:
    found = dict(addresses())
    undecided = {name or place for name, place in found.items()} - set(DECIDED)
    assert not undecided, "say in TABLE what somebody gets who sees only crops"
    assert not set(DECIDED) - set(found), "these are no addresses any more"


@pytest.fixture
def rows(alice: User) -> dict[str, Any]:
    """A case that alice has answered, so that there is a row of nearly everything."""
    task = crop_cases.make_case(make_tenant("harbour"))
    answered(task, alice, say("total", Verdict.CONFIRM), say("date", Verdict.CONFIRM))
    crop_cases.make_crop_reviewer("erin", task.tenant)
    return {"task": task}


def ids_of(task: ReviewTask) -> dict[str, list[Any]]:
    """Values for each part of an address, of what is really there."""
    made = DerivedArtifact.objects.filter(source=task.source)
    artifacts = list(made.values_list("pk", flat=True))
    runs = list(Run.objects.filter(source=task.source).values_list("pk", flat=True))
    cases = list(
        GoldenCase.objects.filter(source=task.source).values_list("pk", flat=True)
    )
    assert made.of_kind(Kind.PAGE_IMAGE, Kind.THUMBNAIL, Kind.OCR).count() == 3
    assert runs
    assert cases
    return {
        "source_id": [task.source_id],
        "artifact_id": artifacts,
        "run_id": runs,
        "case_id": cases,
        "pk": [task.source_id, task.generation_id, *artifacts, *runs, *cases],
    }


def parts(pattern: str) -> list[str]:
    import re

    return re.findall(r"<(?:\w+:)?(\w+)>", pattern)


def filled(name: str, pattern: str, ids: dict[str, list[Any]]) -> Iterator[str]:
    """The address with each id that fits; what is nobody's row, with one of none."""
    keys = parts(pattern)
    chosen = next((key for key in keys if key in ids), None)
    others: dict[str, Any] = {
        **{"form": "html", "verb": "sign", "number": 1, "level": 0, "x": 0, "y": 0},
    }
    for value in ids[chosen] if chosen else [None]:
        given = {key: others.get(key, new_id()) for key in keys}
        if chosen:
            given[chosen] = value
        try:
            yield reverse(name, kwargs=given)
        except NoReverseMatch:
            raise AssertionError(f"{name} wants other parts: {keys}") from None


QUERIES = {
    "search": "?q=Nearby",
    "api-search": "?q=Nearby",
    "api-export": "?tenant=harbour",
}


@pytest.mark.parametrize("login", ["erin", "charlie"])
def test_nothing_but_cases_is_given(
    client: Client, charlie: User, rows: dict[str, Any], login: str
) -> None:
    """For somebody who sees only crops it is as for an outsider."""
    task = rows["task"]
    client.force_login(User.objects.get(username=login))
    ids = ids_of(task)
    secrets = [*crop_cases.SECRETS, "21.20", str(task.source.content_hash)]
    asked = 0
    for name, pattern in addresses():
        gives = DECIDED.get(name, N)
        if gives is C:
            continue
        for address in filled(name, pattern, ids):
            for method in (client.get, client.post, client.delete):
                if name in ("logout", "api-token") and method != client.get:
                    continue
                answer = method(address + QUERIES.get(name, ""))
                body = answer.getvalue()
                text = body.decode(errors="replace")
                where = f"{method.__name__} {address} {answer.status_code}"
                assert not [one for one in secrets if one in text], where
                if gives is N:
                    assert answer.status_code in (403, 404, 405, 415), where
                asked += 1
    assert asked > 300


def test_staff_pages_stay_shut(client: Client, rows: dict[str, Any]) -> None:
    client.force_login(User.objects.get(username="erin"))
    answer = client.get("/admin/catalog/derivedartifact/")
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


def test_a_full_reviewer_is_given_what_this_looks_for(
    client: Client, alice: User, rows: dict[str, Any]
) -> None:
    """Else the test above would find nothing whatever was served."""
    client.force_login(alice)
    task = rows["task"]
    page = client.get(f"/sources/{task.source_id}/").content.decode()
    assert all(secret in page for secret in crop_cases.SECRETS)
    found = client.get("/api/v1/search/?q=Faraway").content.decode()
    assert "Faraway" in found
