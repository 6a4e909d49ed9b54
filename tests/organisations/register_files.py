"""Rows as the register of schools writes them, about schools and trusts that do not exist."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from marketplace.organisations.services.gias import ImportReport

SCHOOL = {
    "URN": "900001",
    "LA (code)": "987",
    "LA (name)": "Tidewell",
    "EstablishmentNumber": "2001",
    "EstablishmentName": "Oakfield Primary School",
    "TypeOfEstablishment (code)": "1",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "01-09-1994",
    "CloseDate": "",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "NumberOfPupils": "412",
    "UKPRN": "10990001",
    "LastChangedDate": "14-11-2025",
    "Street": "1 Mill Lane",
    "Locality": "",
    "Address3": "",
    "Town": "Tidewell",
    "County (name)": "Eastshire",
    "Postcode": "TW1 1AA",
}
ACADEMY = SCHOOL | {
    "URN": "900010",
    "EstablishmentName": "Harbour Academy",
    "TypeOfEstablishment (code)": "34",
    "TypeOfEstablishment (name)": "Academy converter",
    "OpenDate": "01-09-2016",
    "Trusts (code)": "9901",
    "Trusts (name)": "Lantern Learning Trust",
}
GROUP = {
    "Group UID": "9901",
    "Group ID": "TR09901",
    "Group Name": "Lantern Learning Trust",
    "Companies House Number": "09990001",
    "Group Type (code)": "06",
    "Group Type": "Multi-academy trust",
    "Closed Date": "",
    "Open Date": "05/01/2015",
    "Group Status (code)": "OPEN",
    "Group Status": "Open",
    "Group Street": "2 Quay Street",
    "Group Locality": "",
    "Group Address 3": "",
    "Group Town": "Tidewell",
    "Group County": "Not recorded",
    "Group Postcode": "TW2 2BB",
    "UKPRN": "10999901",
}
IMPORT_DAY = date(2026, 1, 15)

WriteFile = Callable[..., Path]
RunImport = Callable[..., ImportReport]
