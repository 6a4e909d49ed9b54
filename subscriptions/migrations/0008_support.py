"""Support plans, matched funding and grants."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0007_commissions")]
    operations = []
