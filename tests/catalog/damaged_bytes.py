"""Damage to bytes, and to what rows say of them."""

from __future__ import annotations

import os
from pathlib import Path

from catalog import blobs
from tests.catalog.damage import Damage, forced
from tests.catalog.stores import Store


def delete_blob(store: Store, storage: Path) -> None:
    (storage / store.plain.source.uri).unlink()


def flip_byte(store: Store, storage: Path) -> None:
    path = storage / store.back.source.uri
    path.chmod(0o640)
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)


def cut_short(store: Store, storage: Path) -> None:
    path = storage / store.promoted.source.uri
    os.truncate(path, path.stat().st_size - 1)


def leave_orphan(store: Store, storage: Path) -> None:
    blobs.keep_bytes(b"nobody asked for these")


def leave_stray(store: Store, storage: Path) -> None:
    path = storage / store.plain.source.uri
    path.with_name("copy of an invoice").write_bytes(b"x")


DAMAGES = [
    Damage("blob_deleted", {"blob_missing"}, delete_blob),
    Damage("blob_bit_flipped", {"blob_damaged"}, flip_byte),
    Damage("blob_cut_short", {"blob_damaged"}, cut_short),
    Damage("blob_without_row", {"blob_unclaimed"}, leave_orphan),
    Damage("file_among_blobs", {"stray_file"}, leave_stray),
    Damage(
        "size_of_original",
        {"original_size"},
        forced("UPDATE source_media SET bytes = 1 WHERE source_id = {plain_source}"),
    ),
    Damage(
        "key_of_original",
        {"source_key"},
        forced("UPDATE source_media SET uri = 'x' WHERE source_id = {plain_source}"),
    ),
    Damage(
        "payload_of_plain",
        {"payload_differs"},
        forced(
            """UPDATE derived_artifact SET payload = payload || '{{"value": "9"}}'
            WHERE generation_id = {plain} AND slot = 'total'"""
        ),
    ),
    Damage(
        "payload_points_elsewhere",
        {"artifact_key"},
        forced(
            """UPDATE derived_artifact SET payload_uri = payload_uri || '0'
            WHERE generation_id = {plain} AND kind = 'ocr'"""
        ),
    ),
    Damage(
        "source_deleted",
        {"row_without_parent", "blob_unclaimed", "tally_differs"},
        forced("DELETE FROM source_media WHERE source_id = {back_source}"),
    ),
    Damage(
        "emptied_by_hand",
        {"emptied_without_erasure", "blob_unclaimed"},
        forced(
            """UPDATE derived_artifact SET payload = NULL, payload_uri = 'erased'
            WHERE source_id = {plain_source}"""
        ),
    ),
]
