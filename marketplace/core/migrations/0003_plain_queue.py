"""The sealer's queue is filled by the statement that writes an event, and has no index: an event costs less with the log."""

from django.db import migrations

_WITHOUT = """
DROP TRIGGER IF EXISTS core_event_queue ON core_event;
DROP FUNCTION IF EXISTS core_queue_for_sealing();
ALTER TABLE core_unsealedevent DROP CONSTRAINT IF EXISTS core_unsealedevent_pkey
"""
_BACK = "ALTER TABLE core_unsealedevent ADD PRIMARY KEY (event_id)"


class Migration(migrations.Migration):
    dependencies = [("core", "0002_schema_guards")]
    operations = [migrations.RunSQL(_WITHOUT, _BACK)]
