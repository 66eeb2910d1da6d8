/* What is on the pad, and the code that each model makes of it; and the views
   of both, which are functions that draw. */

const pad = {
  digit: null,    // the test digit on it, or
  strokes: [],    // what was drawn there: lists of points in [0, 1]
  history: [],    // of these two
  pixels: new Float32Array(784),
  views: [],
  endStroke: () => {},
};

/* Put something else on the pad: a test digit or strokes. */
function setPad(digit, strokes) {
  pad.endStroke();
  pad.history.push({digit: pad.digit, strokes: pad.strokes});
  Object.assign(pad, {digit, strokes});
  update(pad);
}

function undo() {
  pad.endStroke();
  if (!pad.history.length) return;
  Object.assign(pad, pad.history.pop());
  update(pad);
}

/* A model at work: from what is on the pad to a code, and on from a code,
   which need not be the encoder's. */
class Column {
  constructor(model, digits) {
    this.model = model;
    // The codes of the test digits; of a variational model, their means.
    this.codes = digits.map(({pixels}, i) => model.locate(pixels, i));
    [this.low, this.high] = this.range();
    this.noise = normal(model.codeSize);
    this.views = [];
    this.ends = [];  // the codes of A and B, in way.js
  }

  /* Return the least and the greatest value that the hand can give to a
     value of the code. */
  range() {
    const [least, most] = extremes(
      [0, ...this.codes.flatMap(code => [...code])]);
    if (!this.model.variational) return [1.25 * least, 1.25 * most || 1];
    const limit = Math.max(3, 1.1 * most, -1.1 * least);
    return [-limit, limit];
  }

  clamp(value) {
    return Math.min(Math.max(value, this.low), this.high);
  }

  /* Whether the code of what is on the pad is known. */
  isKnown() {
    return !Number.isNaN(this.code[0]);
  }

  /* Whether a unit of the code fires for no test digit. */
  isDead(place) {
    return this.codes.every(code => code[place] === 0);
  }

  encode() {
    this.encoded = forward(this.model.encoder, pad.pixels, {
      noise: this.noise, digit: pad.digit?.number});
    this.code = this.output(0);
    this.source = 'encoder';  // or 'hand', 'random', 'way'
    this.draws = [this.code];  // from the distribution of this input
  }

  /* Return an output of the encoder for what is on the pad. */
  output(place) {
    return this.encoded[this.model.encoder.outputs[place]];
  }

  drawAgain() {
    const draws = this.draws;
    this.noise = normal(this.model.codeSize);
    this.encode();
    this.draws = [...draws, this.code];
    update(this);
  }

  decode() {
    const digit = this.source === 'encoder' ? pad.digit?.number : undefined;
    this.decoded = forward(this.model.decoder, this.code, {digit});
    this.reconstruction = this.decoded[this.model.decoder.outputs[0]];
  }

  setCode(code, source) {
    Object.assign(this, {code, source});
    update(this);
  }

  /* Change one value of the code by hand. */
  setValue(place, value) {
    const code = this.code.slice();
    code[place] = this.clamp(value);
    this.setCode(code, 'hand');
  }
}

/* Compute and show again what depends on the pad or on a column: once a
   frame. */
const stale = new Set();

function update(...parts) {
  if (!stale.size) requestAnimationFrame(refresh);
  for (const part of parts) stale.add(part);
}

function refresh() {
  const redrawn = columns.filter(
    column => stale.has(pad) || stale.has(column));
  if (stale.has(pad)) {
    pad.pixels = pad.digit ? pad.digit.pixels : prepare(pad.strokes);
    for (const column of columns) column.encode();
  }
  stale.clear();
  for (const column of redrawn) {
    column.decode();
    for (const draw of column.views) draw();
  }
  for (const draw of pad.views) draw();
}

const data = JSON.parse(document.getElementById('data').textContent);
const digits = data.labels.map((label, i) => ({
  label,
  number: i,
  pixels: Float32Array.from(
    bytes(data.digits).subarray(784 * i, 784 * (i + 1)), x => x / 255),
}));
const columns = data.models.map(
  description => new Column(makeModel(description), digits));
