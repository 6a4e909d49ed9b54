"""The process that runs the rules: ``python -m invoicing.documents.einvoice`` with documents on standard input."""

import os
import sys

from saxonche import PySaxonProcessor

from invoicing.documents.einvoice import bundled


def serve() -> None:
    """Answers each document until standard input ends; frames as ``rules_process`` describes them."""
    incoming = sys.stdin.buffer
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the processor prints must not stand among the answers
    processor = PySaxonProcessor(license=False)
    rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(bundled.rules()))
    while len(head := incoming.read(8)) == 8:
        xml = incoming.read(int.from_bytes(head, "big"))
        try:
            node = processor.parse_xml(xml_text=xml.decode("utf-8"))
            report = rules.transform_to_string(xdm_node=node)
            answer = b"OK" + report.encode() if report else b"NOthe processor gave no report"
        except Exception as error:  # whatever went wrong, the caller must hear of it
            answer = b"NO" + str(error).encode(errors="replace")
        outgoing.write(len(answer).to_bytes(8, "big") + answer)
        outgoing.flush()


if __name__ == "__main__":
    serve()
