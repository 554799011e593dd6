"""The next-task logic of Label Studio (community), restated as bare SQL.

From label_studio/projects/functions/next_task.py, tasks/models.py (has_lock, set_lock)
and core/settings/base.py of the public repository, sequential sampling, overlap 1. Each
statement below is one that Django sends there; no Django here, so a lower bound:

    own lock; all ids of unsolved tasks but those that the person annotated, fetched;
    breadth first: how many annotations at most; then task by task a row lock and two
    counts, until one is free; a lock row of 24 hours; at the submission an annotation,
    the task's flag, and the lock row away.
"""

from __future__ import annotations

from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS ls_task (id bigint PRIMARY KEY, project_id int NOT NULL,
    is_labeled boolean NOT NULL DEFAULT false, overlap int NOT NULL DEFAULT 1,
    total_annotations int NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS ls_task_project ON ls_task (project_id, is_labeled);
CREATE TABLE IF NOT EXISTS ls_annotation (id bigserial PRIMARY KEY,
    task_id bigint NOT NULL REFERENCES ls_task, completed_by int NOT NULL);
CREATE INDEX IF NOT EXISTS ls_annotation_task ON ls_annotation (task_id);
CREATE INDEX IF NOT EXISTS ls_annotation_by ON ls_annotation (completed_by);
CREATE TABLE IF NOT EXISTS ls_lock (id bigserial PRIMARY KEY, task_id bigint NOT NULL
    REFERENCES ls_task, user_id int NOT NULL, expire_at timestamptz NOT NULL);
CREATE INDEX IF NOT EXISTS ls_lock_task ON ls_lock (task_id);
CREATE INDEX IF NOT EXISTS ls_lock_user ON ls_lock (user_id);
"""


def fill(cursor: Any, cases: int) -> None:
    cursor.execute(TABLES)
    cursor.execute("TRUNCATE ls_task, ls_annotation, ls_lock")
    cursor.execute(
        "INSERT INTO ls_task (id, project_id)"
        " SELECT i, 1 FROM generate_series(1, %s) i",
        [cases],
    )
    for table in ("ls_task", "ls_annotation", "ls_lock"):
        cursor.execute(f"VACUUM (ANALYZE) {table}")


def next_task(cursor: Any, user: int) -> int | None:
    """In one transaction of the caller."""
    cursor.execute(
        "SELECT task_id FROM ls_lock WHERE user_id = %s AND expire_at > now() LIMIT 1",
        [user],
    )
    if (row := cursor.fetchone()) is not None:
        return int(row[0])
    unsolved = """FROM ls_task t WHERE project_id = 1 AND NOT is_labeled AND NOT id IN
        (SELECT task_id FROM ls_annotation WHERE completed_by = %s)"""
    cursor.execute(
        "SELECT max(n) FROM (SELECT count(a.id) AS n FROM ls_task t"
        " JOIN ls_annotation a ON a.task_id = t.id"
        " WHERE t.project_id = 1 AND NOT t.is_labeled GROUP BY t.id) c"
    )
    cursor.fetchone()
    cursor.execute(f"SELECT id {unsolved} ORDER BY id", [user])
    for (task,) in cursor.fetchall():
        if _is_free(cursor, task):
            cursor.execute(
                "INSERT INTO ls_lock (task_id, user_id, expire_at)"
                " VALUES (%s, %s, now() + interval '1 day')",
                [task, user],
            )
            return int(task)
    return None


def _is_free(cursor: Any, task: int) -> bool:
    cursor.execute(
        "SELECT overlap FROM ls_task WHERE id = %s FOR UPDATE SKIP LOCKED", [task]
    )
    row = cursor.fetchone()
    if row is None:
        return False
    cursor.execute(
        "SELECT count(*) FROM ls_lock WHERE task_id = %s AND expire_at > now()", [task]
    )
    locks = cursor.fetchone()[0]
    cursor.execute("SELECT count(*) FROM ls_annotation WHERE task_id = %s", [task])
    return bool(locks + cursor.fetchone()[0] < row[0])


def submit(cursor: Any, user: int, task: int) -> None:
    cursor.execute(
        "INSERT INTO ls_annotation (task_id, completed_by) VALUES (%s, %s)",
        [task, user],
    )
    cursor.execute(
        "UPDATE ls_task SET is_labeled = true, total_annotations ="
        " (SELECT count(*) FROM ls_annotation WHERE task_id = id) WHERE id = %s",
        [task],
    )
    cursor.execute("DELETE FROM ls_lock WHERE task_id = %s", [task])
