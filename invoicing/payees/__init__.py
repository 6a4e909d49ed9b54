"""Where providers are paid into, version by version, and payments that are held."""
