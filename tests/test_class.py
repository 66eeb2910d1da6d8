"""A class of solutions at once: the table and the files, whatever happens.

Nothing is judged here: a pretended judge reads from a module what it misses.
"""

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from checker import __main__ as command
from checker import assignment, folder
from conftest import MODULES, ROOT

ATTACK = '"><img src=x onerror="document.title=1"><script>document.title=1//'
RIGHT = 'def autoencoder():\n    return x\n'
WRONG = RIGHT + '# misses: encoder relu, adam'
ENDS = {'all': RuntimeError('no worker'), 'Ctrl-C': KeyboardInterrupt()}


def pretend(task, files, starter, limit, seed, on_verdict):
    """Judge as a line like `# misses: auto, adam` says."""
    text = files[f'{MODULES[task]}.py'].decode()
    missed = (re.findall('# misses: (.*)', text) or [''])[0]
    if missed in ENDS:
        raise ENDS[missed]
    verdicts = []
    for row in assignment.table(task):
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
    write(tmp_path, _0=RIGHT)
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
        ('DIR --new DIR', 'no other'),
        ('DIR --csv DIR/no/x', '/no/x'),
        ('DIR --html DIR/no/x', '/no/x'),
        ('DIR --json DIR/no/x', '/no/x'),
        ('DIR --reports DIR/file', ''),
    ):
        assert check(*arguments.replace('DIR', str(tmp_path)).split()) == 2
        output, error = capsys.readouterr()
        assert not output and says in error


def test_names_of_folders_are_data(tmp_path, capsys):
    apart = ['=1+1', '12-11', '007', 'May 5', '-x']
    names = [
        *apart,
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
    shown = [
        name.replace('\n', r'\n').replace('\udc81', r'\udc81')
        for name in names
    ]
    folders = [write(tmp_path / 'class' / name, _0=WRONG) for name in names]
    csv_file, page, everything, reports = (
        tmp_path / name for name in ('x.csv', 'x.html', 'x.json', 'reports')
    )
    assert (
        check(
            *folders,
            '--tasks',
            '0',
            '--seed',
            '3',
            '--csv',
            csv_file,
            '--html',
            page,
            '--json',
            everything,
            '--reports',
            reports,
        )
        == 1
    )
    table = capsys.readouterr().out
    assert all(
        re.search(f'^{re.escape(name)} +12/14$', table, re.M) for name in shown
    ), table
    rows = csv_file.read_text(encoding='utf-8')
    assert rows.startswith('\ufefffolder,right,met,of,0-vanilla,0-vanilla ')
    assert list(csv.reader(rows.splitlines()))[1:] == [
        ["'" * (name in apart) + name, 'no', '12', '14', 'wrong', '12', '14']
        for name in shown
    ]
    text = page.read_text(encoding='utf-8')
    assert '&lt;i onclick=&quot;x&quot;&gt;' in text and '<i on' not in text
    assert [
        one['folder'] for one in json.loads(everything.read_text())
    ] == shown
    texts = {
        file.name: file.read_text(encoding='utf-8')
        for file in reports.iterdir()
    }
    assert {text.split('\n')[0] for text in texts.values()} == {*shown}
    text = texts['sub-same.txt']
    assert 'See:      "Activations" below' in text
    assert text.count('\nActivations\n') == text.count('Random seed: 3') == 1
    assert str(tmp_path) not in text
    assert max(map(len, text.splitlines())) < 80


def test_a_bad_folder_and_ctrl_c_cost_no_other_the_table(tmp_path, capsys):
    (tmp_path / 'stray.csv').write_text('')
    folders = [
        write(tmp_path / str(number), _0=RIGHT + f'# misses: {missed}')
        for number, missed in enumerate(['', 'all', 'Ctrl-C', ''])
    ]
    bad = [*folders[:2], tmp_path / ('x' * 300), tmp_path / 'stray.csv']
    for some, status, words in (
        (folders, 130, ['right', *['not judged'] * 3]),
        (bad, 2, ['right', 'not judged', 'missing']),
    ):
        assert (
            check(
                *some,
                '--tasks',
                '0',
                '--jobs',
                '1',
                '--csv',
                tmp_path / 'x.csv',
            )
            == status
        )
        output, error = capsys.readouterr()
        assert f'1 of {len(words)} folders are right.' in output
        with open(tmp_path / 'x.csv', encoding='utf-8-sig') as rows:
            assert [(row[1], row[4]) for row in csv.reader(rows)][1:] == [
                ('yes' if word == 'right' else 'no', word) for word in words
            ]
    assert 'stray.csv is not a directory' in error
    assert 'x: The folder cannot be read: File name too long.' in output


def test_files_under_another_name(tmp_path):
    with zipfile.ZipFile(tmp_path / 'zip', 'w') as archive:
        archive.writestr('mine/0-vanilla.py', RIGHT)
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


def test_an_environment_in_a_folder_is_no_part_of_the_solution(tmp_path):
    write(tmp_path, _0=RIGHT)
    (tmp_path / '.venv').mkdir()
    for number in range(folder.MOST_FILES):
        (tmp_path / f'.venv/{number}.py').touch()
    assert [*folder.take(tmp_path)] == ['0-vanilla.py']


def test_new_files_leave_what_is_there(tmp_path, capsys):
    write(tmp_path, _1='mine')
    assert check('--new', tmp_path) == 0
    assert '1-sparse.py already exists' in capsys.readouterr().out
    assert (tmp_path / '1-sparse.py').read_text() == 'mine'
    for task in (0, 2, 3):
        file = tmp_path / f'{MODULES[task]}.py'
        assert os.access(file, os.X_OK)
        call = assignment.table(task)[0].sentence.split('`')[1]
        assert f'\n{call}\n    """Create a' in file.read_text()


def test_every_stream_takes_every_text(tmp_path):
    # A folder without modules: TensorFlow is not started.
    path, out = write(tmp_path / 'Иван'), tmp_path / 'x.csv'
    (path / '0_vanilla Ж.py').write_text(RIGHT)
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
    text = (ROOT / 'docs' / 'grading.md').read_text()
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
