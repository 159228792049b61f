"""Tells a database file on a network share, where SQLite's locks cannot be trusted."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb2",
        "smb3",
        "smbfs",
    }
)
DRIVE_REMOTE = 4
MOUNTS = Path("/proc/mounts")


def is_on_network_share(path: Path, *, mounts: str | None = None) -> bool:
    """Whether the absolute path lies on a share; `mounts` stands in for the system's mount table."""
    if str(path).startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == DRIVE_REMOTE)
    if mounts is None:
        if not MOUNTS.exists():
            return False
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    return _file_system(PurePosixPath(path), mounts) in NETWORK_FILE_SYSTEMS


def _file_system(path: PurePosixPath, mounts: str) -> str:
    """The type of the file system that the longest matching mount point holds; a later mount covers an earlier one."""
    found, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = PurePosixPath(fields[1].replace("\\040", " ").replace("\\134", "\\"))
        if path.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = fields[2], len(point.parts)
    return found
