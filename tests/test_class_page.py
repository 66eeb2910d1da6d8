"""The page of a class in browsers, with names and messages that attack it."""

import pytest

from browser import Chromium, Firefox, chromium
from checker.class_page import page
from checker.folder import Folder
from conftest import once
from test_class import ATTACK, CORRECT, WRONG, pretend, write

pytestmark = once
NAMES = ['Zoë', ATTACK, 'student 10', 'student 9', 'x' * 80]
ROWS = """[...document.querySelector('table').tBodies[0].rows].map(
    row => row.cells[0].textContent).join('|')"""
SHOWN = """[...document.querySelectorAll('.report')].filter(
    one => getComputedStyle(one).display !== 'none').map(
    one => one.id + ': ' + one.innerText).join('|')"""
FITS = 'String(document.documentElement.scrollWidth <= innerWidth)'
CLICK = "document.querySelectorAll('%s')[%d].click()"


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    """Return the page of a class, as a path."""
    path, folders = tmp_path_factory.mktemp('class'), []
    for number, name in enumerate(NAMES):
        source = [WRONG, CORRECT + '# misses: auto', CORRECT][number % 3]
        folder = Folder(
            write(path / str(number), _0=source, _3=CORRECT), [0, 1, 3], name
        )
        for task in (0, 3):
            folder.add(task, pretend(task, folder.files, None, 1, 0, id))
        folders.append(folder)
    for verdict in folders[4].results[0]['verdicts']:
        verdict['again'] = True  # it is not counted
    (path / 'class.html').write_text(
        page(folders, [0, 1, 3], 5), encoding='utf-8'
    )
    return path / 'class.html'


@pytest.fixture(scope='module')
def browsers():
    """Yield what drives Chromium, and a tab of each browser."""
    with chromium() as driver:
        firefox = Firefox()
        yield driver, Chromium(driver), firefox
        firefox.close()


ROW = """[...document.querySelectorAll('#%s tbody tr')].map(row => [
    ...row.cells].map(cell => cell.textContent.replace(/\\s+/g, ' ').trim()
    ).join(' / ')).join('|')"""


def test_page_counts_who_misses_what(browsers, file):
    for browser in browsers[1:]:
        browser.open(file.as_uri())
        rows = browser.evaluate(ROW % 'misses').split('|')
        assert [row.split(' / ')[:2] for row in rows] == [
            ['0', 'encoder relu'],
            ['0', 'adam'],
            ['0', 'auto'],
        ]
        assert rows[0].endswith(f' / 2 {NAMES[0]}, {NAMES[3]}')
        assert rows[2].endswith(f' / 1 {ATTACK}')


def test_page_counts_mistakes_with_an_example(browsers, file):
    for browser in browsers[1:]:
        browser.open(file.as_uri())
        assert browser.evaluate(ROW % 'lessons').split('|') == [
            f'Activations / 0 / 0-vanilla.py: {ATTACK} / '
            f'3 {NAMES[0]}, {ATTACK}, {NAMES[3]}'
        ]


def test_page_names_missing_files_and_pass_rates(browsers, file):
    browser = browsers[1]
    browser.open(file.as_uri())
    text = browser.evaluate("document.querySelector('main').innerText")
    assert f'{NAMES[0]}: 1-sparse.py' in text
    foot = browser.evaluate("document.querySelector('tfoot').textContent")
    assert ' '.join(foot.split()) == (
        'correct 1 of 5 (20%) 0 of 5 (0%) 5 of 5 (100%)'
    )


def test_reports_lead_to_the_next_and_the_previous(browsers, file):
    for browser in browsers[1:]:
        browser.open(file.as_uri() + '#folder-0')
        for click, number in (('next', 1), ('next', 2), ('prev', 1)):
            browser.evaluate(CLICK % (f':target a[rel={click}]', 0))
            assert browser.evaluate(SHOWN).startswith(f'folder-{number}: ')
        ends = "String(document.querySelectorAll('#folder-%d a[rel]').length)"
        assert browser.evaluate(ends % 0) == browser.evaluate(ends % 4) == '1'


def test_a_text_in_a_report_keeps_to_the_right_of_its_number(browsers, file):
    browser = browsers[1]
    for width in (375, 1280):
        browser.resize(width)
        browser.open(file.as_uri() + '#folder-0')
        indent = browser.evaluate(
            "String(document.querySelector(':target dd').offsetLeft > "
            "document.querySelector(':target ol').offsetLeft + 20)"
        )
        assert indent == 'true', width


@pytest.fixture(params=[0, 1], ids=['chromium', 'firefox'])
def opened(request, browsers, file):
    """Return a browser that shows the page, at the width of a screen."""
    browser = browsers[1:][request.param]
    browser.resize(1280)
    browser.open(file.as_uri())
    return browser


def test_page_begins_with_the_folders_and_no_report(opened):
    assert opened.evaluate(ROWS).split('|') == NAMES
    assert opened.evaluate(SHOWN) == ''


def test_the_table_is_sorted_by_a_column(opened):
    orders = []
    for column in (0, 0, 1, 1):
        opened.evaluate(CLICK % ('thead button', column))
        orders.append(opened.evaluate(ROWS).split('|'))
    up, down, fewest, most = orders
    assert sorted(up) == sorted(NAMES)
    # By the number in a name, not by its digits.
    assert up.index('student 9') < up.index('student 10')
    assert down == up[::-1]
    assert {*fewest[:2]} == {*most[-2:]} == {NAMES[0], NAMES[3]}


def test_a_folder_leads_to_its_report_and_to_an_entry(opened):
    opened.evaluate(CLICK % ('a[href="#folder-1"]', 0))
    shown = opened.evaluate(SHOWN)
    assert shown.startswith('folder-1: ') and ATTACK in shown
    opened.evaluate(CLICK % (':target a[href^="#entry"]', 0))
    shown = opened.evaluate(SHOWN)
    assert shown.startswith('entry-activations: Close\nActivations')


def test_names_and_messages_run_nothing(opened):
    opened.evaluate(CLICK % ('a[href="#folder-1"]', 0))
    assert opened.evaluate('document.title') == 'Autoencoders: a class'
    assert opened.evaluate('String(document.images.length)') == '0'
    assert not opened.messages


@pytest.mark.parametrize('width', [375, 1280])
def test_nothing_is_wider_than_the_page(opened, file, width):
    opened.resize(width)
    for part in ('', '#folder-1', '#entry-activations'):
        opened.open(file.as_uri() + part)
        assert opened.evaluate(FITS) == 'true', part


def test_page_without_script_in_print_and_in_high_contrast(browsers, file):
    page = (
        browsers[0]
        .new_context(java_script_enabled=False, forced_colors='active')
        .new_page()
    )
    page.goto(file.as_uri())
    assert page.locator('.bar').first.bounding_box()['height'] > 8
    page.locator('a', has_text='Zoë').first.click()
    assert page.locator('#folder-0').is_visible()
    assert not page.locator('#folder-1').is_visible()
    page.emulate_media(media='print')
    assert page.locator('#folder-1').is_visible()
