"""A class of solutions at once: the table and the files, whatever happens.

Nothing is judged here: a pretended judge reads from a module what it misses.
"""
import ast
import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from checker import assignment, class_page, command, folder
from conftest import MODULES, ROOT

STARTER = SimpleNamespace(versions={})
MISSES = {'found': 'It uses `<b>tanh</b>`.', 'expected': 'It is `relu`.',
          'change': "Write `activation='relu'`.", 'mistake': 'activations'}


def pretend(task, files, starter, limit, seed, on_verdict):
    """Judge as a line like `# misses: auto, adam` says."""
    text = files[f'{MODULES[task]}.py'].decode()
    missed = re.findall('# misses: (.*)', text) or ['']
    if missed[0] == 'all':
        raise RuntimeError('a worker could not be started')
    verdicts = []
    for row in assignment.table(task):
        verdict = {'name': row.name, 'sentence': row.sentence,
                   'met': row.name not in missed[0].split(', ')}
        verdict.update({} if verdict['met'] else {**MISSES, 'again': False})
        on_verdict(verdict)
        verdicts.append(verdict)
    return {'verdicts': verdicts, 'notes': [], 'layers': []}


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
        return command.main(list(map(str, arguments)), STARTER)
    except SystemExit as end:
        return end.code


RIGHT = 'def autoencoder():\n    return x\n'
WRONG = RIGHT + '# misses: encoder relu, adam'


def test_wrong_commands(tmp_path, capsys):
    write(tmp_path, _0=RIGHT)
    (tmp_path / 'file').write_text('')
    missing = tmp_path / 'none' / 'table'
    for *arguments, says in (
            ['required: DIR'], [missing, f'{missing} is not a directory'],
            [tmp_path / 'file', 'file is not a directory'],
            [tmp_path, '--tasks', '4', "0 to 3 with commas, got '4'"],
            [tmp_path, '--tasks', 'all', "with commas, got 'all'"],
            [tmp_path, '--jobs', '0', "a positive number, got '0'"],
            [tmp_path, '--time-limit', 'x', "a positive number, got 'x'"],
            [tmp_path, '--seed', '-1', "from 0 to 2147483647, got '-1'"],
            [tmp_path, '--new', tmp_path, 'takes no other folder'],
            [tmp_path, tmp_path, '--watch', 'takes one folder'],
            [tmp_path, '--csv', missing, str(missing)],
            [tmp_path, '--html', missing, str(missing)],
            [tmp_path, '--reports', tmp_path / 'file', 'file']):
        assert check(*arguments) == 2
        output, error = capsys.readouterr()
        assert (output, says in error) == ('', True), error


def test_names_of_folders_are_data(tmp_path, capsys):
    names = ['=1+1', '12-11', '007', 'Żółw Иван', 'a\nb', '<i onclick="x">',
             'May 5', '-x', 'ä' * 127, os.fsdecode(b'M\x81ller'), 'sub/same',
             'other/same']
    folders = [write(tmp_path / 'class' / name, _0=WRONG) for name in names]
    outs = [tmp_path / f'x.{kind}' for kind in ('csv', 'html', 'json')]
    assert check(*folders, '--tasks', '0', '--seed', '3', '--reports',
                 tmp_path / 'out', '--csv', outs[0], '--html', outs[1],
                 '--json', outs[2]) == 1
    shown = ['=1+1', '12-11', '007', 'Żółw Иван', r'a\nb',
             '<i onclick="x">', 'May 5', '-x', 'ä' * 127, r'M\udc81ller',
             'sub/same', 'other/same']
    table = capsys.readouterr().out
    assert all(re.search(f'^{re.escape(name)} +12/14$', table, re.M)
               for name in shown), table
    assert outs[0].read_bytes().startswith(b'\xef\xbb\xbffolder,')
    head, *rows = csv.reader(outs[0].open(encoding='utf-8-sig'))
    assert head == ['folder', 'right', 'met', 'of', '0-vanilla',
                    '0-vanilla met', '0-vanilla of']
    apart = ('=1+1', '12-11', '007', 'May 5', '-x')
    assert rows == [["'" * (name in apart) + name, 'no', '12', '14', 'wrong',
                     '12', '14'] for name in shown]
    page = outs[1].read_text(encoding='utf-8')
    assert '&lt;i onclick=&quot;x&quot;&gt;' in page
    assert '<i on' not in page and '<b>tanh' not in page
    assert [one['folder'] for one in json.loads(outs[2].read_text())] == shown
    reports = {file.name: file.read_text(encoding='utf-8')
               for file in (tmp_path / 'out').iterdir()}
    assert len(reports) == len(names)
    text = reports['sub-same.txt']
    assert text.startswith('sub/same\n') and 'Random seed: 3' in text
    assert 'See:      "Activations" below' in text
    assert text.count('\nActivations\n') == 1
    assert str(tmp_path) not in ''.join(reports.values())
    assert max(map(len, text.splitlines())) < 80


def test_one_folder_costs_no_other_the_table(tmp_path, monkeypatch, capsys):
    good = write(tmp_path / 'good', _0=RIGHT)
    broken = write(tmp_path / 'broken', _0=RIGHT + '# misses: all')
    locked = write(tmp_path / 'locked', _0=RIGHT)
    stray = tmp_path / 'stray.csv'
    stray.write_text('')
    take = folder.take

    def taking(path):
        if path == locked:
            raise PermissionError(13, 'Permission denied', str(path))
        return take(path)
    monkeypatch.setattr(folder, 'take', taking)
    assert check(good, broken, locked, stray, '--tasks', '0', '--csv',
                 tmp_path / 'x.csv') == 2
    output, error = capsys.readouterr()
    assert 'stray.csv is not a directory' in error
    assert 'locked: The folder cannot be read: Permission denied.' in output
    assert '1 of 3 folders are right.' in output
    rows = list(csv.reader((tmp_path / 'x.csv').open(encoding='utf-8-sig')))
    assert [row[4:] for row in rows[1:]] == [
        ['right', '14', '14'], ['not judged', '0', '14'],
        ['missing', '0', '14']]


def test_ctrl_c_keeps_what_was_judged(tmp_path, monkeypatch, capsys):
    def judging(task, files, *rest, **more):
        if b'stop' in files['0-vanilla.py']:
            raise KeyboardInterrupt
        return pretend(task, files, *rest, **more)
    monkeypatch.setattr(command, 'judge', judging)
    folders = [write(tmp_path / name, _0=source) for name, source in
               (('a', RIGHT), ('b', RIGHT + '# stop'), ('c', RIGHT))]
    assert check(*folders, '--tasks', '0', '--jobs', '1', '--json',
                 tmp_path / 'x.json') == 130
    assert re.search('^c +not judged$', capsys.readouterr().out, re.M)
    found = json.loads((tmp_path / 'x.json').read_text())
    assert [len(one['tasks']) for one in found] == [1, 0, 0]


def test_what_was_not_judged_is_not_right(tmp_path):
    assert not folder.Folder(write(tmp_path, _0=RIGHT), [0], 'x').right


def test_files_under_another_name(tmp_path):
    for name, text, says in (
            ('0_vanilla (1).py', RIGHT, 'rename it to 0-vanilla.py'),
            ('0-vanilla.py.txt', RIGHT, 'rename it to 0-vanilla.py'),
            ('0-VANILLA.PY', RIGHT, 'rename it to 0-vanilla.py'),
            ('solution.py', 'def autoencoder(input_dims):', 'rename it'),
            ('below/0-vanilla.py', RIGHT, 'move it up'),
            ('Untitled.ipynb', json.dumps({'cells': [{'source': [
                'def autoencoder(input_dims, hidden_layers)']}]}),
             'it is a notebook'),
            ('0-vanilla.ipynb', '', 'it is a notebook'),
            ('mine.zip', None, 'Unpack it'), ('x.rar', 'Rar!', 'Unpack it'),
            ('notes.txt', 'vanilla', ''), ('vanilla.png', '', ''),
            ('1-sparse.py', RIGHT, ''), ('bad.zip', 'x', ''),
            ('lambtha.py', 'def autoencoder(a, lambtha):', '')):
        path = tmp_path / re.sub(r'\W', '', name)
        (path / name).parent.mkdir(parents=True)
        if text is None:
            with zipfile.ZipFile(path / name, 'w') as archive:
                archive.writestr('mine/0-vanilla.py', RIGHT)
        else:
            (path / name).write_text(text)
        result = folder.Folder(path, [0], 'x').results[0]
        notes = result['notes'] or ['']
        assert result['missing'] and len(notes) == 1
        assert says in notes[0] and bool(says) == bool(notes[0]), name
        assert notes[0].startswith(f'There is {name}: ' * bool(says))


def test_new_files_have_the_assignments_sentences(tmp_path, capsys):
    (tmp_path / '1-sparse.py').write_text('mine')
    assert check('--new', tmp_path) == 0
    assert '1-sparse.py already exists' in capsys.readouterr().out
    assert (tmp_path / '1-sparse.py').read_text() == 'mine'
    for task in (0, 2, 3):
        file = tmp_path / f'{MODULES[task]}.py'
        assert os.access(file, os.X_OK)
        function, = [node for node in ast.parse(file.read_text()).body
                     if isinstance(node, ast.FunctionDef)]
        text = ' '.join(ast.get_docstring(function).split())
        call = f'autoencoder({", ".join(a.arg for a in function.args.args)})'
        rows = assignment.table(task)
        assert f'`{call}`' in rows[0].sentence
        # What the requirements quote, part by part.
        for row in rows[1:]:
            for part in re.split(r'\.\.\. |; | \(', row.sentence):
                part = part.rstrip(')')
                if row.name in ('returns', 'input dims', 'latent dims',
                                'channels', 'adam'):
                    assert part.split(': ')[-1] in text, (part, text)


def test_every_stream_takes_every_text(tmp_path):
    # A folder without modules: TensorFlow is not started.
    path = tmp_path / 'Иван'
    path.mkdir()
    (path / '0_vanilla Ж.py').write_text(RIGHT)
    run = [sys.executable, '-m', 'checker', str(path), '--tasks', '0']
    for start in ('exec "$@" 2>&-', 'exec "$@" 0<&- 2>&-',
                  'exec "$@" >&- 2>&- <&-', '"$@" 2>&1 | head -c 5'):
        out = tmp_path / 'x.csv'
        done = subprocess.run(
            ['sh', '-c', start, 'sh', *run, '--csv', out, '--html',
             tmp_path / 'x.html'], cwd=ROOT, capture_output=True,
            env={**os.environ, 'PYTHONIOENCODING': 'cp1252'})
        assert not done.stderr, done.stderr
        assert 'Иван,no,0,14' in out.read_text(encoding='utf-8-sig')
        assert b'\\u0416' in done.stdout or '|' in start or '>&- 2' in start
        out.unlink()


def test_commands_of_the_docs_take_any_name(tmp_path):
    text = (ROOT / 'docs' / 'grading.md').read_text()
    names = {'a b', '-c', "d'e", 'f$g', 'h"i', 'Ж'}
    for name in names:
        (tmp_path / 'class' / name).mkdir(parents=True)
    (tmp_path / 'class' / 'grades.csv').write_text('')
    (tmp_path / 'check-autoencoders').write_text(
        f'#!{sys.executable}\nimport sys\nprint(*sys.argv[1:], sep="\\n")\n')
    (tmp_path / 'check-autoencoders').chmod(0o755)
    line, = re.findall(r'^\S+python -m checker (class\S+ (?:.*\\\n)*.*)',
                       text, re.M)
    entry, = re.findall(r'^ENTRYPOINT (.*)', text, re.M)
    for run in (['sh', '-c', f'check-autoencoders {line}'],
                [part.replace(' /class', ' ./class')
                 for part in json.loads(entry)] + ['--csv', 'x y']):
        done = subprocess.run(
            run, cwd=tmp_path, capture_output=True, text=True, check=True,
            env={'PATH': f'{tmp_path}:/usr/bin:/bin'})
        printed = done.stdout.splitlines()
        assert {one.split('/')[-2] for one in printed if '/' in one} == names
        assert '--csv' in printed


def test_page_counts_who_misses_what(tmp_path):
    sources = [RIGHT, WRONG, RIGHT + '# misses: adam', '']
    folders = [folder.Folder(write(tmp_path / str(i), _0=source), [0], str(i))
               for i, source in enumerate(sources)]
    folders.append(folder.Folder(write(tmp_path / 'none'), [0], 'none'))
    for one in folders[:4]:
        one.add(0, pretend(0, one.files, None, 1, 0, lambda verdict: None))
    rows = re.findall(r'<tr><td>0</td><td>([^<]*)</td>.*?width: (\d+)%.*?'
                      r'<summary>(\d+)</summary>(.*?)</details>',
                      '\n'.join(class_page.misses(folders, [0])))
    assert [row[:3] for row in rows] == [('adam', '40', '2'),
                                         ('encoder relu', '20', '1')]
    assert re.findall(r'#folder-(\d)', rows[0][3]) == ['1', '2']
