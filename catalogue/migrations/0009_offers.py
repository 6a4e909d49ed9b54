"""Kinds, levels and versions of offers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0008_prices"),
    ]
    operations = []
