"""Whom an invoice may name, and when one may be issued. Values in, a decision out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.texts import kept_name, kept_text, one_line

NAME_LENGTH_MAX = 120
TAX_NUMBER_LENGTH_MAX = 40
REFERENCE_LENGTH_MAX = 80
REASON_LENGTH_MAX = 200
ADDRESS_LINES_MAX = 6
ADDRESS_LINE_LENGTH_MAX = 80
_COUNTRY = re.compile(r"[A-Z]{2}")
_PREFIXES = {"GR": "EL"}  # where VAT numbers don't begin as the country is written


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """To whom a receipt is issued. country: as in DE, where it is known; reference: the company's own."""

    company: str
    address: str
    tax_number: str
    country: str | None = None
    reference: str | None = None


def checked(new: NewInvoice) -> NewInvoice:
    """As it is kept; Invalid NAME_INVALID, ADDRESS_INVALID, COUNTRY_INVALID, TAX_NUMBER_INVALID or TEXT_TOO_LONG."""
    country = _country(new.country)
    return NewInvoice(
        kept_name(new.company, what="company", length_max=NAME_LENGTH_MAX),
        _address(new.address),
        _tax_number(new.tax_number, country),
        country,
        kept_text(new.reference, what="reference", length_max=REFERENCE_LENGTH_MAX),
    )


def _address(text: str) -> str:
    lines = [line for line in map(one_line, text.splitlines()) if line]
    if not 1 <= len(lines) <= ADDRESS_LINES_MAX or any(len(line) > ADDRESS_LINE_LENGTH_MAX for line in lines):
        raise Invalid(
            "ADDRESS_INVALID",
            f"Give the address in 1 to {ADDRESS_LINES_MAX} lines of {ADDRESS_LINE_LENGTH_MAX} characters.",
            lines=len(lines),
        )
    return "\n".join(lines)


def _country(code: str | None) -> str | None:
    code = (code or "").strip().upper()
    if code and _COUNTRY.fullmatch(code) is None:
        raise Invalid("COUNTRY_INVALID", "Give the country by its two letters, as in NA or DE.", country=code[:20])
    return code or None


def _tax_number(text: str, country: str | None) -> str:
    """One of the EU as it is written there, with its country before it; any other as it was typed."""
    number = one_line(text)
    if not 1 <= len(number) <= TAX_NUMBER_LENGTH_MAX:
        message = f"Give the company's tax number, of 1 to {TAX_NUMBER_LENGTH_MAX} characters."
        raise Invalid("TAX_NUMBER_INVALID", message, country=country)
    if country is None or country.lower() not in vat.MEMBER_STATES:
        return number
    prefix = _PREFIXES.get(country, country)
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    try:
        return str(vat.validate(plain if plain.startswith(prefix) else prefix + plain))
    except ValidationError as error:
        message = f"That is no VAT number of {country}. Compare it with the company's papers."
        raise Invalid("TAX_NUMBER_INVALID", message, country=country) from error


def kept_reason(reason: str) -> str:
    """Why an invoice is cancelled; Invalid REASON_MISSING when nothing is said."""
    why = kept_text(reason, what="reason", length_max=REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why the invoice is cancelled.")
    return why


def check_none_stands(numbers: Sequence[str]) -> None:
    """Raises Refused while the receipt has an invoice that stands."""
    if numbers:
        raise Refused(
            "INVOICE_STANDS",
            f"Invoice {numbers[-1]} was issued for this receipt already. Correct it, or cancel it first.",
            number=numbers[-1],
        )


def check_stands(*, cancelled: bool, number: str) -> None:
    """Raises Refused when the invoice was cancelled already."""
    if cancelled:
        raise Refused("INVOICE_CANCELLED", f"Invoice {number} was cancelled already.", number=number)
