"""The same few tests of a page in Chromium and in Firefox."""
import json

import numpy as np
import pytest

import pages
from browser import Chromium, Firefox, chromium
from page import page
from page.contents import describe

# Taken hold of, and drawn as a 7: on elements of 1 x 1.
SEVEN = ((.25, .25), (.5, .1875), (.75, .25), (.5, .75))
STATE = '''new Promise(resolve => setTimeout(() => requestAnimationFrame(() =>
    requestAnimationFrame(resolve)), 100)).then(() => JSON.stringify({
    input: [...prepare(pad.strokes)], pixels: [...pad.pixels],
    code: [...columns[0].code], source: columns[0].source,
    reconstruction: [...columns[0].reconstruction]}))'''


@pytest.fixture(scope='module', params=['chromium', 'firefox'])
def browser(request):
    """Return a browser, with its tab open."""
    if request.param == 'firefox':
        firefox = Firefox()
        yield firefox
        firefox.close()
        return
    with chromium() as driver:
        yield Chromium(driver)


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    """Return a page of which a test sees the state."""
    path = tmp_path_factory.mktemp('page') / 'page.html'
    text = page('Here', [describe('Here', *pages.models('3-variational'))],
                *pages.digits())
    # What is in a module is not to be seen from outside.
    path.write_text(text.replace('<script type="module">', '<script>'))
    return path


@pytest.fixture(scope='module')
def drawn():
    """Return what was drawn, by browser."""
    return {}


def look(browser):
    """Return the state of the page, as arrays."""
    return {name: np.array(value) for name, value in
            json.loads(browser.evaluate(STATE)).items()}


def test_what_is_drawn_goes_through_the_model(browser, file, drawn):
    encoder, decoder = pages.models('3-variational')
    browser.open(file.as_uri())
    # Where it is, to the pixel, is up to the browser otherwise.
    browser.evaluate('''document.getElementById('pad').style =
        'position: fixed; left: 0; top: 0; width: 256px; height: 256px;'
        + ' max-width: none'; ''')
    browser.drag('#pad', SEVEN)
    state = look(browser)
    drawn[type(browser)] = state['input']
    np.testing.assert_array_equal(state['pixels'], state['input'])
    assert 20 < state['input'].sum() < 200
    _, mean, log_variance = pages.run(encoder, state['input'])
    found = json.loads(browser.evaluate('''(() => {
        const {mean, logVariance} = autoencoder.encode(pad.pixels);
        return JSON.stringify([[...mean], [...logVariance]]);
    })()'''))
    np.testing.assert_allclose(found, [mean[0], log_variance[0]], atol=2e-3,
                               rtol=0)
    np.testing.assert_allclose(
        state['reconstruction'].reshape(28, 28),
        pages.decode(decoder, state['code'][None])[0], atol=2e-3, rtol=0)
    # Taking hold of the code.
    browser.evaluate("document.getElementById('pad').style = ''")
    browser.evaluate("document.querySelector('.code').scrollIntoView()")
    browser.drag('.code .plane [role=slider]', [(.5, .5), (.25, .75)])
    state = look(browser)
    assert state['source'] == 'hand'
    first, second = state['code']
    assert first == pytest.approx(-second, rel=0.05) and first > 0
    np.testing.assert_allclose(
        state['reconstruction'].reshape(28, 28),
        pages.decode(decoder, state['code'][None])[0], atol=2e-3, rtol=0)
    assert browser.messages == []


def test_the_input_is_the_same_in_both(drawn):
    if len(drawn) < 2:
        pytest.skip('there is one browser only')
    np.testing.assert_array_equal(*drawn.values())


def test_no_word_is_broken(browser, file):
    for width in (320, 375, 720, 1186, 1440):
        browser.open(file.as_uri(), width)
        assert json.loads(browser.evaluate('''JSON.stringify(
            [...document.querySelectorAll('h2, h3, button, dt')].filter(
              one => {
                const text = one.firstChild;
                if (text?.nodeType !== 3) return false;
                return [...text.data.matchAll(/\\S+/g)].some(word => {
                    const range = document.createRange();
                    range.setStart(text, word.index);
                    range.setEnd(text, word.index + word[0].length);
                    return range.getClientRects().length > 1;
                });
              }).map(one => one.textContent))''')) == []
        assert int(browser.evaluate(
            'String(document.documentElement.scrollWidth)')) <= width
