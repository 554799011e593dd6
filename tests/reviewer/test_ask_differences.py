"""Asking about more disagreements, from the page of a gate and from the command."""

from __future__ import annotations

import io
import json
import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Membership, Tenant
from pipeline.models import Gate, GateSlice, Reprocess, Stage
from reviewer.models import ReviewTask
from tests.factories import make_tenant, make_user
from tests.reviewer.differing import done_item, make_reprocess, reads, two_readings

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def mona(harbour: Tenant, client: Client) -> User:
    """Manager of harbour."""
    mona = make_user("mona", harbour, role="manager")
    client.force_login(mona)
    return mona


@pytest.fixture
def reprocess(harbour: Tenant) -> Reprocess:
    """Two documents of harbour and one of meadow, all in disagreement."""
    found = None
    for tenant in (harbour, harbour, make_tenant("meadow")):
        pair = two_readings(tenant, old=reads(), new=reads("25.30"))
        found = found or make_reprocess()
        done_item(pair, reprocess=found, stage=Stage.ALL, tenant=tenant.slug)
    assert found is not None
    return found


def url(reprocess: Reprocess) -> str:
    return f"/reprocesses/{reprocess.pk}/ask/"


def told(client: Client, answer: object) -> str:
    return client.get(answer.headers["Location"]).content.decode()  # type: ignore[attr-defined]


def test_one_button_asks_more(
    client: Client, mona: User, reprocess: Reprocess, harbour: Tenant
) -> None:
    answer = client.post(
        url(reprocess), {"most": 1, "dimension": "tenant", "key": "harbour"}
    )

    assert ReviewTask.objects.get().tenant == harbour
    assert answer.headers["Location"] == "/?asks=difference"
    assert "1 more disagreement is in the queue." in told(client, answer)


def test_only_of_tenants_in_which_one_may(
    client: Client, mona: User, reprocess: Reprocess, harbour: Tenant
) -> None:
    answer = client.post(url(reprocess), {"most": 40})

    assert {task.tenant for task in ReviewTask.objects.all()} == {harbour}
    assert "There are no more than these." in told(client, answer)


def test_it_goes_back_to_the_page_of_the_gate_and_nowhere_else(
    client: Client, mona: User, reprocess: Reprocess
) -> None:
    here = client.post(url(reprocess), {"most": 1, "next": "/golden/"})
    away = client.post(url(reprocess), {"most": 1, "next": "https://example.com/"})

    assert here.headers["Location"] == "/golden/"
    assert away.headers["Location"] == "/?asks=difference"


@pytest.mark.parametrize("following", ["%", "gate", "-1", "[]"])
def test_where_to_go_back_may_be_any_word(
    client: Client, mona: User, reprocess: Reprocess, following: str
) -> None:
    answer = client.post(url(reprocess), {"most": 1, "next": following})

    assert answer.status_code == 302


@pytest.mark.parametrize("most", ["", "0", "x", "-1"])
def test_how_many_is_a_number(
    client: Client, mona: User, reprocess: Reprocess, most: str
) -> None:
    answer = client.post(url(reprocess), {"most": most})

    assert "a number from 1 to 500" in told(client, answer)
    assert not ReviewTask.objects.exists()


def test_a_gate_that_wants_more_answers_has_the_button(
    client: Client, mona: User, reprocess: Reprocess
) -> None:
    meadow = Tenant.objects.get(slug="meadow")
    Membership.objects.create(user=mona, tenant=meadow, role="manager")
    gate = Gate.objects.create(reprocess=reprocess, measured_at=timezone.now())
    GateSlice.objects.create(
        gate=gate,
        dimension="tenant",
        key="harbour",
        margin=0.05,
        verdict=GateSlice.Verdict.INSUFFICIENT,
        why="answer_more",
        needed=1000,
        population=2,
        compared=2,
        disagreeing=2,
        labelled=0,
        better=0,
        worse=0,
    )
    html = client.get(reverse("gate", args=[gate.pk])).content.decode()
    form = html[html.index(f'action="{url(reprocess)}"') :]
    given = dict(re.findall(r'name="(dimension|key|most|next)" value="([^"]*)"', form))

    assert "Ask people about 1000" in form
    answer = client.post(url(reprocess), given)
    assert ReviewTask.objects.count() == 2
    assert answer.headers["Location"] == f"{reverse('gate', args=[gate.pk])}#slices"


def test_where_nothing_is_left_it_says_so(
    client: Client, mona: User, reprocess: Reprocess
) -> None:
    answer = client.post(
        url(reprocess), {"most": 5, "dimension": "template", "key": "t-none"}
    )

    assert "Nothing is left to ask there" in told(client, answer)


@pytest.mark.parametrize(
    ("dimension", "key", "asked"),
    [
        ("tenant x document_type", "harbour x receipt", 2),
        ("tenant x document_type", "harbour x invoice", 0),
        ("document_type", "receipt", 2),
        ("", "", 2),
    ],
)
def test_a_slice_is_named_as_a_gate_names_it(
    client: Client,
    mona: User,
    reprocess: Reprocess,
    dimension: str,
    key: str,
    asked: int,
) -> None:
    client.post(url(reprocess), {"most": 9, "dimension": dimension, "key": key})

    assert ReviewTask.objects.count() == asked


@pytest.mark.parametrize(
    ("dimension", "key", "says"),
    [
        ("colour", "red", "There is no slice"),
        ("tenant x template", "harbour", "as many keys as dimensions"),
    ],
)
def test_a_slice_that_is_none_is_refused_with_what_to_do(
    client: Client,
    mona: User,
    reprocess: Reprocess,
    dimension: str,
    key: str,
    says: str,
) -> None:
    answer = client.post(
        url(reprocess), {"most": 9, "dimension": dimension, "key": key}
    )

    assert says in told(client, answer)
    assert not ReviewTask.objects.exists()


def test_reviewers_do_not_decide_what_others_are_asked(
    client: Client, alice: User, reprocess: Reprocess
) -> None:
    client.force_login(alice)

    assert client.post(url(reprocess), {"most": 5}).status_code == 403
    assert not ReviewTask.objects.exists()


def test_to_strangers_it_does_not_exist(
    client: Client, mona: User, reprocess: Reprocess
) -> None:
    outside = make_user("otto", make_tenant("elsewhere"), role="admin")
    client.force_login(outside)

    assert client.post(url(reprocess), {"most": 5}).status_code == 404
    unknown = f"/reprocesses/{uuid.uuid4()}/ask/"
    assert client.post(unknown, {"most": 5}).status_code == 404
    assert client.get(url(reprocess)).status_code == 405


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("ask_differences", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_does_the_same(reprocess: Reprocess) -> None:
    assert "2 more" in run(str(reprocess.pk), "--slice", "tenant=harbour")
    found = json.loads(run(str(reprocess.pk), "--most", "9", "--json"))
    assert found == {"reprocess": str(reprocess.pk), "asked": 1}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--slice", "colour=red"], "There is no slice 'colour': use one of tenant"),
        (["--slice", "template"], "KEY=WORD"),
        (["--most", "0"], "from 1 to 500"),
    ],
)
def test_the_command_says_what_to_write(
    reprocess: Reprocess, arguments: list[str], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        run(str(reprocess.pk), *arguments)


def test_an_unknown_reprocess_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="no reprocess"):
        run(str(uuid.uuid4()))
