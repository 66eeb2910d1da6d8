"""Processes of the checker: workers, what they see, and what is left.

A few lines stand in for TensorFlow, whose import takes seconds: nothing here
builds a model.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from checker import process as processes
from checker import server
from checker.faults import MachineFailure, ProtocolError, WorkerDied
from checker.process import Starter
from conftest import PROGRAMS, ROOT

# Seconds that no other process sleeps, also not those of other tests.
SLEEP = f'91.{os.getpid()}'
# All that a worker asks of TensorFlow when it loads a module.
TENSORFLOW = """
import types

class Anything:
    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **more):
        return Anything()

__version__ = '2.99'
executing_eagerly = lambda: True
policy = types.SimpleNamespace(name='float32')
keras = types.SimpleNamespace(
    Model=int, __version__='3.99', utils=Anything(), backend=Anything(),
    mixed_precision=types.SimpleNamespace(global_policy=lambda: policy))
"""
linux = pytest.mark.skipif(
    sys.platform != 'linux', reason='Only Linux has what is tested.'
)


def can_isolate():
    """Tell whether this user may enter namespaces, asked of a program."""
    command = ['unshare', '--user', '--map-root-user', '--mount', '--pid']
    if shutil.which('unshare') is None:
        return False
    return not subprocess.run(
        [*command, '--fork', 'mount', '-t', 'proc', 'proc', '/proc'],
        capture_output=True,
    ).returncode


isolated = pytest.mark.skipif(
    not can_isolate(), reason='This system allows no user namespaces.'
)


@pytest.fixture(scope='module', autouse=True)
def imports(tmp_path_factory):
    """Let every new Python import a few lines for TensorFlow; the folder."""
    folder = tmp_path_factory.mktemp('imports')
    (folder / 'tensorflow.py').write_text(TENSORFLOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PYTHONPATH', str(folder))
        yield folder


@pytest.fixture(scope='module')
def starter(imports):
    """Yield what starts workers: one for all tests here."""
    starter = Starter()
    yield starter
    starter.close()


@pytest.fixture
def write(starter):
    """Return a function: write a module as the judge does; its path."""
    folder = starter.folder / 'solution-test' / 'solution'

    def write_module(text):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / '2-convolutional.py'
        path.write_text(text)
        return str(path)

    yield write_module
    shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.fixture
def load(starter, write):
    """Return a function: the answer to loading a module, from a worker."""

    def load_module(text, limit=60):
        worker = starter.start(limit)
        try:
            return worker.ask('load', path=write(text))[0]
        finally:
            worker.close()

    return load_module


@pytest.fixture
def found(load):
    """Return a function: the value of `found` in a module that is loaded."""

    def value_of(text):
        text += '\nimport json\nraise ValueError(json.dumps(found))\n'
        error = load(text)['error']
        assert error['type'] == 'ValueError', error
        return json.loads(error['message'])

    return value_of


def sleeping():
    """Return the processes that sleep for `SLEEP` seconds."""
    return [
        process
        for process in psutil.process_iter(['cmdline'])
        if SLEEP in (process.info['cmdline'] or ())
    ]


def wait_for(condition, what):
    """Wait until a condition holds, at most five minutes."""
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, f'waited for {what}'
        time.sleep(0.02)


# What a module sees


@isolated
def test_worker_sees_python_and_the_system_but_no_other_files(found):
    seen = found(
        f"""
import os, sys
found = [os.path.exists(path) for path in (
    sys.executable, '/etc', {str(ROOT / '0-vanilla.py')!r},
    {str(ROOT / 'checker')!r}, {__file__!r})]
"""
    )
    assert seen == [True, True, False, False, False]


@isolated
def test_worker_sees_its_module_but_no_classmate(starter, found):
    classmate = starter.folder / 'solution-other'
    classmate.mkdir()
    seen = found(
        """
import os
below = os.path.dirname(os.getcwd())
found = [os.listdir(), os.listdir(below), os.listdir(below + '/..')]
"""
    )
    classmate.rmdir()
    assert seen[:2] == [['2-convolutional.py'], ['solution']]
    assert 'solution-other' not in seen[2]


@isolated
def test_worker_sees_no_process_but_its_own(found):
    seen = found("""
import os
found = [[name for name in os.listdir('/proc') if name.isdigit()],
         os.getppid()]
""")
    assert seen == [['1'], 0]


@isolated
def test_worker_cannot_undo_what_hides_files(found):
    seen = found("""
import ctypes, os
c = ctypes.CDLL(None)
found = [c.umount2(b'/proc', 2), c.unshare(0x10000000), c.unshare(0x20000),
         c.mount(b'none', b'/tmp', b'tmpfs', 0, None), c.chroot(b'/tmp')]
""")
    assert seen == [-1] * 5


@isolated
def test_worker_can_write_to_its_folder_the_temporary_one_and_home(load):
    answer = load("""
import os, tempfile
open('mine.txt', 'w').close()
tempfile.TemporaryFile().close()
open(os.path.expanduser('~/mine.txt'), 'w').close()
""")
    assert 'error' not in answer


@isolated
def test_worker_can_write_to_a_home_in_a_folder_of_the_system(monkeypatch):
    monkeypatch.setenv('HOME', '/usr/share')  # where all is read-only
    starter = Starter()
    try:
        module = starter.folder / 'solution-test/solution/0-vanilla.py'
        module.parent.mkdir(parents=True)
        module.write_text("open('/usr/share/mine.txt', 'w').close()")
        worker = starter.start(60)
        assert 'error' not in worker.ask('load', path=str(module))[0]
    finally:
        starter.close()
    assert not os.path.exists('/usr/share/mine.txt')


@isolated
def test_worker_cannot_write_to_packages(found):
    seen = found("""
import os, numpy
try:
    open(os.path.dirname(numpy.__file__) + '/mine.txt', 'w').close()
    found = 'written'
except OSError as error:
    found = error.strerror
""")
    assert seen == 'Read-only file system'


def test_installed_package_is_hidden_where_it_is_seen(tmp_path):
    # As in site-packages, which every worker sees.
    package = tmp_path / 'root/site/checker'
    package.mkdir(parents=True)
    mounted = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, 'mount_memory', mounted.append)
        server.hide(['/site/checker', '/absent'], str(tmp_path / 'root'))
    assert mounted == [str(package)]


def test_worker_has_the_names_of_a_script(found):
    assert found("""
import os, sys, __main__
found = [sys.argv, os.path.basename(__main__.__file__),
         [name for name in vars(__main__) if not name.startswith('__')],
         [name for name in os.environ if name.startswith('KERAS')]]
""") == [['./2-main.py'], '2-main.py', [], []]


def test_variables_of_a_person_do_not_reach_a_worker(monkeypatch, tmp_path):
    monkeypatch.setenv('SECRET', 'token')
    monkeypatch.setenv('KERAS_BACKEND', 'jax')
    variables = processes.environment(tmp_path)
    assert 'SECRET' not in variables
    assert variables['KERAS_BACKEND'] == 'tensorflow'


@linux
def test_worker_inherits_no_descriptor_but_its_own_socket(found):
    seen = found("""
import os
names = [f'/proc/self/fd/{name}' for name in os.listdir('/proc/self/fd')]
found = [os.readlink(name) for name in names if os.path.exists(name)]
""")
    others = [name for name in seen if name != '/dev/null']
    assert len(others) == 1 and others[0].startswith('socket:'), seen


@linux
def test_ordinary_user_without_namespaces_is_judged_all_the_same(imports):
    done = subprocess.run(
        [
            *(sys.executable, PROGRAMS / 'ordinary_user.py', '0'),
            *(sys.executable, PROGRAMS / 'ask_worker.py'),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, 'PYTHONPATH': f'{imports}:{ROOT}'},
    )
    if 'No user namespace' in done.stderr:
        pytest.skip(done.stderr)
    seen = json.loads(done.stdout)
    assert seen['isolated'] is False
    # Neither this process nor that which starts workers can be read.
    assert seen['readable'] == '[]'
    assert seen['left'] == []


# What a module does to the processes


def test_answer_goes_through_with_its_arrays(starter, write):
    worker = starter.start(60)
    answer, arrays = worker.ask('load', path=write('autoencoder = None'))
    worker.close()
    assert answer['callable'] is False and arrays == []


@pytest.mark.parametrize(
    'text',
    [
        'import os\nos._exit(0)',
        'import os\nos.closerange(0, 100)',
        'import os, sys\nos.execv(sys.executable, [sys.executable, "-V"])',
    ],
)
def test_worker_that_ends_is_said_to_have_ended(load, text):
    with pytest.raises(WorkerDied, match='^Its process ended$'):
        load(text)


@pytest.mark.parametrize(
    'text',
    [
        'while True: pass',
        # In C, with Python's lock held
        'import ctypes\nctypes.PyDLL(None).pause()',
    ],
)
def test_worker_that_never_ends_is_stopped(load, text):
    with pytest.raises(WorkerDied, match='after 0.5 seconds, the time limit'):
        load(text, limit=0.5)


def test_all_answers_together_are_limited_too(load, monkeypatch):
    monkeypatch.setattr(processes, 'WHOLE', 0.1)
    with pytest.raises(WorkerDied, match='after 0.5 seconds in all'):
        load('while True: pass', limit=5)


@pytest.mark.parametrize(
    'forged',
    [
        server.SIZES.pack(2**63, 2**63),
        server.SIZES.pack(2, 0) + b'[]',
        server.SIZES.pack(10**6, 0) + b'[' * 10**6,
        server.SIZES.pack(17, 0) + b'{"shapes": [[9]]}',
    ],
    ids=['huge', 'no object', 'deep', 'no arrays'],
)
def test_forged_message_is_no_answer(load, forged):
    with pytest.raises(ProtocolError):
        load(f"""
import os
for descriptor in range(3, 20):
    try:
        os.fstat(descriptor)
    except OSError:
        continue
    os.write(descriptor, {forged[:24]!r} + {forged[24:25]!r} *
             {max(len(forged) - 24, 0)})
while True:
    pass
""")


@linux
def test_too_many_numbers_are_not_read():
    # Given the sizes of a message, and nothing more.
    sizes = server.SIZES.pack(2, server.MAX_ARRAYS + 1)
    with pytest.raises(ValueError, match='bytes are too many'):
        server.receive(io.BytesIO(sizes))


def test_worker_ends_with_all_that_it_started(load):
    load(f"""
import subprocess
for session in (False, True):
    subprocess.Popen(['sleep', '{SLEEP}'], start_new_session=session)
subprocess.Popen(['sh', '-c', 'setsid sleep {SLEEP} &'], env={{}})
""")
    assert not sleeping()


def test_no_module_can_end_what_judges_another(starter, write):
    other = starter.start(60)
    other.ask('load', path=write(''))
    worker = starter.start(60)
    if not worker.isolated:
        pytest.skip('This system allows no user namespaces.')
    worker.ask(
        'load',
        path=write("""
import os
for process in (os.getppid(), -1, 0):
    try:
        os.kill(process, 9)
    except OSError:
        pass
"""),
    )
    worker.close()
    assert other.ask('load', path=write(''))[0]['callable'] is False
    other.close()


def test_new_server_is_started_if_one_was_ended(monkeypatch):
    class Ended:
        versions = {}

        def __init__(self, folder):
            servers.append(self)

        def worker(self, limit):
            if len(servers) < 2:
                raise EOFError
            return type('Process', (), {'process': psutil.Process()})

        def close(self):
            pass

    servers = []
    monkeypatch.setattr(processes, 'ForkServer', Ended)
    monkeypatch.setattr(processes, 'SinglePython', Ended)
    starter = Starter()
    assert starter.start(1) and len(servers) == 2
    starter.workers.clear()
    starter.close()


# What is left when the process that judges is gone


@linux
@pytest.mark.parametrize(
    'loop',
    ['while True: pass', 'import ctypes; ctypes.PyDLL(None).pause()'],
    ids=['Python', 'C'],
)
def test_nothing_is_left_when_the_judge_is_killed(tmp_path, loop):
    module = tmp_path / '0-vanilla.py'
    module.write_text(
        f'import subprocess\nsubprocess.Popen(["sleep", "{SLEEP}"])\n{loop}'
    )
    temporary = tmp_path / 'temporary'
    temporary.mkdir()
    judge = subprocess.Popen(
        [sys.executable, PROGRAMS / 'load_module.py', module],
        env={
            **os.environ,
            'TMPDIR': str(temporary),
            'PYTHONPATH': f'{os.environ["PYTHONPATH"]}:{ROOT}',
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(sleeping, 'the module')
    below = psutil.Process(judge.pid).children(recursive=True)
    judge.kill()
    judge.wait()
    assert len(below) >= 3
    wait_for(lambda: not any(map(server.is_alive, below)), 'the processes')
    wait_for(lambda: not list(temporary.iterdir()), 'the folders')


# What the machine can be like


def versions_with(kind, folder):
    """Return what a Python of a kind in a folder has imported."""
    for name in ('home', 'root'):
        (folder / name).mkdir()
    python = kind(folder)
    python.close()
    return python.versions


@pytest.mark.parametrize(
    'kind',
    [
        pytest.param(processes.ForkServer, marks=linux),
        processes.SinglePython,
    ],
)
def test_python_may_print_when_it_starts(imports, tmp_path, kind):
    start = imports / 'sitecustomize.py'
    start.write_text('print("Welcome\\nto {}", flush=True)')
    versions = versions_with(kind, tmp_path)
    start.unlink()
    assert versions == {'tensorflow': '2.99', 'keras': '3.99'}


@linux
@pytest.mark.parametrize('kind', ['ForkServer', 'SinglePython'])
def test_long_temporary_folder(tmp_path, kind):
    folder = tmp_path / ('long' * 30)
    folder.mkdir()
    versions = versions_with(getattr(processes, kind), folder)
    assert versions['keras'] == '3.99'


def test_tensorflow_that_cannot_be_imported(monkeypatch, tmp_path):
    (tmp_path / 'tensorflow.py').write_text('raise ImportError("broken")')
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    with pytest.raises(RuntimeError, match='imported: ImportError: broken'):
        Starter()


def test_full_disk_is_a_failure_of_the_machine(monkeypatch):
    def full(*args, **more):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(Path, 'write_text', full)
    with pytest.raises(MachineFailure, match='No space left'):
        Starter()


def test_process_that_cannot_be_started_is_a_failure_of_the_machine(
    monkeypatch,
):
    def cannot(*args, **more):
        raise BlockingIOError(11, 'Resource temporarily unavailable')

    monkeypatch.setattr(subprocess, 'Popen', cannot)
    with pytest.raises(MachineFailure, match='temporarily unavailable'):
        Starter()


def test_worker_that_cannot_be_forked_is_a_failure_of_the_machine(starter):
    def cannot(limit):
        raise OSError('Cannot allocate memory')

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(starter.python), 'worker', staticmethod(cannot))
        patch.setattr(starter, '_forget_python', lambda: None)
        with pytest.raises(MachineFailure, match='Cannot allocate memory'):
            starter.start(1)


def test_everything_is_closed(starter, write):
    worker = starter.start(60)
    worker.ask('load', path=write(''))
    connection = worker.connection
    worker.close()
    assert worker.stream.closed
    assert connection is None or connection.fileno() == -1


def test_nothing_is_started_after_the_end():
    closed = Starter.__new__(Starter)
    closed.lock, closed.closed = processes.threading.RLock(), True
    with pytest.raises(RuntimeError, match='after the end'):
        closed.start(1)
