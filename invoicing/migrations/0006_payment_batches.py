"""Payment batches."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0005_payees")]
    operations: list[object] = []
