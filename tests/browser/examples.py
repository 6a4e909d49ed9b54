"""Prints the example pages of the registry as JSON, with addresses looked up in this database."""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    from frontend.pages import PAGES, world

    here = world()
    rows = [
        {
            "name": name,
            "role": example.role,
            "state": example.state,
            "path": example.path(here),
            "post": example.post,
            "finds": example.finds,
        }
        for name, examples in PAGES.items()
        for example in examples
    ]
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
