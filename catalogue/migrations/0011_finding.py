"""Saved searches, favourites, ratings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0010_resources"),
    ]
    operations = []
