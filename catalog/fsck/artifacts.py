"""Rules of artifacts: whose they are, what took their place."""

from __future__ import annotations

from catalog.fsck.rules import Rule, Rules
from catalog.models.derived_artifact import GONE, INLINE

RESTORE = "Restore the row from a backup."
# As catalog.blobs.key_of says it.
KEY = "'sha256/' || left({0}, 2) || '/' || substr({0}, 3, 2) || '/' || {0}"

ARTIFACTS = Rules(
    name="artifacts",
    subject="a.artifact_id",
    # a: artifact, s: its source, g: its generation, n: what took its place.
    rows="""FROM derived_artifact a
        JOIN source_media s ON s.source_id = a.source_id
        LEFT JOIN generation g ON g.generation_id = a.generation_id
        LEFT JOIN derived_artifact n ON n.artifact_id = a.superseded_by_id
        WHERE a.source_id {sources}""",
    rules=(
        Rule(
            "source_hash",
            "a.source_hash IS DISTINCT FROM s.content_hash",
            f"The artifact does not bear its source's hash. {RESTORE}",
        ),
        Rule(
            "artifact_of_generation",
            """(g.source_id, g.pipeline_name, g.pipeline_version) IS DISTINCT FROM
                (a.source_id, a.pipeline_name, a.pipeline_version)""",
            "The artifact's generation is missing, or of another source or version."
            f" {RESTORE}",
        ),
        Rule(
            "artifact_key",
            f"""a.payload_uri NOT IN ('{INLINE}', '{GONE}') AND a.payload_uri <>
                {KEY.format("encode(a.payload_hash, 'hex')")}""",
            "The artifact points at bytes that do not have its payload's hash."
            f" {RESTORE}",
        ),
        Rule(
            "chain_broken",
            """a.superseded_by_id IS NOT NULL
                AND n.source_id IS DISTINCT FROM a.source_id""",
            "What took the artifact's place is missing or of another source."
            f" {RESTORE}",
        ),
        Rule(
            "chain_astray",
            """n.source_id = a.source_id AND n.generation_id <> a.generation_id
                AND NOT EXISTS (SELECT 1 FROM promotion p
                    WHERE p.old_generation_id = a.generation_id
                    AND p.new_generation_id = n.generation_id)
                OR n.source_id = a.source_id AND (n.kind, n.slot) <> (a.kind, a.slot)
                AND (a.origin = 'human' OR EXISTS (SELECT 1 FROM derived_artifact x
                    WHERE x.generation_id = n.generation_id
                    AND (x.kind, x.slot) = (a.kind, a.slot)))""",
            "The artifact gave way to one that no promotion put there, or to another"
            f" slot. {RESTORE}",
        ),
        Rule(
            "chain_open",
            "g.state = 'superseded' AND a.superseded_by_id IS NULL",
            "The artifact stands in a generation that was superseded: its chain does"
            f" not end in what stands. {RESTORE}",
        ),
        Rule(
            "person_overruled",
            """a.origin = 'human' AND n.origin <> 'human'
                AND NOT (n.origin = 'restore' AND n.step = 'review')""",
            "A machine took the place of a person's answer. Review the source again;"
            " the answer is still in the row.",
        ),
        Rule(
            "search_page_missing",
            f"""a.kind = 'search_text' AND a.payload_uri <> '{GONE}' AND NOT EXISTS
                (SELECT 1 FROM search_page p WHERE p.artifact_id = a.artifact_id)""",  # noqa: S608 - fixed names
            "The page's text is kept but cannot be searched. Read the source again.",
        ),
        Rule(
            "erased_not_empty",
            f"s.erased_at IS NOT NULL AND a.payload_uri <> '{GONE}'",
            "The source was erased, the artifact still holds something. Erase the"
            " source again at once.",
        ),
        Rule(
            "emptied_without_erasure",
            f"""a.payload_uri = '{GONE}' AND NOT EXISTS (SELECT 1 FROM erased_artifact e
                WHERE e.artifact_id = a.artifact_id)""",  # noqa: S608 - fixed names
            f"The artifact was emptied, and no erasure covers it. {RESTORE}",
        ),
    ),
)

SLOTS = Rules(
    name="slots",
    subject="min(a.artifact_id::text)",
    rows="""FROM derived_artifact a
        WHERE a.source_id {sources} AND a.superseded_by_id IS NULL
        GROUP BY a.generation_id, a.kind, a.slot""",
    rules=(
        Rule(
            "slot_taken_twice",
            "count(*) > 1",
            "Two artifacts stand in one slot. Is the index one_standing_artifact_a_slot"
            " there and whole (REINDEX)? Then restore the rows from a backup.",
        ),
    ),
)

LINEAGE = Rules(
    name="lineage",
    subject="a.artifact_id",
    rows="""FROM derived_artifact a
        JOIN source_media s ON s.source_id = a.source_id
        LEFT JOIN artifact_input i ON i.artifact_id = a.artifact_id
        LEFT JOIN derived_artifact b ON b.artifact_id = i.input_artifact_id
        WHERE a.source_id {sources}""",
    rules=(
        Rule(
            "no_inputs",
            "a.origin = 'machine' AND i.artifact_id IS NULL",
            "The artifact does not say what it was made from. Restore the rows of its"
            " lineage from a backup, or read the source again.",
        ),
        Rule(
            "input_missing",
            "i.input_artifact_id IS NOT NULL AND b.artifact_id IS NULL",
            f"What the artifact was made from is not there. {RESTORE}",
        ),
        Rule(
            "input_hash",
            f"""CASE WHEN b.artifact_id IS NOT NULL THEN
                    i.input_hash <> b.payload_hash AND b.payload_uri <> '{GONE}'
                WHEN i.input_artifact_id IS NULL THEN
                    encode(i.input_hash, 'hex') <> s.content_hash
                    AND a.payload_uri <> '{GONE}' END""",
            f"The artifact was made from other bytes than its input has now. {RESTORE}",
        ),
    ),
)
