from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_events_by_month")]

    operations = [
        migrations.AddField(
            model_name="fielddefinition",
            name="shown_as",
            field=models.CharField(
                blank=True,
                default="",
                help_text="what it is called on pages; empty: its name in plain words",
                max_length=60,
            ),
            preserve_default=False,
        )
    ]
