"""`--new`: files to start from."""

import os
from pathlib import Path

from checker.assignment import MODULES
from checker.folder import FILES
from checker.streams import fail, say

TEXTS = Path(__file__).resolve().parent / 'new'


def write_new(folder, tasks):
    """Write the files to start from that are not there.

    Args:
        folder: Path, which is made if it is not there.
        tasks: List of integers.

    Returns:
        The exit status: 0, or 2 if a file cannot be written.
    """
    status = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return fail(error, 2)
    for task in tasks:
        file = folder / FILES[task]
        text = (TEXTS / f'{MODULES[task]}.txt').read_bytes()
        try:
            create(file, text)
            say(f'Wrote {file}')
        except FileExistsError:
            say(f'{file} already exists, so it is left unchanged.')
        except OSError as error:
            status = fail(error, 2)
    return status


def create(file, text):
    """Write a new file that may be run, for whom the umask allows it.

    Raises:
        FileExistsError: If it is there.
        OSError: If it cannot be written; then it is not there either.
    """
    number = os.open(
        file,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_BINARY', 0),
        0o777,
    )
    try:
        with open(number, 'wb') as stream:
            stream.write(text)
    except OSError:
        file.unlink()
        raise
