"""The output folder: one main at a time, full disks, kills while saving."""
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from common import backup, files, pictures, training
from conftest import ROOT, build, losses_of, main_of, run_python, same_models


def fresh(code, *args, **options):
    """Start Python on code that imports from the mains, without TensorFlow."""
    return subprocess.Popen(
        [sys.executable, '-c', code, *map(str, args)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, 'PYTHONPATH': str(ROOT / 'mains')}, **options)


HOLD = """
import pathlib, sys, time
from common import files
files.claim_folder(pathlib.Path(sys.argv[1]))
print('claimed', flush=True)
time.sleep(600)
"""


def test_a_folder_is_for_one_main_until_that_ends_or_is_killed(tmp_path):
    holder = fresh(HOLD, tmp_path)
    try:
        assert holder.stdout.readline() == 'claimed\n'
        done = run_python('-X', 'importtime', main_of('0-vanilla'),
                          '--output', tmp_path, check=False)
        assert done.returncode == 2
        lines = [line for line in done.stderr.splitlines()
                 if not line.startswith('import time:')]
        assert len(lines) == 1 and str(tmp_path) in lines[0]
        assert 'another process' in lines[0]
        assert 'tensorflow' not in done.stderr
        other = tmp_path / 'other'
        files.claim_folder(other)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    files.claim_folder(tmp_path)
    while files._locks:
        files._locks.pop().release()


def test_without_locks_it_warns_in_a_line_and_goes_on(
        tmp_path, monkeypatch, capsys):
    fcntl = pytest.importorskip('fcntl')

    def no_locks(*_):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, 'flock', no_locks)
    for _ in range(2):  # and what the first leaves behind blocks nobody
        files.claim_folder(tmp_path)
        out, err = capsys.readouterr()
        assert len(out.splitlines()) == 1 and not err
        assert out.startswith(f'Warning: {tmp_path} cannot be locked')
        files._locks.clear()


def test_a_file_that_cannot_be_written_ends_in_a_line(
        tmp_path, monkeypatch, capsys):
    path = tmp_path / 'file'
    files.save_whole(path, b'old')
    for code in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO):
        def fail(_, code=code):
            raise OSError(code, os.strerror(code))
        monkeypatch.setattr(files.os, 'fsync', fail)
        with pytest.raises(SystemExit) as end:
            files.save_whole(path, b'new')
        assert end.value.code == 1
        line, = capsys.readouterr().err.splitlines()
        assert f'cannot write {path}: {os.strerror(code)}' in line
        assert 'What was finished before is kept' in line
        assert path.read_bytes() == b'old'
        assert os.listdir(tmp_path) == ['file']


DIE = """
import os, pathlib, signal, sys
from common import files
files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.save_whole(pathlib.Path(sys.argv[1]), b'new')
"""


def test_a_kill_while_saving_leaves_the_old_file_and_nothing_forever(
        tmp_path, monkeypatch):
    path = tmp_path / 'file'
    files.save_whole(path, b'old')
    for _ in range(2):
        process = fresh(DIE, path)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert path.read_bytes() == b'old'
        assert len(os.listdir(tmp_path)) == 2
    files.save_whole(path, b'newer')
    assert path.read_bytes() == b'newer'
    assert os.listdir(tmp_path) == ['file']


def test_models_that_do_not_fit_on_the_disk_end_in_a_line(
        tmp_path, capsys):
    *_, auto = build('0-vanilla')
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(SystemExit) as end:
            training.save_models(tmp_path, auto=auto)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert end.value.code == 1
    line, = capsys.readouterr().err.splitlines()
    assert f'cannot write {tmp_path / "auto.keras"}: File too large' in line
    assert not os.listdir(tmp_path)


def test_whatever_stops_it_the_same_command_ends_as_if_undisturbed(
        data, tmp_path, run_main, monkeypatch, no_xla):
    options = ['0-vanilla', '--epochs', 3, '--data', data, '--output']
    expected, output = tmp_path / 'undisturbed', tmp_path / 'stopped'
    assert not run_main(*options, expected).returncode

    def full(name, after=0):
        """Let the disk be full when a file is written once more."""
        writes = []

        def open_on_full_disk(path, mode):
            if path.name == f'new-{name}':
                writes.append(path)
                if len(writes) > after:
                    path.write_bytes(b'half')
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return open(path, mode)
        monkeypatch.setattr(files, 'open', open_on_full_disk, raising=False)

    for name, after, rows in (
            ('interrupted.npz', 0, None), ('history.csv', 1, 1),
            ('reconstructions.png', 0, 3), ('decoder.keras', 0, 3)):
        full(name, after)
        done = run_main(*options, output)
        assert done.returncode == 1
        line, = done.stderr.splitlines()
        assert f'cannot write {output / name}: No space left' in line
        if rows is None:
            assert not (output / 'history.csv').exists()
        else:
            assert len(losses_of(output)) == rows
        assert not list(output.glob('new-*'))
    monkeypatch.setattr(files, 'open', open)
    # A Ctrl-C between the last epoch and the end.
    with monkeypatch.context() as patch:
        def stop(*_):
            raise KeyboardInterrupt
        patch.setattr(pictures, 'save_figure', stop)
        done = run_main(*options, output)
        assert done.returncode == 130
        assert len(done.stderr.splitlines()) == 1
    done = run_main(*options, output)
    assert not done.returncode
    assert 'Going on after epoch 3 of 3' in done.stdout
    assert losses_of(output) == losses_of(expected)
    same_models(output, expected)
    assert sorted(os.listdir(output)) == sorted(os.listdir(expected))

    # The folder itself vanishes.
    save = backup.Backup.save

    def save_and_lose(self, epoch, logs):
        save(self, epoch, logs)
        if epoch == 1:
            shutil.rmtree(output)

    with monkeypatch.context() as patch:
        patch.setattr(backup.Backup, 'save', save_and_lose)
        done = run_main(*options, output)
    assert done.returncode == 1
    line, = done.stderr.splitlines()
    assert f'cannot write {output / "interrupted.npz"}: No such file' in line
    assert 'is kept' not in line
    assert not run_main(*options, output).returncode
    assert losses_of(output) == losses_of(expected)
