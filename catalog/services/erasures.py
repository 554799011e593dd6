"""Erasing an original with all that was made of it; the tombstone stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from catalog import blob_gate, blobs
from catalog.erasing import emptying
from catalog.erasing.fingerprint import fingerprint
from catalog.erasing.marks import Marks, artifacts_under, marks_of
from catalog.erasing.residue import Residue, Scope, residue_of
from catalog.models import (
    DerivedArtifact,
    Erasure,
    LegalHold,
    SourceMedia,
)
from catalog.services.holding import hold_tenant
from catalog.services.promotions import LOCK as PROMOTIONS
from catalog.signals import erasing

log = structlog.get_logger()

# Blobs deleted before writers get their turn again.
BLOBS_AT_ONCE = 50
# Whoever began an erasure is still at work on it, if it began less than this ago.
AT_WORK = timedelta(minutes=10)


class EraseRefused(Exception):
    """Nothing was erased; the message says why and what to do."""


class ResidueFound(Exception):
    """Something is left; residue says where. The erasure stays unfinished."""

    def __init__(self, erasure: Erasure, residue: dict[str, Any]) -> None:
        places = ", ".join(f"{n} in {place}" for place, n in residue["found"].items())
        super().__init__(f"Something of source {erasure.source_id} is left: {places}.")
        self.erasure, self.residue = erasure, residue


@dataclass(frozen=True, slots=True)
class Begun:
    """An erasure that emptied the tables, and what to look for after its end."""

    erasure: Erasure
    marks: Marks


def erase(
    *,
    source: SourceMedia,
    basis: str,
    reference: str = "",
    actor: User | None = None,
    scope: Scope = Scope.AUTO,
) -> Erasure:
    """Erase a source wholly, or go on with an erasure that was cut off.

    Three steps, each of which may be the last before a crash: the tables in one
    transaction, the bytes, the scan. Raises EraseRefused, ResidueFound.
    """
    known = Erasure.objects.filter(source=source.pk).first()
    if known is not None:
        return finish_erasure(erasure=known, scope=scope)
    begun = begin_erasure(source=source, basis=basis, reference=reference, actor=actor)
    log.info("erasure_begun", source_id=str(source.pk), basis=basis)
    return finish_erasure(erasure=begun.erasure, marks=begun.marks, scope=scope)


@transaction.atomic
def begin_erasure(
    *,
    source: SourceMedia,
    basis: str,
    reference: str = "",
    actor: User | None = None,
) -> Begun:
    """Empty every row that says something of the source, in one transaction.

    Raises EraseRefused under a legal hold, or where it was erased before.
    """
    locked = _locked(source)
    hold = LegalHold.objects.over(locked).first()
    if hold is not None:
        raise EraseRefused(
            f"The legal hold {hold.reference} is in force: it must be lifted first."
        )
    erasure = Erasure.objects.create(
        tenant_id=locked.tenant_id,
        source=locked,
        basis=basis,
        reference=reference,
        actor=actor,
        fingerprint=fingerprint(
            tenant_id=locked.tenant_id,
            source_id=locked.pk,
            content_hash=locked.content_hash,
        ),
    )
    covered = {"source": locked.pk, "erasure": erasure.pk}
    emptying.run(emptying.CLOSURE, covered)
    marks = marks_of(locked, erasure_id=erasure.pk)
    _refuse_quotes(reference, marks)
    erasure.erased = _emptied(erasure, covered)
    erasure.save(update_fields=["erased"])
    erasure.refresh_from_db()
    return Begun(erasure, marks)


def _locked(source: SourceMedia) -> SourceMedia:
    """The source, with everything that writes of it kept out. Raises EraseRefused."""
    with connection.cursor() as cursor:
        # A promotion locks generations before their source.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PROMOTIONS])
    hold_tenant(tenant_id=source.tenant_id)
    locked = SourceMedia.objects.select_for_update().get(pk=source.pk)
    if locked.erased_at is not None:
        raise EraseRefused("This source was erased before: see its tombstone.")
    return locked


def _refuse_quotes(reference: str, marks: Marks) -> None:
    """The tombstone stays for good: it may not say what the document said."""
    if any(text.lower() in reference.lower() for text in marks.texts):
        raise EraseRefused(
            "The reference quotes the document: give the number of the request only."
        )


def _emptied(erasure: Erasure, covered: dict[str, Any]) -> dict[str, Any]:
    """Empty everything; gives counts by table, and of artifacts by kind."""
    artifacts = artifacts_under(erasure.pk).order_by()
    kinds = dict(artifacts.values_list("kind").annotate(Count("pk")).order_by("kind"))
    foreign = artifacts.exclude(source=erasure.source_id).count()
    stored = emptying.run(emptying.BLOBS, covered)
    counts: dict[str, int] = {}
    answers: list[Any] = erasing.send(sender=Erasure, erasure=erasure)
    for _, taken in answers:
        counts |= taken
    parameters = covered | {"fingerprint": erasure.fingerprint}
    for table, statement in emptying.STATEMENTS.items():
        counts[table] = emptying.run(statement, parameters)
    return {
        "tables": {table: n for table, n in counts.items() if n},
        "kinds": kinds,
        "artifacts_of_other_sources": foreign,
        "blobs": stored,
    }


class _Undone(Exception):
    """Carries nothing: only the way out of a transaction that must leave no trace."""


def preview_erasure(
    *, source: SourceMedia, basis: str = Erasure.Basis.REQUEST
) -> dict[str, Any]:
    """What an erasure would take, exactly: it is done and undone. Raises EraseRefused.

    The form is that of Erasure.erased.
    """
    try:
        with transaction.atomic():
            begun = begin_erasure(source=source, basis=basis)
            raise _Undone
    except _Undone:
        return dict(begun.erasure.erased or {})


def finish_erasure(
    *,
    erasure: Erasure,
    marks: Marks | None = None,
    scope: Scope = Scope.AUTO,
    by_hand: bool = False,
) -> Erasure:
    """Delete the bytes, look for what is left, and close the erasure.

    marks: of whoever began it; without them the scan knows hashes only, and says so.
    by_hand: an operator has removed what an earlier scan found by words that are no
    longer known. A finished erasure is given back as it is; one that has to wait for a
    backup, unfinished: the sweep goes on with it. Raises ResidueFound.
    """
    if erasure.finished_at is not None:
        return erasure
    hashes = list(erasure.blobs_to_delete.values_list("content_hash", flat=True))
    try:
        shared = _delete_blobs(hashes)
    except blob_gate.DeletionsHeld:
        log.info("erasure_waits_for_backup", source_id=str(erasure.source_id))
        return erasure
    found = residue_of(
        erasure, marks or Marks(hashes=hashes), shared=shared, scope=scope
    )
    if marks is None and not by_hand:
        _remember(erasure, found)
    closed = _closed(erasure, found, by_hand=by_hand)
    if closed.finished_at is None:
        raise ResidueFound(closed, closed.residue or {})
    return closed


def _delete_blobs(hashes: list[str]) -> list[str]:
    """Delete bytes that nobody needs; gives the hashes of those that somebody does."""
    shared = []
    for start in range(0, len(hashes), BLOBS_AT_ONCE):
        with blob_gate.deleting():
            for content_hash in hashes[start : start + BLOBS_AT_ONCE]:
                if is_needed(content_hash):
                    shared.append(content_hash)
                else:
                    blobs.delete(content_hash)
    return shared


def is_needed(content_hash: str) -> bool:
    """Whether a row of any tenant names these bytes; asked in blob_gate.deleting()."""
    stored = DerivedArtifact.objects.in_blobs().filter(payload_hash=content_hash)
    original = SourceMedia.objects.filter(content_hash=content_hash)
    return original.exists() or stored.exists()


def _remember(erasure: Erasure, found: Residue) -> None:
    """What a table held by words that are forgotten now still counts as found."""
    before = (erasure.residue or {}).get("found", {})
    for place, count in before.items():
        if "." in place and place not in found.found:
            found.add(place, count)


@transaction.atomic
def _closed(erasure: Erasure, found: Residue, *, by_hand: bool) -> Erasure:
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if locked.finished_at is not None:
        return locked
    locked.residue = found.as_json() | ({"settled_by_hand": True} if by_hand else {})
    if not found.found:
        locked.blobs_to_delete.all().delete()
        locked.finished_at = timezone.now()
    locked.save(update_fields=["residue", "finished_at"])
    said = log.error if found.found else log.info
    said("erasure_scanned", source_id=str(locked.source_id), left=dict(found.found))
    return locked


def resume_erasures(*, most: int = 20) -> int:
    """Finish what a crash cut off; gives how many.

    What a scan has found waits for people.
    """
    left = Erasure.objects.unfinished().filter(
        residue__isnull=True, at__lt=timezone.now() - AT_WORK
    )
    done = 0
    for erasure in left.order_by("at")[:most]:
        finish_erasure(erasure=erasure)
        done += 1
    return done
