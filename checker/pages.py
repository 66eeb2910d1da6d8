"""Write the pages of docs/ that come from the checker's tables.

    python -m checker.pages        # or: make docs

In docs/requirements.md and docs/mistakes.md, everything above the marker is
written by hand, and everything below it comes from the tables.
"""

from pathlib import Path

from checker.assignment import MODULES, TITLES
from checker.mistakes import SECTIONS, filled
from checker.requirements import table

DOCS = Path(__file__).resolve().parent.parent / 'docs'
MARKER = '<!-- Below this line, `make docs` writes the page from {}. -->\n'


def requirements_text():
    """Return the tables of the requirements of all tasks, in Markdown."""
    parts = []
    for task, (module, title) in enumerate(zip(MODULES, TITLES)):
        parts += [
            f'\n## Task {task}: {title}, `{module}.py`\n',
            "| requirement | the assignment says | the checker's reading |",
            '| --- | --- | --- |',
        ]
        for row in table(task):
            quote, reading = '', row.sentence
            if row.is_quote:
                quote, reading = f'"{row.sentence}"', ''
            parts.append(f'| {row.name} | {quote} | {reading} |')
    return '\n'.join(parts) + '\n'


def mistakes_text():
    """Return the entries of all mistakes, in Markdown."""
    parts = []
    for section in SECTIONS:
        parts.append(f'## {section.title}')
        if section.introduction:
            parts.append(filled(section.introduction))
        for mistake in section.mistakes:
            parts += [f'### {mistake.title}', mistake.markdown_with_targets]
    return '\n' + '\n\n'.join(parts) + '\n'


def rewrite(name, source, text):
    """Replace what follows the marker of a page.

    Args:
        name: String, the file in docs/.
        source: String, the file that the text comes from.
        text: String, Markdown.

    Raises:
        ValueError: If the page has no marker.
    """
    page, marker = DOCS / name, MARKER.format(source)
    by_hand, found, _ = page.read_text(encoding='utf-8').partition(marker)
    if not found:
        raise ValueError(f'docs/{name} has no line {marker}')
    page.write_text(by_hand + marker + text, encoding='utf-8')


def main():
    """Write both pages."""
    rewrite('requirements.md', 'checker/requirements.py', requirements_text())
    rewrite('mistakes.md', 'checker/mistakes.py', mistakes_text())


if __name__ == '__main__':
    main()
