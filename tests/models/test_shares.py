from __future__ import annotations

from pathlib import Path

import pytest

from portal_admin.models.shares import is_on_network_share

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/desk /mnt/desk cifs rw 0 0
server:/home /home/all\\040staff nfs4 rw 0 0
/dev/sdb1 /mnt/desk/local ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("/var/lib/portal.db", False),
        ("/mnt/desk/portal.db", True),
        ("/mnt/desktop/portal.db", False),
        ("/home/all staff/portal.db", True),
        ("/mnt/desk/local/portal.db", False),
        ("//server/share/portal.db", True),
        ("\\\\server\\share\\portal.db", True),
    ],
)
def test_that_the_longest_mount_point_decides(path: str, shared: bool) -> None:
    assert is_on_network_share(Path(path), mounts=MOUNTS) is shared
