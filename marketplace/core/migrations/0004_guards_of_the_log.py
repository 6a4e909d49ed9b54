from django.db import migrations

from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.LOG_FUNCTIONS, triggers.LOG_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_joints")]
    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        # Events written before there was a sealer wait for it like any other.
        migrations.RunSQL("INSERT INTO core_unsealedevent (event_id) SELECT id FROM core_event", migrations.RunSQL.noop),
    ]
