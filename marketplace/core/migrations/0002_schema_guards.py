"""The guards of the tables of core, as declared in code."""

from django.db import migrations

from marketplace.core.triggers import install_declared


def install(apps, schema_editor):
    install_declared(schema_editor.connection, "core")


class Migration(migrations.Migration):
    replaces = [("core", "0006_lighter_places")]
    dependencies = [("core", "0001_schema")]
    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
