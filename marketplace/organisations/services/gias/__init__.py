"""Import of the register of schools (Get Information about Schools, GIAS) from its CSV files.

reading (files, cells, refusals) < report < staging (set-based steps) < schools, groups, links, writing,
memberships (one part each) < importing (the verb).
"""

from marketplace.organisations.services.gias.importing import import_register
from marketplace.organisations.services.gias.reading import NotARegisterFile, Refusal
from marketplace.organisations.services.gias.report import Counts, GroupCounts, ImportReport, LinkCounts

__all__ = [
    "Counts",
    "GroupCounts",
    "ImportReport",
    "LinkCounts",
    "NotARegisterFile",
    "Refusal",
    "import_register",
]
