"""The WSGI entry: refuses to serve while the database's guards are not as the code declares them."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

application = get_wsgi_application()
BaseCommand().check(databases=["default"])
