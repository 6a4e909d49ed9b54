"""Self-billing agreements and providers' invoices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0003_provider_invoices")]
    operations: list[object] = []
