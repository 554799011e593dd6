"""The list of golden cases, its slices, agreement and retiring, at every door."""

from __future__ import annotations

import json
import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from catalog.models import GoldenCase, GoldenValue, Tenant
from catalog.services import NewCase, TrueValue, file_golden_cases
from reviewer import agreement, services
from reviewer.models import ReviewTask, Verdict
from reviewer.services import Answer
from tests.factories import make_source, make_tenant, make_user
from tests.reviewer.answering import answered, say
from tests.reviewer.cases import one_doubt
from tests.reviewer.readings import make_read_source
from tests.reviewer.second_looking import (
    THIRD,
    confirm,
    first_answered,
    look_at,
    make_rule,
)

API = "/api/v1/golden-cases/"
AGREEMENT = "/golden/agreement/"


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def mona(tenant: Tenant) -> User:
    return make_user("mona", tenant, role="manager")


def disputed(tenant: Tenant, alice: User, bob: User, *, same: bool) -> ReviewTask:
    """bob's answer stands; alice's came too late: the same, or another date."""
    task = one_doubt(tenant)
    late = services.reserve(user=alice, task_id=task.pk)
    ReviewTask.objects.filter(pk=task.pk).update(reserved_until=timezone.now())
    answered(task, bob, say("date", Verdict.CONFIRM))
    value = "" if same else "2018-01-12"
    verdict = Verdict.CONFIRM if same else Verdict.CORRECT
    assert late.reservation_token is not None
    with pytest.raises(services.ReservationLost):
        services.decide(
            user=alice,
            task_id=task.pk,
            token=late.reservation_token,
            answer=Answer(uuid.uuid4(), "date", verdict, value),
        )
    return task


@pytest.fixture
def cases(tenant: Tenant, alice: User, bob: User) -> dict[str, GoldenCase]:
    """One from a review that somebody agreed with, one that somebody did not, and one
    that was imported."""
    agreed = disputed(tenant, alice, bob, same=True)
    differs = disputed(tenant, alice, bob, same=False)
    imported = make_source(tenant, name="from-elsewhere.pdf")
    values = [TrueValue("total", "money", "9.50")]
    new = NewCase(
        imported.pk, "invoice", "import", "counted", {"template": "t-9"}, values
    )
    file_golden_cases(cases=[new])
    by_source = {case.source_id: case for case in GoldenCase.objects.all()}
    return {
        "agreed": by_source[agreed.source_id],
        "differs": by_source[differs.source_id],
        "imported": by_source[imported.pk],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agreement=agree", {"agreed"}),
        ("agreement=differ", {"differs"}),
        ("agreement=alone", {"imported"}),
        ("origin=import", {"imported"}),
        ("origin=doubts", {"agreed", "differs"}),
        ("origin=audit", set()),
        ("field=total", {"imported"}),
        ("field=date", {"agreed", "differs"}),
        ("q=ELSEWHERE", {"imported"}),
        ("template=t-9", {"imported"}),
        ("since=2100-01-01", set()),
        ("until=2100-01-01", {"agreed", "differs", "imported"}),
    ],
)
def test_the_page_and_the_api_narrow_alike(
    client: Client,
    alice: User,
    cases: dict[str, GoldenCase],
    query: str,
    found: set[str],
) -> None:
    client.force_login(alice)
    wanted = {cases[name].pk for name in found}
    shown = client.get(f"/golden/?{query}").context["rows"]
    assert {row.case.pk for row in shown} == wanted
    told = client.get(f"{API}?{query}").json()["results"]
    assert {uuid.UUID(one["case_id"]) for one in told} == wanted


def test_a_case_is_found_by_its_id_and_by_its_sources(
    client: Client, alice: User, cases: dict[str, GoldenCase]
) -> None:
    client.force_login(alice)
    case = cases["agreed"]
    for number in (case.pk, case.source_id):
        [row] = client.get(f"/golden/?q={number}").context["rows"]
        assert (row.case, row.compared, row.agreed) == (case, 1, 1)
    assert not client.get(f"/golden/?q={uuid.uuid4()}").context["rows"]


def test_slices_are_counted_inside_of_what_is_chosen(
    client: Client, alice: User, cases: dict[str, GoldenCase]
) -> None:
    client.force_login(alice)
    slices = {
        one.title: {value.label: value.count for value in one.values}
        for one in client.get("/golden/").context["slices"]
    }
    assert slices["Type"] == {"Receipt": 2, "Invoice": 1}
    assert slices["Field"] == {"Date": 2, "Total": 1}
    assert slices["Template"] == {"t-000000000001": 2, "t-9": 1}
    [field] = [
        one
        for one in client.get("/golden/?field=date&page=1").context["slices"]
        if one.title == "Field"
    ]
    assert [(v.label, v.chosen, v.query) for v in field.values] == [("Date", True, "")]


def test_a_case_shows_all_of_its_evidence(
    client: Client, alice: User, tenant: Tenant, tmp_path: Path
) -> None:
    make_read_source(tenant, tmp_path, name="tea.jpg")
    task = ReviewTask.objects.get()
    answered(task, alice, say("total", Verdict.CORRECT, "25.30"))
    case = GoldenCase.objects.get()
    client.force_login(alice)
    html = client.get(f"/golden/{case.pk}/").content.decode()
    for shown in (
        case.source.content_hash,
        "25.30",
        "21.20",
        "rules-1.0.0",
        "Version 1.0.0",
        "page 1, 60 to 75 % across, 80 to 83 % down",
        "Machine&#x27;s box",
        "alice",
        "Doubtful values",
    ):
        assert shown in html, shown
    assert "retire__form" not in html


def test_retiring_is_for_who_leads(
    client: Client,
    alice: User,
    mona: User,
    charlie: User,
    cases: dict[str, GoldenCase],
) -> None:
    case = cases["agreed"]
    url = f"/golden/{case.pk}/retire/"
    sent = {"slot": "date", "because": "a copy of another"}
    for other in (alice, charlie):
        client.force_login(other)
        assert client.post(url, sent).status_code == 404
    assert case.values.standing().exists()
    client.force_login(mona)
    html = client.post(url, sent, follow=True).content.decode()
    assert "a copy of another" in html
    assert "mona" in html
    assert "Retired values" in html
    assert not case.values.standing().exists()
    assert "Say why" in client.post(url, {}, follow=True).content.decode()
    client.post(url, {**sent, "act": "restore", "because": "no copy"})
    assert case.values.standing().exists()
    client.post(url, {"because": "odd"})
    assert cases["agreed"].pk in [
        row.case.pk for row in client.get("/golden/?state=retired").context["rows"]
    ]
    assert len(client.get("/golden/?state=active").context["rows"]) == 2


def test_retiring_over_the_api(
    client: Client, alice: User, mona: User, cases: dict[str, GoldenCase]
) -> None:
    url = f"{API}{cases['agreed'].pk}/"
    sent = {"slot": "date", "because": "a copy"}
    client.force_login(alice)
    assert client.post(f"{url}retire/", sent).status_code == 403
    client.force_login(mona)
    told = client.post(f"{url}retire/", sent)
    assert (told.status_code, told.json()["actor"]) == (201, "mona")
    assert client.post(f"{url}retire/", sent).status_code == 409
    assert client.post(f"{url}restore/", {"slot": "date"}).status_code == 400
    assert client.post(f"{url}restore/", sent).status_code == 201
    acts = [one["act"] for one in client.get(f"{url}retirements/").json()]
    assert acts == ["retire", "restore"]


class TestAgreement:
    def test_by_field_with_the_rows_behind_it(
        self, client: Client, mona: User, cases: dict[str, GoldenCase]
    ) -> None:
        client.force_login(mona)
        page = client.get(AGREEMENT)
        [row] = page.context["rows"]
        assert (row.field, row.compared, row.agreed, row.kappa) == ("date", 2, 1, None)
        assert row.interval.lower < 0.5 < row.interval.upper
        [pair] = client.get(f"{AGREEMENT}?field=date&only=differ").context["pairs"]
        assert (pair.decided, pair.opined) == ("2018-01-11", "2018-01-12")
        assert f"/sources/{cases['differs'].source_id}/history/" in (
            page.content.decode()
        )

    def test_it_is_for_managers_of_the_tenant(
        self, client: Client, alice: User, cases: dict[str, GoldenCase]
    ) -> None:
        client.force_login(alice)
        assert client.get(AGREEMENT).status_code == 404
        assert client.get("/api/v1/agreement/").status_code == 403
        client.force_login(make_user("max", make_tenant("meadow"), role="manager"))
        assert "nobody has answered" in client.get(AGREEMENT).content.decode()
        assert client.get("/api/v1/agreement/").json() == []

    def test_the_api_and_the_command_say_the_same(
        self, client: Client, mona: User, cases: dict[str, GoldenCase]
    ) -> None:
        client.force_login(mona)
        told = client.get("/api/v1/agreement/?tenant=harbour").json()
        assert (told[0]["share"], told[0]["kappa"]) == (0.5, None)
        out = StringIO()
        call_command("agreement", "--json", stdout=out)
        assert json.loads(out.getvalue()) == told
        out = StringIO()
        call_command("agreement", stdout=out)
        assert "0.500" in out.getvalue()

    def test_an_answer_that_was_taken_back_is_compared_with_nothing(
        self, tenant: Tenant, alice: User, bob: User
    ) -> None:
        task = disputed(tenant, alice, bob, same=True)
        decision = task.items.get().decisions.get()
        services.undo(user=bob, decision_id=uuid.uuid4(), undoes=decision.pk)
        assert agreement.pairs_of([tenant]) == []

    def test_two_who_read_it_alone_are_compared_too(
        self, client: Client, tenant: Tenant, alice: User, bob: User, mona: User
    ) -> None:
        """Once nobody else is to read it: a third person must not learn it here."""
        make_rule(slot="date")
        look = first_answered(tenant, alice)
        assert agreement.pairs_of([tenant]) == []
        confirm(look, bob)
        [pair] = agreement.pairs_of([tenant])
        assert (pair.agrees, pair.alone, pair.field) == (True, True, "date")
        assert (pair.decision.reviewer, pair.other.reviewer) == (bob, alice)
        differ = first_answered(tenant, alice)
        confirm(differ, bob, date="2018-01-12")
        assert len(agreement.pairs_of([tenant])) == 1
        confirm(look_at(differ, THIRD), mona, date="2018-01-12")
        [row] = agreement.by_field(agreement.pairs_of([tenant]))
        assert (row.compared, row.agreed) == (2, 1)
        client.force_login(mona)
        assert "read alone" in client.get(AGREEMENT).content.decode()


def test_the_list_as_a_command(cases: dict[str, GoldenCase]) -> None:
    def listed(**more: Any) -> list[dict[str, Any]]:
        out = StringIO()
        call_command("golden_cases", json=True, stdout=out, **more)
        found: list[dict[str, Any]] = json.loads(out.getvalue())
        return found

    [one] = listed(agreement="differ")
    assert one["case_id"] == str(cases["differs"].pk)
    assert one["content_hash"] == cases["differs"].source.content_hash
    assert len(listed()) == 3
    assert listed(retired=True) == []
    with pytest.raises(CommandError, match="since"):
        call_command("golden_cases", since="soon")


def test_golden_values_of_no_case_of_mine(
    client: Client, charlie: User, cases: dict[str, GoldenCase]
) -> None:
    client.force_login(charlie)
    assert client.get(f"/golden/?q={cases['agreed'].pk}").context["rows"] == []
    assert client.get("/golden/").context["slices"] == []
    assert client.get(f"{API}{cases['agreed'].pk}/retirements/").status_code == 404
    assert GoldenValue.objects.count() == 3
