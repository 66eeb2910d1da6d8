"""The output folder: one main at a time, full disks, kills while saving."""
import errno
import os
import shutil
import signal
import subprocess
import sys

import pytest

from common import pictures, program
from common.training import Backup
from conftest import ROOT, losses_of, main_of, run_python, same_results


def fresh(code, *args):
    """Start Python on code that imports from the mains, without TensorFlow."""
    return subprocess.Popen(
        [sys.executable, '-c', code, *map(str, args)], text=True,
        stdout=subprocess.PIPE,
        env={**os.environ, 'PYTHONPATH': str(ROOT / 'mains')})


HOLD = """
import pathlib, sys, time
from common import program
program.lock_output_folder(pathlib.Path(sys.argv[1]))
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
        line, = [line for line in done.stderr.splitlines()
                 if not line.startswith('import time:')]
        assert str(tmp_path) in line and 'another main' in line
        assert 'tensorflow' not in done.stderr
        program.lock_output_folder(tmp_path / 'other')
    finally:
        holder.kill()
        holder.communicate()
    program.run(lambda: program.lock_output_folder(tmp_path))
    program.run(lambda: program.lock_output_folder(tmp_path))


def test_without_locks_it_warns_in_a_line_and_goes_on(
        tmp_path, monkeypatch, capsys):
    fcntl = pytest.importorskip('fcntl')

    def no_locks(*_):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, 'flock', no_locks)
    for _ in range(2):  # and what the first leaves behind blocks nobody
        program.lock_output_folder(tmp_path)
        out, err = capsys.readouterr()
        assert len(out.splitlines()) == 1 and not err
        assert out.startswith(f'Warning: {tmp_path} cannot be locked')


def test_a_file_that_cannot_be_written_stays_the_old_one(
        tmp_path, monkeypatch, capsys):
    path = tmp_path / 'a  file'
    program.write_atomically(path, b'old')
    for code in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO):
        def fail(_, code=code):
            raise OSError(code, os.strerror(code))
        monkeypatch.setattr(program.os, 'fsync', fail)
        with pytest.raises(SystemExit) as end:
            program.run(lambda: program.write_atomically(path, b'new'), 'So.')
        assert end.value.code == 1
        assert capsys.readouterr().err.endswith(
            f": error: [Errno {code}] {os.strerror(code)}: '{path}'. So.\n")
        assert path.read_bytes() == b'old'
        assert os.listdir(tmp_path) == ['a  file']


DIE = """
import os, pathlib, signal, sys
from common import program
program.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
program.write_atomically(pathlib.Path(sys.argv[1]), b'new')
"""


def test_a_kill_while_saving_leaves_the_old_file_and_nothing_forever(tmp_path):
    path = tmp_path / 'file'
    program.write_atomically(path, b'old')
    process = fresh(DIE, path)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert path.read_bytes() == b'old'
    assert len(os.listdir(tmp_path)) == 2
    program.write_atomically(path, b'newer')
    assert path.read_bytes() == b'newer'
    assert os.listdir(tmp_path) == ['file']


def test_whatever_stops_it_the_same_command_ends_as_if_undisturbed(
        data, tmp_path, run_main, monkeypatch, no_xla, no_page):
    options = ['0-vanilla', '--epochs', 3, '--data', data, '--output']
    expected, output = tmp_path / 'undisturbed', tmp_path / 'stopped'
    assert not run_main(*options, expected).returncode

    def ends_in_a_line(status=1):
        done = run_main(*options, output)
        assert done.returncode == status
        line, = done.stderr.splitlines()
        assert line.endswith('. The same command goes on after the last saved '
                             'epoch')
        return line

    for name, before, rows in (
            ('interrupted.weights.h5', 0, None), ('history.csv', 1, 1),
            ('reconstructions.png', 0, 3), ('decoder.keras', 0, 3)):
        writes = []

        def open_on_full_disk(path, mode, name=name, before=before,
                              writes=writes):
            if path.name == f'new-{name}':
                writes.append(path)
                if len(writes) > before:
                    path.write_bytes(b'half')
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return open(path, mode)

        monkeypatch.setattr(program, 'open', open_on_full_disk, raising=False)
        assert (f"error: [Errno 28] No space left on device: '{output / name}'"
                in ends_in_a_line())
        if rows is None:
            assert not (output / 'history.csv').exists()
        else:
            assert len(losses_of(output)) == rows
        assert not list(output.glob('new-*'))
    monkeypatch.setattr(program, 'open', open)
    # A Ctrl-C between the last epoch and the end.
    with monkeypatch.context() as patch:
        def stop(*_):
            raise KeyboardInterrupt
        patch.setattr(pictures, 'save_figure', stop)
        assert 'error: interrupted' in ends_in_a_line(130)
    done = run_main(*options, output)
    assert not done.returncode
    assert 'Resuming after epoch 3 of 3' in done.stdout
    same_results(output, expected)
    assert sorted(os.listdir(output)) == sorted(os.listdir(expected))

    # The folder itself vanishes.
    on_epoch_end = Backup.on_epoch_end

    def save_and_lose(self, epoch, logs=None):
        on_epoch_end(self, epoch, logs)
        if epoch == 1:
            shutil.rmtree(output)

    with monkeypatch.context() as patch:
        patch.setattr(Backup, 'on_epoch_end', save_and_lose)
        assert f"No such file or directory: '{output}" in ends_in_a_line()
    assert not run_main(*options, output).returncode
    assert losses_of(output) == losses_of(expected)
