"""The rules of EN 16931 in a process of their own, which is started once and asked again and again.

The XSLT processor ends the whole process when several threads use it, and takes 200 MB. So it never runs in a web or
worker process: a child with one thread compiles the rules once and answers over its pipes; a lock lets one caller in
at a time. A child that dies or does not answer is an error of that check, and the next check starts another.

On the pipes stand frames: a length of eight bytes, big-endian, then as many bytes. An answer begins with ``OK`` and
the report, or with ``NO`` and the reason.
"""

import atexit
import os
import subprocess
import sys
import threading
from typing import BinaryIO

from invoicing.documents.einvoice.errors import EInvoiceNotChecked

SECONDS = 300  # for one document, the first of a child with its compilation
_RENEW_AFTER = 5_000  # documents: what the processor keeps of each goes with its process
_LARGEST_FRAME = 256 * 1024 * 1024  # bytes: a length beyond it is no length, but words of something else
_OK, _NO = b"OK", b"NO"

_lock = threading.Lock()
_child: "subprocess.Popen[bytes] | None" = None
_owner: int | None = None  # process id
_served = 0


def run(xml: bytes) -> bytes:
    """The report (SVRL) on a well-formed document. Raises EInvoiceNotChecked where there is none."""
    global _served
    with _lock:
        child = _running()
        waiting = threading.Timer(SECONDS, child.kill)
        waiting.start()
        try:
            _send(_pipe(child.stdin), xml)
            answer = _receive(_pipe(child.stdout))
        except (OSError, EOFError) as error:
            _forget()
            raise EInvoiceNotChecked(
                f"The rules of EN 16931 could not be run: their process ended ({error or 'no answer'}). Try again."
            ) from error
        finally:
            waiting.cancel()
        _served += 1
        if _served >= _RENEW_AFTER:
            _forget()
    if not answer.startswith(_OK):
        reason = answer.removeprefix(_NO).decode(errors="replace")
        raise EInvoiceNotChecked(f"The rules of EN 16931 could not be run: {reason}")
    return answer.removeprefix(_OK)


def stop() -> None:
    """Ends the child, if one runs. The next check starts another."""
    with _lock:
        _forget()


def _running() -> "subprocess.Popen[bytes]":
    """This process's own child. One that was inherited in a fork belongs to the parent and is left alone."""
    global _child, _owner, _served
    if _child is None or _owner != os.getpid() or _child.poll() is not None:
        _child = subprocess.Popen(
            [sys.executable, "-m", "invoicing.documents.einvoice"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        _owner, _served = os.getpid(), 0
    return _child


def _forget() -> None:
    global _child
    child, _child = _child, None
    if child is None or _owner != os.getpid():
        return
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # bytes that the dead child never took
                pass


atexit.register(stop)


def _pipe(pipe: "BinaryIO | object") -> BinaryIO:
    return pipe  # type: ignore[return-value]  # both pipes were asked for


def _send(pipe: BinaryIO, frame: bytes) -> None:
    pipe.write(len(frame).to_bytes(8, "big") + frame)
    pipe.flush()


def _receive(pipe: BinaryIO) -> bytes:
    """One frame. Raises EOFError where the other side has ended or does not speak in frames."""
    head = pipe.read(8)
    size = int.from_bytes(head, "big")
    if len(head) < 8 or size > _LARGEST_FRAME:
        raise EOFError
    frame = pipe.read(size)
    if len(frame) < size:
        raise EOFError
    return frame
