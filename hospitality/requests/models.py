"""A request is written at head office and its answer at the property, each once; a request's state is derived."""

from hospitality.ground.tables import DAY, DOCUMENT, FLAG, ID, INSTANT, WORDS, Row, column, described


class Request(Row, table=True):
    """Head office asks the property to run a verb.

    `arguments` is a JSON object by the verb's argument names; `permissions` a JSON list of what the asking account may,
    no more than the verb can use. When it grows old is said here, so that both ends agree about its state.
    """

    __tablename__ = "requests"
    __table_args__ = described("fact", writer="group", indexes=[["property_id", "expires_at"], ["property_id", "id"]])

    verb: str = column(WORDS)
    arguments: str = column(DOCUMENT, pii="indirect")
    permissions: str = column(DOCUMENT)
    asked_by: str | None = column(ID, pii="indirect", optional=True)
    asked_at: str = column(INSTANT)
    confirm_at: str = column(INSTANT)
    expires_at: str = column(INSTANT)


class RequestAnswer(Row, table=True):
    """What the property made of it; its id follows from the request's, so that answering twice is one.

    `answer` is a JSON object: {order_id} of what was accepted, the refusal's details otherwise. `answered_by` is the
    person who confirmed or refused, null when the node acted by itself.
    """

    __tablename__ = "request_answers"
    __table_args__ = described("fact", writer="property", refers={"request_id": "requests"}, indexes=[["request_id"]])

    request_id: str = column(ID)
    accepted: bool = column(FLAG)
    code: str | None = column(WORDS, optional=True)
    message: str | None = column(WORDS, pii="indirect", optional=True)
    answer: str = column(DOCUMENT, pii="indirect")
    answered_by: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    answered_at: str = column(INSTANT)
    business_date: str | None = column(DAY, optional=True)
