#!/usr/bin/env python3
"""Draw the assignment's four models, as Keras builds them, to docs/*.svg."""

import argparse
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
    draw_layers = draw_bars if len(encoder.input_shape) == 2 else draw_maps
    body, height = draw_layers(encoder, decoder)
    loss = loss_of(encoder)
    return '\n'.join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {WIDTH} {height}">',
            f'<title>{title}</title>',
            f'<desc>{steps(encoder)}. {steps(decoder)}. {loss}.</desc>',
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


def loss_of(encoder):
    """Return what the loss of an autoencoder is, in words."""
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
    return loss


def steps(model):
    """Return the layers of a model, in words."""
    layers = ', '.join(
        f'{name(layer) or type(layer).__name__} {size(layer)}'
        for layer in model.layers
    )
    return f'{model.name.capitalize()}: {layers}'


# Of the picture of dense layers: the height of the middle of the bars and of
# the words below them, and the places of the first and the last bar.
MIDDLE, BASE, LEFT, RIGHT = 165, 292, 150, 810
# Half the width of a bar.
HALF = 9


def draw_bars(encoder, decoder):
    """Draw dense layers as bars; return elements and the picture's height."""
    columns = columns_of(encoder.layers + decoder.layers[1:])
    code = [layers[0].name for layers in columns].index('latent')
    step = (RIGHT - LEFT) / (len(columns) - 1)
    body, before = both_digits(), []
    for i, layers in enumerate(columns):
        x, bars = LEFT + i * step, bars_of(layers)
        for bar in bars:
            body += [link(x, bar, step, other) for other in before]
            body += draw_bar(x, bar, part_of(i, code), len(layers) > 1)
        body += label(x, BASE, layers[0], named=len(layers) == 1)
        before = bars
    middle = LEFT + code * step
    if len(columns[code - 1]) > 1:
        body += noise_above(middle)
    body += brackets(LEFT, middle, RIGHT, BASE + 50)
    return body, BASE + 110


def columns_of(layers):
    """Return lists of layers: the log variance is beside the mean."""
    columns = []
    for layer in layers:
        if layer.name == 'log_variance':
            columns[-1].append(layer)
        else:
            columns.append([layer])
    return columns


def bars_of(layers):
    """Return for each layer of a column: it, its middle and half its height.

    The height stands for the square root of the number of units.
    """
    top = MIDDLE - 60 * (len(layers) - 1)
    return [
        (layer, top + 120 * k, 3.4 * sqrt(layer.output.shape[-1]))
        for k, layer in enumerate(layers)
    ]


def part_of(column, code):
    """Return the part of the model that a column belongs to."""
    if column < code:
        return 'encoder'
    return 'decoder' if column > code else 'code'


def link(x, bar, step, other):
    """Return the area between a bar at `x` and one in the column before."""
    (_, y, half), (_, top, high) = bar, other
    left, right = x - step + HALF, x - HALF
    return path(
        'link',
        *(left, top - high),
        *(right, y - half),
        *(right, y + half),
        *(left, top + high),
    )


def draw_bar(x, bar, part, named):
    """Return a bar at `x` with its size, and below it a layer's name."""
    layer, y, half = bar
    body = [
        rect(x - HALF, y - half, 2 * HALF, 2 * half, part, 4),
        text(x, y - half - 8, size(layer), 'size'),
    ]
    if named:
        body.append(text(x, y + half + 18, name(layer), 'name'))
    return body


def both_digits():
    """Return the input at the left, and its reconstruction at the right."""
    top, below = MIDDLE - DIGIT / 2, MIDDLE + DIGIT / 2 + 20
    body = [
        *digit(24, top),
        *digit(WIDTH - 24 - DIGIT, top, blurred=True),
    ]
    for x in (24 + DIGIT / 2, WIDTH - 24 - DIGIT / 2):
        body.append(text(x, below, '28 × 28 pixels'))
    return body


def noise_above(x):
    """Return the noise that goes into the code at `x`, and how."""
    return [
        text(x, 62, 'noise', 'name'),
        text(x, 79, 'from N(0, 1)'),
        path('line arrow', x, 90, x, MIDDLE - 34),
        text(x, MIDDLE + 72, 'mean + noise ×'),
        text(x, MIDDLE + 89, 'exp(log variance / 2)'),
    ]


def draw_maps(encoder, decoder):
    """Draw feature maps as squares; return elements and the height."""
    body = []
    for part, layers, top in (
        ('encoder', encoder.layers, 92),
        ('decoder', decoder.layers, 330),
    ):
        body.append(text(24, top - 24, part, f'part row {part}'))
        rooms = [max(map_width(layer), 96) for layer in layers]  # for words
        gap = (WIDTH - 36 - sum(rooms)) / (len(layers) - 1)
        start, end, middle = 18, None, top + 61
        for layer, room in zip(layers, rooms):
            x = start + room / 2
            left, right = x - map_width(layer) / 2, x + map_width(layer) / 2
            if end is not None:
                body.append(
                    path('line arrow', end + 8, middle, left - 8, middle)
                )
            end, start = right, start + room + gap
            is_code = layer in (encoder.layers[-1], decoder.layers[0])
            style = 'code' if is_code else part
            body += draw_map(x, middle, layer, style)
            body.append(text(x, top + 146, size(layer), 'size'))
            body += label(x, top + 164, layer, named=layer.name != 'code')
    return body, 570


def map_width(layer):
    """Return the width of the maps of a layer, one behind the other."""
    *_, width, count = layer.output.shape
    return 3 * width + 2.5 * (count - 1)


def draw_map(x, middle, layer, style):
    """Return the maps of a layer around a point, or an image if it is one."""
    *_, width, count = layer.output.shape
    left = x - map_width(layer) / 2
    y = middle - map_width(layer) / 2
    if count == 1:
        return digit(left, y, blurred=style == 'decoder')
    body = []
    for k in reversed(range(count)):
        top = y + 2.5 * (count - 1 - k)
        body.append(
            rect(left + 2.5 * k, top, 3 * width, 3 * width, f'map {style}', 1)
        )
    if style == 'code':
        body.append(text(x, y - 10, 'code', 'part code'))
    return body


def label(x, y, layer, named=True):
    """Return up to three lines: a layer's name, its type and its options."""
    lines = []
    if named and name(layer):
        lines.append((name(layer), 'name'))
    if layer.name not in ('input', 'code'):
        lines.append((type(layer).__name__, ''))
        lines.append((', '.join(options_of(layer)), ''))
    return [
        text(x, y + 17 * i, words, style)
        for i, (words, style) in enumerate(lines)
        if words
    ]


def options_of(layer):
    """Return the options of a layer that the picture names, as texts."""
    sizes = [
        getattr(layer, option)
        for option in ('kernel_size', 'pool_size', 'size')
        if hasattr(layer, option)
    ]
    options = [' × '.join(map(str, numbers)) for numbers in sizes]
    activation = getattr(layer, 'activation', None)
    if activation and activation.__name__ != 'linear':
        options.append(activation.__name__)
        if sizes and layer.padding == 'valid':
            options.append('valid')
    if getattr(layer, 'activity_regularizer', None):
        options.append('L1 penalty')
    return options


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
    argparse.ArgumentParser(description=__doc__).parse_args()
    for module, arguments in ARGUMENTS.items():
        encoder, decoder, _ = __import__(module).autoencoder(*arguments)
        (DOCS / f'{module}.svg').write_text(
            draw(module, encoder, decoder), 'utf-8'
        )


if __name__ == '__main__':
    main()
