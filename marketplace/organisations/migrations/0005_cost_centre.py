"""The cost centre of a school in its council's ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0004_invoice_grouping")]

    operations = [
        migrations.AddField(
            model_name="customerterms",
            name="cost_centre",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Where the council's ledger charges the school, as the council writes it.",
                max_length=20,
            ),
        ),
    ]
