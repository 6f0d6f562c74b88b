"""Every kind of bad or odd record that the suite knows, as data, grouped for people."""

from testbed.telco.catalogue import not_an_event, not_json, odd, unscorable, wrong_field
from testbed.telco.catalogue.kind import (
    NOT_AN_EVENT,
    NOT_JSON,
    ODD,
    UNSCORABLE,
    WRONG_FIELD,
    Kind,
)

GROUPS = (NOT_JSON, NOT_AN_EVENT, WRONG_FIELD, UNSCORABLE, ODD)
KINDS: tuple[Kind, ...] = (
    *not_json.KINDS,
    *not_an_event.KINDS,
    *wrong_field.KINDS,
    *unscorable.KINDS,
    *odd.KINDS,
)
_BY_SLUG = {kind.slug: kind for kind in KINDS}

__all__ = ["GROUPS", "KINDS", "Kind", "by_slug", "kinds"]


def kinds(group: str) -> list[Kind]:
    """All kinds of one group; raises ``ValueError`` for a name that is none."""
    if group not in GROUPS:
        raise ValueError(f"Expected one of the groups {', '.join(GROUPS)}, got {group!r}")
    return [kind for kind in KINDS if kind.group == group]


def by_slug(slug: str) -> Kind:
    """One kind; raises ``ValueError`` for a name that is none."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"Expected the slug of a kind in the catalogue, got {slug!r}") from None
