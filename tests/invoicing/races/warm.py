"""Loaded once by the server that the racing processes are forked from, so that each starts in milliseconds."""

import django
from django.apps import apps

if not apps.ready:
    django.setup()
