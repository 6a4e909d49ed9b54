from django.db import migrations

from invoicing.recognition import triggers as recognition
from marketplace.core import triggers


def install(apps, schema_editor):
    """Income that waits for a day of delivery may wait for another, where the delivery was moved."""
    triggers.install(schema_editor.connection, recognition.FUNCTIONS, [])


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0021_payables")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
