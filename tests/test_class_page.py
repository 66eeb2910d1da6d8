"""The page of a class in browsers, with names and messages that attack it."""

import re

import pytest

from browser import Chromium, Firefox, chromium
from checker.folder import Folder
from checker.report import page
from test_class import ATTACK, RIGHT, WRONG, pretend, write

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
        source = [WRONG, RIGHT + '# misses: auto', RIGHT][number % 3]
        folder = Folder(
            write(path / str(number), _0=source, _3=RIGHT), [0, 1, 3], name
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


def test_page_counts_who_misses_what(file):
    rows = re.findall(
        r'<tr><td>0</td><td>([^<]*)</td>.*?width: (\d+)%.*?'
        r'<summary>(\d+)</summary>(.*?)</details>',
        file.read_text(encoding='utf-8'),
    )
    assert [row[:3] for row in rows] == [
        ('encoder relu', '40', '2'),
        ('adam', '40', '2'),
        ('auto', '20', '1'),
    ]
    assert re.findall(r'#folder-(\d)', rows[0][3]) == ['0', '3']


def test_page_of_a_class(browsers, file):
    for browser in browsers[1:]:
        browser.open(file.as_uri())
        assert browser.evaluate(ROWS).split('|') == NAMES
        assert browser.evaluate(SHOWN) == ''
        orders = []
        for column in (0, 0, 1, 1):
            browser.evaluate(CLICK % ('thead button', column))
            orders.append(browser.evaluate(ROWS).split('|'))
            assert sorted(orders[-1]) == sorted(NAMES)
        up, down, fewest, most = orders
        # By the number in a name, not by its digits.
        assert up.index('student 9') < up.index('student 10')
        assert down == up[::-1]
        assert {*fewest[:2]} == {*most[-2:]} == {NAMES[0], NAMES[3]}
        browser.evaluate(CLICK % ('a[href="#folder-1"]', 0))
        shown = browser.evaluate(SHOWN)
        assert shown.startswith('folder-1: ') and ATTACK in shown
        browser.evaluate(CLICK % (':target a[href^="#entry"]', 0))
        assert browser.evaluate(SHOWN).startswith(
            'entry-activations: Close\nActivations'
        )
        assert browser.evaluate('document.title') == 'Autoencoders: a class'
        assert browser.evaluate('String(document.images.length)') == '0'
        assert not browser.messages
        for width in (375, 1440):
            browser.resize(width)
            for part in ('', '#folder-1', '#entry-activations'):
                browser.open(file.as_uri() + part)
                assert browser.evaluate(FITS) == 'true', (width, part)


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
