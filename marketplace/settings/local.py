"""What a local site makes for itself: a database and a secret key, both kept under VAR_DIR."""

import os
import secrets
from pathlib import Path


def local_database_url(var_dir: Path) -> str:
    """The address of the embedded PostgreSQL under ``var_dir``, started when it is not running."""
    from marketplace.core import embedded_postgres  # only a local site needs the server and what it brings

    return embedded_postgres.database_url(var_dir)


def local_secret_key(var_dir: Path) -> str:
    """A random key, made once and kept readable by its owner only, so that sign-ins outlive a restart."""
    path = var_dir / "secret-key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
