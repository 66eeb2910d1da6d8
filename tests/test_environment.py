"""Environments that nobody chose, and that mains survive all the same.

Narrow encodings, names that are not UTF-8, closed streams, and variables that
notebooks, clusters and old tutorials set.
"""

import os
import subprocess
import sys

import matplotlib.pyplot as plt
import pytest

from common import options, pictures
from conftest import PATHS, PROGRAMS, environment_with, losses_of, once


def test_a_main_and_compare_survive_all_of_it_at_once(data, tmp_path):
    output = tmp_path / os.fsdecode('Łódź '.encode() + b'M\x81ller')
    done = subprocess.run(
        [
            'sh',
            '-c',
            'exec "$@" <&- 2>&-',
            'sh',
            sys.executable,
            '-W',
            'error::DeprecationWarning',
            PROGRAMS / 'mains.py',
            output,
            data,
        ],
        stdout=subprocess.PIPE,
        timeout=600,
        env=environment_with(
            PYTHONPATH=PATHS,
            PYTHONIOENCODING='cp1252',
            MPLBACKEND='module://no_such.backend',
            TF_CONFIG='{"cluster": {"worker": ["here:1"]}, '
            '"task": {"type": "worker", "index": 0}}',
            KERAS_HOME=str(data),
        ),
    )  # a file, so nothing can be made in it
    assert done.returncode == 0, done.stdout
    assert (
        rb'\u0141' + 'ód'.encode('cp1252') + rb'\u017a M\udc81ller'
        in (done.stdout.splitlines()[-1])
    )
    assert len(losses_of(output)) == 2
    assert {'decoder.keras', 'reconstructions.png', 'explore.html'} <= set(
        os.listdir(output)
    ) - {'interrupted.weights.h5'}
    # Each model of the page has the name of its folder.
    page = (tmp_path / f'{output.name}.html').read_text('utf-8')
    assert r'"title": "\u0141\u00f3d\u017a M\udc81ller-2"' in page


@once
@pytest.mark.parametrize(
    'closed', ['<&-', '>&-', '2>&-', '>&- 2>&-', '<&- >&- 2>&-']
)
def test_with_closed_streams_files_have_their_own_content(closed, tmp_path):
    done = subprocess.run(
        [
            'sh',
            '-c',
            f'exec "$@" {closed}',
            'sh',
            sys.executable,
            PROGRAMS / 'streams.py',
            tmp_path / 'file',
        ],
        capture_output=True,
        env=environment_with(PYTHONPATH=PATHS, PYTHONIOENCODING='cp1252'),
    )
    assert done.returncode == 0
    assert (
        done.stdout == b''
        if ' >&-' in f' {closed}'
        else (rb'\u0141' + 'ód'.encode('cp1252') + b'\\u017a \\udc81\n')
    )
    assert (tmp_path / 'file').read_text() == 'the file'


def test_pictures_are_the_same_whatever_matplotlib_is_set_to(digits, tmp_path):
    for name, settings in (
        ('usual', {}),
        (
            'odd',
            {
                'image.origin': 'lower',
                'savefig.format': 'pdf',
                'text.usetex': True,
                'axes.facecolor': 'black',
            },
        ),
    ):
        with plt.rc_context(settings):
            pictures.draw_images(
                {'input': digits('0-vanilla', 3)}, tmp_path / name
            )
    assert (tmp_path / 'usual').read_bytes() == (tmp_path / 'odd').read_bytes()


@pytest.mark.parametrize(
    'config, expected',
    [
        ('', (False, True)),
        ('{}', (False, True)),
        ('{"cluster": {}}', (False, True)),
        ('{"cluster": {"worker": ["a:1"]}}', (False, True)),
        (
            '{"cluster": {"chief": ["a:1"]}, "task": {"type": "chief", '
            '"index": 0}}',
            (False, True),
        ),
        (
            '{"cluster": {"worker": ["a:1", "b:1"]}, '
            '"task": {"type": "worker", "index": 0}}',
            (True, True),
        ),
        (
            '{"cluster": {"worker": ["a:1", "b:1"]}, '
            '"task": {"type": "worker", "index": "1"}}',
            (True, False),
        ),
        (
            '{"cluster": {"chief": ["a:1"], "worker": ["b:1"]}, '
            '"task": {"type": "worker", "index": 0}}',
            (True, False),
        ),
    ],
)
def test_several_workers_are_as_many_as_tf_config_lists(
    config, expected, monkeypatch
):
    monkeypatch.setenv('TF_CONFIG', config)
    assert options._workers() == expected


@pytest.mark.parametrize(
    'config',
    [
        '{',
        '[]',
        '7',
        '{"cluster": 7}',
        '{"cluster": {"worker": "a:1"}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, '
        '"task": {"type": "worker", "index": "x"}}',
    ],
)
def test_a_malformed_tf_config_is_refused_in_a_line(
    config, monkeypatch, capsys
):
    monkeypatch.setenv('TF_CONFIG', config)
    with pytest.raises(SystemExit) as end:
        options._workers()
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert 'error: TF_CONFIG is malformed' in line
