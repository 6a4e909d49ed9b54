"""Licences and royalties."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0010_networks"),
    ]
    operations = []
