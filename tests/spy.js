/* What a page draws, for the tests to read: of each canvas, `shown` has the
   values that it shows as colours, row by row, and null where there is none;
   `calls` has those on its context since it was cleared. */
{
  const draw = drawImage;
  drawImage = (canvas, values, options = {}) => {
    draw(canvas, values, options);
    const {low = 0, high = 1, places} = options;
    canvas.shown = Array(canvas.width * canvas.height).fill(null);
    values.forEach((value, i) => {
      canvas.shown[places ? places[i] : i] = (value - low) / (high - low || 1);
    });
  };

  const {prototype} = CanvasRenderingContext2D;
  for (const name of ['arc', 'beginPath', 'clearRect', 'drawImage', 'ellipse',
                      'fillRect', 'fillText', 'lineTo', 'putImageData',
                      'stroke']) {
    const real = prototype[name];
    prototype[name] = function (...args) {
      if (name === 'clearRect') this.canvas.calls = [];
      (this.canvas.calls ??= []).push({
        name, args, fill: this.fillStyle, stroke: this.strokeStyle,
        dashed: this.getLineDash().length > 0});
      real.apply(this, args);
    };
  }
}
