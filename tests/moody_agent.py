# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.grym]
# name = "moody"
# version = "1"
# capabilities = ["facts", "rhythm"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 0.1
# ///
"""An agent for tests, without anything of ours: it does what the first word of the recording's name says."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def answer(request: dict[str, Any]) -> dict[str, Any]:
    arguments = request["params"]["arguments"]
    mood = Path(arguments["path"]).stem.split("-")[0]
    if mood == "crash":
        sys.stderr.write("out of cheese\n")
        os._exit(7)
    if mood == "mute":
        os.close(1)
        time.sleep(3600)
    # A child in another session, which the end of the process group does not reach.
    if mood == "fork" and os.fork() == 0:
        os.setsid()
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        time.sleep(3600)
    if mood == "hang":
        time.sleep(3600)
    if mood == "chatter":
        sys.stdout.write("hello, I am a friendly agent\n")
    if mood == "flood":
        sys.stdout.write("x" * (40 * 1024 * 1024) + "\n")
    if mood == "error":
        return {"isError": True, "content": [{"type": "text", "text": "not today"}]}
    if mood == "empty":
        return {"content": []}
    if mood == "lies":
        return {"structuredContent": {"evidence": [{"name": "rhythm.tempo_bpm", "value": 120}], "gaps": []}}
    if mood in ("plod", "loiter"):
        token = request["params"]["_meta"]["progressToken"]
        for step in range(8):
            time.sleep(0.1)
            done = {"progressToken": token, "progress": 0.52 + 0.05 * step if mood == "plod" else 0.5}
            note = {"jsonrpc": "2.0", "method": "notifications/progress", "params": done}
            sys.stdout.write(json.dumps(note) + "\n")
            sys.stdout.flush()
    if mood == "overdone":  # progress beyond any number, and of a call that nobody made
        for token, share in ((request["params"]["_meta"]["progressToken"], 10**400), (99999, 0.5)):
            done = {"progressToken": token, "progress": share}
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": done}) + "\n")
        sys.stdout.flush()
    if mood == "slow":
        time.sleep(0.3)
    told = request["params"]["_meta"].get("synth.grym/health", {})
    lite = mood == "lite" and told.get("quality") == "lite" and told.get("state") != "healthy"
    evidence = [
        {"quality": "lite" if lite else "full"}
        | {"name": name, "kind": kind, "value": value, "unit": unit, "confidence": 0.9, "subject": arguments["subject"]}
        | {"source": {"agent": "moody", "version": "1", "method": f"pid {os.getpid()}"}}
        for name, kind, value, unit in (("rhythm.tempo_bpm", "tempo", 120.0, "BPM"), ("facts.channels", "count", 2, ""))
        if name.split(".")[0] in arguments["capabilities"]
    ]
    return {"structuredContent": {"evidence": evidence, "gaps": []}}


for line in sys.stdin:
    message = json.loads(line)
    token = message["params"]["_meta"]["progressToken"]
    progress = {"progressToken": token, "progress": 0.5, "total": 1.0, "message": "half"}
    for document in (
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": progress},
        {"jsonrpc": "2.0", "id": message["id"], "result": answer(message)},
    ):
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()
