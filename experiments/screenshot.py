#!/usr/bin/env python3
"""Draw a digit on the page that a main made, and keep a picture of it.

For docs/explore.png, once mains/3-main.py has run:

    python experiments/screenshot.py results/3-variational/explore.html
"""
import argparse
import os
import shutil
from math import cos, radians, sin
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome', 'chrome')
# The browser is not to call home.
FLAGS = ['--disable-gpu', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--no-first-run']
# The strokes of a 3, on a pad of 1 x 1: two arcs, each with its middle, its
# radius, and where it begins and ends, in degrees clockwise from the right.
STROKES = [[(x + radius * cos(radians(angle)),
             y + radius * sin(radians(angle)))
            for x, y, radius, begin, end in ((.52, .33, .15, -160, 85),
                                             (.49, .66, .18, -85, 160))
            for angle in range(begin, end, 5)]]


def main():
    """Open the page, draw on it, and save what is seen."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('page', type=Path, help='page that a main made')
    parser.add_argument('--output', type=Path, metavar='FILE.png',
                        default=ROOT / 'docs' / 'explore.png')
    options = parser.parse_args()
    if not options.page.exists():
        parser.error(f'there is no {options.page}: a main makes it')
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            parser.error('no browser was found: install Chromium')
        page = browser.new_page(viewport={'width': 1280, 'height': 900})
        page.goto(options.page.resolve().as_uri())
        for stroke in STROKES:
            draw(page, stroke)
        page.wait_for_timeout(1000)  # until the plane is drawn
        page.locator('.stage').screenshot(path=options.output)
        browser.close()


def launch(playwright):
    """Start the first browser of Chromium's kind that there is.

    Args:
        playwright: What Playwright's `sync_playwright` gives.

    Returns:
        The browser, or None.
    """
    for name in BROWSERS:
        if shutil.which(name):
            # For root, there is no sandbox.
            root = hasattr(os, 'geteuid') and os.geteuid() == 0
            return playwright.chromium.launch(
                executable_path=shutil.which(name),
                args=FLAGS + ['--no-sandbox'] * root)
    return None


def draw(page, points):
    """Draw a stroke with the mouse on the pad of a page, which is 1 x 1."""
    drag(page, page.locator('#pad'), points)


def drag(page, element, points, up=True):
    """Move the mouse over an element of 1 x 1, its button down.

    Args:
        page: Playwright's page.
        element: Playwright's locator.
        points: Pairs of numbers from 0 to 1, from the left and the top.
        up: Whether to let the button go at the end.
    """
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    for number, (x, y) in enumerate(points):
        page.mouse.move(box['x'] + x * box['width'],
                        box['y'] + y * box['height'], steps=3)
        if not number:
            page.mouse.down()
    if up:
        page.mouse.up()


if __name__ == '__main__':
    main()
