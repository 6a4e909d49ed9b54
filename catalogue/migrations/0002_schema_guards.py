"""The guards of the tables of catalogue, as declared in code."""

from django.db import migrations

from marketplace.core.triggers import install_declared


def install(apps, schema_editor):
    install_declared(schema_editor.connection, "catalogue")


class Migration(migrations.Migration):
    replaces = [("catalogue", "0013_plans")]
    dependencies = [("catalogue", "0001_schema"), ("core", "0002_schema_guards")]
    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
