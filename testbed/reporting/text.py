"""A verdict in words: for the terminal, for the assertion message, for the report."""

from testbed.checker.verdict import Finding, Verdict, Violation
from testbed.history import History, Sent
from testbed.reporting.moments import moments

SHOWN = 20  # violations in words; the history has them all
AROUND = 5  # moments told around the first violation


def story(finding: Finding, history: History, file: str = "") -> str:
    """A broken promise in words: the first record's own story, then the other records.

    ``file`` is where all of it stands, for those who want more than the first twenty.
    """
    violations = finding.violations
    lines = [f"Promise broken: {printable(finding.title)}"]
    if violations:
        lines.append(f"{_count(len(violations))} of {finding.examined} examined. The first:")
        lines += _whole(violations[0], history)
    lines += [_short(one) for one in violations[1:SHOWN]]
    hidden = len(violations) - SHOWN
    if hidden > 0:
        lines.append(f"… and {hidden} more" + (f", in {file}" if file else ""))
    elif file:
        lines.append(f"All that happened: {file}")
    return "\n".join(lines)


def verdict_lines(findings) -> list[str]:
    """One line per promise: what broke first, then what is unknown, then what held."""
    order = sorted(findings, key=lambda one: (bool(one.not_applicable), -one.verdict))
    return [_line(finding) for finding in order]


def verdict(findings, history: History, file: str = "") -> str:
    """The whole verdict over one scenario: the stories of what broke, then all promises."""
    broken = [one for one in findings if one.verdict is Verdict.BROKEN]
    parts = [story(one, history, file) for one in broken]
    return "\n\n".join([*parts, "\n".join(verdict_lines(findings))])


def printable(text: object, limit: int = 300) -> str:
    """One line that can do no harm to a terminal: control signs become escapes, long text is cut.

    Signs that reorder or hide text (bidirectional marks, zero width) are shown as escapes too.
    """
    shown = _escaped(str(text))
    return shown if len(shown) <= limit else f"{shown[:limit]}… ({len(shown)} characters)"


def harmless(text: str) -> str:
    """Several lines, each printable and whole."""
    return "\n".join(_escaped(line) for line in text.splitlines())


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _code(c) for c in text)


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _line(finding: Finding) -> str:
    if finding.not_applicable:
        return f"not asked  {finding.title}: {printable(finding.not_applicable)}"
    word = finding.verdict.name.lower()
    if finding.verdict is Verdict.BROKEN:
        tail = f": {_count(len(finding.violations))} of {finding.examined}"
    elif finding.verdict is Verdict.UNKNOWN:
        tail = f": {printable(finding.reason)}" if finding.reason else ""
    else:
        tail = f" ({finding.examined} examined)"
    return f"{word:<9}  {finding.title}{tail}"


def _whole(violation: Violation, history: History) -> list[str]:
    sent = _sent(violation, history)
    rows = [
        ("", violation.subject),
        ("sent", _sending(sent)),
        ("expected", violation.expected),
        ("seen", violation.got),
        ("near miss", violation.near),
        ("where", violation.where),
        ("vanished", violation.vanished),
        ("around it", _around(violation, sent, history)),
    ]
    return [f"  {name + ':' if name else '':<10} {printable(value, 600)}".rstrip()
            if name else f"  {printable(value)}" for name, value in rows if value]  # fmt: skip


def _short(violation: Violation) -> str:
    tail = next((f" - {one}" for one in (violation.vanished, violation.where) if one), "")
    return printable(
        f"  {violation.subject}: expected {violation.expected}, saw {violation.got}{tail}"
    )


def _sent(violation: Violation, history: History) -> Sent | None:
    if violation.n is None:
        return None
    return next((one for one in history.of(Sent) if one.n == violation.n), None)


def _sending(sent: Sent | None) -> str:
    if sent is None:
        return ""
    place = "" if sent.offset is None else f" at partition {sent.partition}, offset {sent.offset}"
    note = f" ({sent.note})" if sent.note else ""
    return f"{sent.at:.2f} s, {sent.outcome}{place}{note}"


def _around(violation: Violation, sent: Sent | None, history: History) -> str:
    """What happened nearest to it, in order of time."""
    at = violation.at if violation.at is not None else sent.at if sent else None
    if at is None:
        return ""
    nearest = sorted(moments(history), key=lambda one: abs(one.at - at))[:AROUND]
    told = [f"{one.at:.2f} s {one.words}" for one in sorted(nearest, key=lambda one: one.at)]
    return " · ".join(told)


def _count(number: int) -> str:
    return f"{number} breach" if number == 1 else f"{number} breaches"
