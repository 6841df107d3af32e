import httpx2
import pytest

from tests.cloud_fixture import PASSWORD, HeadOffice

WRONG = "The mail address or the password is not right. Try again."


def signing_in(client: httpx2.Client, office: HeadOffice, password: str, **form: str) -> httpx2.Response:
    return client.post("/sign-in", data={"email": office.email, "password": password, **form})


def test_the_owner_signs_in_and_out(office: HeadOffice) -> None:
    with office.client() as client:
        assert "Sign in" in client.get("/sign-in").text
        answer = signing_in(client, office, office.password)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("buffr_session=")
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert client.get("/").status_code == 200
        assert client.get("/sign-in").headers["location"] == "/"
        kept = f"buffr_session={client.cookies['buffr_session']}"
        answer = client.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?out=1")
        assert "You are signed out." in client.get("/sign-in?out=1").text
        # the session is over, not only forgotten by this browser
        assert client.get("/", headers={"Cookie": kept}).headers["location"] == "/sign-in"


def test_over_https_the_cookie_is_for_https_alone(office: HeadOffice) -> None:
    with office.client(headers={"X-Forwarded-Proto": "https"}) as client:
        assert "Secure" in signing_in(client, office, office.password).headers["set-cookie"]


def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(office: HeadOffice) -> None:
    with office.client() as client:
        for email, password in ((office.email, "wrong"), ("nobody@example.com", office.password), ("", "")):
            answer = client.post("/sign-in", data={"email": email, "password": password})
            assert answer.status_code == 401
            assert WRONG in answer.text
            assert "set-cookie" not in answer.headers
        assert (
            'value="nobody@example.com"'
            in client.post("/sign-in", data={"email": "nobody@example.com", "password": "x"}).text
        )


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/conflicts?from=2026-06-01", "/conflicts?from=2026-06-01"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_sign_in_goes_on_to_our_own_pages_alone(office: HeadOffice, wanted: str, lands: str) -> None:
    with office.client() as client:
        assert signing_in(client, office, office.password, next=wanted).headers["location"] == lands


def test_the_sixth_try_in_a_minute_has_to_wait(office: HeadOffice) -> None:
    other = office.another_group()
    with office.client() as client:
        for _ in range(5):
            assert signing_in(client, office, "wrong").status_code == 401
        answer = signing_in(client, office, office.password)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert "Too many tries. Wait" in answer.text
        api = client.post("/api/v1/sessions", json={"email": office.email.upper(), "password": office.password})
        assert (api.status_code, api.json()["error"]["code"]) == (429, "TOO_MANY_TRIES")
        assert signing_in(client, other, other.password).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_sites_page_cannot_act_here(office: HeadOffice, headers: dict[str, str], status: int) -> None:
    with office.client(cookies={"buffr_session": office.token}) as client:
        answer = client.post("/sign-out", headers=headers)
        assert answer.status_code == status
        assert (client.get("/").status_code == 200) == (status == 403)
        if status == 403:
            assert answer.json()["error"]["code"] == "ANOTHER_SITE"
            path = "/api/v1/properties/01890000-0000-7000-8000-000000000000/stations"
            assert client.post(path, json={"name": "Grill"}, headers=headers).status_code == 403


def test_our_own_origin_is_told_from_others(office: HeadOffice) -> None:
    with office.client(cookies={"buffr_session": office.token}) as client:
        assert client.post("/sign-out", headers={"Origin": office.url}).status_code == 303


def test_a_one_time_link_sets_a_password_once(office: HeadOffice) -> None:
    email = f"second-{office.org_id}@example.com"
    path = office.invite(email)
    with office.client() as client:
        page = client.get(path).text
        assert email in page
        assert "Coast &amp; Desert Hospitality" in page
        short = client.post(path, data={"password": "short", "again": "short"})
        assert (short.status_code, "at least 12 characters" in short.text) == (422, True)
        differ = client.post(path, data={"password": PASSWORD, "again": PASSWORD + "!"})
        assert (differ.status_code, "not the same" in differ.text) == (422, True)
        done = client.post(path, data={"password": PASSWORD, "again": PASSWORD})
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert client.get("/").status_code == 200
        for answer in (client.get(path), client.post(path, data={"password": PASSWORD, "again": PASSWORD})):
            assert answer.status_code == 404
            assert "This link was used or has expired." in answer.text
    with office.client() as client:
        answer = client.post("/sign-in", data={"email": f"{email.upper()} ", "password": PASSWORD})
        assert answer.status_code == 303


def test_a_link_that_was_never_given_is_no_link(office: HeadOffice) -> None:
    with office.client() as client:
        assert client.get("/welcome/nonsense").status_code == 404
        answer = client.post("/welcome/nonsense", data={"password": PASSWORD, "again": PASSWORD})
        assert answer.status_code == 404


def test_a_form_that_is_too_large_is_refused(office: HeadOffice) -> None:
    with office.client() as client:
        assert client.post("/sign-in", data={"email": "x" * 10_000}).status_code == 400
        assert client.post("/sign-in", content=b"\xff\xfe").status_code == 400


def test_programs_begin_and_end_a_session(office: HeadOffice) -> None:
    with office.client() as client:
        answer = client.post("/api/v1/sessions", json={"email": office.email, "password": office.password})
        assert answer.status_code == 201
        session = answer.json()
        assert set(session) == {"token", "expires_at", "org_id"}
        assert session["org_id"] == office.org_id
        assert session["expires_at"].endswith("Z")
        bearer = {"Authorization": f"Bearer {session['token']}"}
        assert client.get("/api/v1/nodes", headers=bearer).status_code == 200
        assert client.delete("/api/v1/sessions", headers=bearer).status_code == 204
        assert client.get("/api/v1/nodes", headers=bearer).status_code == 401
        assert client.delete("/api/v1/sessions", headers=bearer).status_code == 401
        wrong = client.post("/api/v1/sessions", json={"email": office.email, "password": "wrong"})
        assert (wrong.status_code, wrong.json()["error"]["message"]) == (401, WRONG)
