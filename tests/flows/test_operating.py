"""docs/operating.md is typed, command by command, as it stands there; only for `/` a folder stands in.

Not typed here, because they change the machine: ``NOT_HERE``. Prefect's commands are in test_standing_prefect.py.
"""

import re
import subprocess
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.ictrprecords import a_record, an_export
from tests.installation import REPOSITORY, Installation, fit
from tests.records import a_trial

NOT_HERE = (
    *("useradd", "chown", "nano", "systemctl", "make", "(crontab", "trialwatch deliver --again"),
    *("uv", "docker", "(umask", "kubectl"),
)
"""No mail has been given up; make is what made the virtual environment that runs this test; wheels are used in
test_wheel.py, what containers run is run in tests/deploy."""


def typed_on_the_page() -> list[list[str]]:
    """The commands of each block of the page, as they are typed by one who has become the user."""
    page = (REPOSITORY / "docs/operating.md").read_text("utf-8")
    page = page.replace("runuser -u trialwatch -- ", "").replace("-o trialwatch -g trialwatch ", "")
    return [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)]


def type_in(installed: Installation, lines: list[str], folder: Path) -> str:
    """Type lines into one shell, in which a command that fails is the last; what was said."""
    done = subprocess.run(
        ["/bin/bash", "-e", "-u", "-c", "\n".join(map(installed.here, (f"{line}\n" for line in lines)))],
        env=installed.clean_environment(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def brought(installed: Installation) -> None:
    """An export of ICTRP, as a person saves it, and a watch that takes from it."""
    (installed.home / "ICTRP-Results.xml").write_text(an_export(a_record()), "utf-8")
    watches = installed.home / "trialwatch.toml"
    said = watches.read_text("utf-8")
    lists = 'registries = ["clinicaltrials.gov", "ictrp"]\ninterventions'
    watches.write_text(said.replace("interventions", lists, 1), "utf-8")


@pytest.mark.slow
def test_what_the_page_says_to_type_works(house: House, registry: SimulatedRegistry, tmp_path: Path) -> None:
    registry.put(a_trial())
    installed = Installation(tmp_path / "machine")
    for folder in ("etc/systemd/system", "etc/cron.d", "srv", "var/lib"):
        (installed.root / folder).mkdir(parents=True)
    lines = [line for block in typed_on_the_page() if "prefect" not in block[-1] for line in block]
    left_out = [line for line in lines if line.startswith(NOT_HERE)]
    typed = [line for line in lines if line not in left_out]
    begin = next(number for number, line in enumerate(typed) if line.startswith("trialwatch()"))
    type_in(installed, typed[:begin], REPOSITORY)
    fit(installed, house)
    brought(installed)
    said = type_in(installed, typed[begin:], REPOSITORY)
    assert "complete, 1 trial" in said
    assert len(left_out) == 24, "a command that is new on the page is typed, or has its reason not to be"
    assert (installed.root / "etc/cron.d/trialwatch").is_file()
    assert len(list((installed.root / "etc/systemd/system").iterdir())) == 9
