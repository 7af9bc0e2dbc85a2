"""Keys with which bundles are signed: Ed25519, one file for whoever signs, one for all others."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound, Refused

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

LARGEST = 10_000
CONTEXT = b"trackbook-bundle/1\n"
"""Stands before what is signed, so that a signature of something else is none of a bundle."""
NAME = "ed25519:"
SHOWN = 16


def new_key(file: Path) -> str:
    """Make a key and return its name: FILE for whoever signs, FILE.pub for all others.

    Nothing that is there is ever overwritten; FILE can be read by its owner only.
    """
    made = curve().Ed25519PrivateKey.generate()
    coding = serialization()
    secret = made.private_bytes(
        coding.Encoding.PEM, coding.PrivateFormat.PKCS8, coding.NoEncryption()
    )
    known = made.public_key().public_bytes(
        coding.Encoding.PEM, coding.PublicFormat.SubjectPublicKeyInfo
    )
    public = file.with_name(f"{file.name}.pub")
    put_new(file, secret, 0o600)
    try:
        put_new(public, known, 0o644)
    except Refused:
        file.unlink()
        raise
    return name_of(made.public_key())


def put_new(file: Path, content: bytes, mode: int) -> None:
    """Write a file that was not there."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    try:
        fd = os.open(file, flags, mode)
    except FileExistsError:
        raise Refused(f"{file} is there already: a key is never overwritten") from None
    except OSError as error:
        raise Refused(f"cannot write {file} ({error.strerror or error})") from error
    with os.fdopen(fd, "wb") as opened:
        with contextlib.suppress(OSError):  # a file system without modes
            os.fchmod(opened.fileno(), mode)
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def private_key(file: Path) -> Ed25519PrivateKey:
    """Return the key that a file holds.

    Raises:
        Refused: others can read it too
    """
    content, mode = read(file)
    if os.name != "nt" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"others can read the key {file}: chmod 600 {file}")
    coding = serialization()
    try:
        found = coding.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise Misused(
            f"{file} is no private key ({error}): trackbook key --new FILE"
        ) from error
    if not isinstance(found, curve().Ed25519PrivateKey):
        raise Misused(f"{file} is no Ed25519 key: trackbook key --new FILE makes one")
    return found  # type: ignore[no-any-return]  # isinstance of a module's attribute


def public_key(file: Path) -> Ed25519PublicKey:
    """Return the public key that a file holds."""
    content, _ = read(file)
    if b"PRIVATE KEY" in content:
        raise Misused(f"{file} is a private key: give the file that ends in .pub")
    try:
        found = serialization().load_pem_public_key(content)
    except (ValueError, TypeError) as error:
        raise Misused(f"{file} is no public key ({error})") from error
    if not isinstance(found, curve().Ed25519PublicKey):
        raise Misused(f"{file} is no Ed25519 key")
    return found  # type: ignore[no-any-return]  # isinstance of a module's attribute


def read(file: Path) -> tuple[bytes, int]:
    """Return what a key's file holds, and who may read it."""
    try:
        with file.open("rb") as opened:
            facts = os.fstat(opened.fileno())
            content = opened.read(LARGEST + 1) if stat.S_ISREG(facts.st_mode) else b""
    except FileNotFoundError:
        raise NotFound(f"no key in {file} (trackbook key --new FILE makes one)") from None
    except OSError as error:
        raise Misused(f"cannot read {file}: {error.strerror or error}") from error
    if not 0 < len(content) <= LARGEST:
        raise Misused(f"{file} is no key")
    return content, facts.st_mode


def name_of(key: Ed25519PublicKey) -> str:
    """Return a key's name, which is the key itself in hex digits."""
    coding = serialization()
    return NAME + key.public_bytes(coding.Encoding.Raw, coding.PublicFormat.Raw).hex()


def short(name: str) -> str:
    """Return a key's name for people."""
    return name[: len(NAME) + SHOWN]


def signature_of(key: Ed25519PrivateKey, content: bytes) -> bytes:
    """Return a signature of a bundle's list."""
    return key.sign(CONTEXT + content)


def is_signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Say whether a signature of a bundle's list is by a key."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, CONTEXT + content)
    except InvalidSignature:
        return False
    return True


def curve() -> ModuleType:
    """Return the library's Ed25519."""
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise Misused(
            "signed bundles need cryptography: pip install 'trackbook[sign]'"
        ) from error
    return ed25519


def serialization() -> ModuleType:
    """Return the library's ways of writing keys."""
    curve()
    from cryptography.hazmat.primitives import serialization as coding

    return coding
