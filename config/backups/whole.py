"""One backup: a dated folder with the database, the media, and a word about both."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from config.backups import BackupError, database, media

DATABASE, MEDIA, ABOUT = "database.dump", "media.tar", "about.json"
KIND = "Sash backup 1"


def backup(url: str, media_root: Path, parent: Path, *, at: datetime) -> Path:
    """Save everything below `parent`; the folder, which has its name only when it is whole.

    The database first: a file is there before the row that names it. Raises BackupError.
    """
    name = f"sash-{at.astimezone(UTC):%Y%m%d-%H%M%SZ}"
    final, fresh = parent / name, parent / f"{name}.new"
    if final.exists():
        raise BackupError(f"{final} is there already.")
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh.mkdir(mode=0o700)
    try:
        database.dump(url, fresh / DATABASE)
        files = media.pack(media_root, fresh / MEDIA)
        about = {"kind": KIND, "at": at.isoformat(), "files": files}
        (fresh / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        for path in fresh.iterdir():
            keep(path)
        fresh.rename(final)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return final


def keep(path: Path) -> None:
    """For its owner alone, and on the disk."""
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def restore(url: str, media_root: Path, folder: Path, *, force: bool) -> None:
    """Bring back a backup. Raises BackupError, above all where something would be overwritten.

    The media first: what is there beside them stays, since no two files share a name.
    """
    check(folder)
    if not force and not (database.is_empty(url) and media.is_empty(media_root)):
        raise BackupError(
            "There is something in the database or the media folder already. Restore into an "
            "empty one, or add FORCE=1 to lose what is there."
        )
    media.unpack(folder / MEDIA, media_root)
    database.load(folder / DATABASE, url)


def check(folder: Path) -> None:
    """Raises BackupError unless a whole backup lies there."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} holds no backup of Sash: {error}") from None
    whole = all((folder / name).is_file() for name in (DATABASE, MEDIA))
    if not isinstance(about, dict) or about.get("kind") != KIND or not whole:
        raise BackupError(f"{folder} holds no backup that this Sash can read.")
