"""Damage to what is current, to promotions, to counters and to the ledger."""

from __future__ import annotations

from tests.catalog.damage import Damage, forced

DAMAGES = [
    Damage(
        "none_is_current",
        {"one_current", "tally_differs", "superseded_unpromoted", "chain_open"},
        forced(
            """UPDATE generation SET state = 'superseded'
            WHERE generation_id = {plain}"""
        ),
    ),
    Damage(
        "two_are_current",
        {"one_current", "tally_differs", "current_unpromoted"},
        forced(
            "DROP INDEX one_current_generation",
            """UPDATE generation SET state = 'current'
            WHERE source_id = {plain_source} AND state = 'candidate'""",
        ),
    ),
    Damage(
        "current_is_incomplete",
        {"current_incomplete"},
        forced(
            "ALTER TABLE generation DROP CONSTRAINT current_generation_is_complete",
            "UPDATE generation SET complete = FALSE WHERE generation_id = {plain}",
        ),
    ),
    Damage(
        "promotion_deleted",
        {"current_unpromoted", "ledger_rows"},
        forced("DELETE FROM promotion WHERE new_generation_id = {plain}"),
    ),
    Damage(
        "swapped_back_by_hand",
        {
            "current_unpromoted",
            "superseded_unpromoted",
            "promotion_false",
            "tally_differs",
            "chain_open",
        },
        forced(
            """UPDATE generation SET state = 'superseded'
            WHERE generation_id = {promoted}""",
            """UPDATE generation SET state = 'current'
            WHERE source_id = {promoted_source} AND pipeline_version = '1.0.0'""",
        ),
    ),
    Damage(
        "tally_changed",
        {"tally_differs"},
        forced("UPDATE version_tally SET generations = generations + 1"),
    ),
    Damage(
        "promotion_changed",
        {"ledger_rows"},
        forced("UPDATE promotion SET at = at - interval '1 day'"),
    ),
    Damage(
        "promotion_slipped_in",
        {"ledger_rows"},
        forced(
            """INSERT INTO promotion (promotion_id, source_id, pipeline_name, reason,
                new_generation_id, old_generation_id, decision_ref, actor_id, entry)
            SELECT catalog_new_id(), source_id, pipeline_name, reason,
                new_generation_id, old_generation_id, catalog_new_id(), actor_id, entry
            FROM promotion WHERE reason = 'decision' LIMIT 1"""
        ),
    ),
    Damage(
        "promotion_without_entry",
        {"ledger_rows", "ledger_unsealed"},
        forced("UPDATE promotion SET entry = 999 WHERE new_generation_id = {plain}"),
    ),
    Damage(
        "ledger_entry_changed",
        {"ledger_link"},
        forced("UPDATE ledger_entry SET hash = sha256('x') WHERE sequence = 2"),
    ),
    Damage(
        "ledger_entry_deleted",
        {"ledger_gap", "ledger_unsealed"},
        forced("DELETE FROM ledger_entry WHERE sequence = 2"),
    ),
    Damage(
        "ledger_cut",
        {"ledger_unsealed"},
        forced(
            """DELETE FROM ledger_entry
            WHERE sequence = (SELECT max(sequence) FROM ledger_entry)"""
        ),
    ),
    Damage(
        "promotion_of_another_source",
        {"promotion_false", "ledger_rows", "current_unpromoted"},
        forced(
            """UPDATE promotion SET source_id = {back_source}
            WHERE new_generation_id = {plain}"""
        ),
    ),
    Damage(
        "restored_from_elsewhere",
        {"restored_from_elsewhere", "promotion_false"},
        forced(
            "UPDATE generation SET restores_id = {plain} WHERE generation_id = {back}"
        ),
    ),
    Damage(
        "run_of_another_generation",
        {"run_without_generation"},
        forced("UPDATE run SET generation_id = {plain} WHERE disposition = 'rejected'"),
    ),
]
