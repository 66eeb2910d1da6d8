/* What the views have in common: elements, texts, colours and canvases. */

const find = id => document.getElementById(id);

/* Make an element with attributes and children. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/* Return a number with two decimals and a true minus sign; a dash if it is
   not known. */
function show(value, decimals = 2) {
  if (Number.isNaN(value)) return '–';
  return value.toFixed(decimals).replace('-', '−');
}

const shapeText = shape => shape.join('×');

// Viridis, as in the project's pictures: at 0, 0.1, ... 1.
const VIRIDIS = ['440154', '482475', '414487', '355f8d', '2a788e', '21918c',
                 '22a884', '44bf70', '7ad151', 'bddf26', 'fde725'].map(
  hex => [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16)));
const SHADES = 256;
// Red, green, blue and opacity of each shade, and these four as one number.
const shades = Uint8ClampedArray.from({length: 4 * SHADES}, (_, at) => {
  if (at % 4 === 3) return 255;
  const x = 10 * (at >> 2) / (SHADES - 1), i = Math.min(Math.floor(x), 9);
  return VIRIDIS[i][at % 4]
    + (x - i) * (VIRIDIS[i + 1][at % 4] - VIRIDIS[i][at % 4]);
});
const shadesAsOne = new Uint32Array(shades.buffer);

/* Return which shade a value in [0, 1] has. */
function shade(value) {
  return Math.round((SHADES - 1) * Math.min(Math.max(value, 0), 1));
}

/* Return the colour of a value in [0, 1], for CSS and canvases. */
function viridis(value) {
  return `rgb(${shades.subarray(4 * shade(value), 4 * shade(value) + 3)})`;
}

/* Draw values from `low` to `high` on a canvas, each as one pixel, by default
   in rows of 28; or value i at the place `places[i]`. */
function drawImage(canvas, values, {low = 0, high = 1, width = 28,
                                    height = 28, places = null} = {}) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const range = high - low || 1;
  for (let i = 0; i < values.length; i++) {
    pixels[places ? places[i] : i] = shadesAsOne[
      shade((values[i] - low) / range)];
  }
  context.putImageData(image, 0, 0);
}

/* Make buttons with a digit on each; `choose` is called with its place. */
function thumbnails(container, count, choose) {
  return Array.from({length: count}, (_, i) => {
    const canvas = make('canvas', {width: 28, height: 28});
    const button = make('button', {type: 'button'}, canvas);
    button.addEventListener('click', () => choose(i));
    container.append(button);
    return {button, canvas};
  });
}

/* The colours of the page's style, for canvases. */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function digitColor(label) {
  return color(`--digit-${Math.abs(label) % 10}`);
}

/* Draw on a canvas that is as sharp as the screen, now and each time that
   its size, the screen's resolution or the colours change. `draw` is called
   with its context, in units of CSS, its width and its height. Returns a
   function that draws again. */
const sharp = [];

function sharpen(canvas, draw) {
  let width = 0, height = 0;
  const redraw = () => {
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    const [columns, rows] = [width, height].map(
      length => Math.round(length * ratio));
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  };
  new ResizeObserver(() => {
    ({clientWidth: width, clientHeight: height} = canvas);
    redraw();
  }).observe(canvas);
  sharp.push(redraw);
  return redraw;
}

/* Draw all sharp canvases again when what they look like has changed. */
function listenToLooks() {
  const redraw = () => sharp.forEach(one => one());
  for (const query of ['(prefers-color-scheme: dark)',
                       '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', redraw);
  }
  // Of another resolution, browsers do not always tell.
  let ratio = devicePixelRatio;
  setInterval(() => {
    if (ratio === devicePixelRatio) return;
    ratio = devicePixelRatio;
    redraw();
  }, 300);
}
