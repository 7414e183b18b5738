"""What Supabase Realtime says on the wire, on loopback, for its own client; fed by a database with its tables.

As the real one it passes on what is inserted into `realtime.messages`, to those who may read it there: it takes the
role and claims of whoever joined, names the topic, and looks whether a message can be seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import psycopg
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

SCHEMA = """
CREATE SCHEMA realtime;
CREATE TABLE realtime.messages (topic TEXT NOT NULL, extension TEXT NOT NULL, payload JSONB, event TEXT,
    private BOOLEAN DEFAULT FALSE, inserted_at TIMESTAMP NOT NULL DEFAULT now());
ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'authenticated') THEN
        CREATE ROLE authenticated NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA realtime TO authenticated;
GRANT SELECT, INSERT ON realtime.messages TO authenticated;
CREATE FUNCTION realtime.topic() RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('realtime.topic', true), '')::text
$$;
CREATE FUNCTION realtime.send(payload JSONB, event TEXT, topic TEXT, private BOOLEAN DEFAULT TRUE) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO realtime.messages (payload, event, topic, private, extension)
        VALUES (payload, event, topic, private, 'broadcast');
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'ErrorSendingBroadcastMessage: %', SQLERRM;
END $$;
CREATE FUNCTION realtime.pass_on() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('realtime_world', jsonb_build_object('topic', NEW.topic, 'event', NEW.event,
        'payload', NEW.payload)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER pass_on AFTER INSERT ON realtime.messages FOR EACH ROW EXECUTE FUNCTION realtime.pass_on();
"""


@dataclass
class RealtimeWorld:
    """The server of one project; without a database it takes whoever has a token, and `say` is all that it hears."""

    database: str = ""
    url: str = ""
    tokens: list[str] = field(default_factory=list)  # that joined, or came later
    refused: int = 0
    refuses: bool = False
    _joined: dict[ServerConnection, str] = field(default_factory=dict)  # with the topic
    _server: Server | None = None
    _port: int = 0

    async def start(self) -> None:
        self._server = await serve(self._serve, "127.0.0.1", self._port)
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def end_connections(self, code: int) -> None:
        for connection in list(self._joined):
            await connection.close(code)

    async def say(self, event: str = "change") -> None:
        await self._pass_on("grym", event, {})

    @property
    def joined(self) -> int:
        return len(self._joined)

    async def run(self) -> None:
        """Pass on what the database says."""
        async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as db:
            await db.execute("LISTEN realtime_world")
            async for told in db.notifies():
                message = json.loads(told.payload)
                await self._pass_on(message["topic"], message["event"], message["payload"])

    async def _pass_on(self, topic: str, event: str, payload: dict[str, Any]) -> None:
        for connection, of in list(self._joined.items()):
            if of == f"realtime:{topic}":
                told = {"type": "broadcast", "event": event, "payload": payload}
                frame = {"topic": of, "event": "broadcast", "payload": told, "ref": None}
                await connection.send(json.dumps(frame))

    async def _serve(self, connection: ServerConnection) -> None:
        try:
            async for line in connection:
                frame = json.loads(line)
                response: dict[str, Any] = {}
                match frame["event"]:
                    case "phx_join":
                        token = str(frame["payload"].get("access_token", ""))
                        self.tokens.append(token)
                        reason = self.why_not(token, frame["topic"], frame["payload"]["config"])
                        if reason:
                            self.refused += 1
                            response = {"reason": reason}
                        else:
                            self._joined[connection] = frame["topic"]
                            response = {"postgres_changes": []}
                    case "access_token":
                        self.tokens.append(str(frame["payload"]["access_token"]))
                        continue
                status = "error" if "reason" in response else "ok"
                reply = {"status": status, "response": response}
                told = {"topic": frame["topic"], "event": "phx_reply", "payload": reply, "ref": frame["ref"]}
                await connection.send(json.dumps(told))
        except ConnectionClosed:
            pass
        finally:
            self._joined.pop(connection, None)

    def why_not(self, token: str, topic: str, config: dict[str, Any]) -> str:
        """Why somebody may not join; a private channel is one whose messages he may read."""
        if self.refuses or not config["private"] or not token:
            return "InvalidJWTToken: Token has expired 30 seconds ago"
        if not self.database:
            return ""
        claims = jwt.decode(token, options={"verify_signature": False})
        name = topic.removeprefix("realtime:")
        with psycopg.connect(self.database) as db, db.transaction(force_rollback=True):
            db.execute(
                "INSERT INTO realtime.messages (topic, extension, private) VALUES (%s, 'broadcast', TRUE)", (name,)
            )
            db.execute(
                "SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true),"
                " set_config('realtime.topic', %s, true)",
                (json.dumps(claims), name),
            )
            seen = db.execute("SELECT count(*) FROM realtime.messages").fetchone()
        return "" if seen and seen[0] else "Unauthorized: You do not have permissions to read from this Channel topic"


@contextlib.asynccontextmanager
async def realtime_world(database: str = "") -> AsyncIterator[RealtimeWorld]:
    world = RealtimeWorld(database)
    await world.start()
    running = asyncio.create_task(world.run()) if database else None
    try:
        yield world
    finally:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await world.stop()
