"""The programs in README and docs run as written, and print what they say.

Links lead somewhere, and each entry of docs/mistakes.md has a symptom.
"""

import contextlib
import io
import os
import re

import numpy as np
import pytest
import tensorflow as tf

from conftest import ROOT, once


def programs(name):
    """Return the text of a file and all Python programs in it as one."""
    text = (ROOT / name).read_text(encoding='utf-8')
    return text, '\n'.join(re.findall('```python\n(.*?)```', text, re.S))


def test_program_of_the_readme_runs_as_written(data, monkeypatch):
    with np.load(data) as arrays:
        digits = [
            (arrays[f'x_{part}'], arrays[f'y_{part}'])
            for part in ('train', 'test')
        ]
    monkeypatch.setattr(tf.keras.datasets.mnist, 'load_data', lambda: digits)
    names = {}
    exec(programs('README.md')[1], names)
    assert names['codes'].shape == (100, 32)
    assert names['reconstructed'].shape == (100, 784)
    assert names['auto'].count_params() == 222384


# All epochs of the recipes take half a minute: without CI, one is to do.
WHOLE = bool(os.environ.get('CI'))
NUMBER = re.compile(r'\d+\.?\d*')


@pytest.fixture(scope='module')
def recipes(tmp_path_factory):
    """Run the recipes; return their text, what they print and their folder."""
    text, code = programs('docs/recipes.md')
    if not WHOLE:
        code = code.replace('epochs=15', 'epochs=1')
    folder, printed = tmp_path_factory.mktemp('recipes'), io.StringIO()
    (folder / 'mains').symlink_to(ROOT / 'mains')  # for the digits
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with contextlib.redirect_stdout(printed):
            exec(code, {})
    return text, printed.getvalue().splitlines(), folder


def quotes_in(text):
    """Return the quotes in a Markdown text, each as one line."""
    return [
        ' '.join(line.lstrip('> ') for line in quote.splitlines())
        for quote in re.findall('(?:^> .*\n?)+', text, re.M)
    ]


@once  # what they print is quoted of the newest Keras
def test_recipes_print_what_they_quote(recipes):
    text, printed, _ = recipes
    assert [NUMBER.sub('N', line) for line in printed] == [
        NUMBER.sub('N', quote) for quote in quotes_in(text)
    ]


@once
@pytest.mark.skipif(not WHOLE, reason='one epoch has other numbers')
def test_recipes_print_the_numbers_that_they_quote(recipes):
    text, printed, _ = recipes
    got = NUMBER.findall('\n'.join(printed))
    quoted = NUMBER.findall('\n'.join(quotes_in(text)))
    for one, other in zip(got, quoted):
        last_digit = 10 ** -len(other.partition('.')[2])
        # Other versions and processors train a little differently.
        assert float(one) == pytest.approx(
            float(other), rel=0.15, abs=1.5 * last_digit
        )


@once
def test_recipes_save_the_pictures_in_their_text(recipes):
    text, _, folder = recipes
    assert {path.name for path in folder.glob('*.png')} == set(
        re.findall(r'!\[[^]]*\]\(([^)]*)\)', text)
    )


@once
def test_exercises_change_lines_that_are_there(monkeypatch):
    text = (ROOT / 'docs' / 'exercises.md').read_text(encoding='utf-8')
    files = [
        file.read_text(encoding='utf-8')
        for file in (
            *ROOT.glob('[0-3]-*.py'),
            *ROOT.glob('mains/[0-3]-main.py'),
        )
    ]
    changes = re.findall('^-(.*)\n\\+(.*)\n', text, re.M)
    assert len(changes) == 6
    for before, _ in changes:
        assert sum(file.count(before) for file in files) == 1, before
    # They are those that are recorded.
    monkeypatch.syspath_prepend(ROOT / 'experiments')
    for change in __import__('runs').EXERCISES.values():
        ((old, new),) = change.items()
        assert any(
            before.replace(old, new) == after != before
            for before, after in changes
        ), change


@once
def test_program_of_the_exercises_draws_letters(tmp_path, monkeypatch):
    _, code = programs('docs/exercises.md')
    code = code.replace('22000', '300').replace('20000', '200')
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    with np.load(tmp_path / 'letters.npz') as data:
        x, y = data['x_train'], data['y_train']
        assert data['x_test'].shape == (100, 28, 28)
    assert x.shape == (200, 28, 28) and x.dtype == 'uint8' and x.max() > 200
    assert y.shape == (200,) and set(y) <= set(range(26))
    # Each label has another mean image.
    assert (
        np.std([x[y == label].mean(axis=0) for label in set(y)], axis=0).max()
        > 50
    )


def test_programs_of_the_page_for_learners_run_as_written():
    names = {}
    exec(programs('docs/learn.md')[1], names)
    assert names['codes'].shape[0] == 100 and names['codes'].shape[1] == 64
    x = tf.keras.Input((3,))
    model = tf.keras.Model(x, names['L1Penalty']()(x))
    model.compile('sgd', loss=lambda x, y: 0 * tf.keras.losses.mse(x, y))
    values = np.array([[1.0, -2.0, 3.0], [0.0, 4.0, 0.0]])
    assert model.evaluate(values, values, verbose=0) == pytest.approx(
        0.001 * (6 + 4) / 2
    )


def headings(text):
    """Return the anchors of a text: its headings', as GitHub makes them."""
    text = re.sub('```.*?```', '', text, flags=re.S)
    return {
        re.sub(r'[^\w -]', '', title.lower()).replace(' ', '-')
        for title in re.findall('^#+ (.*)$', text, re.M)
    } | {*re.findall('<a id="(.*?)"></a>', text)}


@once
def test_links_lead_to_files_and_headings():
    broken = []
    for file in (
        *ROOT.glob('*.md'),
        *ROOT.glob('docs/*.md'),
        *ROOT.glob('experiments/results/*.md'),
    ):
        text = file.read_text(encoding='utf-8')
        for target in re.findall(r'\]\((?!https?:)([^)\s]+)\)', text):
            path, _, anchor = target.partition('#')
            other = file.parent / path if path else file
            if (
                not other.exists()
                or anchor
                and anchor not in headings(other.read_text(encoding='utf-8'))
            ):
                broken.append(f'{file.name}: {target}')
    assert not broken


@once
def test_every_mistake_is_found_by_its_symptom():
    text = (ROOT / 'docs' / 'mistakes.md').read_text(encoding='utf-8')
    tables, _, entries = text.partition('\n## Messages\n')
    titles = headings('\n'.join(re.findall('^### .*$', entries, re.M)))
    assert titles and titles == set(re.findall(r'\(#([\w-]+)\)', tables))
