"""The term that was ordered, from which its agreement is made."""

from django.db import migrations, models

from marketplace.core import triggers
from marketplace.trading import term_guards as guards


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, guards.FUNCTIONS, guards.TRIGGERS)


class Migration(migrations.Migration):
    dependencies = [("trading", "0014_order_numbers")]
    operations = [
        migrations.AddField(model_name="orderline", name="term", field=models.JSONField(null=True)),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
