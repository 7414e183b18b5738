"""Whose token counts: every way to forge one is refused, each for its reason, and the project is asked seldom."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.supabase_world import AuthWorld

from grym_synth.errors import BadToken, Unavailable
from grym_synth.identity.person import Person
from grym_synth.identity.tokens import Verifier


class Project:
    """Keys of a project as they are fetched, and the clock of whoever fetches them."""

    def __init__(self) -> None:
        self.world = AuthWorld(url="https://ref.example.org")
        self.fetched, self.is_away, self.now = 0, False, 1000.0
        self.verifier = Verifier("https://ref.example.org/auth/v1", fetch=self.fetch, now=lambda: self.now)

    def fetch(self, address: str) -> bytes:
        assert address == "https://ref.example.org/auth/v1/.well-known/jwks.json"
        self.fetched += 1
        if self.is_away:
            raise OSError("no route")
        return json.dumps(self.world.keys()).encode()


@pytest.fixture
def project() -> Project:
    return Project()


def test_a_token_of_the_project_says_who_somebody_is_and_its_role_is_what_the_project_says(project: Project) -> None:
    person = project.verifier.verify(project.world.token())
    assert person.expires is not None
    assert abs(person.expires - time.time() - 3600.0) < 5.0
    assert (person.id[:4], person.email, person.role) == ("1111", "ada@example.org", "editor")  # not user_metadata's
    assert project.verifier.verify(project.world.token(app_metadata={})).role == "viewer"
    assert project.verifier.verify(project.world.token(app_metadata={"grym_role": "root"})).role == "viewer"
    assert project.verifier.verify(project.world.token(app_metadata="owner")).role == "viewer"
    assert project.fetched == 1


def _by_public_key(world: AuthWorld) -> str:
    """Signed by HS256 with what everybody may read, as if it were a secret."""
    public = world.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = jwt.decode(world.token(), options={"verify_signature": False})
    head, body = (
        jwt.utils.base64url_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "key-1"}, claims)
    )
    signed = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(head + b"." + body, public)
    return b".".join((head, body, jwt.utils.base64url_encode(signed))).decode()


def _unsigned(world: AuthWorld) -> str:
    claims = jwt.decode(world.token(), options={"verify_signature": False})
    return jwt.encode(claims, None, "none", headers={"kid": "key-1"})  # type: ignore[arg-type]


def _by_other_algorithm(world: AuthWorld) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(world.token(), options={"verify_signature": False})
    return jwt.encode(claims, key, "RS256", headers={"kid": "key-1"})


def _by_other_key(world: AuthWorld) -> str:
    other = AuthWorld(url=world.url)
    return other.token()


def _tampered(world: AuthWorld) -> str:
    head, _, rest = world.token().partition(".")
    claims = jwt.decode(world.token(), options={"verify_signature": False})
    claims["app_metadata"] = {"grym_role": "owner"}
    body = jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()
    return f"{head}.{body}.{rest.partition('.')[2]}"


FORGED: dict[str, tuple[Callable[[AuthWorld], Any], str]] = {
    "over": (lambda world: world.token(exp=int(time.time()) - 60), "expired"),
    "for another audience": (lambda world: world.token(aud="anon"), "[Aa]udience"),
    "of another project": (lambda world: world.token(iss="https://evil.example.org/auth/v1"), "[Ii]ssuer"),
    "without an end": (lambda world: world.token(exp=None), "exp"),
    "of nobody": (lambda world: world.token(sub=None), "sub"),
    "unsigned": (_unsigned, "'none' are not accepted"),
    "signed with the public key": (_by_public_key, "'HS256' are not accepted"),
    "signed by another algorithm": (_by_other_algorithm, "another algorithm than its key"),
    "signed by another key of that name": (_by_other_key, "[Ss]ignature"),
    "changed": (_tampered, "[Ss]ignature"),
    "no token": (lambda world: "hello", "not valid"),
    "no text": (lambda world: "e30.\udce9.x", "not valid"),
    "empty": (lambda world: "", "not valid"),
    "very long": (lambda world: "e30." * 1_000_000, "not valid"),
    "a key of the project": (lambda world: "sb_secret_abc", "nobody's token"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_what_is_forged_is_refused_for_its_reason(project: Project, kind: str) -> None:
    forge, reason = FORGED[kind]
    with pytest.raises(BadToken, match=reason):
        project.verifier.verify(forge(project.world))


def test_a_shared_secret_counts_only_where_the_owner_named_it(project: Project) -> None:
    secret = "of an old project, and thirty-two characters long"
    token = jwt.encode(jwt.decode(project.world.token(), options={"verify_signature": False}), secret, "HS256")
    with pytest.raises(BadToken):
        project.verifier.verify(token)
    old = Verifier("https://ref.example.org/auth/v1", legacy_secret=secret, fetch=project.fetch)
    assert isinstance(old.verify(token), Person)
    with pytest.raises(BadToken):
        Verifier("https://ref.example.org/auth/v1", legacy_secret="x" * 40, fetch=project.fetch).verify(token)


def test_a_new_key_is_fetched_once_and_unknown_ones_cannot_make_us_ask_again_and_again(project: Project) -> None:
    project.verifier.verify(project.world.token())
    project.now += 60.0
    project.world.rotate()
    project.verifier.verify(project.world.token())
    assert project.fetched == 2
    stranger = AuthWorld(url=project.world.url, kid="unknown")
    for _ in range(50):
        with pytest.raises(BadToken, match="a key that the project does not have"):
            project.verifier.verify(stranger.token())
    assert project.fetched == 2
    project.now += 31.0
    with pytest.raises(BadToken):
        project.verifier.verify(stranger.token())
    assert project.fetched == 3


def test_while_the_project_is_away_known_keys_go_on_and_unknown_ones_are_no_refusal(project: Project) -> None:
    project.verifier.verify(project.world.token())
    project.is_away, project.now = True, project.now + 3600.0
    project.verifier.verify(project.world.token())
    project.now += 60.0
    for _ in range(2):  # also while it is not asked again: it may be a good one
        with pytest.raises(Unavailable, match="cannot be fetched: no route") as told:
            project.verifier.verify(AuthWorld(url=project.world.url, kid="new").token())
        assert told.value.retry_after == 30.0


def test_keys_are_kept_for_the_next_process_and_what_is_no_good_of_them_is_fetched_anew(
    project: Project, tmp_path: Path
) -> None:
    kept, url = tmp_path / "keys.json", "https://ref.example.org/auth/v1"

    def another(of: str = url) -> Verifier:
        return Verifier(of, kept=kept, fetch=project.fetch, now=lambda: project.now)

    another().verify(project.world.token())
    assert kept.stat().st_mode & 0o777 == 0o600
    another().verify(project.world.token())
    assert project.fetched == 1
    project.world.rotate()
    another().verify(project.world.token())  # signed by a key that is not kept
    assert project.fetched == 2
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps({**told, "fetched": told["fetched"] - 3600.0}))
    project.is_away = True
    another().verify(project.world.token())  # they are old, and the project cannot be asked
    assert project.fetched == 3
    project.is_away = False
    for damaged in ("", "[]", "{", json.dumps({**told, "url": "https://another.example.org"}), '{"url": 1}'):
        kept.write_text(damaged)
        another().verify(project.world.token())
    assert project.fetched == 8


def test_a_token_signed_by_rsa_counts_as_well() -> None:
    world = AuthWorld(url="https://ref.example.org")
    key = rsa.generate_private_key(65537, 2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    document = json.dumps({"keys": [{**public, "kid": "r", "alg": "RS256", "use": "sig"}]}).encode()
    claims = jwt.decode(world.token(), options={"verify_signature": False})
    verifier = Verifier("https://ref.example.org/auth/v1", fetch=lambda _: document)
    assert verifier.verify(jwt.encode(claims, key, "RS256", headers={"kid": "r"})).role == "editor"
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(BadToken):
        verifier.verify(jwt.encode(claims, other, "RS256", headers={"kid": "r"}))


NO_KEYS = ("", "{}", "[]", '{"keys": null}')
UNREADABLE = ('{"keys": ["x"]}', '{"keys": [{"kid": "a", "kty": "EC"}]}')


@pytest.mark.parametrize("document", [*NO_KEYS, *UNREADABLE])
def test_what_is_no_list_of_keys_takes_away_none_that_are_known(project: Project, document: str) -> None:
    said = [json.dumps(project.world.keys()), document]
    verifier = Verifier(project.verifier._url, fetch=lambda _: said.pop(0).encode(), now=lambda: project.now)
    verifier.verify(project.world.token())
    project.now += 60.0
    with pytest.raises((BadToken, Unavailable)):
        verifier.verify(AuthWorld(url=project.world.url, kid="new").token())
    assert not said
    if document in NO_KEYS:
        verifier.verify(project.world.token())
