"""The second way out, for networks whose wall refuses the first: a TLS stack and header order of its own."""

from collections.abc import Mapping
from importlib.metadata import version

import urllib3

from connectors.causes import cause
from connectors.http import MOST_BYTES, Answer, Asked, TransportError, Way, not_connected, whole
from connectors.network import Network


class Urllib3Transport:
    """HTTP/1.1 by urllib3."""

    own_agent = f"python-urllib3/{version('urllib3')}"

    def __init__(self, timeout_s: float, most_bytes: int = MOST_BYTES, way: Way | None = None) -> None:
        self._most_bytes = most_bytes
        way = way or Way(None, Network().trust())
        self._pool: urllib3.PoolManager = (
            urllib3.ProxyManager(
                way.proxy.url,
                proxy_headers=way.proxy.headers,
                proxy_ssl_context=way.trust,
                retries=False,
                timeout=timeout_s,
                ssl_context=way.trust,
            )
            if way.proxy
            else urllib3.PoolManager(retries=False, timeout=timeout_s, ssl_context=way.trust)
        )

    def ask(self, url: str, asked: Asked, headers: Mapping[str, str]) -> Answer:
        what = {"fields": dict(asked.params)} if asked.body is None else {"body": asked.body}
        try:
            response = self._pool.request(
                asked.method,
                url,
                **what,
                headers={"Accept-Encoding": "gzip", **headers},
                redirect=False,
                preload_content=False,
            )
            try:
                body = whole(response.stream(), self._most_bytes, url)
            except BaseException:
                response.close()  # a connection that was not read to its end is of no more use
                raise
            response.release_conn()
        except urllib3.exceptions.NewConnectionError as error:
            raise not_connected(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise TransportError(cause(error)) from error
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, body, url)

    def close(self) -> None:
        self._pool.clear()
