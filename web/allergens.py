"""What a dish may contain, in words for the pages that say so."""

from collections.abc import Callable


def allergen_texts(_: Callable[[str], str]) -> dict[str, str]:
    """What a dish may contain, by the names of `hospitality.menu.rules.ALLERGENS`."""
    return {
        "allergen_celery": _("celery"),
        "allergen_crustaceans": _("crustaceans"),
        "allergen_eggs": _("eggs"),
        "allergen_fish": _("fish"),
        "allergen_gluten": _("gluten"),
        "allergen_lupin": _("lupin"),
        "allergen_milk": _("milk"),
        "allergen_molluscs": _("molluscs"),
        "allergen_mustard": _("mustard"),
        "allergen_nuts": _("nuts"),
        "allergen_peanuts": _("peanuts"),
        "allergen_sesame": _("sesame"),
        "allergen_soya": _("soya"),
        "allergen_sulphites": _("sulphites"),
    }
