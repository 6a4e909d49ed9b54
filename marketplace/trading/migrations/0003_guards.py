from django.db import migrations

from marketplace.core import triggers
from marketplace.trading import guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("trading", "0002_approvals")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
