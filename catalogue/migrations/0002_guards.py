from django.db import migrations

from catalogue.guards import PINNED_PRICE, PRICE_TRIGGERS
from marketplace.core import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [PINNED_PRICE], PRICE_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
