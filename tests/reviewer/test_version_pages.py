"""The pages about versions: their numbers, what these lead to, and who sees them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from catalog.models import (
    DerivedArtifact,
    Generation,
    Promotion,
    PromotionBatch,
    SourceMedia,
    State,
)
from catalog.services import record_delivery
from tests.corpus import make_corpus, put_in_place, read
from tests.factories import make_source, make_tenant, make_user, make_version

pytestmark = pytest.mark.django_db

PAGES = ("", "blast-radius/", "stale/", "batches/")
LINK = re.compile(r'<td [^>]*class="number"[^>]*><a href="([^"]+)">(\d+)</a>')


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara", make_tenant("harbour"), role="manager")


@pytest.fixture
def adam(db: None) -> User:
    return make_user("adam", make_tenant("harbour"), role="admin")


def get(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def listed(client: Client, path: str) -> set[str]:
    """The sources on a page of the blast radius and on all after it."""
    found: set[str] = set()
    while path:
        html = get(client, path.partition("#")[0])
        rows = html.partition('id="rows"')[2]
        found |= set(re.findall(r"/sources/([0-9a-f-]{36})/", rows))
        more = re.search(r'href="([^"]+)">On', rows)
        path = f"/versions/blast-radius/{unescape(more[1])}" if more else ""
    return found


@pytest.mark.parametrize("by", ["tenant", "template", "type"])
def test_each_number_of_the_matrix_leads_to_what_it_counts(
    client: Client, mara: User, by: str
) -> None:
    make_corpus(1)
    client.force_login(mara)

    html = get(client, f"/versions/?by={by}").partition("Sources of several")[0]

    cells = [(unescape(href), int(count)) for href, count in LINK.findall(html)]
    assert cells
    for href, count in cells:
        shown = re.search(r'show=all#rows">(\d+)</a>', get(client, href))
        readings = re.search(r'show=readings#rows">(\d+)</a>', get(client, href))
        assert shown is not None
        assert readings is not None
        assert int(readings[1]) == count, href
        assert len(listed(client, href)) == int(shown[1])


def test_the_matrix_says_what_is_mixed(client: Client, mara: User) -> None:
    client.force_login(mara)
    assert "Nothing was read yet" in get(client, "/versions/")
    tenant = make_tenant("harbour")
    read(make_source(tenant))
    assert "Of one make." in get(client, "/versions/")

    read(make_source(tenant), "1.1.0")

    html = get(client, "/versions/")
    assert "1 of 1 tenant mixed." in html
    assert "badge--doubt" in html


def test_the_blast_radius_is_of_ones_own_tenants(client: Client, mara: User) -> None:
    make_corpus(1)
    client.force_login(mara)

    html = get(client, "/versions/blast-radius/?state=any")

    own = SourceMedia.objects.filter(tenant__slug="harbour")
    assert listed(client, "/versions/blast-radius/?state=any") == {
        str(s.pk) for s in own
    }
    assert "meadow" not in html.lower()


@pytest.mark.parametrize(
    "show", ["told", "untold", "waiting", "readings", "artifacts", "told_artifacts"]
)
def test_every_list_opens(client: Client, mara: User, show: str) -> None:
    make_corpus(1)
    client.force_login(mara)

    get(client, f"/versions/blast-radius/?show={show}")


def test_deliveries_are_listed(client: Client, mara: User) -> None:
    make_corpus(1)
    client.force_login(mara)

    html = get(client, "/versions/blast-radius/?state=any&show=deliveries")

    assert "/api/v1/deliveries/" in html


def test_the_numbers_of_a_recipient_lead_to_theirs(
    client: Client, mara: User, alice: User
) -> None:
    harbour = make_tenant("harbour")
    read(make_source(harbour))
    ids = list(DerivedArtifact.objects.values_list("pk", flat=True))
    for person, carried in ((mara, ids), (alice, ids[:1]), (alice, ids[:2])):
        record_delivery(
            tenant=harbour, recipient=person, form="csv", artifact_ids=carried
        )
    client.force_login(mara)

    html = get(client, "/versions/blast-radius/?state=any").partition("Who was told")[2]

    links = [(unescape(href), int(count)) for href, count in LINK.findall(html)]
    assert len(links) == 4  # deliveries and artifacts, of two people
    assert sorted(count for _, count in links) == [1, 2, 2, 3]
    for href, count in links:
        rows = get(client, f"/versions/blast-radius/{href}").partition('id="rows"')[2]
        assert rows.count("<tr>") - 1 == count, href


def test_asked_for_nonsense_it_says_so(client: Client, mara: User) -> None:
    client.force_login(mara)
    page = "/versions/blast-radius/"

    assert client.get(f"{page}?since=yesterday").status_code == 400
    assert client.get(f"{page}?tenant=meadow").status_code == 400
    assert client.get(f"{page}?show=all-of-it").status_code == 404
    assert client.get(f"{page}?after=x").status_code == 404
    assert client.get("/versions/?by=colour").status_code == 404
    assert client.get("/versions/stale/?pipeline=doc-extract@9.9.9").status_code == 404


def test_what_is_behind_is_shown_with_its_causes(client: Client, mara: User) -> None:
    client.force_login(mara)
    assert "No version is active" in get(client, "/versions/stale/")
    make_version(version="1.1.0")
    tenant = make_tenant("harbour")
    old = read(make_source(tenant), "0.9.0")
    read(make_source(tenant), "1.1.0")

    html = get(client, "/versions/stale/")

    assert "Unknown version: 0.9.0" in html
    assert f"/sources/{old.source_id}/" in html
    assert "1 source" in html


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_for_those_who_lead(
    client: Client, alice: User, mara: User, path: str
) -> None:
    client.force_login(alice)
    assert client.get(f"/versions/{path}").status_code == 403
    assert "/versions/" not in get(client, "/sources/")
    client.force_login(mara)
    get(client, f"/versions/{path}")
    assert "/versions/" in get(client, "/sources/")


@pytest.mark.parametrize("path", PAGES)
def test_operators_see_all(client: Client, path: str) -> None:
    make_corpus(1)
    client.force_login(make_user("olive", is_superuser=True))

    get(client, f"/versions/{path}")


@pytest.fixture
def batch(db: None) -> PromotionBatch:
    """Three readings of harbour, of two templates, and one of meadow."""
    new = []
    for slug, template in (
        ("harbour", "t-freight"),
        ("harbour", "t-freight"),
        ("harbour", "t-hotel"),
        ("meadow", "t-freight"),
    ):
        source = make_source(make_tenant(slug))
        read(source, template=template)
        new.append(read(source, "1.1.0", template=template))
    found: PromotionBatch = put_in_place(*new, note="spring")
    return found


def current(slug: str, template: str) -> list[str]:
    found = Generation.objects.filter(
        source__tenant__slug=slug, state=State.CURRENT, template_key=template
    )
    return [g.pipeline_version for g in found]


def test_a_batch_counts_ones_own(
    client: Client, mara: User, batch: PromotionBatch
) -> None:
    client.force_login(mara)

    html = get(client, f"/versions/batches/{batch.pk}/")

    assert re.search(r"Readings put in place</dt><dd><a [^>]+>3</a>", html)
    assert "meadow" not in html.lower()
    assert "roll-back" not in html
    assert f"/versions/batches/{batch.pk}/" in get(client, "/versions/batches/")


def test_a_slice_of_a_batch_is_rolled_back(
    client: Client, adam: User, batch: PromotionBatch
) -> None:
    client.force_login(adam)
    path = f"/versions/batches/{batch.pk}/roll-back/"
    part = {"tenant": "harbour", "template": "t-freight"}
    asked = client.get(path, part).content.decode()
    assert "Roll back 2 sources" in asked
    assert current("harbour", "t-freight") == ["1.1.0", "1.1.0"]

    answer = client.post(path, {**part, "note": "wrong freight"})

    assert answer.status_code == 302
    assert current("harbour", "t-freight") == ["1.0.0", "1.0.0"]
    assert current("harbour", "t-hotel") == ["1.1.0"]
    assert current("meadow", "t-freight") == ["1.1.0"]
    back = PromotionBatch.objects.exclude(pk=batch.pk).get()
    assert (back.actor, back.note, back.undoes) == (adam, "wrong freight", batch)
    assert back.selection["template_key"] == "t-freight"


def test_all_of_a_batch_means_all_of_ones_own(
    client: Client, adam: User, batch: PromotionBatch
) -> None:
    client.force_login(adam)
    path = f"/versions/batches/{batch.pk}/roll-back/"

    client.post(path, {"note": "worse"})

    assert Promotion.objects.filter(reason="rollback").count() == 3
    assert current("meadow", "t-freight") == ["1.1.0"]
    assert "Nothing can be rolled back" in get(client, path)
    client.post(path, {"note": "again"})
    assert Promotion.objects.filter(reason="rollback").count() == 3


def test_naming_a_foreign_tenant_rolls_nothing_back(
    client: Client, adam: User, batch: PromotionBatch
) -> None:
    client.force_login(adam)

    client.post(
        f"/versions/batches/{batch.pk}/roll-back/", {"tenant": "meadow", "note": "x"}
    )

    assert not Promotion.objects.filter(reason="rollback").exists()


@pytest.mark.parametrize("role", ["reviewer", "manager"])
def test_only_admins_roll_a_batch_back(
    client: Client, batch: PromotionBatch, role: str
) -> None:
    client.force_login(make_user("mara", make_tenant("harbour"), role=role))
    path = f"/versions/batches/{batch.pk}/roll-back/"

    assert client.get(path).status_code == 403
    assert client.post(path, {"note": "x"}).status_code == 403
    assert not Promotion.objects.filter(reason="rollback").exists()


def test_an_operator_rolls_back_everybodys(
    client: Client, batch: PromotionBatch
) -> None:
    client.force_login(make_user("olive", is_superuser=True))

    client.post(f"/versions/batches/{batch.pk}/roll-back/", {"note": "all"})

    assert Promotion.objects.filter(reason="rollback").count() == 4


def test_a_foreign_batch_is_not_there(client: Client, batch: PromotionBatch) -> None:
    client.force_login(make_user("dora", make_tenant("field"), role="admin"))

    for path in ("", "roll-back/"):
        assert client.get(f"/versions/batches/{batch.pk}/{path}").status_code == 404
    assert str(batch.pk) not in get(client, "/versions/batches/")
