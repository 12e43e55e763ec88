"""One image for every test of containers."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.image import Image, built


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    root = tmp_path_factory.mktemp("image")
    yield built(root)
    shutil.rmtree(root)


def linter(name: str) -> str:
    """A linter of the dependency group `deploy`, which only CI has."""
    beside = shutil.which(name, path=Path(sys.executable).parent)
    if not beside:
        pytest.skip(f"{name} is not here: `make deploy-linters` brings it")
    return beside
