"""An ISO 20022 credit transfer initiation, pain.001.001.09, for sterling within the United Kingdom.

Agents are named by sort code (clearing system GBDSC), accounts by number under the scheme BBAN. Amounts are pounds with
two decimals, the control sums are those of the transactions.
"""

import re
import unicodedata
from xml.etree.ElementTree import Element, SubElement, tostring

from invoicing.paying_out.rules.orders import Account, CannotWrite, Payment, PaymentOrder

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def write(order: PaymentOrder) -> bytes:
    """The message in UTF-8. Refuses one without payments, and an amount that is not more than nothing."""
    if not order.payments or any(payment.pence <= 0 for payment in order.payments):
        raise CannotWrite("A payment file holds at least one payment, each of more than £0.00")
    document = Element("Document", xmlns=NAMESPACE)
    root = SubElement(document, "CstmrCdtTrfInitn")
    _header(SubElement(root, "GrpHdr"), order)
    _payments(SubElement(root, "PmtInf"), order)
    body: bytes = tostring(document, encoding="UTF-8", xml_declaration=True, short_empty_elements=True)
    return body


def iso_text(text: str, limit: int) -> str:
    """Text in the characters that all banks take, at most ``limit`` long; accents go."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(_REFUSED.sub(" ", plain).split())[:limit].strip() or "Not given"


def _add(parent: Element, *path: str, text: str) -> Element:
    """Elements inside each other, the innermost with the text."""
    for name in path:
        parent = SubElement(parent, name)
    parent.text = text
    return parent


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02}"


def _header(header: Element, order: PaymentOrder) -> None:
    _add(header, "MsgId", text=iso_text(order.number, 35))
    _add(header, "CreDtTm", text=order.made_at.replace(microsecond=0, tzinfo=None).isoformat())
    _add(header, "NbOfTxs", text=str(len(order.payments)))
    _add(header, "CtrlSum", text=_pounds(order.pence))
    _add(header, "InitgPty", "Nm", text=iso_text(order.payer.name, 140))


def _payments(info: Element, order: PaymentOrder) -> None:
    _add(info, "PmtInfId", text=iso_text(order.number, 35))
    _add(info, "PmtMtd", text="TRF")
    _add(info, "BtchBookg", text="true")
    _add(info, "NbOfTxs", text=str(len(order.payments)))
    _add(info, "CtrlSum", text=_pounds(order.pence))
    _add(info, "PmtTpInf", "SvcLvl", "Cd", text="NURG")
    _add(info, "ReqdExctnDt", "Dt", text=order.pay_on.isoformat())
    _add(info, "Dbtr", "Nm", text=iso_text(order.payer.name, 140))
    _account(SubElement(info, "DbtrAcct"), order.payer)
    _agent(SubElement(info, "DbtrAgt"), order.payer)
    for position, payment in enumerate(order.payments, start=1):
        _transfer(SubElement(info, "CdtTrfTxInf"), payment, f"{iso_text(order.number, 27)}-{position}")


def _transfer(transfer: Element, payment: Payment, instruction: str) -> None:
    named = SubElement(transfer, "PmtId")
    _add(named, "InstrId", text=instruction)
    _add(named, "EndToEndId", text=iso_text(payment.reference, 35))
    _add(transfer, "Amt", "InstdAmt", text=_pounds(payment.pence)).set("Ccy", "GBP")
    _agent(SubElement(transfer, "CdtrAgt"), payment.payee)
    _add(transfer, "Cdtr", "Nm", text=iso_text(payment.payee.name, 140))
    _account(SubElement(transfer, "CdtrAcct"), payment.payee)
    _add(transfer, "RmtInf", "Ustrd", text=iso_text(payment.what_for or payment.reference, 140))


def _agent(agent: Element, account: Account) -> None:
    member = SubElement(SubElement(agent, "FinInstnId"), "ClrSysMmbId")
    _add(member, "ClrSysId", "Cd", text="GBDSC")
    _add(member, "MmbId", text=account.sort_code)


def _account(parent: Element, account: Account) -> None:
    other = SubElement(SubElement(parent, "Id"), "Othr")
    _add(other, "Id", text=account.number)
    _add(other, "SchmeNm", "Cd", text="BBAN")
