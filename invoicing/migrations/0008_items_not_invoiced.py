from django.db import migrations, models

from invoicing.documents import triggers as documents
from invoicing.receivables import triggers as receivables
from marketplace.core import triggers


def install(apps, schema_editor):
    """A draft that gets other parties is seen by the guard of the row: the statement's look at all of them goes."""
    triggers.install(schema_editor.connection, [*documents.FUNCTIONS, *receivables.FUNCTIONS], [])
    schema_editor.execute("DROP TRIGGER IF EXISTS invoicing_document_renames ON invoicing_document")


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_api_filters")]

    operations = [
        migrations.RemoveIndex(model_name="charge", name="charge_invoice_to"),
        migrations.RemoveIndex(model_name="charge", name="charge_consumer"),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("state", "billed"), _negated=True),
                fields=["invoice_to", "state"],
                name="charge_invoice_to",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("state", "billed"), _negated=True),
                fields=["consumer", "-id"],
                name="charge_consumer",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
