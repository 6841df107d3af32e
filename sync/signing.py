"""Requests are signed with the node's own Ed25519 key over method, path, body and a nonce that the hub handed out.

The nonce makes the node's clock irrelevant; it is the hub's own word (issue time under its HMAC), so that hub processes
need no shared memory to check it. A repeated request changes nothing: pushes join on by number and pulls only read.
"""

import base64
import hmac
import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NODE_HEADER = "Sync-Node"
NONCE_HEADER = "Sync-Nonce"
SIGNATURE_HEADER = "Sync-Signature"
NONCE_MS_MAX = 300_000


def new_key() -> Ed25519PrivateKey:
    """A node's key, made on the node."""
    return Ed25519PrivateKey.generate()


def key_text(key: Ed25519PrivateKey) -> str:
    """The private key as base64, for a file that only its owner reads."""
    return base64.b64encode(key.private_bytes_raw()).decode()


def key_from_text(text: str) -> Ed25519PrivateKey:
    """The private key that `key_text` wrote."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key as base64, as the hub keeps it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _message(method: str, path: str, body: bytes, nonce: str) -> bytes:
    return "\n".join((method.upper(), path, sha256(body).hexdigest(), nonce)).encode()


def sign(key: Ed25519PrivateKey, method: str, path: str, body: bytes, nonce: str) -> str:
    """The signature of a request as base64; `path` includes the query."""
    return base64.b64encode(key.sign(_message(method, path, body, nonce))).decode()


def verifies(public: str, signature: str, method: str, path: str, body: bytes, nonce: str) -> bool:
    """Whether the signature is the node's."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), _message(method, path, body, nonce))
    except (InvalidSignature, ValueError):
        return False
    return True


def possession(key: Ed25519PrivateKey, node_id: str) -> str:
    """A proof that whoever hands in this key's public half for the node also holds the other."""
    return base64.b64encode(key.sign(_of_possession(public_text(key), node_id))).decode()


def is_possessed(public: str, proof: str, node_id: str) -> bool:
    """Whether the proof is the key's own."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(proof, validate=True), _of_possession(public, node_id))
    except (InvalidSignature, ValueError):
        return False
    return True


def _of_possession(public: str, node_id: str) -> bytes:
    # no request begins so: neither can be taken for the other
    return f"the next key of\n{node_id}\n{public}".encode()


def issue_nonce(secret: bytes, node_id: str, now_ms: int) -> str:
    """A nonce for this node, good for five minutes of the hub's time."""
    head = now_ms.to_bytes(8, "big") + secrets.token_bytes(8)
    return base64.urlsafe_b64encode(head + _seal(secret, node_id, head)).decode()


def nonce_is_good(secret: bytes, node_id: str, nonce: str, now_ms: int) -> bool:
    """Whether the hub issued this nonce to this node within the last five minutes."""
    try:
        raw = base64.urlsafe_b64decode(nonce)
    except ValueError:
        return False
    head, seal = raw[:16], raw[16:]
    fresh = 0 <= now_ms - int.from_bytes(head[:8], "big") <= NONCE_MS_MAX
    return hmac.compare_digest(seal, _seal(secret, node_id, head)) and fresh


def _seal(secret: bytes, node_id: str, head: bytes) -> bytes:
    return hmac.digest(secret, node_id.encode() + head, sha256)[:16]
