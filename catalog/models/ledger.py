"""The hash-chained ledger: what became current and what was erased, beyond denial.

Each statement that writes promotions or erasures appends one entry. Its digest covers
the rows, its hash covers the digest and the entry before it; so a row that somebody
changed, added or took away later no longer fits, and neither does any entry after it.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from catalog.fields import HashField
from catalog.models.rules import APPEND_ONLY

# What of a row is sealed, as one JSON array; times as seconds, whatever the session's
# time zone. The alias is r.
ROW_OF_PROMOTION = """jsonb_build_array(r.promotion_id, r.source_id, r.pipeline_name,
    r.reason, r.old_generation_id, r.new_generation_id, r.comparison_id, r.decision_ref,
    r.actor_id, r.batch_id, r.undoes_id, extract(epoch FROM r.at))"""
ROW_OF_ERASURE = """jsonb_build_array(r.erasure_id, r.tenant_id, r.source_id, r.basis,
    r.reference, r.actor_id, encode(r.fingerprint, 'hex'), extract(epoch FROM r.at))"""


def digest_sql(row: str, key: str) -> str:
    """An aggregate over rows r: SHA-256 of their SHA-256s in order of their ids."""
    one = f"sha256(convert_to(({row})::text, 'UTF8'))"
    return f"sha256(string_agg({one}, ''::bytea ORDER BY r.{key}))"


class Chapter:
    """What a table writes into the ledger: its word, its key, what of it is sealed."""

    def __init__(self, subject: str, key: str, row: str) -> None:
        self.subject, self.key, self.row = subject, key, row


ENTRY_OF_PROMOTIONS = Chapter("promotion", "promotion_id", ROW_OF_PROMOTION)
ENTRY_OF_ERASURES = Chapter("erasure", "erasure_id", ROW_OF_ERASURE)
CHAPTERS = (ENTRY_OF_PROMOTIONS, ENTRY_OF_ERASURES)
# The sealed content of an entry, beside the digest of its rows.
SEAL = """sha256(l.previous || convert_to(l.sequence || l.subject || l.rows, 'UTF8')
    || l.digest)"""
LOCK = 7_203_001


def takes_entry(chapter: Chapter) -> list[pgtrigger.Trigger]:
    """Number rows with the entry that will seal them, and append it."""
    return [
        pgtrigger.Trigger(
            name="ledger_number",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            # One writer at a time, until its transaction ends: a chain has one end.
            func=f"""PERFORM pg_advisory_xact_lock({LOCK});
                NEW.entry := (SELECT coalesce(max(sequence), 0) + 1
                    FROM ledger_entry); RETURN NEW;""",  # noqa: S608 - fixed names
        ),
        pgtrigger.Trigger(
            name="ledger_seal",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="new_rows"),
            func=f"""INSERT INTO ledger_entry (sequence, subject, rows, digest)
                SELECT max(r.entry), '{chapter.subject}', count(*),
                    {digest_sql(chapter.row, chapter.key)}
                FROM new_rows r HAVING count(*) > 0; RETURN NULL;""",  # noqa: S608 - fixed names
        ),
    ]


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def head(self) -> LedgerEntry | None:
        """The last entry: whoever keeps its hash elsewhere can prove all before it."""
        return self.order_by("-sequence").first()


class LedgerEntry(models.Model):
    """One link of the chain. The database fills in previous and hash."""

    sequence = models.BigIntegerField(primary_key=True)
    subject = models.CharField(max_length=9)
    rows = models.BigIntegerField()
    digest = HashField()
    previous = HashField(db_default=b"")
    hash = HashField(db_default=b"")
    at = models.DateTimeField(db_default=Now())

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        db_table = "ledger_entry"
        ordering = ["sequence"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject__in=["promotion", "erasure"]),
                name="ledger_subject_known",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_is_kept", operation=APPEND_ONLY),
            pgtrigger.Trigger(
                name="ledger_chains",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("last", "ledger_entry%ROWTYPE")],
                # Depth 2: written by the trigger above, by no statement of its own.
                func=f"""IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'only promotions and erasures write the ledger'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    PERFORM pg_advisory_xact_lock({LOCK});
                    SELECT * INTO last FROM ledger_entry
                        ORDER BY sequence DESC LIMIT 1;
                    IF NEW.sequence <> coalesce(last.sequence, 0) + 1 THEN
                        RAISE EXCEPTION 'entry % does not follow %', NEW.sequence,
                            last.sequence USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.previous := coalesce(last.hash, ''::bytea);
                    NEW.hash := {SEAL.replace("l.", "NEW.")}; RETURN NEW;""",  # noqa: S608 - fixed names
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.rows} of {self.subject}"
