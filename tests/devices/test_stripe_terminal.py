"""A reader that Stripe drives: charged once, whatever breaks between us, Stripe, the reader and the guest."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from devices.heard import CancelCharge, CardSaid, Charge, Garbled, GiveBack, LookUp, Well
from devices.line import LineBroken, Reach
from devices.stripe_line import StripeAccount, StripeLine, open_reader
from devices.stripe_terminal import StripeCardTerminal
from devices.virtual.stripe import KEY, READER, VirtualStripe

CHARGE = Charge("A1-7", 8_000, "NAD", "0190-attempt")
BACK = GiveBack("A1-8", 3_000, "NAD", "0190-back", of="pi_1")
TURNS_MAX = 20


@pytest.fixture(scope="module")
def served() -> Iterator[VirtualStripe]:
    with VirtualStripe() as stripe:
        yield stripe


@pytest.fixture
def stripe(served: VirtualStripe) -> VirtualStripe:
    """The same address, with nothing on its books."""
    fresh = VirtualStripe()
    books = ("charges", "intents", "refunds", "action", "asked")
    for name in ("guest", "reader_is", "refunds_are", "breaks", "forgets_keys", *books):
        setattr(served, name, getattr(fresh, name))
    served._answered.clear()
    return served


@contextmanager
def reader(stripe: VirtualStripe, key: str = KEY) -> Iterator[tuple[StripeCardTerminal, StripeLine]]:
    """One life of the node's line to the reader."""
    seconds = 0.25 if "late" in stripe.breaks.values() else 10.0
    account = StripeAccount(SecretStr(key), stripe.url, answer_seconds=seconds)
    with open_reader(Reach("stripe", READER), account) as line:
        driver = StripeCardTerminal()
        driver.begin(line)
        yield driver, line


def told(driver: StripeCardTerminal, line: StripeLine) -> CardSaid:
    """What is said next of a charge."""
    for _ in range(TURNS_MAX):
        for said in driver.turn(line, 0.0):
            if isinstance(said, CardSaid):
                return said
    raise AssertionError("nothing was said")


def asked(stripe: VirtualStripe) -> CardSaid:
    """What a reader says that is asked for the charge."""
    with reader(stripe) as (driver, line):
        assert isinstance(driver.do(line, CHARGE), Well)
        return told(driver, line)


def given_back(stripe: VirtualStripe, wish: GiveBack | LookUp = BACK) -> CardSaid:
    """What a life of the node hears that asks for money to go back, or whether it did."""
    with reader(stripe) as (driver, line):
        driver.do(line, wish)
        return told(driver, line)


def looked_up(stripe: VirtualStripe, charge: Charge = CHARGE) -> CardSaid:
    """What another life of the node finds."""
    with reader(stripe) as (driver, line):
        driver.do(line, LookUp(charge))
        return told(driver, line)


def test_a_guest_pays_and_the_charge_is_of_that_amount_with_a_reference(stripe: VirtualStripe) -> None:
    assert asked(stripe) == CardSaid("A1-7", "approved", 8_000, "pi_1")
    assert stripe.charges == {CHARGE.key: 8_000}


@pytest.mark.parametrize(
    ("guest", "reader_is", "words"),
    [
        ("declines", "online", "Your card was declined."),
        ("takes_card_away", "online", "The card was taken away."),
        ("cancels", "online", "The guest gave up."),
        ("pays", "offline", "Stripe says that the reader is offline: look at its power and its network."),
        ("pays", "busy", "The reader is busy: end there what it does, and try again."),
        ("pays", "timeout", "The reader does not answer Stripe."),
    ],
)
def test_what_is_not_taken_is_cancelled_and_says_why(
    stripe: VirtualStripe, guest: str, reader_is: str, words: str
) -> None:
    stripe.guest, stripe.reader_is = guest, reader_is
    assert asked(stripe) == CardSaid("A1-7", "declined", words=words)
    assert stripe.intents["pi_1"]["status"] == "canceled"
    assert stripe.charges == {}


def test_who_is_waited_for_can_be_given_up_unless_a_card_is_being_asked(stripe: VirtualStripe) -> None:
    stripe.guest = "waits"
    with reader(stripe) as (driver, line):
        driver.do(line, CHARGE)
        assert told(driver, line).state == "waiting"
        stripe.reader_is = "busy"
        driver.do(line, CancelCharge(CHARGE))
        assert driver.turn(line, 0.0) == []
        stripe.reader_is = "online"
        assert told(driver, line) == CardSaid("A1-7", "declined", words="It was given up.")
        assert stripe.action is None


@pytest.mark.parametrize("end", ["payment_intents", "process_payment_intent", "capture"])
@pytest.mark.parametrize("how", ["cut", "late"])
def test_what_was_done_without_an_answer_is_found_by_our_own_key_and_charged_once(
    stripe: VirtualStripe, end: str, how: str
) -> None:
    stripe.breaks = {end: how}
    with pytest.raises(LineBroken):
        asked(stripe)
    before = dict(stripe.charges)
    said = looked_up(stripe)
    # made, and never handed to the reader: what nobody was asked for is given up
    assert said.state == ("declined" if end == "payment_intents" else "approved")
    assert looked_up(stripe) == said if said.state == "approved" else stripe.intents["pi_1"]["status"] == "canceled"
    assert stripe.charges == ({} if end == "payment_intents" else {CHARGE.key: 8_000})
    assert before == ({CHARGE.key: 8_000} if end == "capture" else {})


def test_a_day_later_the_key_is_forgotten_and_the_charge_is_found_by_what_is_written_on_it(
    stripe: VirtualStripe,
) -> None:
    asked(stripe)
    stripe.forgets_keys = True
    assert looked_up(stripe) == CardSaid("A1-7", "approved", 8_000, "pi_1")
    assert [one["status"] for one in stripe.intents.values()] == ["succeeded", "canceled"]


def test_what_was_never_asked_for_is_not_known_and_can_not_be_charged_any_more(stripe: VirtualStripe) -> None:
    assert looked_up(stripe).state == "not_known"
    stripe.guest = "pays"
    assert asked(stripe).state == "declined"  # a word that comes late finds the same intent, which is cancelled
    assert stripe.charges == {}


def test_where_stripe_falls_over_nothing_is_taken_and_nothing_is_believed_too_early(stripe: VirtualStripe) -> None:
    stripe.breaks = {"payment_intents": "500"}
    assert asked(stripe) == CardSaid("A1-7", "declined", words="Stripe did not take it (500).")
    assert looked_up(stripe).state == "not_known"  # the failure is the answer to that key
    other = Charge("A1-8", 500, "NAD", "0190-other")
    stripe.breaks = {"payment_intents": "500"}
    with pytest.raises(LineBroken):
        looked_up(stripe, other)
    stripe.breaks = {"process_payment_intent": "500", "capture": "500"}
    stripe.guest = "pays"
    last = Charge("A1-9", 700, "NAD", "0190-last")
    with reader(stripe) as (driver, line):
        driver.do(line, last)
        assert told(driver, line).state == "declined"
    assert stripe.charges == {}


def test_another_amount_under_the_same_key_is_neither_charged_nor_called_unknown(stripe: VirtualStripe) -> None:
    asked(stripe)
    other = Charge(CHARGE.number, 9_000, CHARGE.currency, CHARGE.key)
    assert looked_up(stripe, other) == CardSaid("A1-7", "approved", 8_000, "pi_1")
    stripe.intents["pi_1"]["charge"] = "not found yet"
    with pytest.raises(LineBroken):
        looked_up(stripe, other)
    assert stripe.charges == {CHARGE.key: 8_000}


def test_a_reader_that_is_offline_and_a_key_that_is_refused_are_told_without_the_key(stripe: VirtualStripe) -> None:
    stripe.reader_is = "offline"
    with reader(stripe) as (driver, line):
        (said,) = driver.begin(line)
    assert isinstance(said, Garbled)
    assert "power" in said.detail
    with pytest.raises(LineBroken) as refused, reader(stripe, "sk_live_secret"):
        pass
    assert str(refused.value) == "Stripe refuses the node's key: look at BUFFR_EDGE_STRIPE_KEY"
    assert "sk_live" not in repr(StripeAccount(SecretStr("sk_live_secret")))


def test_a_currency_that_stripe_counts_otherwise_is_not_charged(stripe: VirtualStripe) -> None:
    with reader(stripe) as (driver, line):
        driver.do(line, Charge("A1-7", 8_000, "ISK", "0190-isk"))
        assert told(driver, line).state == "declined"
    assert stripe.intents == {}


@pytest.mark.parametrize("how", ["cut", "late", "500"])
@pytest.mark.parametrize("end", ["POST refunds", "GET refunds"])
def test_what_goes_back_to_a_card_goes_back_once_whatever_breaks_and_however_often_it_is_asked(
    stripe: VirtualStripe, end: str, how: str
) -> None:
    asked(stripe)
    stripe.breaks = {end: how}
    with reader(stripe) as (driver, line):
        if how == "500":  # Stripe is there: the reader goes on charging, and is not told as well
            assert isinstance(driver.do(line, BACK), Garbled)
            assert driver.begin(line) == []
        else:
            with pytest.raises(LineBroken):
                driver.do(line, BACK)
    fell_over = (end, how) == ("POST refunds", "500")  # the failure is Stripe's answer to that key for good
    last = [given_back(stripe) for _ in range(2)][1]
    assert (
        last == CardSaid("A1-8", "declined", words="Stripe does not give it back (500).")
        if fell_over
        else last == (CardSaid("A1-8", "approved", 3_000, "re_1"))
    )
    stripe.forgets_keys = True  # a day later
    if not fell_over:
        assert given_back(stripe) == last == given_back(stripe, LookUp(BACK))
    assert [one["amount"] for one in stripe.refunds] == ([] if fell_over else [3_000])


def test_a_look_up_gives_nothing_back_and_what_a_bank_does_not_take_or_is_not_ours_says_why(
    stripe: VirtualStripe,
) -> None:
    asked(stripe)
    assert given_back(stripe, LookUp(BACK)) == CardSaid("A1-8", "not_known")
    for elsewhere in ("004711", "pi_of_another_account"):
        back = GiveBack("A1-9", 100, "NAD", "0190-other", of=elsewhere)
        assert given_back(stripe, back).words.startswith("Stripe did not take this payment")
    too_much = GiveBack("A1-9", 9_000, "NAD", "0190-much", of="pi_1")
    assert given_back(stripe, too_much).words.startswith("All of it was given back")
    assert stripe.refunds == []
    stripe.refunds_are = "pending"
    assert given_back(stripe).state == "waiting"
    stripe.refunds[0] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    assert given_back(stripe) == CardSaid(
        "A1-8", "declined", words="The bank did not take it (expired_or_canceled_card)."
    )
    assert len(stripe.refunds) == 1
