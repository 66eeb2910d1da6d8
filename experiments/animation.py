#!/usr/bin/env python3
"""Make the moving picture at the top of README.md.

In a browser, it opens docs/compare.html, the page of the four trained models,
draws a digit on it stroke by stroke and drags the code of the variational
model. What the page shows meanwhile becomes docs/draw-light.webp and, with the
page's dark colours, docs/draw-dark.webp. It needs Chromium, and Playwright and
Pillow, which tests/requirements.txt installs.
"""

import argparse
import io
import os
import shutil
from math import cos, pi, radians, sin
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent.parent / 'docs'
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome', 'chrome')
SIZE = {'width': 860, 'height': 360}
FRAME = 60  # how long a frame is shown, in milliseconds
PAUSE = 20  # how many frames the picture rests after each act
# Only what can be read in a picture of this size, and that larger.
STYLE = """
body { margin: 0; padding: 0; background: var(--card); }
header, footer, main > section, .input, .draw .row, #digits, .note,
.several .row, .several dl, table, .lens, .axes > :not(.plane),
.several .reconstruction h2 { display: none; }
main { margin: 0; }
.several main .stage {
  border-radius: 0; height: 360px; padding: 16px; gap: 0 28px;
  grid-template-columns: 280px 1fr; grid-template-areas: "draw columns";
}
.several #columns { grid-template-columns: repeat(4, 1fr); gap: 0 14px; }
.several .column { gap: 10px; }
.draw h2, .several .column h2.title { font-size: 15px; }
.several .reconstruction { display: block; }
.axes { display: block; }
.several .bars { gap: 10px 2px; }
.several .bars > * { height: 60px; }
.several .maps { grid-template-columns: repeat(3, 1fr); gap: 8px; }
#arrow {
  position: fixed; left: 0; top: 0; width: 22px; height: 22px;
  pointer-events: none;
}
"""
# A mouse's arrow, which pictures of a page do not have.
ARROW = """
document.body.insertAdjacentHTML('beforeend', `
  <svg id="arrow" viewBox="0 0 20 20"><path fill="#fff" stroke="#000"
  d="M3 1v15l4-3.5 2.5 6 2.5-1-2.5-6H15z"/></svg>`);
document.addEventListener('pointermove', ({clientX, clientY}) => {
  document.getElementById('arrow').style.translate =
    `${clientX - 3}px ${clientY - 1}px`;
}, true);
"""
# The page's random numbers, each time the same.
RANDOM = """
let state = 1;
Math.random = () => (state = state * 16807 % 2147483647) / 2147483647;
"""
# The way of the code through the plane, where 0 is its left and upper edge
# and 1 its right and lower one: from the 3 that is drawn past 0s, 6s, 4s and
# 7s to 1s.
STOPS = [
    (0.44, 0.56),
    (0.72, 0.74),
    (0.80, 0.45),
    (0.62, 0.16),
    (0.14, 0.20),
]


def main():
    """Record the page in its light and in its dark colours."""
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        for scheme in ('light', 'dark'):
            frames = record(browser, scheme)
            path = DOCS / f'draw-{scheme}.webp'
            save(frames, path)
            print(
                f'{path.name}: {len(frames)} frames, '
                f'{path.stat().st_size / 1000:.0f} kB'
            )
        browser.close()


def start_browser(playwright):
    """Start Chromium, or end with what to install."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            break
    else:
        raise SystemExit('Chromium was not found: please install it.')
    flags = ['--disable-gpu']
    if hasattr(os, 'geteuid') and os.geteuid() == 0:
        flags.append('--no-sandbox')  # for root, there is no sandbox
    return playwright.chromium.launch(executable_path=path, args=flags)


def record(browser, scheme):
    """Return pictures of the page, drawn on, in one of its colour schemes."""
    page = browser.new_page(viewport=SIZE, color_scheme=scheme, offline=True)
    page.add_init_script(RANDOM)
    page.goto((DOCS / 'compare.html').as_uri())
    page.add_style_tag(content=STYLE)
    page.evaluate(ARROW)
    page.evaluate("document.getElementById('clear').click()")
    page.wait_for_timeout(1000)  # until the plane is drawn
    drawing = []
    for stroke in three():
        drawing += drag(page, page.locator('#pad'), stroke)
    drawn = [picture(page)] * PAUSE
    plane = page.locator('.plane canvas[role=slider]')
    dragging = drag(page, plane, way(STOPS))
    dragged = [picture(page)] * PAUSE
    page.close()
    # Who sees only the first picture sees the digit and what becomes of it.
    return drawn + dragging + dragged + drawing


def three():
    """Return the strokes of a 3, on a pad of 1 x 1: one, of two arcs."""
    return [
        arc(0.48, 0.34, 0.18, 0.14, -160, 85)
        + arc(0.48, 0.64, 0.22, 0.17, -85, 160)
    ]


def arc(x, y, width, height, begin, end):
    """Return points on an ellipse, its angles in degrees from the right."""
    return [
        (x + width * cos(radians(angle)), y + height * sin(radians(angle)))
        for angle in range(begin, end, 9)
    ]


def way(stops, steps=22):
    """Return points from stop to stop, slow near each of them."""
    points = [stops[0]]
    for (x0, y0), (x1, y1) in zip(stops, stops[1:]):
        for step in range(1, steps + 1):
            share = (1 - cos(pi * step / steps)) / 2
            points.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return points


def drag(page, element, points):
    """Drag the mouse over an element of 1 x 1; return a picture per point."""
    box = element.bounding_box()
    pictures = []
    for number, (x, y) in enumerate(points):
        page.mouse.move(
            box['x'] + x * box['width'], box['y'] + y * box['height']
        )
        if number == 0:
            page.mouse.down()
        pictures.append(picture(page))
    page.mouse.up()
    return pictures


def picture(page):
    """Return what the page shows."""
    return Image.open(io.BytesIO(page.screenshot())).convert('RGB')


def save(frames, path):
    """Save frames as an animated picture that begins again at its end."""
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=FRAME,
        loop=0,
        quality=65,
        method=6,
        minimize_size=True,
    )


if __name__ == '__main__':
    main()
