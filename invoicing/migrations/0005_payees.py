"""Payee accounts and payments that are held."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0004_self_billing")]
    operations: list[object] = []
