"""Tests of the page of several models, and of the command that makes it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import compare
import page
import pages
from browser import chromium, drag, listen, new_tab
from conftest import ROOT, cross_entropy, once
from pages import SETTLED, values

pytestmark = once
SEVEN = (0.3, 0.2), (0.7, 0.2), (0.45, 0.8)
NAMES = ['0-vanilla', 'vanilla-2', '2-convolutional', '3-variational']


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    """Return a folder with folders of models, as the mains leave them."""
    root = tmp_path_factory.mktemp('results')
    for name in NAMES:
        write(root / name, name)
    return root


def write(folder, name, title='Vanilla autoencoder'):
    """Write the models of a name to a folder, and their page."""
    folder.mkdir(parents=True)
    for part, model in zip(('encoder', 'decoder'), pages.models(name)):
        model.save(folder / f'{part}.keras')
    text = page.page(title, [pages.described(name)], *pages.digits())
    text = text.replace(f'"title": "{name}"', f'"title": "{title}"')
    (folder / 'explore.html').write_text(text, 'utf-8')


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Return a function: run the command, and return what it prints."""

    def run_compare(*arguments):
        monkeypatch.setattr('sys.argv', ['compare.py', *map(str, arguments)])
        x, labels = pages.digits()
        monkeypatch.setattr(
            compare,
            'load_digits',
            lambda *_: (None, (np.rint(255 * x).astype('uint8'), labels)),
        )
        compare.main()
        return capsys.readouterr().out

    return run_compare


@pytest.fixture(scope='module')
def tab(tmp_path_factory):
    """Return a tab in which there may be no message in the end."""
    with chromium() as browser:
        tab = new_tab(browser, offline=True)
        messages = listen(tab)
        yield tab
        assert messages == []


@pytest.fixture
def visit(run, folders, tmp_path, tab):
    """Return a function that opens the page of some models."""

    def visit_page(names, width=1440):
        file = tmp_path / 'compare.html'
        said = run(*(folders / name for name in names), '--output', file)
        assert f'Open {file} in a browser' in said
        file.write_text(pages.seen(file.read_text('utf-8')), 'utf-8')
        tab.set_viewport_size({'width': width, 'height': 900})
        tab.goto(file.as_uri())
        tab.evaluate(SETTLED)
        return tab

    return visit_page


def shown(tab):
    """Return what is seen of each model: its code and reconstruction."""
    pixels = values(tab, '.reconstructed').tolist()
    return list(zip(tab.evaluate('columns.map(one => [...one.code])'), pixels))


def test_models_are_side_by_side(visit):
    tab = visit(NAMES)
    assert tab.locator('.title').all_inner_texts() == NAMES
    assert tab.locator('.shapes').all_inner_texts()[::3] == [
        '784 → 128 → 64 → 32 → 64 → 128 → 784',
        '784 → 512 → 2 and 2 → 2 → 512 → 784',
    ]


def test_each_model_has_its_code_reconstruction_and_loss(visit):
    tab = visit(NAMES)
    tab.get_by_role('button', name='Test digit, a 4').click()
    four = pages.held()[4:5]
    for name, column, (code, pixels) in zip(
        NAMES[:3], tab.locator('.column').all(), shown(tab)
    ):
        encoder, decoder = pages.models(name)
        expected = pages.locate(encoder, four)
        np.testing.assert_allclose(code, expected[0], atol=2e-3)
        expected = pages.decode(decoder, expected)
        np.testing.assert_allclose(pixels, expected[0], atol=2e-3)
        loss, least = (cross_entropy(four, y).mean() for y in (expected, four))
        assert float(column.locator('.above').inner_text()) == pytest.approx(
            loss - least, abs=1e-4
        )


def different(before, after):
    """Return of each model whether its code and reconstruction differ."""
    return [
        (code != other_code, image != other_image)
        for (code, image), (other_code, other_image) in zip(before, after)
    ]


def test_all_models_get_what_is_drawn(visit):
    tab = visit(NAMES)
    before = shown(tab)
    drag(tab, tab.locator('#pad'), SEVEN)
    assert different(before, shown(tab)) == 4 * [(True, True)]


# Where one takes hold of the code of each model.
HOLDS = [
    '.bars > :not(.dead)',
    '.plane canvas + canvas',
    '.map > *',
    '.plane canvas + canvas',
]


def test_each_code_is_taken_hold_of_by_itself(visit):
    tab = visit(NAMES)
    drag(tab, tab.locator('#pad'), SEVEN)
    before = shown(tab)
    for i, part in enumerate(HOLDS):
        box = tab.locator('.column').nth(i).locator(part).first
        box.click(position={'x': 3, 'y': 8})
        if part == '.map > *':
            box.press('Home')
            box.press('End')
        now = shown(tab)
        expected = 4 * [(False, False)]
        expected[i] = True, True
        assert different(before, now) == expected
        before = now


def test_the_way_is_a_row_for_each_model_and_one_for_the_pixels(visit):
    tab = visit(NAMES)
    rows = values(tab, '#way canvas').reshape(5, 11, 784)
    ends = pages.held()[[3, 8]]
    for row, name in zip(rows, NAMES):
        encoder, decoder = pages.models(name)
        middle = pages.locate(encoder, ends).mean(axis=0, keepdims=True)
        np.testing.assert_allclose(
            row[5], pages.decode(decoder, middle)[0], atol=2e-3
        )
    np.testing.assert_allclose(rows[4][5], ends.mean(axis=0), atol=1e-6)


def test_all_go_along_the_way_and_one_takes_a_random_code(visit):
    tab = visit(NAMES)
    tab.locator('#way-slider').press('ArrowRight')
    tab.evaluate(SETTLED)
    assert tab.locator('.source').all_inner_texts() == 4 * ['between A and B']
    tab.get_by_role('button', name='Use random code 3 of 2-conv').click()
    tab.evaluate(SETTLED)
    expected = 4 * ['between A and B']
    expected[2] = 'random'
    assert tab.locator('.source').all_inner_texts() == expected


@pytest.mark.parametrize('width', [375, 768, 1186, 1440])
def test_on_a_narrow_screen_models_are_below_each_other(visit, width):
    tab = visit(NAMES, width)
    assert tab.evaluate('document.documentElement.scrollWidth') <= width
    columns = tab.locator('.column').all()
    lefts = {column.bounding_box()['x'] for column in columns}
    assert (len(lefts) == 1) == (width == 375)


@pytest.mark.parametrize('names', [NAMES[:1], NAMES[1:3] * 4])
def test_one_to_eight_models_fit(visit, names, tmp_path):
    tab, saved = visit(names), tmp_path / 'saved.html'
    assert tab.locator('.column').count() == len(names)
    assert tab.locator('#layers').is_visible() == (len(names) == 1)
    # What is true of all is said once; so it is on a page that was saved.
    saved.write_text(
        tab.evaluate('document.documentElement.outerHTML'), 'utf-8'
    )
    for uri in (tab.url, saved.as_uri()):
        tab.goto(uri)
        assert tab.locator('.about-least').locator('visible=true').count() == 1
        assert tab.locator('.column').count() == len(names)


@pytest.mark.parametrize(
    'folders, kinds, expected',
    [
        (['a', 'b'], ['Sparse', 'Vanilla'], ['Sparse', 'Vanilla']),
        (['a', 'b'], ['Sparse', 'Sparse'], ['a', 'b']),
        (
            ['/results/a', '/results/mine/a'],
            ['Sparse', 'Sparse'],
            ['results/a', 'mine/a'],
        ),
        (['/a', '/a'], ['Sparse', 'Sparse'], ['/a', '/a']),
    ],
)
def test_titles_say_what_a_model_is_or_where_it_is(folders, kinds, expected):
    models = [{'title': f'{kind} autoencoder'} for kind in kinds]
    assert compare.titles(list(map(Path, folders)), models) == expected


def test_fewer_bits_are_measured(run, folders, tmp_path):
    file = tmp_path / 'compare.html'
    said = run(folders / '0-vanilla', '--bits', 8, '--output', file)
    encoder, decoder = pages.models('0-vanilla')
    x = pages.digits()[0]
    before = pages.decode(decoder, pages.locate(encoder, x))
    data = json.loads(
        re.search('id="data">(.*?)</script>', file.read_text(), re.S)[1]
    )
    bits = [
        layer['kernel']['bits']
        for layer in data['models'][0]['encoder']['layers']
        if 'kernel' in layer
    ]
    assert bits == [8, 16, 16]
    (mean,) = re.findall(r'differ by (\S+) on average', said)
    loss = cross_entropy(x, before).mean()
    assert 0 < float(mean) < 0.02
    assert f'cross-entropy {loss:.4f}, then ' in said


@pytest.fixture
def wrong(tmp_path, folders):
    """Return what is wrong: arguments, and what is said of them."""
    broken, empty = tmp_path / 'broken', tmp_path / 'empty'
    for folder, text in ((broken, None), (empty, 'no page')):
        folder.mkdir()
        good = (folders / '0-vanilla' / 'explore.html').read_text('utf-8')
        (folder / 'explore.html').write_text(text or good, 'utf-8')
    for name in ('encoder', 'decoder'):
        (broken / f'{name}.keras').write_bytes(b'no model')
    none = tmp_path / 'none'
    return {
        (): f'there are no trained models in {none}: run',
        ('--modules', tmp_path / 'mine'): f'models in {none / "mine"}: run',
        (tmp_path,): f'there is no {tmp_path / "explore.html"}: name',
        (empty,): f'{empty / "explore.html"} is not a page that a main has',
        (broken, '--bits', 8): f'cannot load the models in {broken}: ',
        (folders / '0-vanilla',) * 9: 'room for 8 models. Received: 9',
    }


def test_what_is_wrong_is_said_in_a_line(
    run, wrong, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(compare, 'RESULTS', tmp_path / 'none')
    for arguments, message in wrong.items():
        with pytest.raises(SystemExit) as end:
            run(*arguments, '--output', tmp_path / 'compare.html')
        assert end.value.code == 2
        said = capsys.readouterr().err
        assert message in said and said.count('\n') == 1
    assert not (tmp_path / 'compare.html').exists()


def test_what_a_learner_has_trained_is_next_to_ours(
    folders, tmp_path, monkeypatch
):
    # Given results of a learner, of which only the second has one of ours.
    theirs = folders / 'mine'
    for name in ('1-sparse', '3-variational'):
        (theirs / name).mkdir(parents=True)
        (theirs / name / 'explore.html').touch()
    monkeypatch.setattr(compare, 'RESULTS', folders)
    assert compare.found(Path('somewhere/mine')) == [
        theirs / '1-sparse',
        folders / '3-variational',
        theirs / '3-variational',
    ]


def test_by_default_it_takes_the_results(run, folders, monkeypatch):
    monkeypatch.setattr(compare, 'RESULTS', folders)
    monkeypatch.setattr(
        compare,
        'write_atomically',
        lambda path, content: written.append((path, content)),
    )
    written = []
    run()
    # The parser was told the usual place before.
    ((path, content),) = written
    assert path.name == 'compare.html'
    assert content.count(b'"title": "') == len(NAMES)


def test_the_page_in_docs_opens(tab):
    file = ROOT / 'docs' / 'compare.html'
    assert file.stat().st_size < 2_500_000
    tab.goto(file.as_uri())
    assert tab.locator('.title').all_inner_texts() == [
        'Vanilla',
        'Sparse',
        'Convolutional',
        'Variational',
    ]
    drag(tab, tab.locator('#pad'), SEVEN)
    tab.evaluate('new Promise(done => requestAnimationFrame(() => done()))')
    above = tab.locator('.above').all_inner_texts()
    assert [0 < float(text) < 0.3 for text in above] == 4 * [True]
    assert tab.locator('.digits + .digits').count() == 4
    assert 'After epoch 50 of 50' in tab.locator('#trainings').inner_text()


def test_the_page_in_docs_is_made_of_what_pages_are_made_of_today():
    text = (ROOT / 'docs' / 'compare.html').read_text('utf-8')
    for part in (*(f'{name}.js' for name in page.SCRIPTS), 'page.css'):
        source = ROOT / 'mains' / 'page' / part
        assert source.read_text('utf-8').strip() in text, (
            f'{part} has changed since docs/compare.html was made'
        )
