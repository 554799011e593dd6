from __future__ import annotations

from django.db import migrations

# Who runs the product need not own its tables, and yet the months must be made.
OWNER = """
ALTER FUNCTION ensure_event_partitions(integer) SECURITY DEFINER;
DO $$ BEGIN EXECUTE format(
    'ALTER FUNCTION ensure_event_partitions(integer) SET search_path = %I, pg_temp',
    current_schema());
END $$;
"""
CALLER = """
ALTER FUNCTION ensure_event_partitions(integer) SECURITY INVOKER;
ALTER FUNCTION ensure_event_partitions(integer) RESET search_path;
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0004_memo")]

    operations = [migrations.RunSQL(OWNER, CALLER)]
