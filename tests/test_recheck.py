"""A saved history gets its verdict offline, with an exit code that tells it."""

import pytest

from testbed.errors import UsageError
from testbed.history import History
from testbed.recheck import main
from testbed.saved import save
from tests.checker.story import Story


def held() -> History:
    story = Story()
    story.answer(story.send())
    return story.end()


def broken() -> History:
    story = Story()
    sent = story.send("C-0042", "2026-01-01T00:00:07Z")
    story.answer(sent, sent)
    return story.end()


def unknown() -> History:
    story = Story()
    story.answer(story.send())
    return story.history


def saved(folder, *histories: History) -> list[str]:
    paths = [folder / f"{number}.jsonl" for number in range(len(histories))]
    for history, path in zip(histories, paths, strict=True):
        save(history, path)
    return [str(path) for path in paths]


@pytest.mark.parametrize(("make", "code"), [(held, 0), (broken, 1), (unknown, 4)])
def test_the_exit_code_is_the_verdict(tmp_path, make, code):
    assert main(saved(tmp_path, make())) == code


def test_the_worst_of_several_counts(tmp_path):
    assert main(saved(tmp_path, held(), broken(), unknown())) == 1


def test_a_broken_promise_is_told_with_its_record(tmp_path, capsys):
    main(saved(tmp_path, broken()))
    text = capsys.readouterr().out
    assert "story: BROKEN" in text
    assert "customer C-0042, event 2026-01-01T00:00:07Z" in text
    assert "2: predictions[0]@0 and predictions[0]@1" in text


@pytest.mark.parametrize("content", [None, b"{}\n", b"not JSON\n", b""])
def test_what_is_no_history_is_refused_as_usage(tmp_path, content):
    path = tmp_path / "some.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="Expected a saved history"):
        main([str(path)])


def test_no_file_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as error:
        main([])
    assert error.value.code == 2
    assert "FILE" in capsys.readouterr().err
