"""The browsers that the pages are tested in.

Chromium is driven by Playwright. Debian's Firefox is not one that Playwright
can drive, and comes without geckodriver; but it speaks WebDriver BiDi itself,
the protocol of the W3C, of which this takes what the tests need.
"""
import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / 'experiments'))
from screenshot import drag, launch  # noqa: E402, F401

# Nothing is loaded or reported, and a canvas that is read back is noise, as
# in Tor Browser.
PREFERENCES = {
    'privacy.resistFingerprinting': True, 'network.proxy.type': 0,
    'app.normandy.enabled': False, 'browser.region.update.enabled': False,
    'datareporting.policy.dataSubmissionEnabled': False,
    'toolkit.telemetry.enabled': False, 'browser.shell.checkDefaultBrowser':
    False, 'browser.safebrowsing.downloads.remote.enabled': False}
BOX = '''JSON.stringify((({left, top, width, height}) =>
    [left, top, width, height])(document.querySelector(%s)
    .getBoundingClientRect()))'''


def skip(reason):
    """Skip the tests here, or fail where they have to run."""
    if os.environ.get('CI'):
        pytest.fail(reason)
    pytest.skip(reason)


class Firefox:
    """A headless Firefox with one tab."""

    def __init__(self):
        """Start it, or skip the tests with what to install."""
        path = shutil.which('firefox-esr') or shutil.which('firefox')
        if not path:
            skip('no Firefox was found: on Debian, "apt-get install '
                 'firefox-esr"')
        try:
            import websocket
        except ImportError:
            skip('websocket-client is not installed: run "pip install '
                 'websocket-client"')
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(self.folder.name)
        (folder / 'user.js').write_text(''.join(
            f'user_pref({json.dumps(name)}, {json.dumps(value)});\n'
            for name, value in PREFERENCES.items()))
        log = folder / 'log'
        with open(log, 'wb') as file:
            self.process = subprocess.Popen(
                [path, '--headless', '--no-remote', '--profile', str(folder),
                 '--remote-debugging-port', '0'],
                stdout=file, stderr=file, env={**os.environ,
                                               'HOME': str(folder)})
        says = 'WebDriver BiDi listening on '
        end = time.monotonic() + 60
        while says not in log.read_text(errors='replace'):
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f'Firefox does not start: {log.read_text()}')
            time.sleep(0.1)
        address = log.read_text(errors='replace').split(says)[1].split()[0]
        self.socket = websocket.create_connection(
            f'{address}/session', timeout=60, suppress_origin=True)
        self.number, self.messages = 0, []
        self.send('session.new', capabilities={})
        self.send('session.subscribe', events=['log.entryAdded'])
        tree = self.send('browsingContext.getTree')
        self.tab = tree['contexts'][0]['context']

    def send(self, method, **parameters):
        """Send a command, and return its result."""
        self.number += 1
        self.socket.send(json.dumps({
            'id': self.number, 'method': method, 'params': parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get('method') == 'log.entryAdded':
                self.messages.append(answer['params']['text'])
            if answer.get('id') == self.number:
                assert answer['type'] == 'success', answer
                return answer['result']

    def open(self, uri, width=1280, height=900):
        """Open a page."""
        self.send('browsingContext.setViewport', context=self.tab,
                  viewport={'width': width, 'height': height})
        self.send('browsingContext.navigate', context=self.tab, url=uri,
                  wait='complete')

    def evaluate(self, expression):
        """Return what an expression gives, or its promise: a string."""
        answer = self.send('script.evaluate', expression=expression,
                           target={'context': self.tab}, awaitPromise=True)
        assert answer['type'] == 'success', answer
        return answer['result'].get('value')

    def drag(self, selector, points):
        """Move the mouse, its button down, over an element of 1 x 1."""
        left, top, width, height = json.loads(
            self.evaluate(BOX % json.dumps(selector)))
        moves = [{'type': 'pointerMove', 'duration': 0,
                  'x': round(left + x * width), 'y': round(top + y * height)}
                 for x, y in points]
        moves[1:1] = [{'type': 'pointerDown', 'button': 0}]
        self.send('input.performActions', context=self.tab, actions=[
            {'type': 'pointer', 'id': 'mouse', 'actions': [
                *moves, {'type': 'pointerUp', 'button': 0}]}])

    def screenshot(self, path):
        """Save what the whole page looks like."""
        answer = self.send('browsingContext.captureScreenshot',
                           context=self.tab, origin='document')
        Path(path).write_bytes(base64.b64decode(answer['data']))

    def close(self):
        """End it."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()


class Chromium:
    """A tab of Chromium with the same surface as Firefox here."""

    def __init__(self, browser):
        """Open an empty tab."""
        self.page = browser.new_page(offline=True)
        self.messages = []
        self.page.on('console', lambda one: self.messages.append(one.text))
        self.page.on('pageerror', lambda one: self.messages.append(str(one)))
        self.evaluate, self.close = self.page.evaluate, self.page.close

    def open(self, uri, width=1280, height=900):
        """Open a page."""
        self.page.set_viewport_size({'width': width, 'height': height})
        self.page.goto(uri)

    def drag(self, selector, points):
        """Move the mouse, its button down, over an element of 1 x 1."""
        left, top, width, height = json.loads(
            self.evaluate(BOX % json.dumps(selector)))
        for number, (x, y) in enumerate(points):
            self.page.mouse.move(round(left + x * width),
                                 round(top + y * height))
            if not number:
                self.page.mouse.down()
        self.page.mouse.up()


@contextlib.contextmanager
def chromium():
    """Start a browser with Playwright, or skip with what to install."""
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


def settle(page):
    """Wait until all is computed and drawn, the manifolds too."""
    page.evaluate('''new Promise(resolve => setTimeout(
        () => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    ''')


def colors(page, selector):
    """Return what canvases show, of equal sizes: (n, height, width, 4)."""
    settle(page)
    shapes, text = json.loads(page.evaluate('''selector => {
        const all = [...document.querySelectorAll(selector)];
        const bytes = all.map(one => one.getContext('2d').getImageData(
            0, 0, one.width, one.height).data);
        return JSON.stringify([
            all.map(one => [one.height, one.width]), bytes.map(array =>
            btoa(Array.from(array, x => String.fromCharCode(x)).join('')))]);
    }''', selector))
    return np.array([np.frombuffer(base64.b64decode(one), 'uint8').reshape(
        *shape, 4) for shape, one in zip(shapes, text)])


def values(page, selector):
    """Return the values in [0, 1] that the colours of canvases stand for."""
    viridis = matplotlib.colormaps['viridis'](np.linspace(0, 1, 256))[:, :3]
    seen = colors(page, selector)[..., :3].astype('float32') / 255
    different, where = np.unique(seen.reshape(-1, 3), axis=0,
                                 return_inverse=True)
    nearest = np.square(different[:, None] - viridis).sum(axis=2).argmin(1)
    return nearest[where.reshape(-1)].reshape(seen.shape[:-1]) / 255


# How far values of two such colours may be apart: the page has fewer colours.
NEAR = 0.02
