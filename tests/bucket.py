"""A bucket on loopback, by a server that speaks S3."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import fsspec
import httpx
from moto.server import ThreadedMotoServer

KEYS = {
    "AWS_ACCESS_KEY_ID": "reader-and-writer",
    "AWS_SECRET_ACCESS_KEY": "h0rse/staple+battery",
    "AWS_DEFAULT_REGION": "us-east-1",  # the only one in which a bucket is made without being told where
}


@dataclass(frozen=True)
class Bucket:
    """A bucket and how it is reached; its own eyes see what is in it."""

    name: str
    endpoint_url: str

    def url(self, prefix: str) -> str:
        return f"s3://{self.name}/{prefix}?endpoint_url={self.endpoint_url}"

    @property
    def eyes(self) -> Any:
        named = {"key": KEYS["AWS_ACCESS_KEY_ID"], "secret": KEYS["AWS_SECRET_ACCESS_KEY"]}
        return fsspec.filesystem("s3", **named, endpoint_url=self.endpoint_url, use_listings_cache=False)


@contextmanager
def open_bucket(name: str = "nights") -> Iterator[Bucket]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        bucket = Bucket(name, f"http://{host}:{port}")
        bucket.eyes.mkdir(name)
        yield bucket
        # What moto holds is its process's, and not the server's: the next one would find the bucket made.
        httpx.post(f"{bucket.endpoint_url}/moto-api/reset", trust_env=False).raise_for_status()
    finally:
        server.stop()
