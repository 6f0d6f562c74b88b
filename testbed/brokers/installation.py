"""What an embedded broker is made of: a Java, Kafka's jars, and how both become a node."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testbed.brokers import jars, java, jvm, settings, storage
from testbed.brokers.node import Node


@dataclass
class Installation:
    """Java and jars of this machine."""

    java: java.Java
    jars: list[Path]

    @classmethod
    def find(cls, wanted_java: str, say) -> "Installation":
        """Find or fetch both; raises ``CannotStart`` or ``UsageError`` where that fails."""
        return cls(java.find(wanted_java), jars.ensure(say))

    def define(
        self,
        node: Node,
        data: Path,
        ports: tuple[int, int],
        options=(),
        *,
        token: str,
        outlives: bool = False,
        proxied: Sequence[settings.Listener] = (),
        more: dict[str, str | int] | None = None,
    ) -> None:
        """Have ``node`` start Kafka on freshly formatted ``data``.

        ``ports`` are the clients' and the controller's, ``options`` further ones of the JVM,
        ``token`` the run's, ``proxied`` further ways in, ``more`` further settings of Kafka.
        """
        storage.copy_formatted(self.java, self.jars, data)
        node.folder.mkdir(parents=True, exist_ok=True)
        properties = node.folder / settings.FILE
        names = (settings.CLIENTS, settings.CONTROLLER)
        clients, controller = (settings.Listener(*pair) for pair in zip(names, ports, strict=True))
        listeners = [clients, *proxied]
        text = settings.server_properties(data, listeners, controller, more or {})
        properties.write_text(text, "utf-8")
        # Where codecs unpack their native libraries, which a killed broker leaves behind.
        temporary = node.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        options = (*options, f"-Djava.io.tmpdir={temporary}")
        words = jvm.command(self.java, self.jars, jvm.SERVER, str(properties), options=options)
        node.define(words, token=token, outlives=outlives)

    def refetch_corrupt(self, say) -> None:
        """Compare the jars' bytes with the lock, and fetch them anew where one is wrong."""
        if jars.drop_corrupt():
            self.jars = jars.ensure(say)
