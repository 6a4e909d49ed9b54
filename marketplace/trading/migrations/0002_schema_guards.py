"""The guards of the tables of trading, as declared in code."""

from django.db import migrations

from marketplace.core.triggers import install_declared


def install(apps, schema_editor):
    install_declared(schema_editor.connection, "trading")


class Migration(migrations.Migration):
    replaces = [("trading", "0015_agreements")]
    dependencies = [("trading", "0001_schema"), ("core", "0002_schema_guards")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE trading_order_numbers", "DROP SEQUENCE trading_order_numbers"),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
