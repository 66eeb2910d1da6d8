#!/usr/bin/env python3
"""Draw a digit on the page that a main made, and keep a picture of it.

For docs/explore.png, once mains/3-main.py has run:

    python experiments/screenshot.py results/3-variational/explore.html
"""
import argparse
import sys
from math import cos, radians, sin
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / 'tests'))
from browser import Chromium, chromium  # noqa: E402

# The strokes of a 3, on a pad of 1 x 1: two arcs, each with its centre, its
# radius, and where it begins and ends, in degrees clockwise from the right.
STROKES = [[(x + radius * cos(radians(angle)),
             y + radius * sin(radians(angle)))
            for angle in range(begin, end, 5)]
           for x, y, radius, begin, end in ((.52, .33, .15, -160, 85),
                                            (.49, .66, .18, -85, 160))]


def main():
    """Open the page, draw on it, and save what is seen."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('page', type=Path, help='page that a main made')
    parser.add_argument('--output', type=Path, metavar='FILE.png',
                        default=ROOT / 'docs' / 'explore.png')
    options = parser.parse_args()
    with chromium() as browser:
        tab = Chromium(browser)
        tab.open(options.page.resolve(strict=True).as_uri())
        for stroke in STROKES:
            tab.drag('#pad', stroke)
        tab.page.wait_for_timeout(1000)  # until the plane is drawn
        tab.page.locator('.stage').screenshot(path=options.output)


if __name__ == '__main__':
    main()
