"""What a program prints whose reader leaves, and whose TensorFlow talks."""

import os
import subprocess
import sys

import pytest

from conftest import PATHS, PROGRAMS, environment_with, once, run_python

pytestmark = once


def test_a_reader_that_leaves_early_sees_no_traceback():
    done = subprocess.run(
        ['sh', '-c', '("$python" "$program"; echo $? >&2) | head -1'],
        text=True,
        capture_output=True,
        env=environment_with(
            python=sys.executable,
            program=str(PROGRAMS / 'lines.py'),
            PYTHONPATH=PATHS,
        ),
    )
    assert (done.stdout, done.stderr) == ('line 0\n', '1\n')


@pytest.mark.parametrize(
    'variables, status, seen',
    [
        ({}, 0, 'later\n'),
        ({'TF_CPP_MIN_LOG_LEVEL': '0'}, 0, 'chatter\ndevices\nlater\n'),
        (
            {'FAILS': '1'},
            1,
            'chatter\ncompiled to use AVX instructions\nTraceback',
        ),
        (
            {'KERAS_BACKEND': 'torch'},
            2,
            '-c: error: the mains need Keras with '
            "TensorFlow as its backend, but its backend is 'torch'. Set "
            'KERAS_',
        ),
    ],
)
def test_what_tensorflow_logs_is_shown_where_it_matters(
    variables, status, seen
):
    done = run_python(
        '-c',
        'import common.start, os; os.write(2, b"later\\n")',
        check=False,
        **{
            'KERAS_BACKEND': 'tensorflow',
            'PYTHONPATH': os.pathsep.join([str(PROGRAMS / 'fake'), PATHS]),
            **variables,
        },
    )
    assert done.returncode == status
    assert done.stderr.startswith(seen)
    assert ('DLL load failed' in done.stderr) == ('FAILS' in variables)
