"""Numbers and lists, as texts."""


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values, between=', '):
    """Return values as a text."""
    return between.join(map(str, values)) or 'none'
