"""Files that are written whole or not at all, in a folder of one's own."""
import contextlib
import os
import tempfile
import warnings

import filelock

from common.ending import refuse

# A lock that nothing refers to is given up.
_locks = []


def save_whole(path, content):
    """Write a file beside `path`, then put it in its place.

    Whenever the program is killed, `path` is the old file or the new one.

    Args:
        path: `Path` of the file.
        content: Bytes.

    Raises:
        SystemExit: With status 1 and one line, if it cannot be written.
    """
    # Always the same name: what a kill leaves behind is written over.
    beside = path.with_name(f'new-{path.name}')
    with refusing_to_write(path):
        try:
            with open(beside, 'wb') as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise


@contextlib.contextmanager
def refusing_to_write(path):
    """Leave the program with status 1 and one line if `path` is unwritable."""
    try:
        yield
    except OSError as error:
        then = ('What was finished before is kept, and the same command goes '
                'on from there' if path.parent.exists() else
                'The same command starts anew')
        refuse(f'cannot write {path}: {error.strerror}. {then}', status=1)


def claim_folder(folder):
    """Make a folder and keep it for this process, for as long as it lives.

    Args:
        folder: `Path` of the folder. In it, `.lock` is the file to lock.

    Raises:
        SystemExit: With status 2 and one line, if it cannot be made or
            written to, or if another process has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        refuse(f'argument --output: cannot write to {folder}: '
               f'{error.strerror}')
    lock = filelock.FileLock(folder / '.lock')
    try:
        # Where a file system has no locks, filelock warns and goes by whether
        # the file exists: then a killed process would block the next one.
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            lock.acquire(timeout=0)
    except filelock.Timeout:
        refuse(f'argument --output: another process is writing to {folder}: '
               'wait for its end, or name another folder')
    except (NotImplementedError, OSError, Warning):
        print(f'Warning: {folder} cannot be locked, so nothing keeps two '
              'processes from writing to it at once')
    _locks.append(lock)
