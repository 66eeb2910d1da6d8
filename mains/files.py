"""Files that are replaced whole or not at all."""
import os


def save_whole(path, save):
    """Write a file beside `path`, then put it in its place.

    Whenever the program is killed, `path` is the old file or the new one.

    Args:
        path: `Path` of the file.
        save: Function that writes a file, given its path as a string.
    """
    beside = path.with_name(f'new-{os.getpid()}-{path.name}')
    try:
        save(str(beside))
        with open(beside, 'rb') as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
