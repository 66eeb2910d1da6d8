"""What a program prints whose reader leaves, and whose TensorFlow talks."""
import os
import subprocess
import sys

import pytest

from conftest import ROOT

MAINS = str(ROOT / 'mains')


def test_a_reader_that_leaves_early_sees_no_traceback():
    code = ("from common.program import run\n"
            "def main():\n"
            "    for i in range(99999): print('line', i)\n"
            "run(main)")
    done = subprocess.run(
        ['sh', '-c', f'("$python" -c "{code}"; echo $? >&2) | head -1'],
        text=True, capture_output=True,
        env={**os.environ, 'PYTHONPATH': MAINS, 'python': sys.executable})
    assert (done.stdout, done.stderr) == ('line 0\n', '1\n')


FAKE = """
import os
os.write(2, b'chatter\\n')
if 'FAILS' in os.environ:
    os.write(2, b'compiled to use AVX instructions\\n')
    raise ImportError('DLL load failed')
__version__ = '2.99.0'
class keras:
    class backend:
        backend = staticmethod(lambda: 'tensorflow')
class config:
    list_physical_devices = staticmethod(lambda: os.write(2, b'devices\\n'))
"""


@pytest.mark.parametrize('variables, seen', [
    ({}, ''), ({'TF_CPP_MIN_LOG_LEVEL': '0'}, 'chatter\ndevices\nlater\n'),
    ({'FAILS': '1'}, 'chatter\ncompiled to use AVX instructions\nTraceback')])
def test_what_tensorflow_logs_is_shown_where_it_matters(
        variables, seen, tmp_path):
    (tmp_path / 'tensorflow.py').write_text(FAKE)
    environment = {**os.environ, **variables,
                   'PYTHONPATH': os.pathsep.join([str(tmp_path), MAINS])}
    if 'TF_CPP_MIN_LOG_LEVEL' not in variables:
        environment.pop('TF_CPP_MIN_LOG_LEVEL')
    done = subprocess.run(
        [sys.executable, '-c', 'import common.start, os\n'
         'os.write(2, b"later\\n")'], text=True, capture_output=True,
        env=environment)
    assert done.returncode == ('FAILS' in variables)
    assert done.stderr.startswith(seen or 'later\n')
    assert ('DLL load failed' in done.stderr) == ('FAILS' in variables)
