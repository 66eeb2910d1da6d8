/* The page of a trained autoencoder: it computes the model, and shows what
   goes on inside. In five parts: the model, the state, drawing on the pad,
   the views, and the start. */

const page = JSON.parse(document.getElementById('data').textContent);
const find = id => document.getElementById(id);


/* 1. The model: each type of layer is a function from arrays to an array,
   flattened as NumPy does. `layer.from` is the shape of its input. */

const ACTIVATIONS = {
  linear: x => x,
  relu: x => Math.max(x, 0),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

const LAYERS = {
  InputLayer: (layer, [x]) => x,

  Dense(layer, [x]) {
    const nodes = layer.shape[0], sum = layer.bias.slice();
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;  // many pixels are
      for (let n = 0, k = i * nodes; n < nodes; n++, k++) {
        sum[n] += x[i] * layer.kernel[k];
      }
    }
    return sum.map(ACTIVATIONS[layer.activation]);
  },

  Conv2D(layer, [x]) {
    const channels = layer.from[2], filters = layer.shape[2];
    const sum = new Float32Array(size(layer.shape)).map(
      (_, i) => layer.bias[i % filters]);
    slide(layer, layer.kernel_size, (to, from, place) => {
      for (let c = 0; c < channels; c++) {
        const value = x[from * channels + c];
        if (value === 0) continue;
        const k = (place * channels + c) * filters;
        for (let f = 0; f < filters; f++) {
          sum[to * filters + f] += value * layer.kernel[k + f];
        }
      }
    });
    return sum.map(ACTIVATIONS[layer.activation]);
  },

  MaxPooling2D(layer, [x]) {
    const channels = layer.shape[2];
    const most = new Float32Array(size(layer.shape)).fill(-Infinity);
    slide(layer, layer.pool_size, (to, from) => {
      for (let c = 0; c < channels; c++) {
        const i = to * channels + c;
        most[i] = Math.max(most[i], x[from * channels + c]);
      }
    });
    return most;
  },

  UpSampling2D(layer, [x]) {
    const [, width, channels] = layer.from, columns = layer.shape[1];
    const [down, right] = layer.size;
    return new Float32Array(size(layer.shape)).map((_, i) => {
      const c = i % channels, at = Math.floor(i / channels);
      const row = Math.floor(Math.floor(at / columns) / down);
      const column = Math.floor(at % columns / right);
      return x[(row * width + column) * channels + c];
    });
  },

  Sampling: (layer, [mean, logVariance], noise) => mean.map(
    (m, i) => m + Math.exp(logVariance[i] / 2) * noise[i]),
};

/* Slide a window over an image: call `visit` with each place of the output,
   each place of the input that is below the window there, and where in the
   window that is. */
function slide(layer, [high, wide], visit) {
  const [height, width] = layer.from, [rows, columns] = layer.shape;
  const [down, right] = layer.strides;
  // How far the first window reaches beyond the image.
  const margin = (inside, outside, stride, window) => layer.padding === 'same'
    ? Math.max((outside - 1) * stride + window - inside, 0) >> 1 : 0;
  const top = margin(height, rows, down, high);
  const left = margin(width, columns, right, wide);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < high; i++) {
        const y = row * down + i - top;
        if (y < 0 || y >= height) continue;
        for (let j = 0; j < wide; j++) {
          const x = column * right + j - left;
          if (x < 0 || x >= width) continue;
          visit(row * columns + column, y * width + x, i * wide + j);
        }
      }
    }
  }
}

/* Return the values of all layers of a model, for an input. */
function forward(model, input, noise) {
  const values = [];
  for (const layer of model.layers) {
    const inputs = layer.inputs.map(place => values[place]);
    values.push(LAYERS[layer.type](
      layer, inputs.length ? inputs : [input], noise));
  }
  return values;
}

/* Return the outputs of a model, for an input that a person may have made. */
function predict(model, input, what) {
  const expected = size(model.layers[0].shape);
  if (input?.length !== expected) {
    throw new RangeError(`expected ${expected} ${what}, in a Float32Array. `
      + `Received: ${input?.length ?? input}`);
  }
  const values = forward(model, Float32Array.from(input), normal(codeSize));
  return model.outputs.map(place => values[place]);
}

function encode(pixels) {
  const [latent, mean, logVariance] = predict(page.encoder, pixels, 'pixels');
  return variational ? {latent, mean, logVariance} : latent;
}

function decode(code) {
  return predict(page.decoder, code, 'values of a code')[0];
}

function reconstruct(pixels) {
  const code = encode(pixels);
  return decode(variational ? code.latent : code);
}

function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

function bytes(base64) {
  const text = atob(base64), array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}

/* Return n draws of N(0, 1), by the method of Box and Muller. */
function normal(n) {
  return Float32Array.from({length: n}, () =>
    Math.sqrt(-2 * Math.log(1 - Math.random()))
    * Math.cos(2 * Math.PI * Math.random()));
}

for (const model of [page.encoder, page.decoder]) {
  for (const layer of model.layers) {
    layer.from = model.layers[layer.inputs[0]]?.shape;
    if (!layer.kernel) continue;
    const Integers = page.bits === 16 ? Int16Array : Int32Array;
    const integers = new Integers(bytes(layer.kernel).buffer);
    const scale = new Float32Array(bytes(layer.scale).buffer);
    layer.kernel = new Float32Array(integers.length);
    for (let i = 0; i < integers.length; i++) {
      layer.kernel[i] = integers[i] * scale[i % scale.length];
    }
    layer.bias = new Float32Array(bytes(layer.bias).buffer);
  }
}
const variational = page.encoder.outputs.length === 3;
const codeShape = page.decoder.layers[0].shape;
const codeSize = size(codeShape);

window.autoencoder = {encode, decode, reconstruct};


/* 2. The state, and what changes it. */

const digits = page.labels.map((label, i) => ({
  label,
  pixels: Float32Array.from(
    bytes(page.digits).subarray(784 * i, 784 * (i + 1)), x => x / 255),
}));
// The codes of the test digits; of the variational one, their means.
for (const digit of digits) {
  const code = encode(digit.pixels);
  digit.code = variational ? code.mean : code;
}

const state = {
  digit: null,            // the test digit on the pad, or
  strokes: [],            // what was drawn there: lists of points in [0, 1]
  history: [],            // of these two
  pixels: new Float32Array(784),
  noise: normal(codeSize),
  encoded: [],            // the values of all layers of the encoder
  code: null,
  source: 'encoder',      // of the code; or 'hand', or 'random'
  draws: [],              // from the distribution of this input
  decoded: [],            // the values of all layers of the decoder
};

/* Return an output of the encoder for what is on the pad. */
function encoderOutput(place) {
  return state.encoded[page.encoder.outputs[place]];
}

/* Put something else on the pad: a test digit or strokes. */
function setPad(digit, strokes) {
  state.history.push({digit: state.digit, strokes: state.strokes});
  Object.assign(state, {digit, strokes});
  update('pad');
}

function undo() {
  if (!state.history.length) return;
  Object.assign(state, state.history.pop());
  update('pad');
}

function setCode(code, source) {
  Object.assign(state, {code, source});
  update('code');
}

/* Change one value of the code by hand. */
function setValue(place, value) {
  const code = state.code.slice();
  code[place] = value;
  setCode(code, 'hand');
}

/* Compute what depends on the pad or the code, and show it: once a frame. */
let stale = null;

function update(what) {
  if (!stale) {
    requestAnimationFrame(() => {
      if (stale === 'pad') encodePad();
      state.decoded = forward(page.decoder, state.code);
      stale = null;
      for (const draw of views) draw();
    });
  }
  if (stale !== 'pad') stale = what;
}

function encodePad() {
  state.pixels = state.digit ? state.digit.pixels : prepare(state.strokes);
  state.encoded = forward(page.encoder, state.pixels, state.noise);
  state.code = encoderOutput(0);
  state.source = 'encoder';
  state.draws = [state.code];
}


/* 3. The pad. A drawing is prepared as the digits of MNIST were: its box
   fits into 20 x 20 pixels, and its centre of mass is in the middle of
   28 x 28. */

const PEN = 0.09;  // the width of a line, where the pad is 1 wide

/* Draw strokes, with smooth corners, in units of the pad. */
function trace(context, strokes) {
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = PEN;
  for (const points of strokes) {
    const [first, ...rest] = points, last = points[points.length - 1];
    context.beginPath();
    context.moveTo(...first);
    rest.forEach(([x, y], i) => {
      const [a, b] = points[i];
      context.quadraticCurveTo(a, b, (a + x) / 2, (b + y) / 2);
    });
    context.lineTo(...last);
    context.stroke();
  }
}

const sheet = Object.assign(document.createElement('canvas'),
                            {width: 28, height: 28})
  .getContext('2d', {willReadFrequently: true});

/* Return 28 x 28 pixels of strokes, with the pad's point (x, y) in the
   middle and `scale` pixels for its width. */
function render(strokes, scale, x, y) {
  sheet.setTransform(1, 0, 0, 1, 0, 0);
  sheet.clearRect(0, 0, 28, 28);
  sheet.setTransform(scale, 0, 0, scale, 14 - scale * x, 14 - scale * y);
  trace(sheet, strokes);
  const {data} = sheet.getImageData(0, 0, 28, 28);
  return Float32Array.from({length: 784}, (_, i) => data[4 * i + 3] / 255);
}

function prepare(strokes) {
  const points = strokes.flat();
  if (!points.length) return new Float32Array(784);
  const [left, top] = [0, 1].map(
    axis => Math.min(...points.map(point => point[axis])) - PEN / 2);
  const [right, bottom] = [0, 1].map(
    axis => Math.max(...points.map(point => point[axis])) + PEN / 2);
  const scale = 20 / Math.max(right - left, bottom - top);
  let [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const pixels = render(strokes, scale, x, y);
  let mass = 0, across = 0, down = 0;
  pixels.forEach((value, i) => {
    mass += value;
    across += value * (i % 28 + 0.5);
    down += value * (Math.floor(i / 28) + 0.5);
  });
  x += (across / mass - 14) / scale;
  y += (down / mass - 14) / scale;
  return render(strokes, scale, x, y);
}

function listenToPad() {
  const pad = find('pad');
  let pen = null;  // of several fingers, the first draws
  const point = event => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width,
            (event.clientY - box.top) / box.height];
  };
  pad.addEventListener('pointerdown', event => {
    if (pen !== null || event.button) return;
    pen = event.pointerId;
    pad.setPointerCapture(pen);
    // On a test digit, a drawing starts anew.
    setPad(null, [...state.strokes, [point(event)]]);
  });
  pad.addEventListener('pointermove', event => {
    if (event.pointerId !== pen) return;
    const events = event.getCoalescedEvents?.() ?? [];
    state.strokes[state.strokes.length - 1].push(
      ...(events.length ? events : [event]).map(point));
    update('pad');
  });
  for (const end of ['pointerup', 'pointercancel']) {
    pad.addEventListener(end, event => {
      if (event.pointerId === pen) pen = null;
    });
  }
}


/* 4. The views: functions that show a part of the state. */

const views = [];

// Viridis, as in the project's pictures: at 0, 0.1, ... 1.
const VIRIDIS = ['440154', '482475', '414487', '355f8d', '2a788e', '21918c',
                 '22a884', '44bf70', '7ad151', 'bddf26', 'fde725'].map(
  hex => [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16)));

/* Return red, green and blue for a value in [0, 1]. */
function viridis(value) {
  const at = 10 * Math.min(Math.max(value, 0), 1);
  const i = Math.min(Math.floor(at), 9);
  return VIRIDIS[i].map((c, j) => c + (at - i) * (VIRIDIS[i + 1][j] - c));
}

/* Draw values from `low` to `high` on a canvas, each as one pixel, by default
   in rows of 28; or value i at the place `places[i]`. */
function drawImage(canvas, values, {low = 0, high = 1, width = 28,
                                    height = 28, places = null} = {}) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  values.forEach((value, i) => {
    const rgb = viridis((value - low) / (high - low || 1));
    image.data.set([...rgb, 255], 4 * (places ? places[i] : i));
  });
  context.putImageData(image, 0, 0);
}

/* Make an element with attributes, properties and children. */
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

/* Return a number with two decimals and a true minus sign. */
function show(value, decimals = 2) {
  return value.toFixed(decimals).replace('-', '−');
}

const shapeText = shape => shape.join('×');
const average = values => values.reduce((a, b) => a + b, 0) / values.length;

/* The cross-entropy of pixels and their reconstruction, per pixel. */
function crossEntropy(pixels, reconstruction) {
  return average(Array.from(pixels, (x, i) => {
    const p = Math.min(Math.max(reconstruction[i], 1e-7), 1 - 1e-7);
    return -(x * Math.log(p) + (1 - x) * Math.log(1 - p));
  }));
}

function viewPad() {
  const pad = find('pad'), context = pad.getContext('2d');
  const small = make('canvas');
  views.push(() => {
    context.setTransform(pad.width, 0, 0, pad.height, 0, 0);
    context.fillStyle = `rgb(${VIRIDIS[0]})`;
    context.fillRect(0, 0, 1, 1);
    context.strokeStyle = `rgb(${VIRIDIS[10]})`;
    if (state.digit) {
      drawImage(small, state.digit.pixels);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, 1, 1);
    } else if (state.strokes.length) {
      trace(context, state.strokes);
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = '#c9b8d4';
      context.font = '40px system-ui, sans-serif';
      context.textAlign = 'center';
      context.fillText('Draw here', pad.width / 2, pad.height / 2);
    }
    find('undo').setAttribute('aria-disabled', !state.history.length);
    find('clear').setAttribute(
      'aria-disabled', !state.digit && !state.strokes.length);
  });
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

function viewDigits() {
  let first = 0;
  const chosen = i => digits[(first + i) % digits.length];
  const buttons = thumbnails(find('digits'), Math.min(10, digits.length),
                             i => setPad(chosen(i), []));
  find('other-digits').addEventListener('click', () => {
    first = (first + buttons.length) % digits.length;
    drawDigits();
    update('code');
  });
  const drawDigits = () => buttons.forEach(({button, canvas}, i) => {
    drawImage(canvas, chosen(i).pixels);
    button.setAttribute('aria-label', `Test digit, a ${chosen(i).label}`);
  });
  drawDigits();
  views.push(() => buttons.forEach(({button}, i) => {
    button.setAttribute('aria-pressed', chosen(i) === state.digit);
  }));
}

function viewImages() {
  views.push(() => {
    const {decoded, pixels, source} = state;
    const reconstruction = decoded[page.decoder.outputs[0]];
    drawImage(find('input'), pixels);
    drawImage(find('reconstruction'), reconstruction);
    const loss = crossEntropy(pixels, reconstruction);
    const floor = crossEntropy(pixels, pixels);
    const numbers = {'cross-entropy': loss, floor, above: loss - floor};
    for (const [id, value] of Object.entries(numbers)) {
      // A code at random is not of this input.
      setText(find(id), source === 'random' ? '–' : show(value, 4));
    }
  });
}

/* What the code's buttons and lines of text say. */
function viewSource() {
  const texts = {encoder: variational ? 'drawn by the encoder'
                                      : 'from the encoder',
                 hand: 'by hand', random: 'at random'};
  views.push(() => {
    const {source} = state;
    setText(find('source'), texts[source]);
    find('source').classList.toggle('other', source !== 'encoder');
    find('back').setAttribute('aria-disabled', source === 'encoder');
  });
  find('back').addEventListener(
    'click', () => setCode(encoderOutput(0), 'encoder'));
  find('sample').hidden = !variational;
  find('sample').addEventListener('click', () => {
    state.noise = normal(codeSize);
    state.encoded = forward(page.encoder, state.pixels, state.noise);
    state.draws.push(encoderOutput(0));
    setCode(encoderOutput(0), 'encoder');
  });
}

// The least and the greatest value that the hand can give to a code's value.
const [low, high] = (() => {
  const values = digits.flatMap(digit => [...digit.code]);
  const least = Math.min(0, ...values), most = Math.max(0, ...values);
  if (variational) {
    const limit = Math.max(3, 1.1 * most, -1.1 * least);
    return [-limit, limit];
  }
  return [1.25 * least, 1.25 * most || 1];
})();

/* Make a slider for a value of the code. `drag` is called with the event and
   where the drag began, and returns the value. */
function slider(place, label, drag) {
  const element = make('div', {
    role: 'slider', tabindex: -1, 'aria-label': label,
    'aria-orientation': 'vertical', 'aria-valuemin': low,
    'aria-valuemax': high});
  const set = value => setValue(
    place, Math.min(Math.max(value, low), high));
  let start = null;
  element.addEventListener('pointerdown', event => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    start = {y: event.clientY, value: state.code[place]};
    set(drag(event, start, element));
  });
  element.addEventListener('pointermove', event => {
    if (start) set(drag(event, start, element));
  });
  for (const end of ['pointerup', 'pointercancel']) {
    element.addEventListener(end, () => { start = null; });
  }
  element.addEventListener('keydown', event => {
    const step = (high - low) / 50, value = state.code[place];
    const to = {ArrowUp: value + step, ArrowDown: value - step,
                PageUp: value + 10 * step, PageDown: value - 10 * step,
                Home: low, End: high}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  });
  return element;
}

/* Make a group of sliders one stop of the tab key: within it, the arrow keys
   to the left and right move on. */
function group(label, sliders) {
  sliders.forEach((element, i) => {
    element.addEventListener('keydown', event => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (!step) return;
      event.preventDefault();
      sliders[i + step]?.focus();
    });
    element.addEventListener('focus', () => {
      for (const other of sliders) other.tabIndex = -1;
      element.tabIndex = 0;
    });
  });
  sliders[0].tabIndex = 0;
  return make('div', {role: 'group', 'aria-label': label}, ...sliders);
}

/* Show the values of the code on their sliders. */
function drawSlider(element, place) {
  const value = state.code[place];
  const text = show(value);
  if (element.getAttribute('aria-valuetext') !== text) {
    element.setAttribute('aria-valuetext', text);
    element.setAttribute('aria-valuenow',
                         Math.min(Math.max(value, low), high));
    element.title = `${element.getAttribute('aria-label')}: ${text}`;
  }
  element.classList.toggle('changed', state.source !== 'encoder'
                           && value !== encoderOutput(0)[place]);
  element.classList.toggle('silent', value === 0);
}

const never = place => digits.every(digit => digit.code[place] === 0);

/* A code as bars. */
function viewBars() {
  // Where a value is between the bottom of a bar, 0, and its top, 1.
  const at = value => Math.min(Math.max((value - low) / (high - low), 0), 1);
  const drag = (event, start, element) => {
    const box = element.getBoundingClientRect();
    return high - (event.clientY - box.top) / box.height * (high - low);
  };
  const bars = Array.from(state.code, (_, place) => {
    const bar = slider(place, `Value ${place + 1} of the code`, drag);
    bar.append(make('i', {class: 'band'}), make('i', {class: 'fill'}),
               make('i', {class: 'encoded'}));
    bar.classList.toggle('never', !variational && never(place));
    return bar;
  });
  const element = group('The values of the code. Up and down change one, '
                        + 'left and right move to another.', bars);
  element.className = `bars${codeSize > 64 ? ' many' : ''}`;
  element.style.setProperty('--columns', Math.min(codeSize, 16));
  find('code').append(element);
  // What a value is for other digits; of the variational one, a deviation
  // around the mean.
  const bands = bars.map((_, place) => {
    const values = digits.map(digit => digit.code[place]);
    return [Math.min(...values), Math.max(...values)];
  });
  const place = (element, from, to) => {
    element.style.bottom = `${100 * at(Math.min(from, to))}%`;
    element.style.top = `${100 - 100 * at(Math.max(from, to))}%`;
  };
  views.push(() => bars.forEach((bar, i) => {
    const [band, fill, encoded] = bar.children;
    if (variational) {
      const mean = encoderOutput(1)[i];
      const deviation = Math.exp(encoderOutput(2)[i] / 2);
      bands[i] = [mean - deviation, mean + deviation];
    }
    place(band, ...bands[i]);
    place(fill, 0, state.code[i]);
    place(encoded, encoderOutput(0)[i], encoderOutput(0)[i]);
    drawSlider(bar, i);
  }));
}

/* A code as small maps, one for each channel. */
function viewMaps() {
  const [rows, columns, channels] = codeShape;
  const drag = (event, {y, value}) =>
    value + (y - event.clientY) / 100 * (high - low);
  const cells = [];
  const maps = Array.from({length: channels}, (_, channel) => {
    const sliders = Array.from({length: rows * columns}, (_, i) => {
      const place = i * channels + channel;
      const row = Math.floor(i / columns) + 1, column = i % columns + 1;
      const cell = slider(
        place, `Map ${channel + 1}, row ${row}, column ${column}`, drag);
      cell.classList.toggle('never', never(place));
      cells[place] = cell;
      return cell;
    });
    const map = group(`Map ${channel + 1}. Up and down change a cell, left `
                      + 'and right move to another.', sliders);
    map.className = 'map';
    map.style.setProperty('--columns', columns);
    return map;
  });
  find('code').append(make('div', {class: 'maps'}, ...maps));
  views.push(() => cells.forEach((cell, place) => {
    const value = state.code[place] / (high - low);
    cell.style.backgroundColor = `rgb(${viridis(value).map(Math.round)})`;
    drawSlider(cell, place);
  }));
}

/* How many values of a code are active. */
function viewActivity() {
  const count = code => code.filter(value => value > 0).length;
  const usual = show(average(digits.map(digit => count(digit.code))), 1);
  const dead = Array.from(digits[0].code, (_, i) => never(i))
    .filter(Boolean).length;
  const width = String(codeSize).length;
  views.push(() => {
    const active = String(count(state.code)).padStart(width, '\u2007');
    setText(find('activity'), `Of ${codeSize} values, ${active} are active; `
      + `for a test digit ${usual} on average. ${dead || 'None'} `
      + `${dead > 1 ? 'are' : 'is'} silent for all ${digits.length} test `
      + `digits${dead ? ' (hatched)' : ''}.`);
  });
}

/* A code of two values as a point in the plane: the first value grows
   downwards, the second to the right, as in the project's pictures. */
function viewPlane() {
  const canvas = make('canvas', {
    class: 'plane', role: 'slider', tabindex: 0,
    'aria-label': 'The code, a point in the latent plane. Up and down change '
      + 'the first value, left and right the second.',
    'aria-roledescription': 'slider in two dimensions',
    'aria-valuemin': low, 'aria-valuemax': high});
  const lens = make('canvas', {
    class: 'lens', role: 'img',
    'aria-label': 'The ellipse around the mean, magnified'});
  const table = make('table');
  table.innerHTML = '<thead><tr><td></td><th scope="col">first</th>'
    + '<th scope="col">second</th></tr></thead><tbody>'
    + ['mean', 'deviation', 'code'].map(name => '<tr><th scope="row">'
      + `${name}</th><td></td><td></td></tr>`).join('') + '</tbody>';
  const cells = [...table.querySelectorAll('tbody td')];
  find('code').append(
    make('div', {class: 'axes'},
         make('span', {class: 'down'}, 'first latent value →'), canvas,
         make('span', {}, 'second latent value →')),
    make('div', {class: 'row beside'}, lens, table));

  const clamp = value => Math.min(Math.max(value, low), high);
  const setPoint = (first, second) => setCode(
    Float32Array.of(clamp(first), clamp(second)), 'hand');
  let dragged = false;
  const move = event => {
    const box = canvas.getBoundingClientRect();
    setPoint(low + (event.clientY - box.top) / box.height * (high - low),
             low + (event.clientX - box.left) / box.width * (high - low));
  };
  canvas.addEventListener('pointerdown', event => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    dragged = true;
    move(event);
  });
  canvas.addEventListener('pointermove', event => {
    if (dragged) move(event);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(end, () => { dragged = false; });
  }
  canvas.addEventListener('keydown', event => {
    const step = event.shiftKey ? 0.5 : 0.1;
    const by = {ArrowUp: [-step, 0], ArrowDown: [step, 0],
                ArrowLeft: [0, -step], ArrowRight: [0, step]}[event.key];
    if (!by) return;
    event.preventDefault();
    setPoint(state.code[0] + by[0], state.code[1] + by[1]);
  });

  const manifold = drawManifold();
  new ResizeObserver(() => update('code')).observe(canvas);
  views.push(() => {
    drawPlane(canvas, manifold);
    drawLens(lens, canvas.clientWidth / (high - low));
    const rows = [encoderOutput(1),
                  encoderOutput(2).map(value => Math.exp(value / 2)),
                  state.code];
    cells.forEach((cell, i) => {
      setText(cell, show(rows[Math.floor(i / 2)][i % 2]));
    });
    canvas.setAttribute('aria-valuenow', clamp(state.code[0]));
    canvas.setAttribute('aria-valuetext', 'first value '
      + `${show(state.code[0])}, second value ${show(state.code[1])}`);
  });
}

/* Make a canvas as sharp as the screen. Returns its context, in units of
   CSS, and its size. */
function sharpen(canvas) {
  const {clientWidth: width, clientHeight: height} = canvas;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  return [context, width, height];
}

const TILES = 19;

/* Return a canvas, still empty, on which a grid over the plane is decoded,
   a row at a time. */
function drawManifold() {
  const canvas = make('canvas', {width: 28 * TILES, height: 28 * TILES});
  const context = canvas.getContext('2d');
  const at = i => low + (i + 0.5) / TILES * (high - low);
  const drawRow = row => {
    for (let column = 0; column < TILES; column++) {
      const image = context.createImageData(28, 28);
      decode(Float32Array.of(at(row), at(column))).forEach((value, i) => {
        image.data[4 * i + 3] = 255 * value;
      });
      context.putImageData(image, 28 * column, 28 * row);
    }
    if (row + 1 < TILES) setTimeout(drawRow, 0, row + 1);
    else update('code');
  };
  setTimeout(drawRow, 0, 0);
  return canvas;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function drawPlane(canvas, manifold) {
  const [context, width, height] = sharpen(canvas);
  const scale = width / (high - low);
  const x = code => (code[1] - low) * scale, y = code => (code[0] - low) * scale;
  // The manifold is black; its opacity is what counts.
  context.drawImage(manifold, 0, 0, width, height);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = color('--ghost');
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = 'source-over';

  drawAxes(context, width, height, scale);

  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = 'bold 13px system-ui, sans-serif';
  for (const {label, code} of digits) {
    context.fillStyle = color(`--digit-${label}`);
    context.fillText(label, x(code), y(code));
  }

  const mean = encoderOutput(1), logVariance = encoderOutput(2);
  context.strokeStyle = context.fillStyle = color('--accent');
  context.lineWidth = 2;
  ellipse(context, x(mean), y(mean), logVariance, scale);

  context.strokeStyle = color(state.source === 'encoder' ? '--accent'
                                                         : '--hand');
  const [column, row] = [x(state.code), y(state.code)].map(
    at => Math.min(Math.max(at, 0), width));
  context.beginPath();
  context.arc(column, row, 9, 0, 2 * Math.PI);
  context.stroke();
  context.fillStyle = context.strokeStyle;
  context.beginPath();
  context.arc(column, row, 2.5, 0, 2 * Math.PI);
  context.fill();
}

/* Draw both axes through 0, with numbers at the left and at the bottom. */
function drawAxes(context, width, height, scale) {
  context.strokeStyle = color('--line');
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(width / 2, 0);
  context.lineTo(width / 2, height);
  context.moveTo(0, height / 2);
  context.lineTo(width, height / 2);
  context.stroke();
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = color('--soft');
  context.strokeStyle = color('--card');
  context.lineWidth = 4;
  const write = (number, x, y) => {
    context.strokeText(show(number, 0), x, y);
    context.fillText(show(number, 0), x, y);
  };
  for (let at = -2 * Math.floor(high / 2); at <= high; at += 2) {
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    write(at, 4, height / 2 + at * scale);
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    write(at, width / 2 + at * scale, height - 2);
  }
}

/* Draw one deviation around a mean. */
function ellipse(context, x, y, logVariance, scale) {
  const [high, wide] = [0, 1].map(
    i => scale * Math.exp(logVariance[i] / 2));
  context.beginPath();
  context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
  context.globalAlpha = 0.25;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

/* Draw the ellipse of the current input and the draws from it, so large that
   they can be seen. */
function drawLens(canvas, planeScale) {
  const [context, width, height] = sharpen(canvas);
  const mean = encoderOutput(1), logVariance = encoderOutput(2);
  const scale = width / 6 / Math.exp(Math.max(...logVariance) / 2);
  const x = code => width / 2 + (code[1] - mean[1]) * scale;
  const y = code => height / 2 + (code[0] - mean[0]) * scale;
  context.strokeStyle = context.fillStyle = color('--accent');
  context.lineWidth = 1.5;
  ellipse(context, x(mean), y(mean), logVariance, scale);
  for (const code of state.draws) {
    context.beginPath();
    context.arc(x(code), y(code), code === state.code ? 4 : 2, 0,
                2 * Math.PI);
    context.fill();
  }
  context.fillStyle = color('--soft');
  context.font = '12px system-ui, sans-serif';
  context.fillText(`× ${(scale / planeScale).toPrecision(2)}`, 6, 16);
}

const KINDS = {
  InputLayer: layer => layer.name,
  Dense: layer => `dense, ${layer.activation}`,
  Conv2D: layer => `${shapeText(layer.kernel_size)} convolution, `
    + layer.activation,
  MaxPooling2D: layer => `${shapeText(layer.pool_size)} max pooling`,
  UpSampling2D: layer => `${shapeText(layer.size)} upsampling`,
  Sampling: () => 'mean + deviation × noise',
};

/* Return how the values of a layer are laid out: the width and height in
   cells, and the places of the values. Many channels are maps beside and
   below each other, a layer of nodes is a strip. */
function layOut(shape) {
  if (size(shape) === 784) return {width: 28, height: 28, places: null};
  if (shape.length === 1) {
    const height = Math.min(shape[0], 16), width = Math.ceil(shape[0] / 16);
    return {width, height, places: Array.from(
      {length: shape[0]}, (_, i) => i % 16 * width + Math.floor(i / 16))};
  }
  const [rows, columns, channels] = shape;
  const high = Math.min(channels, 4), wide = Math.ceil(channels / 4);
  const width = wide * (columns + 1) - 1, height = high * (rows + 1) - 1;
  const places = Array.from({length: size(shape)}, (_, i) => {
    const c = i % channels, at = (i - c) / channels;
    const row = c % high * (rows + 1) + Math.floor(at / columns);
    const column = Math.floor(c / high) * (columns + 1) + at % columns;
    return row * width + column;
  });
  return {width, height, places};
}

/* The values of all layers, as strips. */
function viewLayers() {
  const few = digits.slice(0, 10).map(digit => {
    const encoded = forward(page.encoder, digit.pixels, state.noise);
    const decoded = forward(
      page.decoder, encoded[page.encoder.outputs[0]]);
    return {encoder: encoded, decoder: decoded};
  });
  // So many pixels for a value.
  const side = codeShape.length > 1 ? 2 : 5;
  for (const name of ['encoder', 'decoder']) {
    const row = make('div'), layouts = page[name].layers.map(
      layer => layOut(layer.shape));
    row.style.setProperty('--height', `${side * Math.max(
      ...layouts.map(layout => layout.height))}px`);
    page[name].layers.forEach((layer, i) => {
      const canvas = make('canvas', {'aria-hidden': true});
      const layout = layouts[i];
      canvas.style.width = `${layout.width * side}px`;
      canvas.style.height = `${layout.height * side}px`;
      const values = few.flatMap(layers => [...layers[name][i]]);
      // Spreading them all would be too many arguments.
      const least = values.reduce((a, b) => Math.min(a, b), 0);
      const most = values.reduce((a, b) => Math.max(a, b), 0);
      // The outputs of the variational encoder have names of their own.
      const own = variational && name === 'encoder'
        && page.encoder.outputs.includes(i)
        ? `${layer.name.replace('_', ' ')}: ` : '';
      row.append(make(
        'figure',
        {class: page[name].layers[i + 1]?.inputs.includes(i) ? 'leads' : ''},
        make('div', {}, canvas),
        make('figcaption', {}, make('b', {}, shapeText(layer.shape)),
             make('span', {}, own + KINDS[layer.type](layer)))));
      views.push(() => drawImage(
        canvas, (name === 'encoder' ? state.encoded : state.decoded)[i],
        {...layout, low: least, high: most}));
    });
    find('layers').append(make(
      'section', {class: 'strips'},
      make('h3', {}, name[0].toUpperCase() + name.slice(1)), row));
  }
}

/* Codes that no encoder made. */
function viewRandom() {
  // Of the variational one, they are drawn from N(0, I), else each value from
  // the ones that it has for the test digits.
  const draw = () => variational ? normal(codeSize) : Float32Array.from(
    {length: codeSize},
    (_, i) => digits[Math.floor(Math.random() * digits.length)].code[i]);
  let codes = [];
  const buttons = thumbnails(find('gallery'), 12,
                             i => setCode(codes[i], 'random'));
  const drawCodes = () => {
    codes = buttons.map(draw);
    buttons.forEach(({button, canvas}, i) => {
      drawImage(canvas, decode(codes[i]));
      button.setAttribute('aria-label', `Take random code ${i + 1}`);
    });
    update('code');
  };
  find('random').addEventListener('click', drawCodes);
  drawCodes();
  views.push(() => buttons.forEach(({button}, i) => {
    button.setAttribute('aria-pressed', codes[i] === state.code);
  }));
}


/* 5. The start: the texts, and the views in the order of the page. */

function write() {
  const n = codeSize, maps = codeShape.length > 1;
  const values = n === 1 ? 'one value' : `${n} values`;
  find('lead').textContent = variational
    ? 'Draw a digit. From its 784 pixels, the encoder makes a normal '
      + `distribution over codes of ${values}; the decoder gets one draw `
      + 'from it, and nothing else, to draw the digit again.'
    : `Draw a digit. From its 784 pixels, the encoder makes a code of `
      + `${values}; the decoder gets this code, and nothing else, to draw the `
      + 'digit again.';
  find('about-code').textContent = variational
    ? (n === 2 ? 'The coloured numbers are the means of test digits; behind '
                 + 'them, faintly, what each place decodes to. Drag the '
                 + 'point, or use the arrow keys. '
               : 'The pale band is one deviation around the mean. Pull a '
                 + 'bar, or use the arrow keys. ')
      + 'Since the code is a draw, its neighbourhood has to decode to this '
      + 'digit, too: that leaves fewer holes.'
    : maps
      ? `The code is a small picture: ${codeShape[2]} maps of `
        + `${codeShape[0]}×${codeShape[1]}, whose cells keep their place. `
        + 'Drag a cell up or down, or use the arrow keys.'
      : 'What digits have in common is in the weights; the code carries what '
        + 'differs between them. Pull a bar, or use the arrow keys, and see '
        + 'what it changes. The pale bands are the values for test digits.';
  if (page.penalty) {
    find('about-code').textContent += ' In training, their sum had a price '
      + `(an L1 penalty of ${page.penalty}).`;
  }
  find('about-layers').textContent = 'Each value is a small square, darkest '
    + 'at its least. What the code does not carry, no later layer gets to '
    + 'know.';
  find('about-random').textContent = variational
    ? 'Codes drawn from N(0, I), the distribution towards which the '
      + 'divergence pulls the encoder’s. Most of these codes lie where the '
      + 'decoder was trained, and so they give digits, or blends of them: it '
      + 'is a generative model.'
    : 'Each value is drawn from the ones it has for the test digits, '
      + 'independently. Most of these codes lie in holes, where no digit has '
      + 'its code and the decoder was never trained: it is not a generative '
      + 'model.';
}

function start() {
  write();
  viewPad();
  viewDigits();
  listenToPad();
  setPad(digits[0], []);
  state.history = [];
  encodePad();
  viewImages();
  viewSource();
  if (variational && codeSize === 2) viewPlane();
  else if (codeShape.length === 3) viewMaps();
  else viewBars();
  if (low === 0) viewActivity();
  viewLayers();
  viewRandom();
  find('undo').addEventListener('click', undo);
  find('clear').addEventListener('click', () => {
    if (state.digit || state.strokes.length) setPad(null, []);
  });
  addEventListener('keydown', event => {
    if (event.key === 'z' && (event.ctrlKey || event.metaKey)) undo();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener(
    'change', () => update('code'));
}

start();
