"""The words of a command that runs a class of Kafka's."""

import os
from pathlib import Path

from testbed.brokers.java import Java

SERVER, STORAGE_TOOL = "kafka.Kafka", "kafka.tools.StorageTool"
LEVELS = "-Dorg.slf4j.simpleLogger."
OPTIONS = (
    # A small heap, the simplest collector and the first compiler only: made to start fast.
    *("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *("-Xms192m", "-Xmn96m"),  # no collection before it is ready, on a small machine neither
    "-XX:-UsePerfData",  # no file in the system's temporary folder
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider",  # or it is sought in every jar
    f"{LEVELS}logFile=System.out",
    f"{LEVELS}showDateTime=true",
    f"{LEVELS}dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    # Two thousand lines that list every setting, several times over.
    f"{LEVELS}log.org.apache.kafka.common.config=warn",
    f"{LEVELS}log.org.apache.kafka.server.config=warn",
    f"{LEVELS}log.kafka.server.KafkaConfig=warn",
)


def command(java: Java, jars: list[Path], main: str, *words: str, options=()) -> list[str]:
    """Run ``main`` with ``words``; ``options`` are further ones of the JVM."""
    classpath = os.pathsep.join(map(str, jars))
    return [str(java.path), *OPTIONS, *options, "-cp", classpath, main, *words]
