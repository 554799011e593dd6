from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """An artifact's source_hash must be that of its source: a composite foreign key."""

    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE derived_artifact ADD CONSTRAINT source_hash_is_the_sources"
            " FOREIGN KEY (source_id, source_hash)"
            " REFERENCES source_media (source_id, content_hash)",
            "ALTER TABLE derived_artifact DROP CONSTRAINT source_hash_is_the_sources",
        )
    ]
