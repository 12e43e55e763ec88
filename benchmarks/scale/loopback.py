"""A registry on loopback in a process of its own: it pages through a file of records and knows no search.

Unlike ``connectors.simulated`` it holds no record in memory, so that it can serve a whole registry.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from subprocess import PIPE, Popen

from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import LoopbackServer

JSON = {"Content-Type": "application/json"}


class Pages:
    """Answers with the next page of the file. A page's token is the place in the file where it begins."""

    def __init__(self, path: Path, size: int, data_version: str) -> None:
        self._path, self._size, self._data_version = path, size, data_version

    def respond(self, request: Request, _: int) -> Reply:
        if request.path == "/api/v2/version":
            return Reply(200, JSON, f'{{"apiVersion":"2.0.5","dataTimestamp":"{self._data_version}"}}'.encode())
        return Reply(
            200, JSON, self._page(int(request.params.get("pageToken", 0)), int(request.params["pageSize"]))
        )

    def _page(self, start: int, most: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            studies = [line.rstrip(b"\n") for line in islice(file, most)]
        end = start + sum(len(study) + 1 for study in studies)
        token = b"" if end >= self._path.stat().st_size else b',"nextPageToken":"%d"' % end
        return b'{"totalCount":%d,"studies":[%s]%s}' % (self._size, b",".join(studies), token)


@contextmanager
def served(path: Path, size: int, data_version: str) -> Iterator[str]:
    """The address of such a registry, for as long as the block lasts."""
    command = [sys.executable, "-m", "benchmarks.scale.loopback", str(path), str(size), data_version]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()  # which is what it waits for


def main(path: str, size: str, data_version: str) -> None:
    server = LoopbackServer(Pages(Path(path), int(size), data_version).respond)
    server.start()
    print(f"http://127.0.0.1:{server.port}", flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
