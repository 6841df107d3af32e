"""Small forms of people, read with a bound, since anybody can send them."""

from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from hospitality.ground.errors import Invalid

FORM_BYTES_MAX = 8192
FIELDS_MAX = 20


async def small_form(request: Request) -> dict[str, str]:
    """The fields of a form; Invalid when it is none of ours."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES_MAX:
            raise Invalid("FORM_TOO_LARGE", "That is more than this form takes.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError as error:
        raise Invalid("FORM_UNREADABLE", "The form could not be read. Fill it in again.") from error


def own_address(wanted: str) -> str:
    """The address if it is a page of ours, else the front page: a sign-in never leads to another site."""
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
    return wanted if plain and wanted.startswith("/") and not parts.scheme and not parts.netloc else "/"
