"""An independent reader of Standard 18, written from the layout alone: it knows nothing of the writer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credit:
    sort_code: str
    account: str
    pence: int
    reference: str
    name: str


@dataclass(frozen=True)
class BacsFile:
    user: str
    day: str
    credits: list[Credit]
    contra_pence: int


class NotBacs(AssertionError):
    """The file breaks the layout; the message says where."""


def read(data: bytes) -> BacsFile:
    """Reads a file or says what is wrong with it: lengths, order, user, counts and both totals."""
    text = data.decode("ascii")
    _must(text.endswith("\r\n"), "the last record ends")
    records = text[:-2].split("\r\n")
    heads, feet = records[:4], records[-3:]
    _must([one[:4] for one in heads] == ["VOL1", "HDR1", "HDR2", "UHL1"], "four labels in front")
    _must([one[:4] for one in feet] == ["EOF1", "EOF2", "UTL1"], "three labels behind")
    _must(all(len(one) == 80 for one in heads + feet), "labels have 80 characters")
    _must(heads[1][4:] == feet[0][4:] and heads[2][4:] == feet[1][4:], "the labels behind repeat those in front")
    user = heads[0][41:47]
    _must(heads[1][4:21] == f"A{user}S  1{user}", "the file is named by its user")
    length = int(heads[2][10:15])
    _must(length in (100, 106) and int(heads[2][5:10]) % length == 0, "blocks hold whole records")
    _must((heads[3][28] == "4") == (length == 106), "the work code fits the records")
    body = records[4:-3]
    _must(all(len(one) == length for one in body), f"payments have {length} characters")
    credits = [_credit(one) for one in body if one[15:17] == "99"]
    contras = [one for one in body if one[15:17] == "17"]
    _must(len(credits) + len(contras) == len(body) and len(contras) == 1, "one contra, the rest credits")
    contra = int(contras[0][35:46])
    _must(contras[0][64:82].strip() == "CONTRA" and contras[0][:14] == contras[0][17:31], "the contra is the payer's")
    debits, total = int(feet[2][4:17]), int(feet[2][17:30])
    _must(debits == total == contra == sum(one.pence for one in credits), "debits = credits = contra")
    _must((int(feet[2][30:37]), int(feet[2][37:44])) == (1, len(credits)), "the items are counted")
    return BacsFile(user, heads[3][4:10].strip(), credits, contra)


def _credit(record: str) -> Credit:
    _must(record[14] == "0" and record[31:35] == "    ", "fixed characters of a credit")
    return Credit(
        record[:6], record[6:14], int(record[35:46]), record[64:82].rstrip(), record[82:100].rstrip()
    )  # fmt: skip


def _must(holds: bool, claim: str) -> None:
    if not holds:
        raise NotBacs(f"Not so: {claim}")
