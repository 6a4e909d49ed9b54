"""The directory: expertise, related parties, letters of assurance."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_rates")]
    operations: list[object] = []
