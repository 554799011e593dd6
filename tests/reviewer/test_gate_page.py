from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from catalog.hashing import digest_of
from catalog.models import Membership, Promotion, Sighting, What
from pipeline.gate import measure, open_gate, sign
from pipeline.models import Activation, Gate
from tests.factories import make_tenant, make_user
from tests.pipeline.gated import make_item, make_items, make_reprocess

pytestmark = pytest.mark.django_db
TEMPLATE = "t-000000000001"  # of all readings here


@pytest.fixture
def olive(db: None) -> User:
    return make_user("olive", is_superuser=True)


@pytest.fixture
def adam(db: None) -> User:
    return make_user("adam", make_tenant("mill"), role=Membership.Role.ADMIN)


@pytest.fixture
def mona(db: None) -> User:
    return make_user("mona", make_tenant("mill"), role=Membership.Role.MANAGER)


@pytest.fixture
def gate(db: None) -> Gate:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 70, template="good")
    make_items(reprocess, ["worse"] * 6 + ["undecided"], template="bad")
    return measure(gate=open_gate(reprocess=reprocess))


def page_of(client: Client, gate: Gate, user: User, **query: str) -> str:
    client.force_login(user)
    response = client.get(reverse("gate", args=[gate.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, gate: Gate, verb: str, **given: str) -> int:
    url = reverse("gate-act", args=[gate.pk, verb])
    return client.post(url, given).status_code


def test_it_shows_every_slice_with_words_beside_the_picture(
    client: Client, gate: Gate, mona: User
) -> None:
    html = page_of(client, gate, mona)
    assert "Blocked" in html
    assert "It got worse, and not by chance." in html
    assert "Passes" in html
    assert html.count('class="strip"') == gate.slices.count()
    assert 'role="img" aria-label="difference' in html


def test_both_values_of_what_changed(client: Client, gate: Gate, mona: User) -> None:
    html = page_of(client, gate, mona)
    assert "<dt>Old</dt><dd>21.20</dd>" in html
    assert "<dt>New</dt><dd>2.12</dd>" in html
    assert "the old one is right" in html
    assert "nobody has said which is right" in page_of(client, gate, mona, page="2")


def test_one_slice_of_what_changed(client: Client, gate: Gate, mona: User) -> None:
    good = gate.slices.get(dimension="template", key="good")
    html = page_of(client, gate, mona, slice=str(good.pk))
    assert "Nothing changed in this slice" in html
    assert (
        "Blocked" not in page_of(client, gate, mona, verdict="pass").split("<tbody>")[1]
    )


def test_a_gate_of_other_tenants_is_not_there(
    client: Client, gate: Gate, alice: User, charlie: User, mona: User
) -> None:
    for user in (alice, charlie):
        client.force_login(user)
        for url in (
            reverse("gate", args=[gate.pk]),
            reverse("gate-report", args=[gate.pk, "json"]),
            reverse("api-gate", args=[gate.pk]),
        ):
            assert client.get(url).status_code == 404
        assert act(client, gate, "measure") == 404
    make_item(gate.reprocess, tenant=make_tenant("meadow"))
    client.force_login(mona)
    assert client.get(reverse("gate", args=[gate.pk])).status_code == 404


def test_an_admin_signs_what_they_saw_and_moves_what_passes(
    client: Client, gate: Gate, adam: User
) -> None:
    html = page_of(client, gate, adam)
    seen = html.split('name="seen" value="')[1].split('"')[0]
    assert act(client, gate, "sign", seen=seen) == 302
    gate.refresh_from_db()
    assert (gate.signed_by, gate.report_digest) == (adam, seen)
    assert "Move what passes" in page_of(client, gate, adam)
    assert act(client, gate, "promote", note="what passed") == 302
    assert Promotion.objects.filter(batch__actor=adam).count() == 70
    assert "What passes has moved." in page_of(client, gate, adam)


def test_another_report_than_the_seen_one_is_not_signed(
    client: Client, gate: Gate, adam: User
) -> None:
    client.force_login(adam)
    act(client, gate, "sign", seen="0" * 64)
    gate.refresh_from_db()
    assert gate.signed_at is None


def test_a_manager_looks_and_measures_but_does_not_sign_or_move(
    client: Client, gate: Gate, mona: User, olive: User
) -> None:
    assert "Sign this report" not in page_of(client, gate, mona)
    assert act(client, gate, "measure") == 302
    assert act(client, gate, "sign") == 403
    sign(gate=gate, actor=olive)
    assert act(client, gate, "promote") == 403
    assert act(client, gate, "activate") == 403
    assert act(client, gate, "destroy") == 404


def test_operators_activate_only_what_is_fit(
    client: Client, gate: Gate, olive: User
) -> None:
    sign(gate=gate, actor=olive)
    assert "cannot be activated" in page_of(client, gate, olive)
    act(client, gate, "activate")
    assert not Activation.objects.filter(gate=gate).exists()


def test_a_version_is_activated_by_its_gate(client: Client, olive: User) -> None:
    reprocess = make_reprocess()
    make_items(reprocess, ["same"] * 59)
    gate = sign(gate=measure(gate=open_gate(reprocess=reprocess)), actor=olive)
    assert "Activate 1.1.0" in page_of(client, gate, olive)
    act(client, gate, "activate", note="proven")
    assert Activation.objects.get(gate=gate).note == "proven"
    assert "reads new documents" in page_of(client, gate, olive)


def test_margins_are_stated_before_it_is_measured(client: Client, olive: User) -> None:
    reprocess = make_reprocess()
    make_item(reprocess)
    client.force_login(olive)
    url = reverse("gate-open", args=[reprocess.pk])
    assert url in client.get(reverse("gates")).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"whole": "900"}).status_code == 200
    client.post(url, {"whole": "2", "template": "10"})
    gate = Gate.objects.get()
    assert gate.margins == {"": 0.02, "template": 0.1}
    assert gate.measured_at is not None
    assert client.get(url)["Location"] == reverse("gate", args=[gate.pk])


def test_an_address_that_nobody_wrote_for_us_breaks_nothing(
    client: Client, gate: Gate, mona: User
) -> None:
    for word in ("\0", "%", "9" * 5000):
        page_of(client, gate, mona, verdict=word, slices=word, slice=word, page=word)
    path = f"/versions/gates/{gate.pk}/report."
    assert client.get(f"{path}xml").status_code == 404


def test_the_report_leaves_as_one_file_without_scripts(
    client: Client, gate: Gate, olive: User
) -> None:
    gate = sign(gate=gate, actor=olive)
    client.force_login(olive)
    html = client.get(reverse("gate-report", args=[gate.pk, "html"])).content.decode()
    assert "<script" not in html
    assert "http" not in html
    assert "/static/" not in html
    assert gate.report_digest in html
    assert "by olive" in html
    assert "21.20" in html
    report = client.get(reverse("gate-report", args=[gate.pk, "json"])).json()
    assert digest_of(report["report"]) == report["signed"]["report_digest"]
    assert "21.20" not in json.dumps(report)


def test_the_api_gives_the_same_report(client: Client, gate: Gate, mona: User) -> None:
    client.force_login(mona)
    answer = client.get(reverse("api-gate", args=[gate.pk])).json()
    assert answer["report"]["gate"] == str(gate.pk)
    assert answer["signed"] is None
    listed = client.get(reverse("api-gates")).json()
    assert [one["gate"] for one in listed["results"]] == [str(gate.pk)]


def test_a_template_is_shown_with_a_document_that_the_person_may_see(
    client: Client, mona: User
) -> None:
    items = make_items(make_reprocess(), ["same"] * 2, template=TEMPLATE)
    gate = measure(gate=open_gate(reprocess=items[0].reprocess))
    names = {item.source.name for item in items}
    outsider = make_user("charlie", make_tenant("other"), role="manager")

    html = page_of(client, gate, mona)

    assert html.split("such as ")[1].split("<")[0] in names
    template = gate.slices.filter(dimension="template")
    [unseen] = template.with_examples(outsider).values()
    assert dict(unseen).get("example", "missing") is None


def test_whose_values_it_shows_is_noted(client: Client, gate: Gate, mona: User) -> None:
    page_of(client, gate, mona)
    changed = gate.reprocess.items.exclude(comparison__differences={})
    seen = Sighting.objects.filter(user=mona, what=What.VALUES)
    sources = set(changed.values_list("source", flat=True))
    first_page = set(seen.values_list("source", flat=True))
    assert first_page < sources
    page_of(client, gate, mona, page="2")
    assert set(seen.values_list("source", flat=True)) == sources
    seen = Sighting.objects.filter(user__username="mona", what=What.VALUES)
    before = seen.count()
    for form, told in (("json", 0), ("html", len(sources))):
        address = reverse("gate-report", args=[gate.pk, form])
        assert client.get(address).status_code == 200
        assert seen.count() == before + told
