"""Rules of what hangs on sources: search pages, golden values, erasures, deliveries."""

from __future__ import annotations

from catalog.fsck.artifacts import RESTORE
from catalog.fsck.rules import Rule, Rules

SEARCH_PAGES = Rules(
    name="search_pages",
    subject="a.artifact_id",
    rows="""FROM derived_artifact a
        JOIN source_media s ON s.source_id = a.source_id
        JOIN search_page p ON p.artifact_id = a.artifact_id
        WHERE a.source_id {sources}""",
    rules=(
        Rule(
            "search_page_astray",
            "a.kind <> 'search_text' OR p.tenant_id <> s.tenant_id",
            "The search shows the page to another tenant, or what it points at is no"
            " text. Delete the row of search_page and read the source again.",
        ),
    ),
)

GOLDEN_CASES = Rules(
    name="golden_cases",
    subject="c.case_id",
    rows="""FROM golden_case c WHERE c.source_id {sources}
        AND c.retired_at IS NULL""",
    rules=(
        Rule(
            "golden_cases_twice",
            """EXISTS (SELECT 1 FROM golden_case x WHERE x.source_id = c.source_id
                AND x.retired_at IS NULL AND x.case_id <> c.case_id)""",
            "The source has two active golden cases. Is the index"
            " one_active_case_a_source there and whole? Then retire one.",
        ),
    ),
)

ERASURES = Rules(
    name="erasures",
    subject="e.erasure_id",
    rows="""FROM erasure e JOIN source_media s ON s.source_id = e.source_id
        WHERE e.source_id {sources}""",
    rules=(
        Rule(
            "erasure_undone",
            "e.finished_at IS NOT NULL AND s.erased_at IS NULL",
            "The erasure says that it is finished, and the source is still there."
            " Erase it again at once.",
        ),
        Rule(
            "blob_to_delete_stays",
            """e.finished_at IS NOT NULL AND EXISTS (SELECT 1 FROM blob_to_delete b
                WHERE b.erasure_id = e.erasure_id)""",
            "The erasure says that it is finished, and bytes are still to be deleted."
            " Erase the source again at once.",
        ),
        Rule(
            "ledger_unsealed",
            """NOT EXISTS (SELECT 1 FROM ledger_entry l WHERE l.sequence = e.entry
                AND l.subject = 'erasure')""",
            "No entry of the ledger seals the erasure. Somebody wrote or deleted past"
            " the triggers: compare with a backup.",
        ),
    ),
)

DELIVERIES = Rules(
    name="deliveries",
    subject="a.artifact_id",
    rows="""FROM derived_artifact a
        JOIN source_media s ON s.source_id = a.source_id
        JOIN delivered_artifact c ON c.artifact_id = a.artifact_id
        LEFT JOIN delivery d ON d.delivery_id = c.delivery_id
        WHERE a.source_id {sources}""",
    rules=(
        Rule(
            "delivery_astray",
            "d.tenant_id IS DISTINCT FROM s.tenant_id",
            "A delivery carried an artifact of another tenant, or is missing. Find out"
            f" who was told what they may not know. {RESTORE}",
        ),
    ),
)
