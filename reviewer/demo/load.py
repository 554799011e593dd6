"""Brings the demo in: its tenants, its documents by the real pipeline, its people."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Membership, Tenant
from pipeline import versions
from pipeline.foreground import DEFAULT_TENANT, Job, process_files
from pipeline.models import PipelineVersion, Reprocess

TENANTS = {"harbour": "Harbour Books", "meadow": "Meadow & Daughters"}
PASSWORD = "palimpsest"  # noqa: S105 - the demo's, printed at every start
Role = Membership.Role
# Name, tenant, role; the last one, without a tenant, operates the installation.
PEOPLE = (
    ("rita", "harbour", Role.REVIEWER),
    ("rob", "harbour", Role.REVIEWER),
    ("mona", "harbour", Role.MANAGER),
    ("adam", "harbour", Role.ADMIN),
    ("nell", "meadow", Role.REVIEWER),
)
OPERATOR = "olive"

Progress = Callable[[Iterable[dict[str, Any]], int], Iterable[dict[str, Any]]]


def is_due() -> bool:
    """Whether a start should load the demo: nothing is here, or a load was cut off."""
    ours = {*TENANTS, DEFAULT_TENANT}
    others = Tenant.objects.exclude(slug__in=ours).exists()
    return not others and not User.objects.filter(username=OPERATOR).exists()


def load(*, workers: int = 1, progress: Progress = lambda rows, total: rows) -> int:
    """Draw, read and people the demo, going on where one was cut off; how many."""
    # Here, since drawing needs libraries that no other start of a process needs.
    from reviewer.demo import documents

    version = versions.ensure_built_in()
    for slug, name in TENANTS.items():
        Tenant.objects.get_or_create(slug=slug, defaults={"name": name})
    with tempfile.TemporaryDirectory(prefix="palimpsest-demo-") as folder:
        jobs = [
            Job(Path(folder) / document.file, document.tenant, str(version))
            for document in documents.generate(Path(folder))
        ]
        rows = process_files(jobs, workers=workers)
        read = sum(1 for _ in progress(rows, len(jobs)))
        read += _tell_incident(Path(folder), version, workers, progress)
    # Last, since the operator is the sign that the demo is whole.
    _operator()
    return read


def _tell_incident(
    folder: Path, version: PipelineVersion, workers: int, progress: Progress
) -> int:
    """The incident, up to what is left to a visitor; how many documents it has."""
    from reviewer.demo import incident, incident_versions

    add_people()
    reviewer, admin = (User.objects.get(username=name) for name in ("rita", "adam"))
    if Reprocess.objects.filter(created_by=admin).exists():
        return 0
    before = incident_versions.earlier(version, admin)
    truth = incident.read(
        folder, before=before, after=version, workers=workers, progress=progress
    )
    incident.upgrade(
        before=before, after=version, truth=truth, reviewer=reviewer, admin=admin
    )
    mended = incident_versions.mended(version, admin)
    incident.mend(version=mended, admin=admin)
    return len(truth)


@transaction.atomic
def add_people() -> None:
    for name, slug, role in PEOPLE:
        user = _user(name, is_staff=role == Role.ADMIN)
        Membership.objects.get_or_create(
            user=user,
            tenant=Tenant.objects.get(slug=slug),
            defaults={"role": role},
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
