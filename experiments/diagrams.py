#!/usr/bin/env python3
"""Draw the assignment's four models, as Keras builds them, to docs/*.svg."""

import re
from html import escape
from math import sqrt

from runs import ARGUMENTS, DOCS

STYLE = """
text { font: 13px system-ui, "Segoe UI", Roboto, sans-serif; fill: #59636e;
  text-anchor: middle }
.row { text-anchor: start }
.arrow { marker-end: url(#arrow) }
.head { fill: #818b98 }
.title { font-size: 17px; font-weight: 600; text-anchor: start }
.title, .size, .name { fill: #1f2328 }
.size, .part { font-size: 14px; font-weight: 600 }
.card { fill: #fff; stroke: #d1d9e0 }
.encoder { fill: #1f6feb }
.code { fill: #bc4c00 }
.decoder { fill: #1a7f5a }
.link { fill: #59636e; opacity: .13 }
.line { fill: none; stroke: #818b98; stroke-width: 1.5 }
.map { stroke: #fff; stroke-width: .8 }
.digit { fill: none; stroke: #fff; stroke-width: 8; stroke-linecap: round;
  stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title, .size, .name { fill: #f0f6fc }
  .card { fill: #151b23; stroke: #3d444d }
  .encoder { fill: #4493f8 }
  .code { fill: #f0883e }
  .decoder { fill: #3fb68b }
  .link { fill: #9198a1; opacity: .17 }
  .map { stroke: #151b23 }
}
"""
WIDTH = 960
DIGIT = 84  # the width of an image, 3 for each pixel


def draw(module, encoder, decoder):
    """Return the picture of a model, as the text of an SVG file.

    Args:
        module: String, the name of its module.
        encoder, decoder: Keras models.
    """
    title = f'{module[2:].capitalize()} autoencoder'
    loss = 'Loss: binary cross-entropy between input and reconstruction'
    if len(encoder.outputs) > 1:
        loss += (
            ', summed over the pixels, plus the KL divergence of '
            'N(mean, variance) from N(0, 1)'
        )
    penalty = getattr(encoder.layers[-1], 'activity_regularizer', None)
    if penalty:
        weight = f'{float(penalty.l1):f}'.rstrip('0')
        loss += (
            f', plus the L1 penalty: {weight} × the sum of the absolute '
            'values of the code'
        )
    draw_layers = draw_bars if len(encoder.input_shape) == 2 else draw_maps
    body, height = draw_layers(encoder, decoder)
    steps = '. '.join(
        f'{model.name.capitalize()}: '
        + ', '.join(
            f'{name(layer) or type(layer).__name__} {size(layer)}'
            for layer in model.layers
        )
        for model in (encoder, decoder)
    )
    return '\n'.join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {WIDTH} {height}">',
            f'<title>{title}</title>',
            f'<desc>{steps}. {loss}.</desc>',
            f'<style>{STYLE}</style>',
            '<filter id="blur"><feGaussianBlur stdDeviation="2.5"/></filter>',
            '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" '
            'markerWidth="6" markerHeight="6" orient="auto">'
            '<path class="head" d="M0 0 8 4 0 8z"/></marker>',
            rect(0.5, 0.5, WIDTH - 1, height - 1, 'card', 8),
            text(24, 36, title, 'title'),
            *body,
            text(WIDTH / 2, height - 20, loss),
            '</svg>',
            '',
        ]
    )


def draw_bars(encoder, decoder):
    """Draw dense layers as bars; return elements and the picture's height."""
    columns = []
    for layer in encoder.layers + decoder.layers[1:]:
        if layer.name == 'log_variance':  # beside the mean
            columns[-1].append(layer)
        else:
            columns.append([layer])
    code = [layers[0].name for layers in columns].index('latent')
    middle, base, step = 165, 292, 660 / (len(columns) - 1)
    before, body = (
        [],
        [
            *digit(24, middle - DIGIT / 2),
            *digit(WIDTH - 24 - DIGIT, middle - DIGIT / 2, True),
            *(
                text(x, middle + DIGIT / 2 + 20, '28 × 28 pixels')
                for x in (24 + DIGIT / 2, WIDTH - 24 - DIGIT / 2)
            ),
        ],
    )
    for i, layers in enumerate(columns):
        x = 150 + i * step
        part = 'encoder' if i < code else 'decoder' if i > code else 'code'
        bars = [
            (
                middle + 120 * (k - (len(layers) - 1) / 2),
                3.4 * sqrt(layer.output.shape[-1]),
            )
            for k, layer in enumerate(layers)
        ]
        for layer, (y, half) in zip(layers, bars):
            body += [
                path(
                    'link',
                    x - step + 9,
                    top - high,
                    x - 9,
                    y - half,
                    x - 9,
                    y + half,
                    x - step + 9,
                    top + high,
                )
                for top, high in before
            ]
            body += [
                rect(x - 9, y - half, 18, 2 * half, part, 4),
                text(x, y - half - 8, size(layer), 'size'),
            ]
            if len(layers) > 1:
                body.append(text(x, y + half + 18, name(layer), 'name'))
        body += label(x, base, layers[0], len(layers) == 1)
        before = bars
    if len(columns[code - 1]) > 1:
        x = 150 + code * step
        body += [
            text(x, 62, 'noise', 'name'),
            text(x, 79, 'from N(0, 1)'),
            path('line arrow', x, 90, x, middle - 34),
            text(x, middle + 72, 'mean + noise ×'),
            text(x, middle + 89, 'exp(log variance / 2)'),
        ]
    return body + brackets(150, 150 + code * step, 810, base + 50), base + 110


def draw_maps(encoder, decoder):
    """Draw feature maps as squares; return elements and the height."""
    body = []
    for part, layers, top in (
        ('encoder', encoder.layers, 92),
        ('decoder', decoder.layers, 330),
    ):
        widths = [
            3 * layer.output.shape[1] + 2.5 * (layer.output.shape[-1] - 1)
            for layer in layers
        ]
        rooms = [max(width, 96) for width in widths]  # for the words below
        gap = (WIDTH - 36 - sum(rooms)) / (len(layers) - 1)
        middle, start, end = top + 61, 18, 0
        body.append(text(24, top - 24, part, f'part row {part}'))
        for i, (layer, width, room) in enumerate(zip(layers, widths, rooms)):
            side, count = 3 * layer.output.shape[1], layer.output.shape[-1]
            x = start + room / 2
            left, y = x - width / 2, middle - width / 2
            if i:
                body.append(
                    path('line arrow', end + 8, middle, left - 8, middle)
                )
            end, start = x + width / 2, start + room + gap
            if count == 1:
                body += digit(left, y, part == 'decoder')
            else:
                is_code = layer in (encoder.layers[-1], decoder.layers[0])
                style = 'code' if is_code else part
                body += [
                    rect(
                        left + 2.5 * k,
                        y + 2.5 * (count - 1 - k),
                        side,
                        side,
                        f'map {style}',
                        1,
                    )
                    for k in reversed(range(count))
                ]
                if is_code:
                    body.append(text(x, y - 10, 'code', 'part code'))
            body.append(text(x, top + 146, size(layer), 'size'))
            body += label(x, top + 164, layer, layer.name != 'code')
    return body, 570


def label(x, y, layer, named=True):
    """Return up to three lines: a layer's name, its type and its options."""
    activation = getattr(layer, 'activation', None)
    options = [
        ' × '.join(map(str, getattr(layer, option)))
        for option in ('kernel_size', 'pool_size', 'size')
        if hasattr(layer, option)
    ]
    if activation and activation.__name__ != 'linear':
        options.append(activation.__name__)
    if options[1:] and layer.padding == 'valid':
        options.append('valid')
    if getattr(layer, 'activity_regularizer', None):
        options.append('L1 penalty')
    lines = (
        []
        if layer.name in ('input', 'code')
        else [type(layer).__name__, ', '.join(options)]
    )
    styles = [''] * len(lines)
    if named and name(layer):
        lines, styles = [name(layer), *lines], ['name', *styles]
    return [
        text(x, y + 17 * i, line, style)
        for i, (line, style) in enumerate(zip(lines, styles))
        if line
    ]


def name(layer):
    """Return the name of a layer, or '' if that only repeats its type."""
    plain = re.sub(r'_(\d+$)?', '', layer.name)  # max_pooling2d_1
    return (
        ''
        if plain == type(layer).__name__.lower()
        else layer.name.replace('_', ' ')
    )


def size(layer):
    """Return the shape of a layer's output, without the batch."""
    return ' × '.join(map(str, layer.output.shape[1:]))


def brackets(left, code, right, y):
    """Return lines below the encoder and the decoder, with their names."""
    body = [text(code, y + 5, 'code', 'part code')]
    for part, start, end in (
        ('encoder', left - 9, code - 26),
        ('decoder', code + 26, right + 9),
    ):
        middle = (start + end) / 2
        body += [
            path('line', start, y - 6, start, y, middle - 36, y),
            path('line', middle + 36, y, end, y, end, y - 6),
            text(middle, y + 5, part, f'part {part}'),
        ]
    return body


def digit(x, y, blurred=False):
    """Return a drawn 7, as an input is or as it is reconstructed."""
    return [
        f'<rect x="{x:g}" y="{y:g}" width="{DIGIT}" height="{DIGIT}" '
        'rx="3" stroke="#59636e"/>',
        f'<path class="digit" d="M{x + 24:g} {y + 24:g}h36l-20 40"'
        + (' filter="url(#blur)"/>' if blurred else '/>'),
    ]


def rect(x, y, width, height, style, radius):
    """Return a rectangle with round corners."""
    return (
        f'<rect class="{style}" x="{x:.4g}" y="{y:.4g}" '
        f'width="{width:.4g}" height="{height:.4g}" rx="{radius}"/>'
    )


def path(style, *numbers):
    """Return a path through points, given as x, y, x, y ..."""
    points = ' '.join(f'{number:.4g}' for number in numbers)
    return f'<path class="{style}" d="M{points}"/>'


def text(x, y, words, style=''):
    """Return a line of text, centred unless the style says otherwise."""
    style = f' class="{style}"' if style else ''
    return f'<text{style} x="{x:.4g}" y="{y:.4g}">{escape(words)}</text>'


def main():
    """Build the models and draw them."""
    for module, arguments in ARGUMENTS.items():
        encoder, decoder, _ = __import__(module).autoencoder(*arguments)
        (DOCS / f'{module}.svg').write_text(
            draw(module, encoder, decoder), 'utf-8'
        )


if __name__ == '__main__':
    main()
