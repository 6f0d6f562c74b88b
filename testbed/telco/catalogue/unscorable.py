"""Valid events that between them show every category: a model that lacks one must raise.

Which of them fail depends on the model, and its oracle knows; all others must be scored.
"""

from itertools import cycle

from testbed.telco.catalogue.kind import UNSCORABLE, Group
from testbed.telco.catalogue.shapes import HEADERS, KEYS
from testbed.telco.contract import CATEGORIES

_group = Group(UNSCORABLE)
_ordinary = {name: allowed[0] for name, allowed in CATEGORIES.items()}
_keys, _headers = cycle(KEYS.values()), cycle(HEADERS.values())

for _name, _allowed in CATEGORIES.items():
    for _code, _category in enumerate(_allowed):
        _fields = {**_ordinary, _name: _category}
        _slug, _title = f"category-{_name}-{_code}", f"{_name} {_category}"
        _group.changed(_slug, _title, _fields)
    # The last value once more, with a key and headers that a dead letter must give back.
    (_key_title, _key), (_, _head) = next(_keys), next(_headers)
    _group.changed(f"{_slug}-dressed", f"{_title}, {_key_title}", _fields, key=_key, headers=_head)

KINDS = tuple(_group.kinds)
