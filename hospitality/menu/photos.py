"""Photos of items, kept beside them: an edit of a price carries none."""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.menu.models import MenuPhoto
from hospitality.menu.pictures import Photo
from hospitality.menu.service import MANAGE, edit_item

_PHOTO = "SELECT picture FROM menu_photos WHERE org_id = :org_id AND property_id = :property_id AND id = :id"


def set_photo(work: Work, item_id: str, photo: Photo) -> dict[str, Any]:
    """Gives an item this photo, answering it as the menu shows it; the one before stays for whoever shows it still."""
    work.require(MANAGE)
    id = derived_id(work.property_id, f"photo {sha256(photo.webp).hexdigest()}")
    if work.one(_PHOTO, id=id) is None:
        picture = b64encode(photo.webp).decode()
        work.add(MenuPhoto, {"id": id, "picture": picture, "width": photo.width, "height": photo.height})
    return edit_item(work, item_id, {"photo_id": id})


def photo_bytes(reading: Reading, photo_id: str) -> bytes:
    """The WebP; NotFound when the property has none of that id, or it is not here yet."""
    row = reading.one(_PHOTO, id=photo_id)
    if row is None:
        raise NotFound.of("menu photo", photo_id)
    return b64decode(row["picture"])
