"""The browsers that the pages are tested in.

Chromium is driven by Playwright. Debian's Firefox is not one that Playwright
can drive, and comes without geckodriver; but it speaks WebDriver BiDi itself,
the protocol of the W3C, of which this takes what the tests need.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

CHROMIUM = 'chromium', 'chromium-browser', 'google-chrome', 'chrome'
# The browser is not to call home.
FLAGS = [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
]
# Nothing is loaded or reported, and a canvas that is read back is noise, as
# in Tor Browser.
PREFERENCES = {
    'privacy.resistFingerprinting': True,
    'network.proxy.type': 0,
    'app.normandy.enabled': False,
    'browser.region.update.enabled': False,
    'datareporting.policy.dataSubmissionEnabled': False,
    'toolkit.telemetry.enabled': False,
    'browser.shell.checkDefaultBrowser': False,
    'browser.safebrowsing.downloads.remote.enabled': False,
}
# What nothing takes, even on a busy machine.
MOST_MILLISECONDS = 600_000
# As WebDriver names these keys.
ARROWS = {'ArrowLeft': '\ue012', 'ArrowRight': '\ue014'}


def skip(reason):
    """Skip the tests here, or fail where they have to run."""
    if os.environ.get('CI'):
        pytest.fail(reason)
    pytest.skip(reason)


@contextlib.contextmanager
def chromium():
    """Start a browser with Playwright, or skip with what to install."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip('Playwright is not installed: run "pip install playwright"')
    with short_temporary_folder(), sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            skip(
                'no browser was found: install Chromium, on Debian with '
                '"apt-get install chromium"'
            )
        yield browser
        browser.close()


@contextlib.contextmanager
def short_temporary_folder():
    """Let programs that are started here have a usual temporary folder.

    Chromium has a socket in it, whose path may have 107 bytes.
    """
    with pytest.MonkeyPatch.context() as patch:
        if len(os.fsencode(tempfile.gettempdir())) > 60:
            patch.delenv('TMPDIR', raising=False)
        yield


def launch(playwright):
    """Start the first browser of Chromium's kind that there is.

    Args:
        playwright: What Playwright's `sync_playwright` gives.

    Returns:
        The browser, or None.
    """
    for path in filter(None, map(shutil.which, CHROMIUM)):
        # For root, there is no sandbox.
        root = hasattr(os, 'geteuid') and os.geteuid() == 0
        return playwright.chromium.launch(
            executable_path=path,
            args=FLAGS + ['--no-sandbox'] * root,
            timeout=MOST_MILLISECONDS,
        )
    return None


def new_tab(browser, **options):
    """Open an empty tab, for which there is as much time as it needs.

    Args:
        browser: Playwright's browser.
        **options: What Playwright's `new_page` takes.
    """
    tab = browser.new_page(**options)
    tab.set_default_timeout(MOST_MILLISECONDS)
    return tab


def drag(page, element, points, up=True):
    """Move the mouse over an element of 1 x 1, its button down.

    Args:
        page: Playwright's page.
        element: Playwright's locator.
        points: Pairs of numbers, from the left and the top of the element.
        up: Whether to let the button go at the end.
    """
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    for number, (x, y) in enumerate(points):
        page.mouse.move(
            round(box['x'] + x * box['width']),
            round(box['y'] + y * box['height']),
        )
        if not number:
            page.mouse.down()
    if up:
        page.mouse.up()


def listen(page):
    """Return a list that a page's messages and errors will be added to."""
    messages = []
    page.on('console', lambda message: messages.append(message.text))
    page.on('pageerror', lambda error: messages.append(str(error)))
    return messages


class Chromium:
    """A tab of Chromium with the same methods as `Firefox`."""

    def __init__(self, browser):
        """Open an empty tab of a browser of Playwright."""
        self.page = new_tab(browser, offline=True)
        self.messages = listen(self.page)
        self.evaluate, self.close = self.page.evaluate, self.page.close

    def resize(self, width):
        """Give the tab another width."""
        self.page.set_viewport_size({'width': width, 'height': 900})

    def open(self, uri, width=1280):
        """Open a page."""
        self.resize(width)
        self.page.goto(uri)

    def reload(self):
        """Load the page again."""
        self.page.reload()

    def drag(self, selector, points):
        """Move the mouse, its button down, over an element of 1 x 1."""
        drag(self.page, self.page.locator(selector), points)

    def press(self, selector, *keys):
        """Focus an element, and press arrow keys."""
        for key in keys:
            self.page.locator(selector).press(key)


class Firefox:
    """A headless Firefox with one tab."""

    def __init__(self):
        """Start it, or skip the tests with what to install."""
        path = shutil.which('firefox-esr') or shutil.which('firefox')
        if not path:
            skip(
                'no Firefox was found: on Debian, "apt-get install '
                'firefox-esr"'
            )
        try:
            import websocket
        except ImportError:
            skip(
                'websocket-client is not installed: run "pip install '
                'websocket-client"'
            )
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(self.folder.name)
        (folder / 'user.js').write_text(
            ''.join(
                f'user_pref({json.dumps(name)}, {json.dumps(value)});\n'
                for name, value in PREFERENCES.items()
            )
        )
        log = folder / 'log'
        with open(log, 'wb') as file:
            self.process = subprocess.Popen(
                [
                    path,
                    '--headless',
                    '--no-remote',
                    '--profile',
                    str(folder),
                    '--remote-debugging-port',
                    '0',
                ],
                stdout=file,
                stderr=file,
                env={**os.environ, 'HOME': str(folder)},
            )
        says = 'WebDriver BiDi listening on '
        end = time.monotonic() + MOST_MILLISECONDS / 1000
        while says not in log.read_text(errors='replace'):
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f'Firefox does not start: {log.read_text()}')
            time.sleep(0.1)
        address = log.read_text(errors='replace').split(says)[1].split()[0]
        self.socket = websocket.create_connection(
            f'{address}/session',
            timeout=MOST_MILLISECONDS / 1000,
            suppress_origin=True,
        )
        self.number, self.messages = 0, []
        self.send('session.new', capabilities={})
        self.send('session.subscribe', events=['log.entryAdded'])
        tree = self.send('browsingContext.getTree')
        self.tab = {'context': tree['contexts'][0]['context']}

    def send(self, method, **parameters):
        """Send a command, and return its result."""
        self.number += 1
        self.socket.send(
            json.dumps(
                {'id': self.number, 'method': method, 'params': parameters}
            )
        )
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get('method') == 'log.entryAdded':
                self.messages.append(answer['params']['text'])
            if answer.get('id') == self.number:
                assert answer['type'] == 'success', answer
                return answer['result']

    def resize(self, width):
        """Give the tab another width."""
        self.send(
            'browsingContext.setViewport',
            **self.tab,
            viewport={'width': width, 'height': 900},
        )

    def open(self, uri, width=1280):
        """Open a page."""
        self.resize(width)
        self.send(
            'browsingContext.navigate', **self.tab, url=uri, wait='complete'
        )

    def reload(self):
        """Load the page again."""
        self.send('browsingContext.reload', **self.tab, wait='complete')

    def evaluate(self, expression):
        """Return what an expression gives, or its promise: a string."""
        answer = self.send(
            'script.evaluate',
            expression=expression,
            target=self.tab,
            awaitPromise=True,
        )
        assert answer['type'] == 'success', answer
        return answer['result'].get('value')

    def act(self, kind, actions):
        """Do something with the mouse or the keyboard."""
        self.send(
            'input.performActions',
            **self.tab,
            actions=[{'type': kind, 'id': kind, 'actions': actions}],
        )

    def drag(self, selector, points):
        """Move the mouse, its button down, over an element of 1 x 1."""
        left, top, width, height = json.loads(
            self.evaluate(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView();
            const box = element.getBoundingClientRect();
            return JSON.stringify([box.left, box.top, box.width, box.height]);
        }})()""")
        )
        down, *moves = [
            {
                'type': 'pointerMove',
                'x': round(left + x * width),
                'y': round(top + y * height),
            }
            for x, y in points
        ]
        self.act(
            'pointer',
            [
                down,
                {'type': 'pointerDown', 'button': 0},
                *moves,
                {'type': 'pointerUp', 'button': 0},
            ],
        )

    def press(self, selector, *keys):
        """Focus an element, and press arrow keys."""
        self.evaluate(
            f'document.querySelector({json.dumps(selector)}).focus()'
        )
        self.act(
            'key',
            [
                {'type': kind, 'value': ARROWS[key]}
                for key in keys
                for kind in ('keyDown', 'keyUp')
            ],
        )

    def close(self):
        """End it."""
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()
