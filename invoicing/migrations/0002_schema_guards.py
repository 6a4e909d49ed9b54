"""The guards of the tables of invoicing, as declared in code."""

from django.db import migrations

from marketplace.core.triggers import install_declared


def install(apps, schema_editor):
    install_declared(schema_editor.connection, "invoicing")


class Migration(migrations.Migration):
    replaces = [("invoicing", "0022_delivery_moved")]
    dependencies = [("invoicing", "0001_schema"), ("core", "0002_schema_guards")]
    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
