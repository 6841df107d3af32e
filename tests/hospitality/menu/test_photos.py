"""A photo of an item: made small, kept by itself, served for ever."""

import io
import random

from PIL import Image

from hospitality.menu.pictures import GIVEN_DOTS_MAX, PHOTO_BYTES_MAX, SIDE_DOTS_MAX, photo_of
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of

ORIENTATION, MAKER, LYING = 0x0112, 0x010F, 6


def from_a_camera() -> bytes:
    """A JPEG held upright and signed by its camera."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = LYING, "Somebody's camera"
    written = io.BytesIO()
    Image.linear_gradient("L").resize((1440, 1080)).save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_what_packs_badly_is_made_smaller_still() -> None:
    written = io.BytesIO()
    Image.frombytes("RGB", (720, 720), random.Random(4).randbytes(720 * 720 * 3)).save(written, "PNG")
    photo = photo_of(written.getvalue())
    assert len(photo.webp) <= PHOTO_BYTES_MAX
    assert photo.width == photo.height < SIDE_DOTS_MAX


def test_a_photo_is_taken_though_its_camera_wrote_nonsense_beside_it() -> None:
    maker, resolution, words = MAKER.to_bytes(2, "big"), (0x011A).to_bytes(2, "big"), (2).to_bytes(2, "big")
    given = from_a_camera()
    assert maker + words in given
    photo = photo_of(given.replace(maker + words, resolution + words))
    assert (photo.width, photo.height) == (SIDE_DOTS_MAX * 3 // 4, SIDE_DOTS_MAX)


def test_a_photo_is_made_small_and_upright_and_keeps_nothing_of_the_camera(
    served: Served, restaurant: Restaurant
) -> None:
    manager, till = served.person(), served.screen()
    path = f"menu-items/{restaurant.steak}/photo"
    item = manager.post_raw(path, from_a_camera()).json()
    (told,) = served.node.journal("menu.item_changed")
    assert item["photo_id"] in told["data"]
    photo = till.get(f"menu-photos/{item['photo_id']}")
    assert photo.content == served.screen("room").get(f"menu-photos/{item['photo_id']}").content
    assert photo.headers["content-type"] == "image/webp"
    assert photo.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert len(photo.content) <= PHOTO_BYTES_MAX
    kept = Image.open(io.BytesIO(photo.content))
    assert (kept.format, kept.size) == ("WEBP", (SIDE_DOTS_MAX * 3 // 4, SIDE_DOTS_MAX))
    assert not kept.getexif()
    assert b"camera" not in photo.content


def test_one_photo_is_kept_once_and_taken_away_by_an_edit(served: Served, restaurant: Restaurant) -> None:
    manager, till = served.person(), served.screen()
    given = from_a_camera()
    ids = {
        manager.post_raw(f"menu-items/{id}/photo", given).json()["photo_id"]
        for id in (restaurant.steak, restaurant.soup)
    }
    (photo_id,) = ids
    assert served.node.store.count("menu_photos") == 1
    tag = till.get(f"menu-photos/{photo_id}").headers["etag"]
    headers = {"Authorization": f"Bearer {till.token}", "If-None-Match": tag}
    again = served.client.get(f"{served.prefix}/menu-photos/{photo_id}", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert manager.patch(f"menu-items/{restaurant.steak}", {"photo_id": None}).json()["photo_id"] is None


def test_what_is_no_photo_is_refused(served: Served, restaurant: Restaurant) -> None:
    manager, staff = served.person(), served.person("staff")
    before = served.node.store.counts()
    bomb = io.BytesIO()
    Image.new("1", (GIVEN_DOTS_MAX // 1000 + 1, 1000)).save(bomb, "PNG")
    path = f"menu-items/{restaurant.steak}/photo"
    for response, status, code in [
        (manager.post_raw(path, b"<svg/>"), 422, "PHOTO_INVALID"),
        (manager.post_raw(path, bomb.getvalue()), 422, "PHOTO_INVALID"),
        (staff.post_raw(path, b"<svg/>"), 403, "NOT_PERMITTED"),  # not even opened
        (manager.get(f"menu-photos/{restaurant.steak}"), 404, "MENU_PHOTO_NOT_FOUND"),
        (manager.patch(f"menu-items/{restaurant.steak}", {"photo_id": restaurant.soup}), 404, "MENU_PHOTO_NOT_FOUND"),
    ]:
        assert (response.status_code, code_of(response)) == (status, code)
    assert served.node.store.counts() == before
