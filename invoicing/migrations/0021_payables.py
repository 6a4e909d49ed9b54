"""Payables."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0020_payment_requests"),
    ]
    operations = []
