"""Runs the whole suite as two processes at once, each with a database of its own: one core waits while the other works.

    python -m tests.halves

Every folder of tests is in one of the halves: those of ``PAGES`` in the second, all others in the first. Exits 1 where a
half failed. The lines of both come as they are printed, each after the name of its half; what failed and the counts stand
once more at the end, as pytest says them.
"""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

TESTS = Path(__file__).resolve().parent
_SUMS = re.compile(r"^(FAILED|ERROR) |\d+ (passed|failed|error).* in [\d.]+s")
PAGES = ("access", "browser", "frontend", "torture")


def halves() -> dict[str, list[str]]:
    """The folders and files of each half, by its name."""
    places = sorted(path for path in TESTS.iterdir() if (path.is_dir() and list(path.rglob("test_*.py"))))
    loose = sorted(TESTS.glob("test_*.py"))
    pages = [path for path in places if path.name in PAGES]
    return {
        "books": [str(path) for path in [*places, *loose] if path not in pages],
        "pages": [str(path) for path in pages],
    }


def _run(name: str, places: list[str], statuses: dict[str, int], told: dict[str, list[str]]) -> None:
    var_dir = Path(os.environ["VAR_DIR"]) / name
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "--durations=40", "--durations-min=2", *places],
        env={**os.environ, "VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        for line in running.stdout or ():
            print(f"{name} | {line}", end="", flush=True)
            if _SUMS.search(line):
                told.setdefault(name, []).append(line)
    statuses[name] = running.returncode
    stop = [sys.executable, "-m", "marketplace.core.embedded_postgres", "stop", "--var-dir", str(var_dir)]
    subprocess.run(stop, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """The status of the run: 0 where both halves passed."""
    statuses: dict[str, int] = {}
    told: dict[str, list[str]] = {}
    threads = [threading.Thread(target=_run, args=(name, places, statuses, told)) for name, places in halves().items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("".join(line for name in halves() for line in told.get(name, [])), end="")
    print(
        ", ".join(f"{name}: {'passed' if status == 0 else f'FAILED ({status})'}" for name, status in statuses.items())
    )
    return 1 if any(statuses.values()) or len(statuses) < len(threads) else 0


if __name__ == "__main__":
    raise SystemExit(main())
