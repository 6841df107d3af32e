"""One-time codes: issued by their hash, redeemed once."""

from datetime import timedelta
from typing import Any

import msgspec

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Forbidden
from hospitality.ground.work import Work
from hospitality.people.models import OneTimeCode
from hospitality.people.proofs import same

_FIND = """
    SELECT id, code_hash, for_id, payload, expires_at, used_at FROM one_time_codes
    WHERE org_id = :org_id AND property_id = :property_id AND code_hash = :code_hash AND purpose = :purpose
"""
_USE = """
    UPDATE one_time_codes SET used_at = :now WHERE org_id = :org_id AND id = :id AND used_at IS NULL
"""
_WITHDRAW = """
    UPDATE one_time_codes SET used_at = :now
    WHERE org_id = :org_id AND property_id = :property_id AND purpose = :purpose AND for_id = :for_id
      AND used_at IS NULL
"""


def issue(
    work: Work,
    purpose: str,
    *,
    code_hash: str,
    lifetime: timedelta,
    for_id: str | None = None,
    payload: dict[str, Any] | None = None,
) -> str:
    """Keeps a new code's hash; answers when it expires. An earlier code of the same person stops working."""
    if for_id is not None:
        work.run(_WITHDRAW, now=work.now_text, purpose=purpose, for_id=for_id)
    expires_at = instant_text(work.now + lifetime)
    work.add(
        OneTimeCode,
        {
            "purpose": purpose,
            "code_hash": code_hash,
            "for_id": for_id,
            "payload": msgspec.json.encode(payload or {}).decode(),
            "expires_at": expires_at,
            "used_at": None,
        },
    )
    return expires_at


def redeem(work: Work, purpose: str, *, code_hash: str) -> dict[str, Any]:
    """Uses a code up: {for_id, **payload}. Forbidden CODE_INVALID when it is unknown, used or expired."""
    row = work.one(_FIND, code_hash=code_hash, purpose=purpose)
    known = row is not None and same(row["code_hash"], code_hash)
    if row is None or not known or row["used_at"] is not None or row["expires_at"] <= work.now_text:
        raise Forbidden(
            "CODE_INVALID", "That code is mistyped, used or expired. Check it, or ask a manager for a new one."
        )
    used = work.run(_USE, now=work.now_text, id=row["id"])
    assert used == 1, "the writer is one, so nobody used it meanwhile"
    return {"for_id": row["for_id"], **msgspec.json.decode(row["payload"])}
