"""Hubs: calls, applications, panels, awards, and what a lead does with the money."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0005_outcomes")]
    operations = []
