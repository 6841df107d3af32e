"""What the demo's menu has beside the evening's: one of every kind that a menu can hold, to look at and to order."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

from PIL import Image, ImageDraw

Post = Callable[[str, Any], Awaitable[dict[str, Any]]]
"""Posts JSON, or a picture's bytes, to a path below the property, and answers what that made."""

PHOTO_DOTS = 480
TABLE_STEP = 160
TERRACE = ("T1", "T2", "T3", "T4")


async def show_every_kind(post: Post, station_id: str, tax_rate_id: str | None) -> None:
    """Adds headings, serving periods, happy hour on the terrace, a promotion, choices of every kind, a set, and what is
    weighed or keyed in, two of it with photos."""
    made = _Showcase(post, station_id, tax_rate_id)
    specials = await made.heading("House specials", None)
    await made.breakfast(specials)
    await made.happy_hour(specials)
    await made.pizza(specials)
    await made.dinner(specials)
    await made.item("Biltong", specials, 48_000, sold_as="kg", plu="4070", description="Cut at the counter.")
    await made.item("Open food", specials, 0, sold_as="open")


class _Showcase:
    def __init__(self, post: Post, station_id: str, tax_rate_id: str | None) -> None:
        self._post = post
        self._of = {"station_id": station_id, "tax_rate_id": tax_rate_id}

    async def heading(self, name: str, parent_id: str | None, *period_ids: str) -> str:
        body = {"name": name, "parent_id": parent_id, "period_ids": period_ids, "sort": 900}
        return str((await self._post("menu-categories", body))["id"])

    async def item(self, name: str, category_id: str, price_minor: int, *group_ids: str, **more: Any) -> str:
        body = {"name": name, "category_id": category_id, "price_minor": price_minor, **self._of, **more}
        return str((await self._post("menu-items", {**body, "modifier_group_ids": group_ids}))["id"])

    async def group(self, name: str, least: int, most: int, *options: dict[str, Any], **more: Any) -> str:
        body = {"name": name, "choices_min": least, "choices_max": most, "options": options, **more}
        return str((await self._post("modifier-groups", body))["id"])

    async def breakfast(self, above: str) -> None:
        """Served in its period alone; the toast leads on to what goes on it, and the rusk goes along by itself."""
        hours = {"name": "Breakfast", "from_time": "06:30", "to_time": "10:30"}
        period = (await self._post("serving-periods", hours))["id"]
        spread = await self.group("On the toast", 1, 2, {"name": "Marmalade"}, {"name": "Marmite"})
        toast = {"name": "Toast", "group_ids": [spread]}
        beside = await self.group("Beside it", 0, 2, toast, {"name": "Rusk", "preset": True})
        await self.item("Farm breakfast", await self.heading("Breakfast", above, period), 14_500, beside)

    async def happy_hour(self, above: str) -> None:
        """At half the price on the terrace in the late afternoon, and everywhere three for two."""
        terrace = (await self._post("areas", {"name": "Terrace"}))["id"]
        for place, label in enumerate(TERRACE):
            await self._post("tables", {"area_id": terrace, "label": label, "seats": 4, "x": place * TABLE_STEP})
        heading = await self.heading("Sundowners", above)
        sundowner = await self.item("Dune gin and tonic", heading, 8_000, diets=["vegan"])
        await self._post(f"menu-items/{sundowner}/photo", _glass())
        hours = {"from_time": "16:00", "to_time": "19:00", "percent_bp": 5_000}
        await self._post("price-rules", {"name": "Happy hour", "category_id": heading, "area_id": terrace, **hours})
        three = {"name": "Three sundowners for two", "kind": "free", "buy": 2, "free": 1}
        await self._post("promotions", {**three, "category_ids": [heading]})

    async def pizza(self, above: str) -> None:
        """Toppings go on the whole, or on a half each."""
        names = {"Mushrooms": 1_200, "Olives": 1_000, "Biltong": 2_400}
        options = [{"name": name, "price_delta_minor": delta} for name, delta in names.items()]
        toppings = await self.group("Toppings", 0, 6, *options, halves=True)
        pizza = await self.item("Stone oven pizza", above, 12_000, toppings, allergens=["gluten", "milk"])
        await self._post(f"menu-items/{pizza}/photo", _plate())

    async def dinner(self, above: str) -> None:
        """A set of three courses, the later ones held; the fillet is more than the potjie."""
        courses = (
            ("Game drive starter", {"Pumpkin soup": (6_500, 0), "Smoked oryx": (9_500, 0)}),
            ("Game drive main", {"Vegetable potjie": (15_500, 0), "Springbok fillet": (24_500, 4_000)}),
            ("Game drive pudding", {"Malva pudding": (7_500, 0)}),
        )
        groups = []
        for course, (name, items) in enumerate(courses, start=1):
            brought = [
                {"menu_item_id": await self.item(dish, above, price), "price_delta_minor": delta}
                for dish, (price, delta) in items.items()
            ]
            groups.append(await self.group(name, 1, 1, *brought, course=course, held=course > 1))
        await self.item("Game drive dinner", above, 29_500, *groups, sold_as="set")


def _plate() -> bytes:
    picture = Image.new("RGB", (PHOTO_DOTS, PHOTO_DOTS), "#7b4b2a")
    draw = ImageDraw.Draw(picture)
    for edge, colour in ((30, "#f4ede1"), (70, "#d9a15b"), (90, "#c8402f"), (98, "#f2cf73")):
        draw.ellipse((edge, edge, PHOTO_DOTS - edge, PHOTO_DOTS - edge), fill=colour)
    for x, y in ((180, 160), (290, 190), (220, 280), (310, 300), (160, 240)):
        draw.ellipse((x - 18, y - 18, x + 18, y + 18), fill="#3b2a22")
    return _png(picture)


def _glass() -> bytes:
    picture = Image.new("RGB", (PHOTO_DOTS, PHOTO_DOTS), "#e9a35b")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((150, 40, 330, 220), fill="#f7d9a0")
    draw.polygon(((150, 160), (330, 160), (300, 420), (180, 420)), fill="#dfeef0")
    draw.polygon(((158, 220), (322, 220), (300, 410), (180, 410)), fill="#b9dcd6")
    draw.ellipse((270, 120, 350, 200), fill="#7fb34a")
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
