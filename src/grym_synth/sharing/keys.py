"""Who signed a pack: an Ed25519 key of one's own, and how keys are written down so that people can compare them.

References
----------
RFC 8032, Edwards-Curve Digital Signature Algorithm.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ..errors import BadRequest, BadSetup, Unavailable

PREFIX = "grym1"
_KEY_BYTES, _CHECK_BYTES = 32, 3
_TEXT_LENGTH = len(PREFIX) + 56  # base32 of 35 bytes
_FILE = "sharing.key"


class OwnKey:
    """The key that signs what is shared from here. It lies in the home folder, for its owner alone to read."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.text = key_text(public)

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)


def own_key(folder: Path) -> OwnKey:
    """The key of this home, made when it is first asked for; of two who make it at once, both get the same.

    Raises
    ------
    BadSetup
        The file holds no key.
    Unavailable
        It cannot be read or written.
    """
    path = folder / _FILE
    try:
        if not path.exists():
            _make(folder, path)
        content = path.read_text("ascii").strip()
        return OwnKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(content)))
    except OSError as error:
        raise Unavailable(f"the key {str(path)!r} cannot be had: {error.strerror}") from error
    except ValueError as error:
        hint = "put it back from a copy; a new key would be that of a stranger to those who trust the old one"
        raise BadSetup(f"{str(path)!r} holds no key", hint=hint) from error


def _make(folder: Path, path: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    draft = folder / f".{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(private.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, it replaces no key that came meanwhile
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def key_text(public: bytes) -> str:
    """A public key as it is told: "grym1" and 56 small letters and digits, the last few of which check the others."""
    return PREFIX + base64.b32encode(public + _check(public)).decode("ascii").lower()


def read_key(text: str) -> bytes:
    """The 32 bytes of a public key; raises BadRequest for what is none, a slip of the pen included."""
    try:
        if not text.startswith(PREFIX) or len(text) != _TEXT_LENGTH or text != text.lower():
            raise ValueError
        whole = base64.b32decode(text[len(PREFIX) :].upper())
    except (ValueError, binascii.Error) as error:
        hint = f"a key is {PREFIX!r} and 56 letters and digits; `grym share key` shows one's own"
        raise BadRequest(f"{text[:80]!r} is no key", hint=hint) from error
    public, check = whole[:_KEY_BYTES], whole[_KEY_BYTES:]
    if check != _check(public):
        raise BadRequest(f"{text[:80]!r} is no key: a letter of it is wrong", hint="copy it again")
    return public


def short(key: str) -> str:
    """The beginning of a key, by which people tell keys apart that they know: "grym1abcd2345"."""
    return key[: len(PREFIX) + 8]


def fingerprint(key: str) -> str:
    """Five groups of four, to be compared by voice: 80 bits of a hash of the key."""
    digest = hashlib.sha256(b"grym-fingerprint-1\0" + read_key(key)).hexdigest()[:20]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def is_signed(key: str, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(read_key(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check(public: bytes) -> bytes:
    return hashlib.sha256(b"grym-key-1\0" + public).digest()[:_CHECK_BYTES]
