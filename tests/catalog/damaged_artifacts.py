"""Damage to artifacts, their chains and lineage, and to what hangs on them."""

from __future__ import annotations

from tests.catalog.damage import Damage, forced

DAMAGES = [
    Damage(
        "hash_of_source",
        {"source_hash"},
        forced(
            """UPDATE derived_artifact SET source_hash = repeat('0', 64)
            WHERE generation_id = {plain} AND kind = 'field'"""
        ),
    ),
    Damage(
        "stamp_of_another_version",
        {"artifact_of_generation"},
        forced(
            """UPDATE derived_artifact SET pipeline_version = '9.0.0'
            WHERE generation_id = {plain} AND kind = 'field'"""
        ),
    ),
    Damage(
        "artifact_in_another_sources_generation",
        {"artifact_of_generation"},
        forced(
            """UPDATE derived_artifact SET generation_id = {back}, slot = 'other'
            WHERE generation_id = {plain} AND slot = 'date'"""
        ),
    ),
    Damage(
        "chain_to_another_source",
        {"chain_broken"},
        forced(
            """UPDATE derived_artifact SET superseded_by_id = (SELECT artifact_id
                FROM derived_artifact WHERE slot = 'date' AND generation_id = {plain})
            WHERE generation_id = {back} AND slot = 'total'"""
        ),
    ),
    Damage(
        "chain_in_a_ring",
        {"chain_cycle"},
        forced(
            # The person's second answer by the first, which it took the place of.
            """UPDATE derived_artifact a SET superseded_by_id = o.artifact_id
            FROM derived_artifact o WHERE o.superseded_by_id = a.artifact_id
            AND o.generation_id = a.generation_id
            AND a.origin = 'human' AND o.origin = 'human'"""
        ),
    ),
    Damage(
        "chain_past_the_promotion",
        {"chain_astray", "chain_cycle"},
        forced(
            """UPDATE derived_artifact a SET superseded_by_id = o.artifact_id
            FROM derived_artifact o, generation g
            WHERE a.generation_id = {promoted} AND a.slot = 'date'
            AND a.superseded_by_id IS NULL AND o.source_id = a.source_id
            AND o.slot = 'date' AND o.generation_id <> a.generation_id
            AND g.generation_id = {promoted}"""
        ),
    ),
    Damage(
        "chain_cut",
        {"chain_open"},
        forced(
            """UPDATE derived_artifact SET superseded_by_id = NULL
            WHERE source_id = {promoted_source} AND slot = 'date'
            AND pipeline_version = '1.0.0'"""
        ),
    ),
    Damage(
        "slot_taken_twice",
        {"slot_taken_twice"},
        forced(
            "DROP INDEX one_standing_artifact_a_slot",
            """UPDATE derived_artifact SET slot = 'total'
            WHERE generation_id = {plain} AND slot = 'date'""",
        ),
    ),
    Damage(
        "machine_over_person",
        {"person_overruled", "promotion_false"},
        forced(
            """UPDATE derived_artifact SET origin = 'machine'
            WHERE generation_id = {promoted} AND origin = 'human'"""
        ),
    ),
    Damage(
        "input_deleted",
        {"input_missing", "row_without_parent"},
        forced(
            """DELETE FROM derived_artifact WHERE generation_id = {plain}
            AND kind = 'ocr'"""
        ),
    ),
    Damage(
        "input_was_other",
        {"input_hash"},
        forced(
            """UPDATE artifact_input SET input_hash = sha256('x') WHERE artifact_id IN
            (SELECT artifact_id FROM derived_artifact WHERE generation_id = {plain})"""
        ),
    ),
    Damage(
        "lineage_deleted",
        {"no_inputs"},
        forced(
            """DELETE FROM artifact_input WHERE artifact_id IN
            (SELECT artifact_id FROM derived_artifact WHERE generation_id = {plain})"""
        ),
    ),
    Damage(
        "lineage_in_a_ring",
        {"input_cycle"},
        forced(
            """INSERT INTO artifact_input (artifact_id, input_artifact_id, input_hash)
            SELECT i.input_artifact_id, i.artifact_id, a.payload_hash
            FROM artifact_input i JOIN derived_artifact a USING (artifact_id)
            WHERE a.generation_id = {plain} AND i.input_artifact_id IS NOT NULL"""
        ),
    ),
    Damage(
        "page_shown_to_another_tenant",
        {"search_page_astray"},
        forced(
            """UPDATE search_page p SET tenant_id = t.tenant_id FROM tenant t,
            derived_artifact a WHERE a.artifact_id = p.artifact_id
            AND a.generation_id = {plain} AND t.slug = 'meadow'"""
        ),
    ),
    Damage(
        "page_not_indexed",
        {"search_page_missing"},
        forced("DELETE FROM search_page"),
    ),
    Damage(
        "case_of_golden_values_deleted",
        {"row_without_parent"},
        forced("DELETE FROM golden_case"),
    ),
    Damage(
        "two_golden_cases",
        {"golden_cases_twice"},
        forced(
            "DROP INDEX one_active_case_a_source",
            """INSERT INTO golden_case (case_id, source_id, document_type, slices,
                came_from, retired_because)
            SELECT catalog_new_id(), source_id, document_type, slices, came_from, ''
            FROM golden_case""",
        ),
    ),
    Damage(
        "value_taken_out_of_a_frozen_set",
        {"golden_set_differs"},
        forced("DELETE FROM golden_set_value"),
    ),
    Damage(
        "delivery_to_another_tenant",
        {"delivery_astray"},
        forced(
            """UPDATE delivery SET tenant_id =
            (SELECT tenant_id FROM tenant WHERE slug = 'meadow')"""
        ),
    ),
]
