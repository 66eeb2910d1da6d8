"""What each browser does in its own way, in Chromium and in Firefox."""

import json

import numpy as np
import pytest

import pages
from browser import Chromium, Firefox, chromium
from conftest import once

pytestmark = once
# On elements of 1 x 1: a 7.
SEVEN = ((0.25, 0.25), (0.5, 0.1875), (0.75, 0.25), (0.5, 0.75))
STATE = f"""{pages.SETTLED}.then(() => JSON.stringify({{
    input: [...prepare(pad.strokes)], pixels: [...pad.pixels],
    code: [...columns[0].code], source: columns[0].source,
    reconstruction: [...columns[0].reconstruction]}}))"""
# Of each range and its texts, what it shows; and how much there is of all.
SHOWN = f"""{pages.SETTLED}.then(() => JSON.stringify([
    ...[...document.querySelectorAll('input')].map(
        one => [one.value, one.max, one.getAttribute('aria-valuetext')]),
    document.body.innerText, document.querySelectorAll('main *').length]))"""


@pytest.fixture(scope='module')
def browsers():
    """Return both, each with a tab."""
    with chromium() as driver:
        firefox = Firefox()
        yield Chromium(driver), firefox
        firefox.close()


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    return pages.write(tmp_path_factory.mktemp('page'), '3-variational')


def look(browser):
    """Return the state of the page, as arrays."""
    return {
        name: np.array(value)
        for name, value in json.loads(browser.evaluate(STATE)).items()
    }


def test_what_is_drawn_goes_through_the_model_alike_in_both(browsers, file):
    encoder, decoder = pages.models('3-variational')
    inputs = []
    for browser in browsers:
        browser.open(file.as_uri())
        # Where it is, to the pixel, is up to the browser otherwise.
        browser.evaluate("""document.getElementById('pad').style =
            'position: fixed; left: 0; top: 0; width: 256px; height: 256px;'
            + ' max-width: none'; """)
        browser.drag('#pad', SEVEN)
        state = look(browser)
        inputs.append(state['input'])
        np.testing.assert_array_equal(state['pixels'], state['input'])
        assert 20 < state['input'].sum() < 200
        _, mean, log_variance = pages.run(encoder, state['input'])
        found = json.loads(
            browser.evaluate("""(() => {
            const {mean, logVariance} = autoencoder.encode(pad.pixels);
            return JSON.stringify([[...mean], [...logVariance]]);
        })()""")
        )
        np.testing.assert_allclose(
            found, [mean[0], log_variance[0]], atol=2e-3, rtol=0
        )
        # Taking hold of the code.
        browser.evaluate("document.getElementById('pad').style = ''")
        browser.drag('.code .plane [role=slider]', [(0.5, 0.5), (0.25, 0.75)])
        state = look(browser)
        assert state['source'] == 'hand'
        first, second = state['code']
        assert first == pytest.approx(-second, rel=0.05) and first > 0
        np.testing.assert_allclose(
            state['reconstruction'],
            pages.decode(decoder, [state['code']])[0],
            atol=2e-3,
            rtol=0,
        )
        assert browser.messages == []
    np.testing.assert_array_equal(*inputs)


def test_after_a_reload_the_page_shows_its_state(browsers, file):
    for browser in browsers:
        browser.open(file.as_uri())
        fresh = browser.evaluate(SHOWN)
        way, epoch, *_ = json.loads(fresh)
        assert way == ['0', '10', '0 % of the way from A to B']
        assert epoch == ['9', '9', 'after epoch 50']
        browser.press('#way-slider', *4 * ['ArrowRight'])
        browser.press('#epoch', *3 * ['ArrowLeft'])
        changed = json.loads(browser.evaluate(SHOWN))
        assert changed[0][0] == '4' and changed[1][0] == '6'
        browser.reload()
        assert without_samples(browser.evaluate(SHOWN)) == without_samples(
            fresh
        )


def without_samples(shown):
    """Return what is shown, without what depends on noise."""
    *sliders, text, count = json.loads(shown)
    return (
        sliders,
        [line for line in text.splitlines() if '.' not in line],
        count,
    )


def test_a_page_that_was_saved_opens_as_the_page_did(browsers, file, tmp_path):
    saved = tmp_path / 'saved.html'
    for browser in browsers:
        browser.open(file.as_uri())
        fresh = browser.evaluate(SHOWN)
        browser.drag('#pad', SEVEN)
        browser.press('#way-slider', *4 * ['ArrowRight'])
        # While it plays; and Firefox saves what the sliders have, too.
        text = browser.evaluate(f"""{pages.SETTLED}.then(() => {{
            document.getElementById('play').click();
            for (const one of document.querySelectorAll('input')) {{
                one.setAttribute('value', one.value);
            }}
            return document.documentElement.outerHTML;
        }})""")
        assert '>Pause<' in text and 'value="4"' in text
        saved.write_text(f'<!DOCTYPE html>{text}', 'utf-8')
        browser.open(saved.as_uri())
        assert without_samples(browser.evaluate(SHOWN)) == without_samples(
            fresh
        )
        assert browser.messages == []


def test_no_word_is_broken(browsers, file):
    for browser in browsers:
        browser.open(file.as_uri())
        for width in (320, 375, 720, 1186, 1440):
            browser.resize(width)
            assert (
                json.loads(
                    browser.evaluate("""JSON.stringify(
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
                  }).map(one => one.textContent))""")
                )
                == []
            )
            assert (
                int(
                    browser.evaluate(
                        'String(document.documentElement.scrollWidth)'
                    )
                )
                <= width
            )
