"""What fsck looks at in this room; registered when the room is ready."""

from __future__ import annotations

from catalog import fsck

RUNS = fsck.Rules(
    name="runs",
    subject="r.run_id",
    rows="""FROM run r
        JOIN pipeline_version v ON v.version_id = r.pipeline_version_id
        LEFT JOIN generation g ON g.generation_id = r.generation_id
        WHERE r.source_id {sources}""",
    rules=(
        fsck.Rule(
            "run_without_generation",
            """r.state = 'finished'
                AND (g.source_id, g.pipeline_name, g.pipeline_version)
                IS DISTINCT FROM (r.source_id, v.name, v.version)""",
            "The run is finished, and its generation is missing or of another source or"
            " version. Restore the row from a backup, or read the source again.",
        ),
    ),
)


def register() -> None:
    # Not before the models are there.
    from pipeline.memo.recomputed import MEMO_KEYS

    fsck.register(RUNS)
    fsck.register(MEMO_KEYS)
