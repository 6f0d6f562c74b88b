"""Follow files while other processes still write them."""

from pathlib import Path


class Tail:
    """New whole lines of every file in a folder, each line once. The folder may come later."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._read: dict[Path, int] = {}

    def lines(self) -> list[str]:
        """What was completed since the last call, file by file."""
        found = []
        for path in sorted(self._folder.glob("*")):
            found += self._new_lines(path)
        return found

    def _new_lines(self, path: Path) -> list[str]:
        with path.open("rb") as file:
            file.seek(self._read.get(path, 0))
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read[path] = self._read.get(path, 0) + len(whole)
        return whole.decode("utf-8", "replace").splitlines()
