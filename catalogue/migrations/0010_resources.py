"""Resources."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0009_offers"),
    ]
    operations = []
