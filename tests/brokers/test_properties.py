"""A file of client properties."""

import pytest

from testbed.brokers import properties
from testbed.errors import UsageError

SECRET = "hunter2=hunter3"  # a value may hold the sign itself


def written(tmp_path, text: str):
    path = tmp_path / "client.properties"
    path.write_text(text, "utf-8")
    return path


def test_it_is_read(tmp_path):
    """Spaces, blank lines, comments, and a value with an equals sign."""
    path = written(tmp_path, f"# mine\n\nsasl.mechanism = PLAIN\nsasl.password={SECRET}\n")
    assert properties.read(path) == {"sasl.mechanism": "PLAIN", "sasl.password": SECRET}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hunter2", "a line without '='"),
        ("=hunter2", "no key"),
        ("sasl.password=", "no value for sasl.password"),
        ("hunter2 hunter3=x", "a key that is no property's name"),
    ],
)
def test_a_bad_line_is_named_and_not_shown(tmp_path, line, said):
    """It may be a secret that lost its key."""
    with pytest.raises(UsageError, match="on line 3 of") as caught:
        properties.read(written(tmp_path, f"\nsasl.username=me\n{line}\n"))
    assert said in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_a_property_that_stands_twice_is_refused(tmp_path):
    """Which one was meant?"""
    with pytest.raises(UsageError, match=r"twice in .* again on line 2"):
        properties.read(written(tmp_path, "a=1\na=2\n"))


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"Cannot read the client properties .*missing"):
        properties.read(tmp_path / "missing")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        properties.read(binary)


def test_secrets_are_blanked_out():
    given = {"sasl.password": "hunter2", "security.protocol": "SASL_SSL"}
    text = "SASL_SSL refused hunter2"
    assert properties.without_secrets(text, given) == "SASL_SSL refused ***"


def test_each_secret_is_known_in_all_its_spellings():
    given = {
        "sasl.password": 'a/b"c?',
        "ssl.key.pem": "-----KEY",
        "sasl.username": "somebody",
        "ssl.key.password": "abc",
        "security.protocol": "SASL_SSL",
    }
    forms = properties.secret_forms(given)
    assert {'a/b"c?', "YS9iImM/", "a%2Fb%22c%3F", 'a/b\\"c?', "-----KEY"} <= forms
    assert not forms & {"somebody", "abc", "SASL_SSL"}
