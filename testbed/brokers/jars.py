"""Apache Kafka's jars: named with their digests in ``kafka.lock``, fetched once by jgo.

The lock makes every machine run the same bytes, wherever they came from (Maven Central, a
company's mirror in jgo's settings, the local Maven repository).
``python scripts/lock_kafka.py VERSION`` writes it anew.
"""

import hashlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from testbed.caches import cache_dir, locked, unusable
from testbed.errors import CannotStart

LOCK = Path(__file__).with_name("kafka.lock")
KAFKA = "kafka_2.13"  # the artifact that needs all others
FETCH_WITHIN_S = 300.0  # 43 MB over a slow line, by this run or by another that fetches now
CONNECTIONS = 6
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Jar:
    """One locked jar; ``size`` in bytes."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    @property
    def file(self) -> str:
        """The jar's usual file name."""
        return f"{self.artifact}-{self.version}.jar"

    def is_whole(self, path: Path) -> bool:
        """Whether the file's bytes are the locked ones."""
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256
        except OSError:
            return False


@cache
def locked_jars() -> tuple[Jar, ...]:
    """What the lock file names, in its order."""
    jars = []
    for line in LOCK.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sha256, size, coordinate = line.split()
            jars.append(Jar(sha256, int(size), *coordinate.split(":")))
    return tuple(jars)


@cache
def kafka_version() -> str:
    """Such as 4.4.0."""
    return next(jar.version for jar in locked_jars() if jar.artifact == KAFKA)


@cache
def digest() -> str:
    """Names this set of jars."""
    return hashlib.sha256("".join(jar.sha256 for jar in locked_jars()).encode()).hexdigest()[:12]


def folder() -> Path:
    """Where the jars are, or will be."""
    return cache_dir("kafka") / f"{kafka_version()}-{digest()}"


def ensure(say=lambda line: None) -> list[Path]:
    """All jars, fetched if the cache does not have them; a look at their sizes must do.

    Raises ``CannotStart`` where they cannot be had.
    """
    home = folder()
    if not _complete(home):
        with locked(home, FETCH_WITHIN_S):
            if not _complete(home):
                _fetch_all(home, say)
    return [home / jar.file for jar in locked_jars()]


def drop_corrupt() -> bool:
    """Compare every byte with the lock; remove the files that are wrong, and tell if any was."""
    wrong = [one for jar in locked_jars() if not jar.is_whole(one := folder() / jar.file)]
    for path in wrong:
        path.unlink(missing_ok=True)
    return bool(wrong)


def _complete(home: Path) -> bool:
    try:
        return all((home / jar.file).stat().st_size == jar.size for jar in locked_jars())
    except OSError:
        return False


def _fetch_all(home: Path, say) -> None:
    total = sum(jar.size for jar in locked_jars()) / MEGABYTE
    say(f"Fetching Apache Kafka {kafka_version()} (once, ~{total:.0f} MB)…")
    try:
        partial = Path(tempfile.mkdtemp(dir=home.parent, prefix="fetching-"))
    except OSError as error:
        raise unusable(home.parent, error) from error
    try:
        _fetch_into(partial, home)
        shutil.rmtree(home, ignore_errors=True)
        partial.rename(home)
    except OSError as error:
        raise unusable(home.parent, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _fetch_into(partial: Path, old: Path) -> None:
    store = partial / "maven"
    sources = [maven(store / "near", near=True), maven(store / "far", near=False)]
    missing = [jar for jar in locked_jars() if not _is_kept(jar, old, partial)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        tasks = [pool.submit(_fetch, jar, partial, sources) for jar in missing]
        try:
            for task in tasks:
                task.result()
        finally:
            pool.shutdown(cancel_futures=True)
    shutil.rmtree(store, ignore_errors=True)


def _is_kept(jar: Jar, old: Path, target: Path) -> bool:
    """Whether the jar could be taken over from a folder where others are wrong."""
    whole = jar.is_whole(old / jar.file)
    if whole:
        shutil.copyfile(old / jar.file, target / jar.file)
    return whole


def _fetch(jar: Jar, target: Path, sources) -> None:
    """From the nearest source first; a copy there that is not the locked one is passed over."""
    for maven in sources:
        found = _resolve(maven, jar)
        if jar.is_whole(found):
            shutil.copyfile(found, target / jar.file)
            return
    raise CannotStart(
        f"{jar.file} is not the file that this project was locked to",
        f"expected sha256 {jar.sha256}, got {hashlib.sha256(found.read_bytes()).hexdigest()}",
        "Check the repositories in jgo's settings",
    )


def _resolve(maven, jar: Jar) -> Path:
    component = maven.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return component.artifact().resolve()
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) and not _is_of_the_network(error):
            raise  # disk full, no permission
        raise CannotStart(
            f"Cannot fetch {jar.file} for the embedded broker",
            f"{type(error).__name__}: {str(error)[:300]}",
            "Connect this machine once, or name a mirror under [repositories] in ~/.config/jgo.conf"
            ", or choose --broker redpanda or external",
        ) from error


def _is_of_the_network(error: Exception) -> bool:
    import requests

    return isinstance(error, requests.RequestException | ConnectionError)


def maven(store: Path, *, near: bool):
    """Where jars come from: Maven's own store on this machine too if ``near``, and the network.

    jgo and its HTTP client load only when something is missing.
    """
    from jgo import MAVEN_CENTRAL_URL, GlobalSettings
    from jgo.maven import MavenContext

    settings = GlobalSettings.load()
    return MavenContext(
        repo_cache=store,
        local_repos=[settings.repo_cache] if near else [],
        remote_repos=settings.repositories | {"central": MAVEN_CENTRAL_URL},
    )
