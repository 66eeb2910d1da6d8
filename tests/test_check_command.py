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
from checker import workers
from checker.judge import judge
from checker.process import Starter
from conftest import ROOT, once
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
    status, output, errors = check(tmp_path)
    assert status == 1, errors
    assert '\x1b' not in output
    assert 'vanilla autoencoder: correct, all 14 requirements' in output
    assert 'in line 1: `def autoencoder(:`' in output
    assert 'convolutional autoencoder: missing.' in output
    assert 'There is 2_convolutional (1).py' in output
    assert '17 of 19 requirements are met' in output
    assert 'The assignment prints a loss' in output
    assert 'docs/mistakes.md#decoder-fed-the-mean' in output


def test_same_seed_gives_the_same_report_wherever_it_is_made(tmp_path, check):
    reports = []
    for name, seed in (('here', 1), ('there/x', 1), ('here', 2)):
        # It shows for arguments that are drawn, which the report names.
        write(
            tmp_path / name,
            _0=VANILLA.replace('in hidden_layers:', 'in hidden_layers[:2]:'),
        )
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
    assert 'Nothing else' not in output and '2.' not in output


@once
def test_where_processes_cannot_be_forked_or_signalled(tmp_path):
    # As on Windows; the module starts what shall not outlive the check.
    write(
        tmp_path,
        _0="""
import subprocess
for session in (False, True, True):
    subprocess.Popen(['sleep', 'SECONDS'], start_new_session=session)

def autoencoder(input_dims, hidden_layers, latent_dims):
    return 'this', 'was', 'called'
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
    assert done.returncode == 1, done.stdout + done.stderr
    assert 'One of the three is of type str' in done.stdout
    assert not running(SLEEP)


@pytest.fixture
def watching(tmp_path):
    """Return a function that starts to watch, and the lines that it prints."""
    started = []

    def start(command):
        write(tmp_path, _0='def (')
        process = subprocess.Popen(
            [*command, '--watch', tmp_path, '--tasks', '0'],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        lines = iter(process.stdout.readline, '')
        assert any('Found:    SyntaxError' in line for line in lines)
        assert any('0/14' in line for line in lines)
        return process, lines

    yield start
    for process in started:
        process.kill()


def end(process, number):
    """Send a signal to a process; return its status, and who outlived it."""
    below = psutil.Process(process.pid).children(recursive=True)
    assert below
    process.send_signal(number)
    return process.wait(60), psutil.wait_procs(below, 10)[1]


@once
def test_watch_judges_a_save(tmp_path, watching):
    _, lines = watching(COMMAND)
    write(tmp_path, _0=VANILLA)
    assert any('14/14 correct' in line for line in lines)


# As a script does for what it puts into the background.
IGNORING = ['sh', '-c', 'trap "" INT; exec "$@"', 'sh', *COMMAND]


@once
@pytest.mark.parametrize(
    'command, number, status',
    [
        (IGNORING, signal.SIGINT, 130),
        (COMMAND, signal.SIGTERM, 143),
        (COMMAND, signal.SIGKILL, -signal.SIGKILL),
    ],
)
def test_watch_ends_with_all_it_started(watching, command, number, status):
    process, _ = watching(command)
    assert end(process, number) == (status, [])


@once
@pytest.mark.skipif(not hasattr(signal, 'SIGHUP'), reason='needs signals')
def test_a_signal_loses_nothing_and_leaves_nothing(tmp_path):
    # Those that others send are tested in test_interrupts.py.
    number = signal.SIGHUP
    # The first is judged at once, the second never ends.
    endless = f'import sys\nsys.argv = ["{SLEEP}"]\nwhile True:\n    pass\n'
    write(tmp_path / 'a', _0='def (')
    write(tmp_path / 'b', _0=endless)
    temporary = tmp_path / 'temporary'
    temporary.mkdir()
    done, left = stopped_after_the_first(tmp_path, number, temporary)
    assert done.returncode in (128 + number, 130)
    assert 'Traceback' not in done.stderr
    assert '0 of 2 folders are correct.' in done.stdout
    with open(tmp_path / 'x.csv', encoding='utf-8-sig') as rows:
        errors = [row.split(',')[4] for row in rows]
    assert errors[1:] == ['SyntaxError', '']
    assert not left
    assert not os.listdir(temporary)


def stopped_after_the_first(path, number, temporary):
    """Check two folders, and send a signal once the first is judged.

    Returns:
        A completed process, and the processes below it that did not end.
    """
    process = subprocess.Popen(
        [
            *(*COMMAND, path / 'a', path / 'b', '--tasks', '0'),
            *('--jobs', '1', '--csv', path / 'x.csv'),
        ],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, 'TMPDIR': str(temporary)},
        # It counts even if this test was started with it ignored.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    try:
        errors = iter(process.stderr.readline, '')
        assert any(line.startswith('a: SyntaxError') for line in errors)
        below = psutil.Process(process.pid).children(recursive=True)
        assert below
        process.send_signal(number)
        process.send_signal(signal.SIGINT)  # a second one changes nothing
        output, errors = process.communicate(timeout=300)
    finally:
        process.kill()
    done = subprocess.CompletedProcess(
        process.args, process.returncode, output, errors
    )
    return done, psutil.wait_procs(below, 10)[1]


def test_a_starter_that_has_lost_its_folder_is_replaced():
    started = []

    class Lost:
        def __init__(self):
            started.append(self)

        def start(self, limit):
            if len(started) < 2:
                raise OSError('No worker can be started.')
            return 'worker'

        def close(self):
            started.remove(self)

    own = workers.Workers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, 'Starter', Lost)
        assert own.start(1) == 'worker'
    own.close()
    assert not started
    with pytest.raises(RuntimeError):
        own.start(1)


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


@once
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


@once
@pytest.mark.skipif(sys.version_info < (3, 10), reason='pip of old')
def test_installed_command(tmp_path):
    target, copy = tmp_path / 'site', tmp_path / 'copy'
    shutil.copytree(ROOT / 'checker', copy / 'checker')
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
    assert '13 of 15 requirements are met' in done.stdout
    assert 'See:      "Penalty" below' in done.stdout
    assert '\nPenalty\n' in done.stdout
    report = (tmp_path / 'reports' / 'x.txt').read_text()
    assert 'Penalty' in report
