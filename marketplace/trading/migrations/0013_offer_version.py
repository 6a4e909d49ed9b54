"""Which version of an offer was ordered."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0012_desk"),
    ]
    operations = []
