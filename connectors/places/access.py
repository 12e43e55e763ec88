"""With which keys a bucket is opened, for who cannot look for them as AWS's own tools do: DuckDB.

Imported only where there is a bucket: the library comes with the extra ``publish``.
"""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connectors.places.address import S3

if TYPE_CHECKING:
    from botocore.session import Session


def resolved(s3: S3) -> S3:
    """The same with what it leaves open filled from the environment, a profile or a machine's role."""
    from botocore.session import Session

    session = Session()
    region = s3.region or session.get_config_variable("region")
    endpoint_url = s3.endpoint_url or _endpoint(session, region)
    found = replace(s3, region=region, endpoint_url=endpoint_url)
    if s3.key or not (credentials := session.get_credentials()):
        return found
    keys = credentials.get_frozen_credentials()
    return replace(found, key=keys.access_key, secret=keys.secret_key, token=keys.token)


def _endpoint(session: "Session", region: str | None) -> str | None:
    """Where buckets are served; None at Amazon's own, whose addresses DuckDB knows."""
    url: str = session.create_client("s3", region_name=region or "us-east-1").meta.endpoint_url
    return None if (urlsplit(url).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn")) else url
