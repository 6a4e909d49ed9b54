"""The typesetter: one typst compiler per process, data in as JSON, an accessible archival PDF out.

Text reaches a template only as data (``sys.inputs``), never as source, so nothing that somebody typed is ever
run. Every file is PDF/A-3a and PDF/UA-1, and the same input gives the same bytes on any day.
"""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from invoicing.documents.pdf.glyphs import FONT_DIRECTORY

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]
_FRESH_PROCESS_SECONDS = 300

_lock = threading.Lock()
_compiler: typst.Compiler | None = None
_first_used_by: int | None = None  # process id


def typeset(*, template: str, data: dict[str, Any], dated: date, apart: bool = False) -> bytes:
    """The PDF of ``template`` (a file name in ``templates``) with ``data``; ``dated`` is its creation date.

    ``data`` holds only what JSON holds, and text that the typeface can draw (see ``glyphs``). ``apart`` sets
    it in a process of its own, whose memory ends with it: ten thousand lines take a gigabyte.
    """
    global _first_used_by
    if apart or _first_used_by not in (None, os.getpid()):
        return _in_fresh_process(template=template, data=data, dated=dated)
    with _lock:
        _first_used_by = os.getpid()
        return _compile(template=template, data=data, dated=dated)


def serve() -> None:
    """One job as ``_in_fresh_process`` writes it on standard input; the PDF goes to standard output."""
    job = json.loads(sys.stdin.buffer.read())
    dated = date.fromisoformat(job["dated"])
    sys.stdout.buffer.write(typeset(template=job["template"], data=job["data"], dated=dated))


def _compile(*, template: str, data: dict[str, Any], dated: date) -> bytes:
    global _compiler
    if _compiler is None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_DIRECTORY)])
        _compiler = typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)
    # Noon, so that a reader in any British time zone sees the document's own date.
    stamp = datetime.combine(dated, time(12), tzinfo=UTC)
    made = _compiler.compile(
        input=str(TEMPLATES / template),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=int(stamp.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst returned {type(made).__name__} for a PDF")
    return made


def _in_fresh_process(*, template: str, data: dict[str, Any], dated: date) -> bytes:
    """The same from a new Python, with the same bytes.

    Besides large documents this serves a child forked after its parent had used typst: it inherits a thread
    pool without threads and would wait for ever, even with a compiler of its own.
    """
    job = json.dumps({"template": template, "data": data, "dated": dated.isoformat()})
    done = subprocess.run(
        [sys.executable, "-m", "invoicing.documents.pdf"],
        input=job.encode(),
        capture_output=True,
        timeout=_FRESH_PROCESS_SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    if done.returncode:
        raise RuntimeError(f"The PDF could not be made: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout
