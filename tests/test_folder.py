"""The output folder: one main at a time, full disks, kills while saving."""

import errno
import os
import signal
import subprocess

import pytest

from common import program
from conftest import main_of, once, run_program, run_python, start_program

pytestmark = once


def test_a_folder_is_for_one_main_until_that_ends_or_is_killed(tmp_path):
    holder = start_program('hold.py', tmp_path, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b'held\n'
        done = run_python(
            '-X',
            'importtime',
            main_of('0-vanilla'),
            '--output',
            tmp_path,
            check=False,
        )
        assert done.returncode == 2
        (line,) = [
            line
            for line in done.stderr.splitlines()
            if not line.startswith('import time:')
        ]
        assert str(tmp_path) in line and 'another main' in line
        assert 'tensorflow' not in done.stderr
        program.lock_output_folder(tmp_path / 'other')
    finally:
        holder.kill()
        holder.communicate()
    program.run(lambda: program.lock_output_folder(tmp_path))
    program.run(lambda: program.lock_output_folder(tmp_path))


def test_without_locks_it_warns_in_a_line_and_goes_on(
    tmp_path, monkeypatch, capsys
):
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
    tmp_path, monkeypatch, capsys
):
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
            f": error: [Errno {code}] {os.strerror(code)}: '{path}'. So.\n"
        )
        assert path.read_bytes() == b'old'
        assert os.listdir(tmp_path) == ['a  file']


def test_a_kill_while_saving_leaves_the_old_file_and_nothing_forever(tmp_path):
    path = tmp_path / 'file'
    program.write_atomically(path, b'old')
    done = run_program('die.py', path, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b'old'
    assert len(os.listdir(tmp_path)) == 2
    program.write_atomically(path, b'newer')
    assert path.read_bytes() == b'newer'
    assert os.listdir(tmp_path) == ['file']
