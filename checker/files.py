"""Reads the files of a folder, whatever there is in it.

Only ordinary files are opened. A pipe would wait forever, and a device may
never end. A link is followed as long as it stays inside the folder.
"""

import os
import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

# How many files of a folder are looked at, and how many bytes of them.
MOST_FILES, MOST_BYTES = 1000, 10**7
# Folders that contain installed packages.
ENVIRONMENTS = 'venv', 'env', 'site-packages'


@dataclass
class Taken:
    """What was read of a folder.

    Attributes:
        files: Dict from the path of each Python file, from the folder on and
            with `/`, to its bytes; None for a file that was not read.
        unread: Dict from the path of each file or folder that was not read
            to why, words that go on after its name.
    """

    files: dict = field(default_factory=dict)
    unread: dict = field(default_factory=dict)


def take(folder):
    """Read the Python files in a folder and below it.

    Virtual environments are left out, and so is what exceeds `MOST_FILES` or
    `MOST_BYTES`.

    Args:
        folder: Path.

    Returns:
        A `Taken`.

    Raises:
        OSError: If the folder cannot be read.
    """
    taken, left = Taken(), MOST_BYTES
    for path, leads_out in islice(below(folder), MOST_FILES):
        name = path.relative_to(folder).as_posix()
        if leads_out and (path.suffix == '.py' or path.is_dir()):
            taken.unread[name] = (
                'is a link that leads out of this folder, so it is not read'
            )
        elif path.suffix == '.py':
            try:
                taken.files[name] = read(path, left)
                left -= len(taken.files[name])
            except OSError as error:
                taken.unread[name] = f'cannot be read: {reason(error)}'
        if path.suffix == '.py':
            taken.files.setdefault(name, None)
    return taken


def read(path, most=MOST_BYTES):
    """Return the bytes of an ordinary file.

    Args:
        path: Path.
        most: Integer, how many bytes it may have.

    Raises:
        OSError: If it cannot be read, is no ordinary file or is too large.
    """
    size_of(os.stat(path), most)
    # If it has become a pipe meanwhile, opening it does not wait.
    flags = os.O_RDONLY
    flags |= getattr(os, 'O_NONBLOCK', 0) | getattr(os, 'O_BINARY', 0)
    with open(os.open(path, flags), 'rb') as file:
        return file.read(size_of(os.fstat(file.fileno()), most))


def size_of(status, most):
    """Return the size of a file, or raise an OSError, see `read`."""
    if not stat.S_ISREG(status.st_mode):
        raise OSError('it is not an ordinary file')
    if status.st_size > most:
        raise OSError('it is too large')
    return status.st_size


def reason(error):
    """Return what an OSError says, without numbers and paths."""
    return printable(error.strerror or str(error))


def below(folder):
    """Yield the files of a folder, and then those of the folders in it.

    Yields:
        Each path, and whether it is a link that leads out of the folder: of
        such a folder, nothing below it follows.

    Raises:
        OSError: If the folder cannot be read.
    """
    top = os.path.realpath(folder)
    followed = {top}  # each linked folder once, or some would never end
    waiting = [Path(folder)]
    while waiting:
        place = waiting.pop(0)
        for path in entries(place, place == Path(folder)):
            real = os.path.realpath(path)
            if path.is_symlink() and not is_in(top, real):
                yield path, True
            elif not path.is_dir():
                yield path, False
            elif not path.is_symlink():
                waiting.append(path)
            elif real not in followed:
                followed.add(real)
                waiting.append(path)


def entries(place, must_be_read):
    """Return the paths in a folder that may belong to a solution, sorted."""
    try:
        names = sorted(os.listdir(place))
    except OSError:
        if must_be_read:
            raise
        return []
    paths = [place / name for name in names if not name.startswith('.')]
    return [path for path in paths if not is_left_out(path)]


def is_left_out(path):
    """Tell whether this is a folder of Python's own, or an environment."""
    name = path.name
    return (name.startswith('__') or name in ENVIRONMENTS) and path.is_dir()


def is_in(top, real):
    """Tell whether a path without links is in a folder, or is that folder."""
    return real == top or real.startswith(os.path.join(top, ''))


def printable(text):
    """Return a text that every terminal and every file can take."""
    return ''.join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
