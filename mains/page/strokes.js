/* From strokes to 28 x 28 pixels. A drawing is prepared as the digits of MNIST
   were: its box fits into 20 x 20 pixels, and its centre of mass is in the
   middle.

   Strokes are lists of points [x, y] on a pad of 1 x 1. A pixel is as bright
   as it is near to a line. That takes no canvas, which some browsers let no
   page read back, and no operation that browsers round in different ways. */

const PEN = 0.09;   // the width of a line, where the pad is 1 wide
const PIECES = 8;   // of each curve

/* Return the corners of the line through some points, which is smooth: each
   point but the last bends it, from the middle before to the middle after. */
function smooth(points) {
  const line = [points[0]];
  let [x, y] = points[0];
  for (let i = 0; i + 1 < points.length; i++) {
    const [bendX, bendY] = points[i];
    const endX = (bendX + points[i + 1][0]) / 2;
    const endY = (bendY + points[i + 1][1]) / 2;
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES, s = 1 - t;
      line.push([s * s * x + 2 * s * t * bendX + t * t * endX,
                 s * s * y + 2 * s * t * bendY + t * t * endY]);
    }
    [x, y] = [endX, endY];
  }
  line.push(points[points.length - 1]);
  return line;
}

/* Brighten the pixels that are near to the line from one point to another,
   by half the width of the pen, in pixels. */
function drawLine(pixels, [x0, y0], [x1, y1], radius) {
  const [dx, dy] = [x1 - x0, y1 - y0], square = dx * dx + dy * dy;
  const reach = radius + 0.5;
  const range = (a, b) => [
    Math.max(Math.floor(Math.min(a, b) - reach), 0),
    Math.min(Math.floor(Math.max(a, b) + reach), 27)];
  const [left, right] = range(x0, x1), [top, bottom] = range(y0, y1);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0, py = row + 0.5 - y0;
      const along = square && Math.min(
        Math.max((px * dx + py * dy) / square, 0), 1);
      const ex = px - along * dx, ey = py - along * dy;
      const ink = Math.min(reach - Math.sqrt(ex * ex + ey * ey), 1);
      const i = 28 * row + column;
      if (ink > pixels[i]) pixels[i] = ink;
    }
  }
}

/* Return 28 x 28 pixels of lines, with the pad's point (x, y) in the middle
   and `scale` pixels for its width. */
function render(lines, scale, x, y) {
  const pixels = new Float32Array(784);
  const place = ([a, b]) => [14 + scale * (a - x), 14 + scale * (b - y)];
  for (const line of lines) {
    const corners = line.map(place);
    corners.forEach((corner, i) => drawLine(
      pixels, corners[Math.max(i - 1, 0)], corner, scale * PEN / 2));
  }
  return pixels;
}

function prepare(strokes) {
  const points = strokes.flat();
  if (!points.length) return new Float32Array(784);
  const edge = (axis, most) => points.reduce(
    (found, point) => most(found, point[axis]), points[0][axis]);
  const [left, top] = [0, 1].map(axis => edge(axis, Math.min) - PEN / 2);
  const [right, bottom] = [0, 1].map(axis => edge(axis, Math.max) + PEN / 2);
  const scale = 20 / Math.max(right - left, bottom - top);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const lines = strokes.map(smooth);
  const pixels = render(lines, scale, x, y);
  let mass = 0, across = 0, down = 0;
  pixels.forEach((value, i) => {
    mass += value;
    across += value * (i % 28 + 0.5);
    down += value * (Math.floor(i / 28) + 0.5);
  });
  return render(lines, scale, x + (across / mass - 14) / scale,
                y + (down / mass - 14) / scale);
}
