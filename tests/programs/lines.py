"""Print more lines than a reader takes."""

from common.program import run


def main():
    """Print them."""
    for i in range(99999):
        print('line', i)


run(main)
