"""What a purse keeps for orders stands on its account, whoever moves money there: the database holds it."""

from django.db import migrations

from marketplace.core.triggers import install
from subscriptions.purses.guards import ADDED_FUNCTIONS, ADDED_TRIGGERS


def guards(apps, schema_editor):
    install(schema_editor.connection, ADDED_FUNCTIONS, ADDED_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0003_purses"), ("invoicing", "0002_schema_guards")]
    operations = [migrations.RunPython(guards, migrations.RunPython.noop)]
