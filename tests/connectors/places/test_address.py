"""What an address of TRIALWATCH_PUBLISH_URL means, and that nothing of it is shown that nobody may see."""

import pytest

from connectors.errors import PlaceAddressError
from connectors.places.address import S3, Lake, Place, places, secrets


def test_places_are_parted_by_blanks_and_line_ends() -> None:
    first, second, third = places(
        "file:///shared/tri%20als/ s3://watch:a%2Fb+c@bucket/pre/fix?endpoint_url=http://minio:9000\n"
        "ducklake:postgres://reader:pw%40@db.example:5433/lake?data_path=/shared/lake/&keep_days=400"
    )
    assert first == Place("file:///shared/tri%20als", "file", "/shared/tri als")
    assert second == Place(
        "s3://bucket/pre/fix",
        "s3",
        "s3://bucket/pre/fix",
        s3=S3("watch", "a/b+c", endpoint_url="http://minio:9000"),
    )
    assert third == Lake(
        "ducklake:postgres://db.example:5433/lake?data_path=/shared/lake",
        "postgres",
        "postgresql://reader:pw%40@db.example:5433/lake",
        "/shared/lake",
        None,
        400,
    )


def test_what_only_fsspec_knows_is_left_to_it_with_its_options() -> None:
    (place,) = places("abfs://container/night?account_name=us&account_key=a+b%3D")
    assert place == Place(
        "abfs://container/night",
        "abfs",
        "abfs://container/night",
        {"account_name": "us", "account_key": "a+b="},
    )


def test_a_lake_in_sqlite_with_its_data_in_a_bucket() -> None:
    (lake,) = places("ducklake:sqlite:/shared/cat%20alog.sqlite?data_path=s3://bucket/lake&region=eu-west-1")
    assert isinstance(lake, Lake)
    assert (lake.kind, lake.catalog, lake.data_path) == ("sqlite", "/shared/cat alog.sqlite", "s3://bucket/lake")
    assert lake.s3 == S3(region="eu-west-1")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/shared/night", "begins with file://, s3:// or ducklake:"),
        ("s3:/bucket", "begins with"),
        ("s3://bucket/x#y", "begins with"),
        ("sftp://user:hush@host:port/x", "which is no address"),
        ("file://shared/night", "three slashes"),
        ("file:///", "three slashes"),
        ("file:///x?secret=hush", "it takes none"),
        ("s3:///prefix", "names no bucket"),
        ("s3://key:hush/hush@bucket/x", "in a password as %2F"),
        ("s3://key:hush@bucket?bucket=hush", "with the option 'bucket'; there is endpoint_url, key"),
        ("ducklake:mysql:/x?data_path=/y", "a lake is written"),
        ("ducklake:sqlite:?data_path=/y", "a lake is written"),
        ("ducklake:sqlite:catalog?data_path=/y", "a whole path"),
        ("ducklake:postgres:host=db password=hush", "a whole path"),
        ("ducklake:postgres://u:hush@host/db", "needs data_path"),
        ("ducklake:postgres://u:hush@host/db?data_path=here", "needs data_path"),
        ("ducklake:sqlite:/x?data_path=s3://key:hush@bucket", "needs data_path"),
        ("ducklake:sqlite:/x?data_path=/y&keep_days=0", "a whole number of days"),
        ("ducklake:sqlite:/x?data_path=/y&secret=hush", "is for a data_path that is s3"),
        ("ducklake:sqlite:/x?data_path=/y&keepdays=1", "there is data_path, endpoint_url, keep_days"),
        ("s3://bucket/x s3://bucket/x/", "twice"),
        ("s3://KEY:hush/bucket", "holds 's3://…', which is no address"),
        ("user:hush@bucket", "holds '…'; a place begins with"),
        (
            "ducklake:postgres:user:hush@host/db?data_path=/x",
            "holds 'ducklake:postgres:…'; the catalog is a whole",
        ),
        ("ducklake:postgres://user:hush/db?data_path=/x", "holds 'ducklake:postgres://…', whose database has no"),
        ("ducklake:postgres://user:hush/rest@host/db?data_path=/x", "has no address"),
        ("ducklake:postgres://user:1/hush@host/db?data_path=/x", "has no address"),
        ("ducklake:postgres://user:%zzhush@host/db?data_path=/x", "as %2F %3F %23 %25"),
        ("ducklake:postgres://user:#hush@host/db?data_path=/x", "has no address"),
        ("ducklake:postgres://user:1?hush@host/db?data_path=/x", "an option that has no name"),
        ("ducklake:postgres://user:1?hush&2@host/db?data_path=/x", "an option that has no name"),
        ("sftp://user:1?hush@host/x", "an option that has no name"),
    ],
)
def test_an_address_that_cannot_be_meant_says_what_would_be_right(address: str, said: str) -> None:
    with pytest.raises(PlaceAddressError, match=said) as refused:
        places(address)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("where", ["//u:p%25@one:5432,two:5432/db", "/db", "//%2Frun%2Fpg/db", "//[::1]:5432/db"])
def test_every_way_of_naming_a_postgresql_is_taken(where: str) -> None:
    (lake,) = places(f"ducklake:postgres://{where.removeprefix('//')}?data_path=/x")
    assert isinstance(lake, Lake)
    assert lake.catalog == f"postgresql://{where.removeprefix('//')}"


def test_what_is_secret_is_known_as_it_is_written_and_as_it_is_meant() -> None:
    text = (
        "s3://key:a%2Fb@bucket sftp://u:hush@host/x?password=p%20q&port=2 ducklake:postgres://u@h/d?data_path=/x"
    )
    assert set(secrets(text)) == {"a%2Fb", "a/b", "hush", "p%20q", "p q"}


def test_no_text_of_a_place_holds_its_secret() -> None:
    said = repr(
        places("s3://k:hush@bucket abfs://c/x?account_key=hush ducklake:postgres://u:hush@h/d?data_path=/x")
    )
    assert "hush" not in said
