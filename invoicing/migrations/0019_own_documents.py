from django.db import migrations

from invoicing.documents import triggers as documents
from marketplace.core import triggers


def install(apps, schema_editor):
    """Lines and VAT groups of documents that the same transaction wrote are added without a lock."""
    triggers.install(schema_editor.connection, documents.FUNCTIONS, [])


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0018_months")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
