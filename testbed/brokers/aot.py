"""The JVM's start-up cache: loaded and linked classes of a broker that ran before."""

import hashlib
import shutil
import sys
from pathlib import Path

from testbed.brokers import jars, jvm
from testbed.brokers.java import Java
from testbed.caches import cache_dir

# What the JVM says about a cache that it cannot use; it goes on without.
REFUSALS = (
    "[error][aot",
    "Unable to use AOT cache",
    "An error has occurred while processing the AOT cache",
    "not the one used while building",
)
HEAD_BYTES = 20_000


def path(java: Java) -> Path:
    """The cache's file for these jars, this Java and these options, there or not."""
    key = f"{java.identity}|{jars.folder()}|{jvm.OPTIONS}|{sys.platform}"
    stamp = hashlib.sha256(key.encode()).hexdigest()[:12]
    return cache_dir("aot") / f"kafka-{jars.kafka_version()}-java-{java.version}-{stamp}.aot"


def options(java: Java) -> list[str]:
    """The JVM's words for using the cache, none where there is none."""
    return [f"-XX:AOTCache={path(java)}"] if java.has_aot_cache and path(java).exists() else []


def was_refused(log: Path) -> bool:
    """Whether the JVM that wrote ``log`` could not use the cache; it says so at once."""
    try:
        with log.open("rb") as file:
            head = file.read(HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    return any(words in head for words in REFUSALS)


def drop(java: Java) -> None:
    """Forget the cache; a broker that uses it now keeps its open file."""
    path(java).unlink(missing_ok=True)


def install(made: Path, java: Java) -> None:
    """Move a finished cache to its place in one step, though it may come from another disk."""
    near = path(java).with_suffix(".partial")
    shutil.move(made, near)
    near.replace(path(java))
