"""Waiting lists and transfers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0007_policies"),
    ]
    operations = []
