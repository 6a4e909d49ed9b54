"""Real operating-system processes that work on the test's database at once.

They are forked from a small server that has loaded Django and holds no connection; each opens its own. The server is
told the test database by DATABASE_URL, so none of them counts as a client of the embedded server.
"""

import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.invoicing.races.warm"])
ROOT = Path(__file__).resolve().parents[3]


def database_url() -> str:
    """The test's database as an address, whatever the settings gave it as."""
    settings = connection.settings_dict
    options = {name: str(settings["OPTIONS"][name]) for name in ("host", "port") if name in settings["OPTIONS"]}
    user = quote(settings["USER"] or "", safe="")
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    login = f"{user}{password}@" if user else ""
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{login}{quote(settings['HOST'] or '', safe='')}{port}/{quote(settings['NAME'])}{query}"


@contextmanager
def _environment() -> Iterator[None]:
    """What the forking server is to start with; afterwards the test's own environment is as it was."""
    wanted = {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "marketplace.settings"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def start(target: Callable[..., Any], *arguments: Any) -> ForkServerProcess:
    """Starts one process; ``process.kill()`` sends it SIGKILL."""
    with _environment():
        process = CONTEXT.Process(target=_with_django, args=(target, arguments), daemon=True)
        process.start()
    return process


def run_all(target: Callable[..., Any], arguments: Sequence[tuple[Any, ...]], *, seconds: float = 120) -> list[Any]:
    """Runs a process per tuple of arguments, all at once, and returns what each returned; the first failure raises."""
    pipes = [CONTEXT.Pipe(duplex=False) for _ in arguments]
    started = [start(_tell, there, target, given) for (_, there), given in zip(pipes, arguments, strict=True)]
    try:
        for _, there in pipes:
            there.close()
        deadline = time.monotonic() + seconds
        results = []
        for here, _ in pipes:
            if not here.poll(max(deadline - time.monotonic(), 0)):
                raise TimeoutError(f"A process did not finish within {seconds:.0f} seconds")
            well, result = here.recv()
            if not well:
                raise RuntimeError(f"A process failed:\n{result}")
            results.append(result)
        return results
    finally:
        for process in started:
            process.join(timeout=5)
            if process.is_alive():
                process.kill()
                process.join()


def _with_django(target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    from tests.invoicing.races import warm  # where the forking server could not load it

    assert warm.apps.ready
    target(*arguments)


def _tell(pipe: Any, target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        pipe.send((True, target(*arguments)))
    except BaseException:
        pipe.send((False, traceback.format_exc()))


def wait_until_alone(seconds: float = 10) -> None:
    """Waits until no other session is left in the test's database: a killed client's last statement may still run."""
    deadline = time.monotonic() + seconds
    while others() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert others() == 0


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
