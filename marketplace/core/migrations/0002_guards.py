from django.db import migrations

from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [triggers.REFUSE_CHANGE], triggers.CORE_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
