"""`python -m checker DIR` with the real judge, and attempts to cheat."""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from cheats import CHEATS
from checker import __main__ as command
from checker.judge import judge
from checker.process import Starter
from conftest import KERAS_VERSION, ROOT
from solutions import CONVOLUTIONAL, SPARSE, VANILLA, VARIATIONAL
from test_class import write

COMMAND = [sys.executable, '-m', 'checker']
# Seconds that no other process sleeps, also not those of other tests.
SLEEP = f'90.{os.getpid()}'


@pytest.fixture(scope='module')
def starter():
    """Yield what starts workers: one for all tests here."""
    starter = Starter()
    yield starter
    starter.close()


@pytest.fixture
def check(starter, capsys):
    """Return a function: run the command; its status, output and errors."""

    def run(*arguments):
        status = command.main(list(map(str, arguments)), starter)
        output, errors = capsys.readouterr()
        return status, ' '.join(output.split()), errors

    return run


def running(argument):
    """Return the processes that have an argument."""
    return [
        process
        for process in psutil.process_iter(['cmdline'])
        if argument in (process.info['cmdline'] or ())
    ]


def test_one_folder(tmp_path, check):
    write(
        tmp_path,
        _0=VANILLA + '\nprint("\\x1b[31mx" * 100000)\n',
        _1='def autoencoder(:\n',
        _3=VARIATIONAL.replace(
            'decoder(encoder(inputs)[0])', 'decoder(encoder(inputs)[1])'
        ),
    )
    (tmp_path / '2_convolutional (1).py').write_text(CONVOLUTIONAL)
    status, output, _ = check(tmp_path)
    assert status == 1
    assert '\x1b' not in output
    assert 'vanilla autoencoder: right, all 14 requirements' in output
    assert 'in line 1: `def autoencoder(:`' in output
    assert 'convolutional autoencoder: missing.' in output
    assert 'There is 2_convolutional (1).py' in output
    assert '18 of 19 requirements are met' in output
    assert 'what the assignment printed' in output
    assert 'docs/mistakes.md#decoder-fed-the-mean' in output


def test_same_seed_gives_the_same_report_wherever_it_is_made(tmp_path, check):
    reports = []
    for name, seed in (('here', 1), ('there/x', 1), ('here', 2)):
        # What it is called with is drawn, and the report says with what.
        write(tmp_path / name, _0=VANILLA.replace('for nodes', 'for node'))
        status, output, _ = check(
            tmp_path / name, '--tasks', '0', '--seed', seed
        )
        assert status == 1 and f'Random seed: {seed}' in output
        reports.append(output.split('Random seed')[0])
    assert reports[0] == reports[1] != reports[2]


def test_new_files_are_a_first_step(tmp_path, check):
    check('--new', tmp_path, '--tasks', '0,2')
    status, output, _ = check(tmp_path, '--tasks', '0,2')
    assert status == 1
    assert output.count('not written yet') == 2
    assert output.count('Write the encoder first') == 2
    assert 'cannot be judged' not in output and '2.' not in output


def test_where_processes_cannot_be_forked_or_signalled(tmp_path):
    # As on Windows; the module starts what shall not outlive the check.
    write(
        tmp_path,
        _0=VANILLA
        + """
import subprocess
for session in (False, True, True):
    subprocess.Popen(['sleep', 'SECONDS'], start_new_session=session)
""".replace('SECONDS', SLEEP),
    )
    done = subprocess.run(
        [
            sys.executable,
            '-c',
            """
import os, sys
for name in ('fork', 'killpg', 'setsid', 'execv', 'setpgid'):
    delattr(os, name)
from checker.__main__ import main
raise SystemExit(main())""",
            tmp_path,
            '--tasks',
            '0',
        ],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not running(SLEEP)


@pytest.mark.parametrize(
    'number, status', [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_watch_judges_a_save_and_ends_with_all_it_started(
    tmp_path, number, status
):
    write(tmp_path, _0='def (')
    process = subprocess.Popen(
        [*COMMAND, '--watch', tmp_path, '--tasks', '0'],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        lines = iter(process.stdout.readline, '')
        assert any('Found:    SyntaxError' in line for line in lines)
        assert any('0/14' in line for line in lines)
        write(tmp_path, _0=VANILLA)
        assert any('14/14 right' in line for line in lines)
        below = psutil.Process(process.pid).children(recursive=True)
        assert below
        process.send_signal(number)
        assert process.wait(60) == status
        assert not psutil.wait_procs(below, 10)[1]
    finally:
        process.kill()


# What cheats are added to, and the requirements to judge it on. For outputs
# that are wrong, `decoder relu` is not met where no layer is said to be.
NOT_MET = {
    'sigmoid': (
        VANILLA.replace("'sigmoid'", "'hard_sigmoid'"),
        ('decoder relu', 'sigmoid'),
    ),
    'adam': (VANILLA, ('adam',)),
    '': (VANILLA, ('decoder relu', 'sigmoid', 'adam')),
}


@pytest.mark.skipif(KERAS_VERSION < (3, 14), reason='it takes long')
def test_no_cheat_is_judged_right(starter):
    def is_right(cheat):
        source, only = NOT_MET[cheat.requirement]
        source += '\n' + cheat.text.replace('SECONDS', SLEEP)
        found = judge(
            0, {'0-vanilla.py': source.encode()}, starter, 15, only=only
        )
        return all(verdict['met'] for verdict in found['verdicts'])

    with ThreadPoolExecutor(2) as pool:
        right = list(pool.map(is_right, CHEATS))
    assert [cheat.name for cheat, one in zip(CHEATS, right) if one] == [
        'honest'
    ]
    assert not running(SLEEP)


@pytest.mark.skipif(sys.version_info < (3, 10), reason='pip of old')
def test_installed_command(tmp_path):
    target, copy = tmp_path / 'site', tmp_path / 'copy'
    for name in ('checker', 'docs'):
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / 'pyproject.toml', copy)
    subprocess.run(
        [
            sys.executable,
            '-m',
            'pip',
            'install',
            '-q',
            '--no-deps',
            '--no-build-isolation',
            '--target',
            target,
            copy,
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    write(tmp_path / 'x', _1=SPARSE.replace('tf.abs(code)', 'code ** 2'))
    done = subprocess.run(
        [
            sys.executable,
            target / 'bin' / 'check-autoencoders',
            'x',
            '--tasks',
            '1',
            '--seed',
            '1',
            '--reports',
            'reports',
        ],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        env={'PYTHONPATH': str(target), 'PATH': '/usr/bin:/bin'},
    )
    assert done.returncode == 1, done.stderr
    assert '14 of 15 requirements are met' in done.stdout
    report = (tmp_path / 'reports' / 'x.txt').read_text()
    assert 'Penalty L2' in report
