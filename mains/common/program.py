"""How a main ends, and how it writes its files."""

import contextlib
import os
import sys
import tempfile
import warnings
from pathlib import Path

import filelock

# Releases the lock of the output folder when the main ends.
_at_end = contextlib.ExitStack()


def fail(message, status=2):
    """End the program with one line on standard error and an exit status."""
    print(
        f'{Path(sys.argv[0]).name}: error:',
        *str(message).splitlines(),
        file=sys.stderr,
    )
    raise SystemExit(status)


def run(main, hint='The same command resumes after the last saved epoch'):
    """Run `main`; report a file error or Ctrl-C in one line, not a traceback.

    Args:
        main: Function without arguments.
        hint: String, what to do after Ctrl-C or a file that cannot be written.

    Raises:
        SystemExit: With status 1 if a file cannot be read or written, or if
            nobody reads standard output any more, as after `| head -1`; with
            status 130 after Ctrl-C.
    """
    _prepare()
    try:
        with _at_end:
            main()
            sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends: then into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        fail(f'{error}. {hint}', status=1)
    except KeyboardInterrupt:
        fail(f'interrupted. {hint}', status=130)


def _prepare():
    """Keep closed streams and narrow encodings from ending it."""
    for number, name in ((1, 'stdout'), (2, 'stderr')):
        try:
            os.fstat(number)
        except OSError:
            # Else the next file to be opened gets this number, and what
            # TensorFlow logs is written into it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, 'w'))
    # In a notebook, the stream has no encoding.
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors='backslashreplace')


def make_output_folder(folder):
    """Make a folder, unless it is there.

    Args:
        folder: `Path` of the folder.

    Raises:
        SystemExit: With status 2 and one line, if it cannot be made or
            written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        fail(f'argument --output: cannot write to {folder}: {error.strerror}')


def lock_output_folder(folder):
    """Make a folder and lock it, so that no other main writes to it.

    Args:
        folder: `Path` of the folder. In it, `.lock` is the file to lock.

    Raises:
        SystemExit: With status 2 and one line, if it cannot be made or
            written to, or if another main is writing to it.
    """
    make_output_folder(folder)
    lock = filelock.FileLock(folder / '.lock')
    try:
        # Where a file system has no locks, filelock warns and goes by whether
        # the file exists: then a killed process would block the next one.
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            lock.acquire(timeout=0)
    except filelock.Timeout:
        fail(
            f'argument --output: another main is writing to {folder}: wait '
            'until it ends, or choose another folder'
        )
    except (NotImplementedError, OSError, Warning):
        print(
            f'Warning: {folder} cannot be locked, so two mains could '
            'write to it at once'
        )
    _at_end.callback(lock.release, force=True)


@contextlib.contextmanager
def temporary_files_in(folder):
    """Let temporary files be made in a folder inside of the `with` block.

    There may be no room for them in the usual one. At the end, none is left.

    Args:
        folder: `Path` of the folder.
    """
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=folder) as new:
        tempfile.tempdir = new
        try:
            yield
        finally:
            tempfile.tempdir = usual


def write_atomically(path, content):
    """Write a temporary file, then rename it to `path`.

    Whenever the program is killed, `path` is the old file or the new one.

    Args:
        path: `Path` of the file.
        content: Bytes.

    Raises:
        OSError: If it cannot be written; `path` is then the old file.
    """
    with replacing(path) as new, open(new, 'wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def replacing(path):
    """Yield the path of a temporary file; at the end, rename it to `path`.

    If an error is raised, `path` is the old file, and the new one is removed.

    Args:
        path: `Path` of the file.

    Raises:
        OSError: If it cannot be written, with the name of the file.
    """
    # Always the same name: the next write replaces what a kill leaves behind.
    new = path.with_name(f'new-{path.name}')
    try:
        yield new
        os.replace(new, path)
    except Exception as error:
        with contextlib.suppress(OSError):
            new.unlink()
        if isinstance(error, OSError) and error.errno:
            error = type(error)(error.errno, error.strerror, str(path))
        raise error from None
