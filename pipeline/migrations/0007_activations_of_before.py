from __future__ import annotations

from django.db import migrations

# What was active before there were activations was so for the first time, as far as
# anybody knows.
FILL = """
INSERT INTO activation (activation_id, pipeline_version_id, reason, note, at)
SELECT catalog_new_id(), version_id, 'first', '', coalesce(released_at, created_at)
FROM pipeline_version WHERE active
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0006_reprocessing")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
