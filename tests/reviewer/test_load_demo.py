from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from catalog.models import Membership, SourceMedia, Tenant
from reviewer.demo import documents, incident, incident_plans, load, practice
from tests.factories import make_tenant

pytestmark = pytest.mark.django_db
FILES = ("brackwater-freight-march.pdf", "nordlicht-locked.pdf")


@pytest.fixture(autouse=True)
def two_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the incident and practice: test_incident.py, test_practice.py."""
    monkeypatch.setattr(practice, "CASES", 0)
    plans = tuple(plan for plan in documents.PLANS if plan.file in FILES)
    monkeypatch.setattr(documents, "PLANS", plans)
    monkeypatch.setattr(incident_plans, "INCIDENT_PLANS", ())
    for chapter in ("upgrade", "mend"):
        monkeypatch.setattr(incident, chapter, lambda **given: None)


def test_documents_go_through_the_real_pipeline() -> None:
    assert load.load() == 2

    march, locked = (SourceMedia.objects.get(name=name) for name in FILES)
    assert march.runs.get().generation.document_type == "invoice"  # type: ignore[union-attr]
    assert (locked.runs.get().disposition, locked.runs.get().reason) == (
        "rejected",
        "encrypted",
    )


def test_the_demo_is_due_once() -> None:
    assert load.is_due()

    load.load()

    assert not load.is_due()
    assert User.objects.get(username="olive").is_superuser
    assert Membership.objects.get(user__username="nell").tenant.slug == "meadow"


def test_a_load_that_was_cut_off_goes_on() -> None:
    load.load()
    User.objects.filter(username="olive").delete()

    assert load.is_due()
    assert load.load() == 2
    assert SourceMedia.objects.count() == 2


def test_it_stays_away_from_tenants_of_others() -> None:
    make_tenant("real-customer")

    assert not load.is_due()
    assert Tenant.objects.count() == 1


def test_everyone_can_log_in() -> None:
    load.load()

    for name, _ in load.log_ins():
        assert User.objects.get(username=name).check_password(load.PASSWORD)
