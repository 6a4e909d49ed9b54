"""The organiser's desk."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0011_licences"),
    ]
    operations = []
