"""Council contracts: lines, packages, indicators, returns."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0006_hubs")]
    operations = []
