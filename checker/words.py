"""Numbers and lists, as texts."""


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def counted(number, noun):
    """Return a number with its noun, which gets an s unless it is 1."""
    if number == 1:
        return f'{number} {noun}'
    return f'{number} {noun}s'


def listed(values, between=', '):
    """Return values as a text."""
    return between.join(map(str, values)) or 'none'
