"""Brings the demo in: its tenants, its documents by the real pipeline, its people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Membership, Tenant
from pipeline import versions
from pipeline.foreground import DEFAULT_TENANT, Job, process_files
from reviewer.models import SecondLookRule

if TYPE_CHECKING:
    from reviewer.demo.incident import Progress

TENANTS = {
    "harbour": "Harbour Books",
    "meadow": "Meadow & Daughters",
    "practice": "Practice desk (simulated)",
}
PASSWORD = "palimpsest"  # noqa: S105 - the demo's, printed at every start
Role = Membership.Role
# Name, tenant, role; the last one, without a tenant, operates the installation.
PEOPLE = (
    ("rita", "harbour", Role.REVIEWER),
    ("rob", "harbour", Role.REVIEWER),
    ("mona", "harbour", Role.MANAGER),
    ("adam", "harbour", Role.ADMIN),
    ("nell", "meadow", Role.REVIEWER),
    ("petra", "practice", Role.MANAGER),
)
OPERATOR = "olive"


def is_due() -> bool:
    """Whether a start should load the demo: nothing is here, or a load was cut off."""
    ours = {*TENANTS, DEFAULT_TENANT}
    others = Tenant.objects.exclude(slug__in=ours).exists()
    return not others and not User.objects.filter(username=OPERATOR).exists()


def no_progress(rows: Iterable[Any], total: int, what: str) -> Iterable[Any]:
    return rows


def load(*, workers: int = 1, progress: Progress = no_progress) -> int:
    """Draw, read and people the demo, and tell its incident; how many were read.

    Goes on where an earlier load was cut off.
    """
    # Here, since drawing needs libraries that no other start of a process needs.
    from reviewer.demo import (
        documents,
        incident,
        incident_plans,
        incident_versions,
        practice,
    )

    built_in = versions.ensure_built_in()
    for slug, name in TENANTS.items():
        Tenant.objects.get_or_create(slug=slug, defaults={"name": name})
    add_people()
    _ask_twice()
    # First, so that lists of the newest are not full of it.
    practice.practise(built_in=built_in, progress=progress)
    admin = User.objects.get(username="adam")
    both = {"before": incident_versions.earlier(built_in, admin), "after": built_in}
    with tempfile.TemporaryDirectory(prefix="palimpsest-demo-") as folder:
        drawn = documents.generate(
            Path(folder), plans=(*documents.PLANS, *incident_plans.INCIDENT_PLANS)
        )
        jobs = [
            Job(
                Path(folder) / one.file,
                one.tenant,
                str(incident.reader_of(one.file, **both)),
            )
            for one in drawn
        ]
        rows = process_files(jobs, workers=workers)
        for _ in progress(rows, len(jobs), "Reading the demo"):
            pass
    truth = {one.file: one for one in drawn}
    incident.upgrade(**both, truth=truth, progress=progress)
    mended = incident_versions.mended(built_in, admin)
    incident.mend(version=mended, progress=progress)
    # Last, since the operator is the sign that the demo is whole.
    _operator()
    return len(jobs)


@transaction.atomic
def add_people() -> None:
    for name, slug, role in PEOPLE:
        user = _user(name, is_staff=role == Role.ADMIN)
        Membership.objects.get_or_create(
            user=user,
            tenant=Tenant.objects.get(slug=slug),
            defaults={"role": role},
        )


def _ask_twice() -> None:
    """A total of Harbour Books is worth a second look where it is likely to be wrong:
    that costs 4 dollars, and a look 10 cents."""
    SecondLookRule.objects.get_or_create(
        tenant=Tenant.objects.get(slug="harbour"),
        document_type="",
        slot="total",
        defaults={"loss": 4_000_000, "look_cost": 100_000},
    )


def _operator() -> None:
    _user(OPERATOR, is_staff=True, is_superuser=True)


def _user(name: str, **flags: bool) -> User:
    user, created = User.objects.get_or_create(username=name, defaults=flags)
    if created:
        user.set_password(PASSWORD)
        user.save()
    return user


def log_ins() -> Iterator[tuple[str, str]]:
    """Name and what it may do, for the start-up message."""
    for name, slug, role in PEOPLE:
        yield name, f"{role} of {TENANTS[slug]}"
    yield OPERATOR, "operator of the installation"
