"""What the mains print where nobody watches, and where somebody does."""
import os
import re
import signal
import subprocess
import sys

import pytest

from conftest import ROOT, environment_with, main_of, run_python

MAINS = {'PYTHONPATH': str(ROOT / 'mains')}


def shell(command, **environment):
    """Run a line of shell in which `$python` is this Python."""
    return subprocess.run(
        ['sh', '-c', command], text=True, capture_output=True, timeout=600,
        env={**os.environ, **environment, 'python': sys.executable})


def test_a_reader_that_leaves_early_sees_no_traceback():
    code = ("import ending, time\n"
            "def main():\n"
            "    for i in range(99999): print('line', i)\n"
            "ending.run(main)")
    done = shell(f'("$python" -c "{code}"; echo $? >&2) | head -1', **MAINS)
    assert done.stdout == 'line 0\n'
    assert done.stderr == '1\n'


def test_a_refusal_is_seen_whatever_is_closed(tmp_path):
    command = f'"$python" {main_of("0-vanilla")} --output {tmp_path} --epochs '
    for closed, seen in (('2>&-', 'stdout'), ('>&-', 'stderr'),
                         ('<&-', 'stderr')):
        done = shell(command + f'0 {closed}')
        assert done.returncode == 2
        assert 'argument --epochs: expected an integer' in getattr(done, seen)
        assert 'Traceback' not in done.stdout + done.stderr
    done = shell(command + '0 >&- 2>&-')
    assert done.returncode == 2


def test_tensorflow_starts_with_everything_closed(tmp_path):
    code = ("import ending, sys, start\n"
            "def main():\n"
            "    file = open(sys.argv[1], 'w')\n"
            "    start.start_tensorflow()\n"
            "    print('started')\n"
            "    file.write(f'{file.fileno() > 2}')\n"  # else logs go there
            "ending.run(main)")
    file = tmp_path / 'file'
    done = shell(f'"$python" -c "{code}" {file} <&- >&- 2>&-', **MAINS)
    assert not done.returncode
    assert file.read_text() == 'True'


FAKE = """
import os
os.write(2, b'chatter\\n')
if 'DIES' in os.environ:
    os.write(2, b'compiled to use AVX instructions\\n')
    os.abort()
class keras:
    class backend:
        backend = staticmethod(lambda: 'tensorflow')
class config:
    list_physical_devices = staticmethod(lambda: [])
"""


def test_last_words_of_a_start_are_shown_and_chatter_is_not(tmp_path):
    package = tmp_path / 'tensorflow'
    package.mkdir()
    (package / '__init__.py').write_text(FAKE)
    path = os.pathsep.join([str(tmp_path), str(ROOT / 'mains')])
    args = ['-c', 'from start import start_tensorflow; start_tensorflow()']
    done = run_python(*args, PYTHONPATH=path)
    assert done.stdout == done.stderr == ''
    done = run_python(*args, check=False, PYTHONPATH=path, DIES='1')
    assert done.returncode == -signal.SIGABRT
    assert done.stderr == 'chatter\ncompiled to use AVX instructions\n'
    # Who sets the level wants to see it all.
    done = shell(f'"$python" -c "{args[1]}"', PYTHONPATH=path,
                 TF_CPP_MIN_LOG_LEVEL='0')
    assert done.stderr == 'chatter\n'


def test_a_terminal_shows_progress(data, tmp_path):
    pty = pytest.importorskip('pty')
    leader, follower = pty.openpty()
    environment = environment_with(TERM='xterm', COLUMNS='80')
    process = subprocess.Popen(
        [sys.executable, main_of('0-vanilla'), '--epochs', '1', '--data',
         data, '--output', tmp_path],
        stdin=follower, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    seen = b''
    try:
        while part := os.read(leader, 4096):
            seen += part
    except OSError:  # so Linux says that the other end is closed
        pass
    os.close(leader)
    assert process.wait() == 0, seen
    seen = re.sub(r'\x1b\[[0-9;]*m', '', seen.decode())  # bold and colours
    # Bars that are drawn over and over, for training and for predictions.
    training, predicting = seen.split('val_loss')
    for bar, part in (('4/4 ', training), ('1/1 ', predicting)):
        assert re.search('[\r\x08]' + bar + '.*[=━]', part)
