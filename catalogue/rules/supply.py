"""Where the income of each kind of supply goes: ledger account and income stream, unless the offer says."""

ACCOUNT = {
    "training": "4100",
    "consultancy": "4110",
    "other": "4200",
    "goods": "4300",
    "printed": "4300",
    "secondment": "4110",
}
STREAM = {"training": "SI", "consultancy": "SI", "other": "BS", "goods": "PR", "printed": "PR", "secondment": "SI"}
