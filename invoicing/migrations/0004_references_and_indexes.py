from django.db import migrations, models
import django.db.models.deletion

from invoicing.documents import triggers as documents
from invoicing.ledger import triggers as ledger
from invoicing.receivables import triggers as receivables
from marketplace.core import triggers

# Every organisation that the books name already, before the guards name them by themselves.
PARTIES = """
INSERT INTO invoicing_ledgerparty (organisation_id)
SELECT debit_party_id FROM invoicing_movement WHERE debit_party_id IS NOT NULL
UNION SELECT credit_party_id FROM invoicing_movement WHERE credit_party_id IS NOT NULL
UNION SELECT supplier_id FROM invoicing_document UNION SELECT customer_id FROM invoicing_document
UNION SELECT consumer_id FROM invoicing_documentline UNION SELECT organisation_id FROM invoicing_receivableitem
"""

# Those of migration 0002, which the models do not know.
CONTROL = """
ALTER TABLE invoicing_movement DROP CONSTRAINT movement_debit_account, DROP CONSTRAINT movement_credit_account
"""


def install(apps, schema_editor):
    """The guards take over in the transaction that lets the foreign keys go."""
    for guards in (ledger, documents, receivables):
        triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)
    triggers.install(schema_editor.connection, [], ledger.REFERENCE_TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0003_banking"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerParty",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger parties",
            },
        ),
        migrations.RemoveIndex(
            model_name="document",
            name="document_customer",
        ),
        migrations.RemoveIndex(
            model_name="document",
            name="document_kind",
        ),
        migrations.RemoveIndex(
            model_name="document",
            name="document_issued",
        ),
        migrations.AlterField(
            model_name="charge",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.ledgeraccount",
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="consumer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="document_line",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charge",
                to="invoicing.documentline",
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="invoice_to",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="source_key",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name="charge",
            name="stream",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.incomestream",
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="credits",
            field=models.ForeignKey(
                db_index=False,
                help_text="The invoice credited.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_notes",
                to="invoicing.document",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="entry",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="document",
                to="invoicing.journalentry",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="number",
            field=models.CharField(max_length=24, null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="supplier",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="documentline",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.ledgeraccount",
            ),
        ),
        migrations.AlterField(
            model_name="documentline",
            name="consumer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="documentline",
            name="credits_line",
            field=models.ForeignKey(
                db_index=False,
                help_text="The line credited.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="invoicing.documentline",
            ),
        ),
        migrations.AlterField(
            model_name="documentline",
            name="document",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="invoicing.document",
            ),
        ),
        migrations.AlterField(
            model_name="documentline",
            name="stream",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.incomestream",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="source_key",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name="movement",
            name="credit_party",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="debit_party",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="invoicing.journalentry",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="stream",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.incomestream",
            ),
        ),
        migrations.AlterField(
            model_name="receivableitem",
            name="document",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="invoicing.document",
            ),
        ),
        migrations.AlterField(
            model_name="receivableitem",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receivable_items",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="vatgroup",
            name="document",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="vat_groups",
                to="invoicing.document",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state", "issued")),
                fields=["customer", "-issued_on", "-id"],
                name="document_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state", "issued")), fields=["kind", "-issued_on", "-id"], name="document_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state", "issued")), fields=["-issued_on", "-id"], name="document_issued"
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("credits__isnull", False)), fields=["credits"], name="document_credits"
            ),
        ),
        migrations.AddIndex(
            model_name="documentline",
            index=models.Index(
                condition=models.Q(("credits_line__isnull", False)), fields=["credits_line"], name="line_credits"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(fields=("source_key",), name="charge_source_once"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__isnull", False)), fields=("number",), name="document_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(fields=("source_key",), name="entry_source_once"),
        ),
        migrations.RunSQL(CONTROL, migrations.RunSQL.noop),
        migrations.RunSQL(PARTIES, migrations.RunSQL.noop),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
