import django.db.models.expressions
from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading import guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_guards")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="invoice_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="orderline",
            name="instalments",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("invoice_on__isnull", True),
                    ("invoice_on__gte", django.db.models.expressions.F("placed_on")),
                    _connector="OR",
                ),
                name="order_invoiced_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("instalments", 1),
                    models.Q(("instalments__gte", 2), ("instalments__lte", 12), ("run__isnull", True)),
                    _connector="OR",
                ),
                name="order_line_instalments",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
