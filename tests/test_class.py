"""A class of solutions at once: the table and the files, whatever happens.

Nothing is judged here: a pretended judge reads from a module what it misses.
"""

import csv
import errno
import json
import os
import re
import signal
import stat
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from checker import __main__ as command
from checker import files, folder, options, requirements, tables
from checker.faults import MachineFailure
from checker.interrupts import Interrupted
from conftest import MODULES, ROOT

ATTACK = '"><img src=x onerror="document.title=1"><script>document.title=1//'
CORRECT = 'def autoencoder():\n    return x\n'
WRONG = CORRECT + '# misses: encoder relu, adam'
ENDS = {
    'all': OSError(errno.ENOSPC, 'No space left on device', '/full/x'),
    'worker': MachineFailure('No worker can be started.'),
    'Ctrl-C': KeyboardInterrupt(),
    'SIGTERM': Interrupted(signal.SIGTERM),
}


def pretend(task, files, starter, limit, seed, on_verdict):
    """Judge as a line like `# misses: auto, adam` says."""
    text = files[f'{MODULES[task]}.py'].decode()
    missed = (re.findall('# misses: (.*)', text) or [''])[0]
    if missed in ENDS:
        raise ENDS[missed]
    verdicts = []
    for row in requirements.table(task):
        verdicts.append(
            {
                'name': row.name,
                'sentence': row.sentence,
                'met': row.name not in missed.split(', '),
            }
        )
        if not verdicts[-1]['met']:
            verdicts[-1].update(
                found=ATTACK,
                expected='It is `relu`.',
                again=False,
                change="Write `activation='relu'`.",
                mistake='activations',
            )
        on_verdict(verdicts[-1])
    return {
        'verdicts': verdicts,
        'notes': [ATTACK],
        'layers': [[ATTACK, [[ATTACK, 'Dense 3', True]]]],
    }


@pytest.fixture(autouse=True)
def pretended(monkeypatch):
    monkeypatch.setattr(command, 'judge', pretend)


def write(path, **sources):
    """Write the modules of tasks, `_0` to `_3`; return the folder."""
    path.mkdir(exist_ok=True, parents=True)
    for name, source in sources.items():
        (path / f'{MODULES[int(name[1])]}.py').write_text(source)
    return path


def check(*arguments):
    """Run the command; return its status."""
    try:
        return command.main(
            list(map(str, arguments)), SimpleNamespace(versions={})
        )
    except SystemExit as end:
        return end.code


def test_wrong_commands(tmp_path, capsys):
    write(tmp_path, _0=CORRECT)
    (tmp_path / 'file').write_text('')
    for arguments, says in (
        ('', 'required: DIR'),
        ('DIR/none', '/none is not a directory'),
        ('DIR/file', 'is not a directory'),
        ('DIR --tasks 4', "got '4'"),
        ('DIR --jobs 0', "got '0'"),
        ('DIR --time-limit x', "got 'x'"),
        ('DIR --seed -1', "an integer from 0 to 2147483647, got '-1'"),
        ('DIR DIR --watch', 'one folder'),
        ('DIR --new DIR', '--new takes one folder'),
        ('DIR --csv DIR/no/x', '/no/x'),
        ('DIR --html DIR/no/x', '/no/x'),
        ('DIR --json DIR/no/x', '/no/x'),
        ('DIR --reports DIR/file', ''),
    ):
        words = [
            word.replace('DIR', str(tmp_path)) for word in arguments.split()
        ]
        assert check(*words) == 2
        output, error = capsys.readouterr()
        assert not output and says in error


# What a spreadsheet would take for a formula, a date or a number.
APART = ['=1+1', '12-11', '007', 'May 5', '-x']
NAMES = [
    *APART,
    '12345',
    'Żółw Иван',
    'a\nb',
    '<i onclick="x">',
    'ä' * 127,
    os.fsdecode(b'M\x81ller'),
    'sub/same',
    'sub-same',
    'other/same',
]
# The same where people read them.
SHOWN = [
    name.replace('\n', r'\n').replace('\udc81', r'\udc81') for name in NAMES
]


@pytest.fixture
def odd_class(tmp_path, capsys):
    """Return what the checker prints and writes of folders with odd names."""
    folders = [write(tmp_path / 'class' / name, _0=WRONG) for name in NAMES]
    files = {
        'csv': tmp_path / 'x.csv',
        'html': tmp_path / 'x.html',
        'json': tmp_path / 'x.json',
        'reports': tmp_path / 'reports',
    }
    options = ['--tasks', '0', '--seed', '3']
    for name, file in files.items():
        options += [f'--{name}', file]
    assert check(*folders, *options) == 1
    return SimpleNamespace(printed=capsys.readouterr().out, **files)


def test_the_printed_table_has_each_name_on_one_line(odd_class):
    for name in SHOWN:
        line = f'^{re.escape(name)} +12/14$'
        assert re.search(line, odd_class.printed, re.M), name


def test_a_spreadsheet_takes_no_name_for_something_else(odd_class):
    text = odd_class.csv.read_text(encoding='utf-8')
    assert text.startswith('\ufefffolder,right,met,of,0-vanilla,0-vanilla ')
    names = [row[0] for row in rows_of(odd_class.csv)]
    quoted = [f"'{name}" for name in APART]
    assert names == quoted + SHOWN[len(APART) :]


def test_a_row_has_the_verdict_and_the_points(odd_class):
    for row in rows_of(odd_class.csv):
        assert row[1:] == ['no', '12', '14', 'wrong', '12', '14']


def test_a_name_is_no_markup_on_the_page(odd_class):
    text = odd_class.html.read_text(encoding='utf-8')
    assert '&lt;i onclick=&#34;x&#34;&gt;' in text
    assert '<i on' not in text


def test_the_json_has_the_names(odd_class):
    found = json.loads(odd_class.json.read_text())
    assert [one['folder'] for one in found] == SHOWN


def test_each_folder_has_a_report_that_begins_with_its_name(odd_class):
    texts = [
        file.read_text(encoding='utf-8')
        for file in odd_class.reports.iterdir()
    ]
    assert sorted(text.split('\n')[0] for text in texts) == sorted(SHOWN)


def test_a_report_stands_alone(odd_class, tmp_path):
    text = (odd_class.reports / 'sub-same.txt').read_text(encoding='utf-8')
    assert 'See:      "Activations" below' in text
    assert text.count('\nActivations\n') == 1
    assert text.count('Random seed: 3') == 1
    assert str(tmp_path) not in text
    assert max(map(len, text.splitlines())) < 80


def test_a_report_marks_a_layer_that_differs(odd_class):
    text = (odd_class.reports / 'sub-same.txt').read_text(encoding='utf-8')
    (line,) = [line for line in text.split('\n') if line.endswith('Dense 3')]
    assert line.startswith('  * ')


def rows_of(file):
    """Return the rows of a table below its header."""
    with open(file, encoding='utf-8-sig') as lines:
        return [*csv.reader(lines)][1:]


@pytest.mark.parametrize('missed, status', [('Ctrl-C', 130), ('SIGTERM', 143)])
def test_a_signal_costs_nothing_that_was_judged(
    tmp_path, capsys, missed, status
):
    folders = [
        write(tmp_path / str(number), _0=CORRECT + f'# misses: {end}')
        for number, end in enumerate(['', missed, ''])
    ]
    arguments = ['--tasks', '0', '--jobs', '1', '--csv', tmp_path / 'x.csv']
    assert check(*folders, *arguments) == status
    assert '1 of 3 folders are correct.' in capsys.readouterr().out
    assert rows_of(tmp_path / 'x.csv') == [
        ['0', 'yes', '14', '14', 'correct', '14', '14'],
        ['1', '', '', '', '', '', ''],
        ['2', '', '', '', '', '', ''],
    ]


@pytest.mark.parametrize(
    'missed, cause',
    [
        ('all', 'No space left on device: /full/x'),
        ('worker', 'No worker can be started.'),
    ],
)
def test_a_failure_of_the_machine_is_not_a_failure_of_a_student(
    tmp_path, capsys, missed, cause
):
    folders = [
        write(tmp_path / str(number), _0=source, _1=CORRECT)
        for number, source in enumerate(
            [f'# misses: {missed}', f'# misses: {missed}', WRONG]
        )
    ]
    arguments = ['--tasks', '0,1', '--csv', tmp_path / 'x.csv']
    assert check(*folders, *arguments) == 3
    output, errors = capsys.readouterr()
    assert errors.count(cause) == 1
    assert re.search('^0 +not judged +correct 15/15$', output, re.M)
    empty = ['', '', '', '', '', '', 'correct', '15', '15']
    assert rows_of(tmp_path / 'x.csv') == [
        ['0', *empty],
        ['1', *empty],
        ['2', 'no', '27', '29', 'wrong', '12', '14', 'correct', '15', '15'],
    ]
    # In a report of its own, the task says why.
    assert check(folders[0], '--tasks', '0') == 3
    assert f'autoencoder: not judged. {cause}' in ' '.join(
        capsys.readouterr().out.split()
    )


def test_folders_that_are_none_cost_no_other_the_table(tmp_path, capsys):
    (tmp_path / 'stray.csv').write_text('')
    folders = [
        write(tmp_path / 'good', _0=CORRECT),
        tmp_path / ('x' * 300),
        tmp_path / 'stray.csv',
    ]
    arguments = ['--tasks', '0', '--csv', tmp_path / 'x.csv']
    assert check(*folders, *arguments) == 2
    output, error = capsys.readouterr()
    assert '1 of 2 folders are correct.' in output
    words = [(row[1], row[4]) for row in rows_of(tmp_path / 'x.csv')]
    assert words == [('yes', 'correct'), ('no', 'missing')]
    assert 'stray.csv is not a directory' in error
    assert 'x: The folder cannot be read: File name too long.' in output


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='needs named pipes')
@pytest.mark.parametrize(
    'name', ['0-vanilla.py', '0_vanilla.py', 'solution.txt', 'vanilla.zip']
)
def test_only_ordinary_files_are_opened(tmp_path, name):
    def odd(make):
        path = write(tmp_path / make.__name__)
        make(path / name)
        return [
            note
            for note in folder.Folder(path, [0], 'x').results[0]['notes']
            if 'read' in note
        ]

    def pipe(path):
        os.mkfifo(path)

    def endless(path):
        path.symlink_to('/dev/zero')

    # A pipe that is opened waits forever, and this test with it.
    notes = odd(pipe) + odd(endless)
    if name == '0-vanilla.py':
        first, second = notes
        assert 'it is not an ordinary file' in first
        assert 'a link that leads out of this folder' in second
    else:
        assert not notes


def test_a_file_of_unknown_size_is_read_to_that_size():
    status = os.stat('/proc/self/status')
    if not stat.S_ISREG(status.st_mode) or status.st_size:
        pytest.skip('needs files that say that they are empty')
    assert files.read('/proc/self/status') == b''


def test_links_are_followed_inside_the_folder_only(tmp_path):
    other = write(tmp_path / 'other', _0=CORRECT)
    (other / 'helper').mkdir()
    (other / 'helper' / 'x.py').write_text('x = 1')
    own = write(tmp_path / 'own', _1=CORRECT)
    (own / 'parts').mkdir()
    (own / 'parts' / 'layers.py').write_text('y = 1')
    for link, target in (
        ('0-vanilla.py', other / '0-vanilla.py'),
        ('3-variational.py', own / '1-sparse.py'),
        ('helper', other / 'helper'),
        ('linked', own / 'parts'),
        ('parts/up', own),
    ):
        (own / link).symlink_to(target)
    found = folder.Folder(own, [0, 1, 3], 'x')
    assert found.files['0-vanilla.py'] is None
    assert found.files['3-variational.py'] == CORRECT.encode()
    assert found.files['linked/layers.py'] == b'y = 1'
    assert not [name for name in found.files if name.startswith('helper')]
    assert found.notes == [
        'helper is a link that leads out of this folder, so it is not read.'
    ]
    assert found.results[0]['notes'] == [
        '0-vanilla.py is a link that leads out of this folder, so it is not '
        'read.'
    ]


def test_files_under_another_name(tmp_path):
    with zipfile.ZipFile(tmp_path / 'zip', 'w') as archive:
        archive.writestr('mine/0-vanilla.py', CORRECT)
    texts = {
        'solution.py': b'def autoencoder(input_dims):',
        'Untitled.ipynb': b'"def autoencoder(input_dims,\\n", "  filters)"',
        'lambtha.py': b'def autoencoder(a, lambtha):',
        'notes.txt': b'vanilla',
        '1-sparse.py': b'def autoencoder(input_dims):',
        'mine.zip': (tmp_path / 'zip').read_bytes(),
    }
    for task, says, names in (
        (
            0,
            'if it is the solution, rename it to 0-vanilla.py.',
            [
                '0_vanilla (1).py',
                '0-vanilla.py.txt',
                '0-VANILLA.PY',
                'solution.py',
            ],
        ),
        (0, 'move it up', ['below/0-vanilla.py']),
        (2, 'it is a notebook', ['Untitled.ipynb', 'convolutionl.ipynb']),
        (0, 'Unpack it', ['mine.zip', 'x.rar']),
        (
            0,
            '',
            [
                'notes.txt',
                'vanilla.png',
                '1-sparse.py',
                'bad.zip',
                'lambtha.py',
                'venv/0-vanilla.py',
                'below/solution.py',
            ],
        ),
    ):
        for name in names:
            file = tmp_path / name.replace('/', ' ').upper() / name
            file.parent.mkdir(parents=True)
            file.write_bytes(texts.get(file.name, b''))
            notes = folder.Folder(
                file.parents[name.count('/')], [task], 'x'
            ).results[task]['notes']
            assert len(notes) == bool(says), (name, notes)
            assert all(
                f'There is {name}: ' in note and says in note for note in notes
            ), notes


def test_no_more_than_three_files_are_named_that_could_be_meant(tmp_path):
    for number in range(5):
        (tmp_path / f'0-vanilla ({number}).py').touch()
    (result,) = folder.Folder(tmp_path, [0], 'x').results.values()
    assert len(result['notes']) == 3


def test_all_files_together_may_have_so_many_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(files, 'MOST_BYTES', 10)
    for name in 'abc':
        (tmp_path / f'{name}.py').write_text('x = 1')
    taken = files.take(tmp_path)
    assert taken.unread == {'c.py': 'cannot be read: it is too large'}


def test_a_task_is_checked_once_however_often_it_is_named():
    assert options.tasks('2,0,2') == [0, 2]


def test_an_environment_in_a_folder_is_no_part_of_the_solution(tmp_path):
    write(tmp_path, _0=CORRECT)
    (tmp_path / '.venv').mkdir()
    for number in range(files.MOST_FILES):
        (tmp_path / f'.venv/{number}.py').touch()
    assert [*files.take(tmp_path).files] == ['0-vanilla.py']


@pytest.fixture
def umask():
    """Return a function that sets the umask, until the test ends."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def test_new_files_leave_what_is_there(tmp_path, capsys, umask):
    write(tmp_path, _1='mine')
    assert check('--new', tmp_path) == 0
    assert '1-sparse.py already exists' in capsys.readouterr().out
    assert (tmp_path / '1-sparse.py').read_text() == 'mine'
    for task in (0, 2, 3):
        file = tmp_path / f'{MODULES[task]}.py'
        assert os.access(file, os.X_OK)
        call = requirements.table(task)[0].sentence.split('`')[1]
        assert f'\n{call}\n    """Create a' in file.read_text()


@pytest.mark.skipif(os.name == 'nt', reason='needs permissions')
@pytest.mark.parametrize('mask, mode', [(0o077, 0o700), (0o022, 0o755)])
def test_new_files_are_for_whom_the_umask_says(tmp_path, umask, mask, mode):
    umask(mask)
    check('--new', tmp_path / 'mine', '--tasks', '0')
    file = tmp_path / 'mine' / '0-vanilla.py'
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_new_files_need_no_chmod(tmp_path, monkeypatch):
    def no_chmod(*_, **__):
        raise PermissionError(errno.EPERM, 'Operation not permitted')

    monkeypatch.setattr(os, 'chmod', no_chmod)
    assert check('--new', tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 4


def test_new_files_are_whole_or_not_there(tmp_path, monkeypatch, capsys):
    (tmp_path / '2-convolutional.py').mkdir()  # it is there, in a way
    fdopen = open

    def full(file, mode='r', **more):
        stream = fdopen(file, mode, **more)
        if mode == 'wb' and len(os.listdir(tmp_path)) == 2:
            stream.close()
            raise OSError(errno.ENOSPC, 'No space left on device')
        return stream

    monkeypatch.setattr('builtins.open', full)
    assert check('--new', tmp_path) == 2
    assert 'No space left' in capsys.readouterr().err
    assert '0-vanilla.py' not in os.listdir(tmp_path)


@pytest.mark.parametrize('name', ['-', '/dev/stdout'])
@pytest.mark.parametrize(
    'option, begins', [('--csv', 'folder,'), ('--json', '['), ('--html', '<!')]
)
def test_a_table_on_standard_output_is_alone_there(
    tmp_path, name, option, begins
):
    if name != '-' and not os.path.exists(name):
        pytest.skip(f'there is no {name}')
    write(tmp_path / 'x')
    command = [sys.executable, '-m', 'checker', tmp_path / 'x']
    with open(tmp_path / 'out', 'w+b') as out:
        done = subprocess.run(
            [*command, '--tasks', '0', option, name],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
        out.seek(0)
        text = out.read().decode('utf-8-sig')
    assert done.returncode == 1
    assert text.startswith(begins) and text.endswith('\n')
    # The report is beside it.
    report = '0-vanilla.py, the vanilla autoencoder'
    assert report in done.stderr
    assert option == '--html' or report not in text
    assert not (ROOT / '-').exists()


@pytest.mark.parametrize(
    'name',
    '5% (12) $5 TRUE false WAHR 1234567890123456 007 1e5 12:30 1,5 €5 3-4 '
    '=x @x +x -x #REF! 2020-01-01T10:00Z'.split()
    + ['May 5', '5 Mai', '3 pm', '5 EUR', '1 000', '\t=1', '１２３', ' =1'],
)
def test_what_spreadsheets_change_is_protected(name):
    assert tables.as_text(name) == f"'{name}"


@pytest.mark.parametrize(
    'name',
    [
        '123456789012345',
        '1',
        'Jan',
        'Marco',
        'student 9',
        'Zoë',
        'a-1',
        '',
        '<',
    ]
    + ['janjan 5', 'Mario 5', "O'Neil", 'True North', 'x=1'],
)
def test_other_names_stay_as_they_are(name):
    assert tables.as_text(name) == name


def test_protecting_a_name_takes_no_time():
    assert tables.as_text('jan' * 10**5 + '!') == 'jan' * 10**5 + '!'
    assert tables.as_text('1' * 10**5 + '!') == "'" + '1' * 10**5 + '!'


def test_every_stream_takes_every_text(tmp_path):
    # A folder without modules: TensorFlow is not started.
    path, out = write(tmp_path / 'Иван'), tmp_path / 'x.csv'
    (path / '0_vanilla Ж.py').write_text(CORRECT)
    for start in (
        'exec "$@" 2>&-',
        'exec "$@" 0<&- 2>&-',
        'exec "$@" >&- 2>&- <&-',
        '"$@" 2>&1 | head -c 5',
    ):
        done = subprocess.run(
            [
                'sh',
                '-c',
                start,
                'sh',
                sys.executable,
                '-m',
                'checker',
                path,
                '--tasks',
                '0',
                '--csv',
                out,
                '--html',
                tmp_path / 'x.html',
            ],
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, 'PYTHONIOENCODING': 'cp1252'},
        )
        assert not done.stderr, done.stderr
        assert 'Иван,no,0,14' in out.read_text(encoding='utf-8-sig')
        assert b'\\u0416' in done.stdout or '|' in start or '>&- 2' in start
        out.unlink()


def test_commands_of_the_docs_take_any_name(tmp_path):
    names = ['-c', 'a b', "d'e", 'f$g', 'h"i', 'Ж']
    for name in names:
        (tmp_path / 'class' / name).mkdir(parents=True)
    (tmp_path / 'class' / 'grades.csv').write_text('')
    text = (ROOT / 'docs' / 'teach.md').read_text()
    for pattern in (
        r'-m checker (class/\S+ (?:.*\\\n)*.*)',
        r'"check-autoencoders /(class/.*)", "sh"\]',
    ):
        arguments = re.search(pattern, text)[1].replace('\\"', '"')
        printed = subprocess.run(
            ['sh', '-c', f'printf "%s\\n" {arguments}', 'sh', '--csv'],
            cwd=tmp_path,
            text=True,
            capture_output=True,
        ).stdout.splitlines()
        assert (
            '--csv' in printed
            and sorted(one.split('/')[1] for one in printed if '/' in one)
            == names
        )
