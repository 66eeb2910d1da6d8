"""Tests of what is seen and done on a page, in Chromium."""
import io
import json
import re
import zlib

import numpy as np
import pytest
from PIL import Image

import pages
from browser import NEAR, chromium, colors, drag, settle, values
from common.start import KERAS_VERSION
from conftest import MODULES, STOCK
from page import page
from page.contents import describe
from page.recorder import EPOCHS
from pages import OTHERS

SEVEN = ((.3, .2), (.7, .2), (.45, .8))
PALETTE = '''JSON.stringify(Object.fromEntries(%s.map(name => [name,
    getComputedStyle(document.documentElement).getPropertyValue(name)])))'''


@pytest.fixture(autouse=True)
def only_what_depends_on_keras(request):
    """Skip what the page does alone where Keras is not the newest."""
    if KERAS_VERSION < (3, 14) and 'keras' not in request.node.name:
        pytest.skip('It is tested with the newest Keras.')


@pytest.fixture(scope='module')
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Return a function: the path of the page of a name."""
    folder = tmp_path_factory.mktemp('pages of models')
    made = {}

    def file_of(name):
        if name not in made:
            encoder, decoder = pages.models(name)
            unfolding = folder / f'{name}.npz'
            np.savez(unfolding, **unfolded(encoder))
            made[name] = folder / f'{name}.html'
            made[name].write_text(page(
                name, [describe(name, encoder, decoder, unfolding)],
                *pages.digits()), 'utf-8')
        return made[name]
    return file_of


def unfolded(encoder):
    """Return a record of a training, at random."""
    rng = np.random.default_rng(1)
    size = int(np.prod(encoder.outputs[0].shape[1:]))
    losses = np.stack([1 / np.arange(1, 51), 2 / np.arange(1, 51)], axis=1)
    losses[3] = np.nan
    return {'epochs': EPOCHS, 'losses': losses,
            'images': rng.integers(0, 256, (len(EPOCHS), 10, 784), 'uint8'),
            'labels': np.arange(40) % 10,
            **({'codes': rng.uniform(1, 9, (len(EPOCHS), 40, 2))} if size == 2
               else {'usage': rng.random((len(EPOCHS), size))})}


@pytest.fixture(scope='module')
def tabs(browser, files):
    """Return a function that opens the page of a name in a tab, once.

    In none of them there may be a message in the console, or a request but
    that of the page.
    """
    opened, messages, requests = {}, [], []

    def tab(name):
        if name not in opened:
            one = browser.new_page(offline=True)
            one.on('console', lambda message: messages.append(message.text)
                   if 'getImageData' not in message.text else None)
            one.on('pageerror', lambda error: messages.append(str(error)))
            one.on('request', lambda request: requests.append(request.url))
            opened[name] = one
        return opened[name]
    yield tab
    for one in opened.values():
        one.close()
    assert messages == []
    assert set(requests) <= {files(name).as_uri() for name in opened}


@pytest.fixture
def visit(tabs, files):
    """Return a function that opens the page of a name.

    It is loaded anew, but where a test does not mind what others have left
    on it.
    """
    def visit_page(name, width=1280, anew=True, **media):
        tab = tabs(name)
        tab.set_viewport_size({'width': width, 'height': 900})
        tab.emulate_media(**{'color_scheme': 'light', 'forced_colors': 'none',
                             'reduced_motion': 'no-preference', **media})
        if anew or tab.url != files(name).as_uri():
            tab.goto(files(name).as_uri())
        settle(tab)
        return tab
    return visit_page


def compute(tab, function, arrays):
    """Call a function of the page's surface on each of some arrays."""
    return tab.evaluate(
        '''([name, arrays]) => arrays.map(values => {
            const out = autoencoder[name](Float32Array.from(values));
            return out.mean ? [...out.latent, ...out.mean, ...out.logVariance]
                            : [...out];
        })''', [function, np.reshape(arrays, (len(arrays), -1)).tolist()])


def shown_code(tab):
    """Return the values of the code that the page shows, maps in turn."""
    settle(tab)
    texts = tab.locator('.code [role=slider]').evaluate_all(
        'all => all.map(one => one.getAttribute("aria-valuetext"))')
    return [float(number.replace('−', '-')) for text in texts
            for number in re.findall(r'[−-]?\d+\.\d\d', text)]


def shown(tab):
    """Return the code and the reconstruction that the page shows."""
    return shown_code(tab), values(tab, '.reconstructed')[0].tolist()


def changed(tab, before, source=None):
    """Check that the code and the reconstruction have changed."""
    now = shown(tab)
    assert now[0] != before[0]
    assert now[1] != before[1]
    if source:
        assert tab.locator('.source').inner_text() == source
    return now


def click(tab, name):
    tab.get_by_role('button', name=name, exact=True).click()


def draw(tab, points, up=True):
    drag(tab, tab.locator('#pad'), points, up)


@pytest.mark.parametrize('name', [*MODULES, *OTHERS, 'no-bias'])
def test_page_computes_what_keras_does(visit, name):
    tab, (encoder, decoder) = visit(name, anew=False), pages.models(name)
    x = pages.held()[:20]
    codes, found = pages.run(encoder, x), compute(tab, 'encode', x)
    if 'variational' in name:
        latent, *found = np.split(np.array(found), 3, axis=1)
        np.testing.assert_allclose(found, codes[1:], atol=2e-3, rtol=0)
        codes = latent
    else:
        codes = codes.reshape(20, -1)
        np.testing.assert_allclose(found, codes, atol=2e-3, rtol=0)
        np.testing.assert_allclose(
            np.reshape(compute(tab, 'reconstruct', x), (20, 28, 28)),
            pages.decode(decoder, codes), atol=2e-3, rtol=0)
    decoded = pages.decode(decoder, codes)
    assert np.ptp(decoded, axis=0).max() > 0.2  # they do differ
    np.testing.assert_allclose(
        np.reshape(compute(tab, 'decode', codes), (20, 28, 28)), decoded,
        atol=2e-3, rtol=0)


def test_codes_of_the_variational_encoder_are_draws(visit):
    tab = visit('3-variational', anew=False)
    tab.evaluate('pixels => { window.pixels = Float32Array.from(pixels) }',
                 pages.held()[0].tolist())
    draws = tab.evaluate('''() => Array.from({length: 2000}, () => {
        const {latent, mean, logVariance} = autoencoder.encode(pixels);
        return Array.from(latent, (value, i) =>
            (value - mean[i]) / Math.exp(logVariance[i] / 2));
    })''')
    np.testing.assert_allclose(np.mean(draws, axis=0), 0, atol=0.12)
    np.testing.assert_allclose(np.cov(np.transpose(draws)), np.eye(2),
                               atol=0.2)
    assert len({tuple(draw) for draw in draws}) == 2000


def test_wrong_sizes_are_named(visit):
    tab = visit('0-vanilla', anew=False)
    for function, size in (('encode', 784), ('decode', 32),
                           ('reconstruct', 784)):
        message = tab.evaluate('''name => {
            try { autoencoder[name](new Float32Array(10)); }
            catch (error) { return error.message; }
        }''', function)
        assert f'expected {size} ' in message and 'Received: 10' in message


@pytest.mark.parametrize('name', ['0-vanilla', '2-convolutional',
                                  'vanilla-2'])
def test_what_is_seen_of_a_digit_is_what_keras_makes(visit, name):
    tab, (encoder, decoder) = visit(name), pages.models(name)
    click(tab, 'Test digit, a 4')
    four = pages.held()[4:5]
    code = pages.locate(encoder, four)
    in_maps = code.reshape(-1, code.size if code.size < 128 else 8).T
    np.testing.assert_allclose(shown_code(tab), in_maps.reshape(-1),
                               atol=0.006)
    np.testing.assert_allclose(values(tab, '#input')[0],
                               four[0].reshape(28, 28), atol=NEAR)
    reconstruction = pages.decode(decoder, code)[0]
    np.testing.assert_allclose(values(tab, '.reconstructed')[0],
                               reconstruction, atol=NEAR)
    x, y = four.astype('float64'), reconstruction.reshape(1, 784)
    losses = [-np.mean(x * np.log(p) + (1 - x) * np.log(1 - p))
              for p in (y, np.clip(x, 1e-7, 1 - 1e-7))]
    assert [float(tab.locator(f'.{name}').inner_text())
            for name in ('loss', 'least', 'above')
            ] == pytest.approx([*losses, losses[0] - losses[1]], abs=1e-4)
    assert tab.locator('.code-size').inner_text() == str(code.size)
    before = shown(tab)
    click(tab, 'Others')
    click(tab, 'Test digit, a 4')
    changed(tab, before)


@pytest.mark.parametrize('name', MODULES)
def test_strokes_change_the_code(visit, name):
    tab = visit(name)
    first = shown(tab)
    draw(tab, SEVEN)
    second = changed(tab, first)
    draw(tab, [(.3, .5), (.7, .5)])
    third = changed(tab, second)
    click(tab, 'Undo')
    assert shown(tab) == second
    click(tab, 'Clear')
    changed(tab, third)  # an empty pad breaks nothing
    assert re.fullmatch(r'\d\.\d{4}', tab.locator('.loss').inner_text())
    assert tab.locator('.least').inner_text() == '0.0000'
    click(tab, 'Undo')
    assert shown(tab) == second
    tab.keyboard.press('Control+z')
    assert shown(tab) == first


def test_a_finger_draws(browser, files):
    tab = browser.new_page(has_touch=True)
    tab.goto(files('0-vanilla').as_uri())
    first = shown(tab)
    tab.locator('#pad').tap()
    changed(tab, first)
    # A dot, which is seen: on the pad, and 20 pixels wide in the input.
    assert values(tab, '#pad')[0][280, 280] == 1
    assert 300 < values(tab, '#input')[0].sum() < 320
    tab.close()


def test_a_stroke_ends_before_anything_else_begins(visit):
    tab = visit('0-vanilla')
    first = shown(tab)
    others = {'undo': 'document.getElementById("undo").click()',
              'clear': 'document.getElementById("clear").click()',
              'digit': 'document.querySelector("#digits button").click()'}
    for name, other in others.items():
        draw(tab, SEVEN, up=False)
        tab.evaluate(other)
        between = shown(tab)
        draw(tab, [(.2, .9), (.9, .9)])
        tab.mouse.up()
        # What began anew afterwards is a stroke of its own.
        changed(tab, between)
        draw(tab, SEVEN, up=False)
        tab.evaluate(other)
        before = shown(tab)
        tab.mouse.move(300, 400, steps=3)
        assert shown(tab) == before, name
        tab.mouse.up()
        tab.reload()
        assert shown(tab) == first


@pytest.mark.parametrize('name, part', [
    ('0-vanilla', '#pad'), ('0-vanilla', '.bars > :not(.dead)'),
    ('3-variational', '.plane [role=slider]'),
    ('2-convolutional', '.map > *')])
def test_what_is_let_go_of_stays(visit, name, part):
    tab = visit(name)
    lost = [
        # The capture goes to something else.
        lambda: tab.evaluate('element => element.releasePointerCapture(1)',
                             element.element_handle()),
        # The button is let go where the page hears nothing of it.
        lambda: element.evaluate('''element => {
            const stop = event => event.stopImmediatePropagation();
            addEventListener('pointerup', stop, {capture: true, once: true});
            addEventListener('lostpointercapture', stop,
                             {capture: true, once: true});
        }''') or tab.mouse.up()]
    for lose in lost:
        tab.reload()
        element = tab.locator(part).first
        before = shown(tab)
        drag(tab, element, [(.5, .5), (.6, .2)], up=False)
        lose()
        tab.mouse.move(1, 1)
        after = changed(tab, before)
        box = element.bounding_box()
        for x, y in ((.3, .8), (.8, .3)):  # hovering changes nothing
            tab.mouse.move(box['x'] + x * box['width'],
                           box['y'] + y * box['height'], steps=3)
        assert shown(tab) == after
        tab.mouse.up()
        # It can be taken hold of again.
        drag(tab, element, [(.4, .6), (.5, .95)])
        changed(tab, after)


def test_drawings_are_prepared_as_mnist_was(visit):
    tab = visit('0-vanilla')
    click(tab, 'Clear')
    draw(tab, [(.1, .1), (.1, .35), (.3, .35)])  # an L, in a corner
    ink = values(tab, '#input')[0]
    rows, columns = np.nonzero(ink > 0.2)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert 19 <= max(height, width) <= 21
    # As on the pad: 0.25 high, 0.2 wide, and a pen of 0.09 around.
    assert 16 <= min(height, width) <= 18
    middle = np.arange(28) + 0.5
    np.testing.assert_allclose(
        [ink.sum(axis) @ middle / ink.sum() for axis in (0, 1)], 14, atol=0.1)


@pytest.mark.parametrize('name, size', [
    ('0-vanilla', 32), ('1-sparse', 32), ('vanilla-no-hidden', 10),
    ('sparse-wide', 100), ('variational-5', 5), ('variational-1', 1)])
def test_bars_are_dragged_and_moved_by_keys(visit, name, size):
    tab = visit(name)
    before = shown(tab)
    assert len(before[0]) == size
    living = tab.locator('.bars > :not(.dead)').first
    drag(tab, living, [(.5, .9), (.5, .02)])
    before = changed(tab, before, 'by hand')
    living.focus()
    tab.keyboard.press('PageDown')
    before = changed(tab, before, 'by hand')
    tab.keyboard.press('ArrowDown')
    changed(tab, before, 'by hand')
    if size > 1:
        label = 'Value {} of the code'
        tab.get_by_role('slider', name=label.format(1), exact=True).focus()
        tab.keyboard.press('ArrowRight')
        assert tab.evaluate('document.activeElement.ariaLabel'
                            ) == label.format(2)


@pytest.mark.parametrize('name, maps', [('2-convolutional', 8),
                                        ('convolutional-filters', 3)])
def test_cells_are_dragged_and_moved_by_keys(visit, name, maps):
    tab = visit(name)
    before = shown(tab)
    assert len(before[0]) == 16 * maps
    assert tab.locator('.map').count() == maps
    cell = tab.get_by_role('slider', name='Map 1, row 2, column 3')
    value = float(cell.get_attribute('aria-valuetext'))
    drag(tab, cell, [(.5, .5), (.5, -3)])
    before = changed(tab, before, 'by hand')
    assert float(cell.get_attribute('aria-valuetext')) > value
    assert tab.locator('.map .changed').count() == 1  # only this one
    cell.focus()
    tab.keyboard.press('Home')
    changed(tab, before, 'by hand')
    tab.keyboard.press('ArrowLeft')
    assert tab.evaluate('document.activeElement.ariaLabel'
                        ) == 'Map 1, row 2, column 2'


def test_the_point_is_dragged_and_moved_by_keys(visit):
    tab = visit('3-variational')
    before, plane = shown(tab), tab.locator('.code .plane [role=slider]')
    # The first value grows downwards, the second to the right.
    drag(tab, plane, [(.5, .5), (.75, .25)])
    before = changed(tab, before, 'by hand')
    first, second = shown_code(tab)
    assert first < 0 < second
    assert first == pytest.approx(-second, rel=0.05)
    plane.focus()
    tab.keyboard.press('ArrowDown')
    tab.keyboard.press('ArrowDown')
    tab.keyboard.press('ArrowRight')
    changed(tab, before, 'by hand')
    low, high = (float(plane.get_attribute(f'aria-value{end}'))
                 for end in ('min', 'max'))
    step = (high - low) / 60
    assert shown_code(tab) == pytest.approx(
        [first + 2 * step, second + step], abs=0.011)


def palette(tab, *names):
    """Return colours of the page's style, in bytes."""
    found = json.loads(tab.evaluate(PALETTE % json.dumps(names)))
    return [[int(found[name][i:i + 2], 16) for i in (1, 3, 5)]
            for name in names]


def place(tab, code, size):
    """Return the row and the column of a code on a canvas of the plane."""
    slider = tab.locator('.code .plane [role=slider]')
    low, high = (float(slider.get_attribute(f'aria-value{end}'))
                 for end in ('min', 'max'))
    return [int((value - low) / (high - low) * size) for value in code]


@pytest.mark.parametrize('name', ['3-variational', 'vanilla-2'])
def test_digits_are_on_the_plane_where_keras_puts_them(visit, name):
    tab, (encoder, _) = visit(name, anew=False), pages.models(name)
    back = colors(tab, '.code .plane canvas:first-child')[0][..., :3]
    inks = palette(tab, *(f'--digit-{label}' for label in range(10)))

    def found(codes):
        count = 0
        for i, code in enumerate(codes):
            row, column = place(tab, code, len(back))
            around = back[max(row - 6, 0):row + 7,
                          max(column - 5, 0):column + 6].astype(int)
            off = np.abs(around - inks[i % 10]).sum(axis=-1)
            count += (off < 40).any()
        return count

    codes = pages.locate(encoder, pages.held())
    # Some are below others.
    assert found(codes) > found(codes[:, ::-1]) + 20
    assert found(codes) >= 80


@pytest.mark.parametrize('name', ['3-variational', 'vanilla-2'])
def test_the_manifold_is_what_keras_decodes(visit, name):
    tab, (_, decoder) = visit(name, anew=False), pages.models(name)
    tab.wait_for_timeout(1500)  # until all of it is decoded
    back = colors(tab, '.code .plane canvas:first-child')[0]
    slider = tab.locator('.code .plane [role=slider]')
    low, high = (float(slider.get_attribute(f'aria-value{end}'))
                 for end in ('min', 'max'))
    tiles = 19
    centres = low + (np.arange(tiles) + 0.5) / tiles * (high - low)
    grid = np.stack(np.meshgrid(centres, centres, indexing='ij'), axis=2)
    expected = pages.decode(decoder, grid.reshape(-1, 2)).reshape(
        tiles, tiles, 28, 28).swapaxes(1, 2)
    side = 7 * tiles

    def in_tiles(image):
        """Return the mean of each of 7 x 7 blocks of each tile."""
        small = np.asarray(Image.fromarray(image.astype('float32')).resize(
            (side, side), Image.Resampling.BOX))
        return small.reshape(tiles, 7, tiles, 7)

    def likeness(expected):
        sheet = in_tiles(expected.reshape(28 * tiles, 28 * tiles))
        mean = np.nanmean(np.where(plain, sheet, np.nan), axis=(0, 2),
                          keepdims=True)
        return np.corrcoef((sheet - mean)[plain], (seen - seen_mean)[plain]
                           )[0, 1]

    darkness = 255 - back[..., :3].mean(axis=-1)
    # Labels of digits and numbers on the axes are darker, or colourful.
    other = (darkness > 56) | (np.ptp(back[..., :3], axis=-1) > 12)
    plain, seen = in_tiles(other) == 0, in_tiles(darkness)
    seen_mean = np.nanmean(np.where(plain, seen, np.nan), axis=(0, 2),
                           keepdims=True)
    assert likeness(expected) > 0.8
    assert likeness(expected.transpose(2, 1, 0, 3)) < 0.6


def test_the_table_shows_mean_and_deviation(visit):
    tab, (encoder, _) = visit('3-variational'), pages.models('3-variational')
    click(tab, 'Test digit, a 7')
    settle(tab)
    _, mean, log_variance = pages.run(encoder, pages.held()[7:8])
    rows = {' '.join(row.split()[:-2]): [
        float(x.replace('−', '-')) for x in row.split()[-2:]]
        for row in tab.locator('tbody tr').all_inner_texts()}
    assert rows['mean'] == pytest.approx(mean[0], abs=0.006)
    assert rows['standard deviation'] == pytest.approx(
        np.exp(log_variance[0] / 2), abs=0.006)
    assert rows['code'] == pytest.approx(shown_code(tab), abs=0.006)


def test_sampling_again_draws_another_code(visit):
    tab = visit('3-variational')
    seen = [shown(tab)[1]]
    for _ in range(2):
        click(tab, 'Sample again')
        seen.append(shown(tab)[1])
    assert seen[0] != seen[1] != seen[2] != seen[0]


@pytest.mark.parametrize('name', MODULES)
def test_codes_at_random(visit, name):
    tab = visit(name)
    _, decoder = pages.models(name)
    assert tab.locator('.sample').is_visible() == (name not in STOCK)
    before = shown(tab)
    tab.get_by_role('button', name='Take random code 3').click()
    between = changed(tab, before, 'at random')
    # What is seen in the gallery is the reconstruction.
    np.testing.assert_allclose(values(tab, '.gallery canvas')[2],
                               between[1], atol=1e-6)
    assert tab.locator('.loss').inner_text() == '–'
    click(tab, 'Draw other codes')
    tab.get_by_role('button', name='Take random code 3').click()
    changed(tab, between, 'at random')
    click(tab, 'Back to the encoder’s code')
    assert shown(tab) == before


def test_random_values_are_those_of_test_digits(visit):
    tab, (encoder, _) = (visit('0-vanilla', anew=False),
                         pages.models('0-vanilla'))
    codes = pages.locate(encoder, pages.held())
    click(tab, 'Take random code 1')
    drawn = np.array(shown_code(tab))
    assert (np.abs(codes - drawn).min(axis=0) < 0.01).all()


@pytest.mark.parametrize('name', ['0-vanilla', '1-sparse', 'sparse-wide'])
def test_units_that_fire_are_counted(visit, name):
    tab, (encoder, _) = visit(name), pages.models(name)
    codes = pages.locate(encoder, pages.held())
    fire, dead = (codes > 0).sum(axis=1), (codes == 0).all(axis=0).sum()
    assert dead >= len(pages.DEAD)
    text = tab.locator('.activity').inner_text().replace('\u2007', '')
    assert text == (
        'A unit fires if its value is above 0. Here, '
        f'{fire[0]} of {codes.shape[1]} fire; for a test digit, '
        f'{fire.mean():.1f} on average. {dead} are dead: they fire for none '
        'of the 100 test digits (hatched).')
    assert tab.locator('.bars .dead').count() == dead


@pytest.mark.parametrize('name, price', [
    ('1-sparse', [1e-5]), ('sparse-wide', [0.003]), ('0-vanilla', [])])
def test_the_penalty_is_named(visit, name, price):
    found = re.findall(r'an L1 penalty of (\S+)\)',
                       visit(name, anew=False).locator(
                           '.about-code').inner_text())
    assert [float(one) for one in found] == price


@pytest.mark.parametrize('name, shapes', [
    ('0-vanilla', '784 128 64 32 32 64 128 784'),
    ('2-convolutional', '28×28×1 28×28×16 14×14×16 14×14×8 7×7×8 7×7×8 4×4×8 '
     '4×4×8 4×4×8 8×8×8 8×8×8 16×16×8 14×14×16 28×28×16 28×28×1'),
    ('3-variational', '784 512 2 2 2 2 512 784')])
def test_layers_have_their_shapes(visit, name, shapes):
    tab = visit(name)
    assert tab.locator('figcaption b').all_inner_texts() == shapes.split()
    strips = tab.locator('.strips canvas')
    before = strips.evaluate_all('all => all.map(one => one.toDataURL())')
    draw(tab, SEVEN)
    settle(tab)
    after = strips.evaluate_all('all => all.map(one => one.toDataURL())')
    assert all(a != b for a, b in zip(before, after))
    # No layer is a speck.
    boxes = [strip.bounding_box() for strip in strips.all()]
    assert min(box['width'] * box['height'] for box in boxes) > 600


def mixed(ends, step):
    return (1 - step / 10) * ends[0] + step / 10 * ends[1]


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational'])
def test_the_way_from_one_digit_to_another(visit, name):
    tab, (encoder, decoder) = visit(name), pages.models(name)

    def check(a, b):
        pixels = np.stack([a, b])
        codes = pages.locate(encoder, pixels)
        seen = values(tab, '#way canvas')
        for step in range(11):
            np.testing.assert_allclose(
                seen[step], pages.decode(decoder, [mixed(codes, step)])[0],
                atol=NEAR)
            np.testing.assert_allclose(
                seen[11 + step], mixed(pixels, step).reshape(28, 28),
                atol=NEAR)
        return codes

    held = pages.held()
    check(held[3], held[8])
    click(tab, 'Test digit, a 7')
    click(tab, 'Use the pad as B')
    codes = check(held[3], held[7])
    tab.locator('#way-slider').focus()
    for _ in range(4):
        tab.keyboard.press('ArrowRight')
    np.testing.assert_allclose(shown_code(tab), mixed(codes, 4), atol=0.006)
    assert tab.locator('.source').inner_text() == 'between A and B'
    assert tab.locator('.here').count() == 2
    click(tab, 'Other test digits')
    settle(tab)
    assert np.abs(shown_code(tab) - mixed(codes, 4)).max() > 0.01


def test_the_way_is_a_line_on_the_plane(visit):
    tab, (encoder, _) = visit('3-variational'), pages.models('3-variational')
    ends = pages.locate(encoder, pages.held()[[3, 8]])

    def drawn(ends):
        front = colors(tab, '.code .plane [role=slider]')[0]
        points = [place(tab, mixed(ends, step), len(front))
                  for step in np.linspace(1, 9, 30)]
        return np.mean([front[row - 1:row + 2, column - 1:column + 2, 3].max()
                        > 150 for row, column in points])

    assert drawn(ends) < 0.8  # one is not on the way yet
    tab.locator('#way-slider').press('ArrowRight')
    assert drawn(ends) == 1
    assert drawn(ends[:, ::-1]) < 0.6


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational',
                                  'variational-5'])
def test_a_training_unfolds(visit, name):
    encoder, _ = pages.models(name)
    record = unfolded(encoder)
    tab = visit(name, reduced_motion='reduce')
    slider = tab.locator('#epoch')
    assert tab.locator('#epoch-text').inner_text() == 'epoch 50'
    slider.focus()
    tab.keyboard.press('Home')
    for i, epoch in enumerate(EPOCHS):
        settle(tab)
        assert tab.locator('#epoch-text').inner_text() == f'epoch {epoch}'
        text = tab.locator('#trainings .note').inner_text()
        loss = f'loss {1 / max(epoch, 1):.4f}, val_loss'
        assert (f'After epoch {epoch} of 50: {loss}' in text) == (epoch > 0)
        np.testing.assert_allclose(
            values(tab, '.digits + .digits canvas'),
            record['images'][i].reshape(10, 28, 28) / 255, atol=NEAR)
        if i in (2, 6):
            check_values(tab, record, i)
        tab.keyboard.press('ArrowRight')
    np.testing.assert_allclose(values(tab, '.digits canvas')[:10],
                               pages.held()[:10].reshape(10, 28, 28),
                               atol=NEAR)
    # It plays on its own, and then stops.
    tab.keyboard.press('ArrowLeft')
    tab.keyboard.press('ArrowLeft')
    click(tab, 'Play')
    tab.get_by_role('button', name='Pause').wait_for()
    tab.get_by_role('button', name='Play').wait_for()
    assert slider.input_value() == str(len(EPOCHS) - 1)


def check_values(tab, record, i):
    """Check the codes that are seen after an epoch, or the usage."""
    if 'usage' in record:
        canvas = colors(tab, '.usage')[0][..., :3].astype(int)
        bar, = palette(tab, '--bar')
        usage = record['usage'][i]
        if record['usage'].shape[1] == 5:  # in nats
            usage = usage / record['usage'].max()
        for place, used in enumerate(usage):
            column = canvas[:, int((place + 0.4) * canvas.shape[1]
                                   / len(usage))]
            high = (np.abs(column - bar).sum(axis=-1) < 20).mean()
            assert high == pytest.approx(used, abs=0.015)
        return
    canvas = colors(tab, '#trainings .plane canvas')[0][..., :3].astype(int)
    most = 1.05 * np.abs(record['codes']).max()
    inks = palette(tab, *(f'--digit-{label}' for label in range(10)))
    for code, label in zip(record['codes'][i], record['labels']):
        row, column = ((code + most) / (2 * most) * len(canvas)).astype(int)
        around = canvas[row - 5:row + 6, column - 4:column + 5]
        assert (np.abs(around - inks[label]).sum(axis=-1) < 150).any()


def test_motion_is_reduced_where_that_is_wished(visit):
    for motion, still in (('reduce', True), ('no-preference', False)):
        tab = visit('3-variational', reduced_motion=motion)
        tab.evaluate('''() => {
            const canvas = document.querySelector('#trainings .plane canvas');
            const slider = document.getElementById('epoch');
            window.frames = new Set();
            slider.value = 3;
            slider.dispatchEvent(new Event('input'));
            const look = () => {
                frames.add(canvas.toDataURL());
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        }''')
        tab.wait_for_timeout(900)
        assert (tab.evaluate('frames.size') <= 2) == still


def test_without_a_record_there_is_no_such_part(browser, tmp_path):
    file = tmp_path / 'a.html'
    file.write_text(page('A', [describe('A', *pages.models('vanilla-2'))],
                         *pages.digits()))
    tab = browser.new_page()
    tab.goto(file.as_uri())
    assert not tab.locator('#unfolding').is_visible()
    tab.close()


@pytest.mark.parametrize('name', [*MODULES, *OTHERS])
def test_the_page_fits_and_is_labelled(visit, name):
    tab = visit(name, anew=False)
    for width in (320, 375, 768, 1186, 1440):
        tab.set_viewport_size({'width': width, 'height': 900})
        settle(tab)
        assert tab.evaluate('''() => Math.max(
            document.documentElement.scrollWidth,
            ...[...document.querySelectorAll('main *')].map(
                one => one.getBoundingClientRect().right))''') <= width
    # What can be used has a name.
    assert tab.evaluate('''() => [...document.querySelectorAll(
        'button, input, [role=slider], [role=img], [role=group]')].filter(
        one => !one.ariaLabel && !one.textContent.trim()
        && !one.getAttribute('aria-labelledby')).length''') == 0


def test_nothing_jumps(visit):
    tab = visit('3-variational', 375)
    heights = 'document.documentElement.scrollHeight'
    before = tab.evaluate(heights)
    draw(tab, SEVEN)
    tab.get_by_role('button', name='Take random code 3').click()
    drag(tab, tab.locator('.code .plane'), [(.5, .5), (.2, .9)])
    settle(tab)
    assert tab.evaluate(heights) == before


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
    tab = visit(name, anew=False)
    click(tab, 'Take random code 1')
    for scheme in ('light', 'dark'):
        tab.emulate_media(color_scheme=scheme)
        settle(tab)
        low = {element: ratio for element, ratio in
               tab.evaluate(CONTRASTS).items() if ratio < 4.5}
        assert not low
        background = tab.evaluate(
            'getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g)'
            '.map(Number)')
        assert (max(background) < 60) == (scheme == 'dark')


@pytest.mark.parametrize('name, part', [('0-vanilla', '.fill'),
                                        ('2-convolutional', '.map > *')])
def test_the_code_is_seen_with_few_colours_and_on_paper(visit, name, part):
    tab = visit(name)
    backgrounds = '''all => all.map(
        one => getComputedStyle(one).backgroundColor)'''
    usual = set(tab.locator(part).evaluate_all(backgrounds))
    png = tab.locator('.values').screenshot()
    tab.emulate_media(forced_colors='active')
    settle(tab)
    assert set(tab.locator(part).evaluate_all(backgrounds)) == usual
    assert inks(tab, tab.locator('.values').screenshot()) >= 0.9 * inks(
        tab, png)
    tab.emulate_media(forced_colors='none')
    # What is drawn on a canvas is on paper in any case.
    tab.evaluate('document.querySelectorAll("canvas").forEach('
                 'one => one.remove())')
    # A PDF sets the colours of what it fills as numbers from 0 to 1.
    streams = b''.join(map(inflated, re.findall(
        rb'stream\r?\n(.*?)endstream', tab.pdf(), re.S)))
    fills = [tuple(map(float, fill.split()[:3])) for fill in
             re.findall(rb'((?:[\d.]+ ){3})rg', streams)]
    for color in usual:
        rgb = np.array(re.findall(r'\d+', color)[:3], float) / 255
        assert min(np.abs(rgb - fill).max() for fill in fills) < 0.01


def inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b''


def inks(tab, png):
    """Return how many colourful pixels a picture has."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert('RGB'), int)
    return (np.ptp(pixels, axis=-1) > 60).sum()


def test_without_its_script_the_page_says_so(browser, files):
    text = files('0-vanilla').read_text('utf-8')

    def opened(headers=None, frame=False, **options):
        tab = browser.new_page(**options)
        body = ('<iframe sandbox src="http://page.test/inner"></iframe>'
                if frame else text)
        tab.route('**/*', lambda route: route.fulfill(
            body=text if route.request.url.endswith('inner') else body,
            content_type='text/html; charset=utf-8', headers=headers or {}))
        tab.goto('http://page.test/')
        # The notice is seen after a second.
        tab.frames[-1].locator('#no-script, #main').locator(
            'visible=true').wait_for()
        seen = tab.frames[-1].locator('body').inner_text()
        tab.close()
        return seen

    for seen in (opened(java_script_enabled=False), opened(frame=True),
                 opened({'content-security-policy': "script-src 'none'"})):
        assert 'which does not run here' in ' '.join(seen.split())
        assert 'Reconstruction' not in seen
    seen = opened()
    assert 'which does not' not in seen and 'Reconstruction' in seen


def test_a_sharper_screen_is_drawn_on_anew(visit):
    tab = visit('3-variational')
    sizes = '''[...document.querySelectorAll('.plane canvas, .lens, .curve')]
        .map(one => [one.width, one.clientWidth])'''
    session = tab.context.new_cdp_session(tab)
    for ratio in (2, 1):
        session.send('Emulation.setDeviceMetricsOverride', {
            'width': 1280, 'height': 900, 'deviceScaleFactor': ratio,
            'mobile': False})
        tab.wait_for_timeout(500)
        for width, seen in tab.evaluate(sizes):
            assert width == pytest.approx(ratio * seen, abs=1)
    session.detach()


def test_all_can_be_reached_by_the_tab_key(visit):
    for name in ('0-vanilla', '2-convolutional', '3-variational'):
        tab = visit(name)
        tab.evaluate('''() => {
            window.seen = [];
            addEventListener('focusin', ({target}) => {
                const {outlineStyle, outlineWidth} = getComputedStyle(target);
                seen.push([target.ariaLabel || target.textContent,
                           outlineStyle, parseFloat(outlineWidth)]);
            });
        }''')
        for _ in range(48):
            tab.keyboard.press('Tab')
        seen = tab.evaluate('seen')
        names = [name for name, *_ in seen]
        expected = ['Undo', 'Clear', 'Others', 'Test digit, a 3',
                    'Draw other codes', 'Take random code 12',
                    'Back to the encoder’s code', 'Use the pad as A', 'Epoch',
                    'The way from A to B', 'Other test digits', 'Play']
        expected += {'0-vanilla': ['Value 1 of the code'],
                     '2-convolutional': ['Map 8, row 1, column 1'],
                     '3-variational': ['Sample again']}[name]
        assert not {*expected} - {*names}
        assert all(style != 'none' and width >= 2
                   for _, style, width in seen)
