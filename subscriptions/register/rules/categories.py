"""The codes under which schools book what they buy: the consistent financial reporting framework, E20 split in 2024."""

CATEGORIES: dict[str, str] = {
    "E09": "Staff development",
    "E10": "Supply teacher insurance",
    "E12": "Building maintenance",
    "E13": "Grounds maintenance",
    "E14": "Cleaning and caretaking",
    "E19": "Learning resources, not ICT",
    "E20A": "Connectivity",
    "E20B": "On-site servers",
    "E20C": "ICT learning resources",
    "E20D": "Administration software",
    "E20E": "Laptops, desktops and tablets",
    "E20F": "Other hardware",
    "E20G": "IT support",
    "E22": "Administrative supplies",
    "E25": "Catering supplies",
    "E26": "Agency supply teaching",
    "E27": "Bought-in services, curriculum",
    "E28a": "Bought-in services, other",
    "E28b": "Private finance initiative",
}


def category_words(code: str) -> str:
    """ "E14 Cleaning and caretaking"; a code that is not known stands alone."""
    return f"{code} {CATEGORIES[code]}" if code in CATEGORIES else code or "No code"
