from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import blobs
from catalog.models import RetentionClass, SourceMedia, Tenant
from catalog.services import register_source
from catalog.stores.disk import DiskStore
from tests.factories import PDF, make_tenant

pytestmark = pytest.mark.django_db


def register(tenant: Tenant, data: bytes, name: str = "a.pdf") -> SourceMedia:
    return register_source(tenant=tenant, stream=io.BytesIO(data), name=name).source


def test_it_keeps_the_bytes_under_their_hash() -> None:
    data = PDF + b"kept"

    source = register(make_tenant(), data)

    assert source.content_hash == hashlib.sha256(data).hexdigest()
    assert source.bytes == len(data)
    assert blobs.read_verified(source.content_hash) == data


def test_type_comes_from_the_content_not_from_the_name() -> None:
    source = register(make_tenant(), PDF, name="holiday.jpg")

    assert (source.mime_type, source.modality) == ("application/pdf", "document")


def test_type_is_told_of_what_comes_in_small_pieces() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(3)

    registered = register_source(
        tenant=make_tenant(), stream=Dripping(b" " * 900 + PDF), name="a"
    )

    assert registered.source.mime_type == "application/pdf"
    assert registered.source.bytes == 900 + len(PDF)


def test_the_answer_is_the_row_as_it_is_kept() -> None:
    tenant = make_tenant()
    source = register(tenant, PDF)

    with CaptureQueriesContext(connection) as asked:
        kept = {f.attname: getattr(source, f.attname) for f in source._meta.fields}
        assert source.tenant == tenant

    assert not asked.captured_queries
    assert kept == SourceMedia.objects.values(*kept).get()


def test_a_class_comes_from_the_call_else_from_the_tenant() -> None:
    short = RetentionClass.objects.create(name="short", keep_days=30)
    long = RetentionClass.objects.create(name="long", keep_days=3650)
    tenant = make_tenant()
    tenant.retention_class = short

    asked = register_source(
        tenant=tenant, stream=io.BytesIO(PDF), name="a", retention_class=long
    )

    assert asked.source.retention_class == long
    assert register(tenant, PDF + b"not asked").retention_class == short


def test_the_standard_class_is_made_again_if_it_was_deleted() -> None:
    RetentionClass.objects.filter(name="standard").delete()

    assert register(make_tenant(), PDF).retention_class.action == "keep"


@pytest.mark.usefixtures("disk_folder")
@pytest.mark.parametrize("step", ["settle", "keep"])
def test_a_disk_that_fails_leaves_no_row(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise blobs.BlobUnavailable("EIO")

    monkeypatch.setattr(DiskStore, step, fail)
    with pytest.raises(blobs.BlobUnavailable, match="EIO"):
        register(make_tenant(), PDF)

    assert not SourceMedia.objects.exists()
    assert not list(blobs.entries())


def test_the_same_bytes_again_are_the_same_source() -> None:
    tenant = make_tenant()

    first = register(tenant, PDF)
    again = register_source(tenant=tenant, stream=io.BytesIO(PDF), name="b.pdf")

    assert (again.source, again.created) == (first, False)


def test_two_tenants_with_the_same_bytes_know_nothing_of_each_other() -> None:
    one, other = register(make_tenant(), PDF), register(make_tenant(), PDF)

    assert one != other
    assert one.content_hash == other.content_hash


def test_too_many_bytes_are_refused_and_leave_nothing() -> None:
    with pytest.raises(blobs.BlobTooLarge):
        register_source(
            tenant=make_tenant(), stream=io.BytesIO(b"x" * 11), name="a", limit=10
        )

    assert not SourceMedia.objects.exists()


def test_a_folder_in_the_name_is_dropped() -> None:
    assert register(make_tenant(), PDF, name="../../etc/x.pdf").name == "x.pdf"


def test_damage_is_seen_on_reading() -> None:
    source = register(make_tenant(), PDF + b"to be damaged")
    path = Path(storages["blobs"].path(source.uri))
    path.chmod(0o600)
    path.write_bytes(b"something else")

    with pytest.raises(blobs.BlobDamaged):
        blobs.read_verified(source.content_hash)


@pytest.mark.usefixtures("disk_folder")
def test_a_broken_upload_leaves_no_partial_blob() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the line went down")

    with pytest.raises(OSError, match="line"):
        register_source(tenant=make_tenant(), stream=Broken(), name="a.pdf")

    root = Path(storages["blobs"].path(""))
    assert not [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one_source() -> None:
    tenant = make_tenant("harbour")
    data = PDF + b"at once" * 100_000

    def upload(_: int) -> SourceMedia:
        try:
            return register(tenant, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sources = set(pool.map(upload, range(4)))

    assert len(sources) == 1
