"""The guards of the tables of subscriptions, as declared in code."""

from django.db import migrations

from marketplace.core.triggers import install_declared


def install(apps, schema_editor):
    install_declared(schema_editor.connection, "subscriptions")


class Migration(migrations.Migration):
    replaces = [("subscriptions", "0013_renewals")]
    dependencies = [("subscriptions", "0001_schema"), ("core", "0002_schema_guards")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE subscriptions_agreement_numbers", "DROP SEQUENCE subscriptions_agreement_numbers"
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
