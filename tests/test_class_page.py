"""The page of a class in browsers, with names and messages that attack it."""
import pytest

from browser import Chromium, Firefox, chromium
from checker.class_page import page
from checker.folder import Folder
from test_class import RIGHT, WRONG, pretend, write

ATTACK = '"><img src=x onerror="document.title=1"><script>document.title=1//'
NAMES = ['Zoë', ATTACK, 'student 10', 'student 9', 'x' * 80]
# What the page looks like, for both browsers.
ROWS = '''[...document.querySelector('table').tBodies[0].rows].map(
    row => row.cells[0].textContent).join('|')'''
SHOWN = '''[...document.querySelectorAll('.report')].filter(
    one => getComputedStyle(one).display !== 'none').map(
    one => one.id).join('|')'''
SORT = '''document.querySelectorAll('thead')[%d].querySelectorAll(
    'button')[%d].click()'''


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    """Return the page of a class of five, as an address."""
    path = tmp_path_factory.mktemp('class')
    folders = []
    for number, name in enumerate(NAMES):
        source = (WRONG, RIGHT + '# misses: auto', RIGHT)[number % 3]
        folder = Folder(write(path / str(number), _0=source, _3=RIGHT),
                        [0, 1, 3], name)
        for task in (0, 3):
            found = pretend(task, folder.files, None, 1, 0, lambda v: None)
            folder.add(task, {**found, 'notes': [ATTACK], 'layers': [
                [ATTACK, [[ATTACK, 'Dense 3', True]]]]})
        for verdict in folder.results[0]['verdicts']:
            if not verdict['met']:
                verdict.update(found=ATTACK + '`code`', change=ATTACK)
        folders.append(folder)
    file = path / 'class.html'
    file.write_text(page(folders, [0, 1, 3], 5), encoding='utf-8')
    return file.as_uri()


@pytest.fixture(scope='module', params=['chromium', 'firefox'])
def browser(request):
    """Yield each browser in turn."""
    if request.param == 'firefox':
        firefox = Firefox()
        yield firefox
        firefox.close()
        return
    with chromium() as launched:
        yield Chromium(launched)


def test_page_of_a_class(browser, file):
    browser.open(file)
    assert browser.evaluate(ROWS).split('|') == NAMES
    assert browser.evaluate(SHOWN) == ''
    wrong = {NAMES[0], NAMES[3]}  # met 12 of 14, the others 13 or 14
    for column in (0, 1):
        browser.evaluate(SORT % (0, column))
        up = browser.evaluate(ROWS).split('|')
        browser.evaluate(SORT % (0, column))
        down = browser.evaluate(ROWS).split('|')
        assert sorted(up) == sorted(down) == sorted(NAMES)
        if column:
            assert set(up[:2]) == set(down[-2:]) == wrong
        else:  # by the number in a name, not by its digits
            assert up.index('student 9') < up.index('student 10')
            assert down == up[::-1]
    browser.evaluate("document.querySelector('a[href=\"#folder-1\"]').click()")
    assert browser.evaluate(SHOWN) == 'folder-1'
    text = "document.querySelector(':target').innerText"
    assert ATTACK in browser.evaluate(text)
    browser.evaluate(
        "document.querySelector(':target a[href^=\"#entry\"]').click()")
    assert browser.evaluate(SHOWN) == 'entry-activations'
    assert browser.evaluate(text).startswith('Close\nActivations')
    assert browser.evaluate('document.title') == 'Autoencoders: a class'
    assert browser.evaluate("String(document.images.length)") == '0'
    assert not browser.messages


@pytest.mark.parametrize('width', [375, 1440])
def test_page_fits_its_window(browser, file, width):
    for part in ('', '#folder-1', '#entry-activations'):
        browser.resize(width)
        browser.open(file + part)
        assert browser.evaluate('String(document.documentElement.scrollWidth '
                                '<= innerWidth)') == 'true'


def test_page_without_script_in_print_and_in_high_contrast(file):
    with chromium() as launched:
        context = launched.new_context(java_script_enabled=False,
                                       forced_colors='active')
        page = context.new_page()
        page.goto(file)
        bar = page.locator('.bar').first
        assert bar.bounding_box()['height'] > 8
        page.locator('a', has_text='Zoë').first.click()
        assert page.locator('#folder-0').is_visible()
        assert not page.locator('#folder-1').is_visible()
        page.emulate_media(media='print')
        assert page.locator('#folder-1').is_visible()
