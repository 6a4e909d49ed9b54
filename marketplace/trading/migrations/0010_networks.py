"""Networks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0009_registers"),
    ]
    operations = []
