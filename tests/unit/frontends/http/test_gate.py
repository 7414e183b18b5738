"""Tokens of an issuer that the settings name: for us, signed by its key, not over, and only what their scope says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from tests.issuer_world import RESOURCE, Issuer, issuing

from grym_synth.config import Config, read_config
from grym_synth.errors import InvalidConfig
from grym_synth.frontends.http.gate import Gate, metadata, metadata_url, vouching_of

METADATA = "https://music.example.org/.well-known/oauth-protected-resource/mcp"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture
def config(issuer: Issuer, tmp_path: Path) -> Config:
    return read_config({"GRYM_HOME": str(tmp_path), **issuer.settings})


@pytest.fixture
def door(config: Config) -> TestClient:
    """What is behind the gate tells who came in."""

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        caller = Request(scope).state.caller
        await JSONResponse({"name": caller.name, "scopes": sorted(caller.scopes)})(scope, receive, send)

    gate = Gate(inside, vouching_of(config), ["music.example.org"], config.resource_url)
    return TestClient(gate, base_url="https://music.example.org")


def ask(door: TestClient, token: str, **headers: str) -> Any:
    return door.get("/v1/health", headers={"Authorization": f"Bearer {token}", **headers})


def test_a_token_for_us_lets_its_bearer_do_what_its_scope_says(door: TestClient, issuer: Issuer) -> None:
    assert ask(door, issuer.token()).json() == {"name": "client ada", "scopes": ["grym:read", "grym:write"]}
    assert ask(door, issuer.token("grym:read other:admin")).json()["scopes"] == ["grym:read"]
    assert ask(door, issuer.token("")).json()["scopes"] == []


def test_the_token_of_the_owner_counts_beside_them(door: TestClient, config: Config) -> None:
    from grym_synth.identity.owner_token import owner_token

    assert ask(door, owner_token(config.home)).json()["name"] == "owner"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example.org/mcp"},
        {"aud": None},
        {"iss": "https://evil.example.org"},
        {"iss": None},
        {"exp": time.time() - 3600},
        {"exp": None},
        {"sub": None},
        {"nbf": time.time() + 3600},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_a_token_that_is_not_for_us_over_or_incomplete_is_refused_and_it_says_where_to_get_one(
    door: TestClient, issuer: Issuer, claims: dict[str, Any]
) -> None:
    refused = ask(door, issuer.token(**claims))
    assert refused.status_code == 401
    told = refused.headers["www-authenticate"]
    assert f'resource_metadata="{METADATA}"' in told
    assert 'error="invalid_token"' in told


def test_what_others_signed_or_nobody_did_is_refused(door: TestClient, issuer: Issuer) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = issuer.key.public_key().public_numbers().n.to_bytes(256, "big")
    for token in (
        issuer.token(key=stranger),
        issuer.token(key=public, alg="HS256"),
        issuer.token(key="", alg="none"),
        issuer.token()[:-6] + "AAAAAA",
        "x.y.z",
        "é",
        "a" * 20_000,
    ):
        assert door.get("/v1/health", headers={b"Authorization": f"Bearer {token}".encode()}).status_code == 401


def test_a_tool_beyond_the_scope_is_refused_in_the_way_that_clients_look_for(door: TestClient, issuer: Issuer) -> None:
    reading = issuer.token("grym:read")
    names = {"mcp-method": "tools/call"}
    assert ask(door, reading, **names, **{"mcp-name": "analyze"}).status_code == 200
    refused = ask(door, reading, **names, **{"mcp-name": "index_folders"})
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert "grym:write" in refused.headers["www-authenticate"]


def test_without_a_token_it_is_said_where_to_get_one(door: TestClient, config: Config) -> None:
    refused = door.get("/v1/health")
    assert refused.status_code == 401
    assert METADATA in refused.headers["www-authenticate"]
    assert "error" not in refused.headers["www-authenticate"]
    assert metadata(config)["resource"] == RESOURCE
    assert metadata(config)["authorization_servers"] == [config.oauth_issuer]
    assert metadata_url(RESOURCE) == METADATA


def test_another_host_than_ours_is_refused_before_its_token_is_looked_at(door: TestClient, issuer: Issuer) -> None:
    assert ask(door, issuer.token(), Host="evil.example.org").status_code == 421
    assert ask(door, issuer.token(), Origin="https://music.example.org").status_code == 200
    assert ask(door, issuer.token(), Origin="https://evil.example.org").status_code == 403


def test_an_issuer_without_its_keys_or_our_name_is_no_setting(issuer: Issuer, tmp_path: Path) -> None:
    for missing in ("GRYM_OAUTH_JWKS", "GRYM_RESOURCE_URL"):
        settings = {name: value for name, value in issuer.settings.items() if name != missing}
        with pytest.raises(InvalidConfig):
            read_config({"GRYM_HOME": str(tmp_path), **settings})
    with pytest.raises(InvalidConfig, match="https"):
        read_config({"GRYM_HOME": str(tmp_path), "GRYM_RESOURCE_URL": "http://music.example.org/mcp"})
