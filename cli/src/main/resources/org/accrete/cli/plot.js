'use strict';
// Draws the scores of a history from the JSON of the page. Texts of the data go to the page as text only.
(function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const curve = data.plot;
  const place = document.getElementById('plots');
  const width = () => Math.max(280, place.clientWidth);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const round = (value) => (value == null ? '–' : Number(value.toPrecision(4)).toString());
  const label = (name) => curve.labels[name] ?? name.replace(/_/g, ' ');
  // The beginning of the first stretch, then the end of each.
  const rows = [curve.stretches[0].from].concat(curve.stretches.map((one) => one.to));

  function axis(more) {
    return Object.assign({ stroke: color('text'), grid: { stroke: color('faint') }, ticks: { stroke: color('faint') } }, more);
  }

  function of(metric, wanted) {
    return curve.stretches.map((one) => (wanted(one) ? one.scores[metric] ?? null : null));
  }

  function marks(u) {
    const scale = devicePixelRatio;
    let free = 0;
    u.ctx.save();
    u.ctx.font = 12 * scale + 'px system-ui, sans-serif';
    u.ctx.lineWidth = scale;
    u.ctx.textAlign = 'left';
    u.ctx.textBaseline = 'alphabetic';
    for (const mark of curve.marks) {
      if (mark.kind === 'refused') {
        continue; // Its point says so.
      }
      const isDrift = mark.kind === 'drift';
      const x = u.valToPos(mark.at, 'x', true);
      u.ctx.strokeStyle = u.ctx.fillStyle = color(isDrift ? 'second' : 'third');
      u.ctx.setLineDash(isDrift ? [] : [4 * scale, 4 * scale]);
      u.ctx.beginPath();
      u.ctx.moveTo(x, u.bbox.top);
      u.ctx.lineTo(x, u.bbox.top + (isDrift ? 12 * scale : u.bbox.height));
      u.ctx.stroke();
      if (isDrift && !curve.names_drifts) {
        continue; // The table names them.
      }
      const text = mark.text.length > 24 ? mark.text.slice(0, 23) + '…' : mark.text;
      const size = u.ctx.measureText(text).width;
      const at = Math.max(0, Math.min(x, u.ctx.canvas.width - size - 4 * scale));
      if (at >= free) {
        u.ctx.fillText(text, at, u.bbox.top - 5 * scale);
        free = at + size + 8 * scale;
      }
    }
    u.ctx.restore();
  }

  function plot(metric) {
    const head = document.createElement('h2');
    head.textContent = label(metric) + ' of the rows of each version';
    const box = document.createElement('div');
    box.id = 'plot-' + metric.replace(/_/g, '-');
    place.append(head, box);
    const scores = of(metric, () => true);
    const refused = of(metric, (one) => one.verdict === 'refused');
    const levels = Object.entries(curve.baselines[metric] ?? {});
    const series = [
      { label: 'rows learned' },
      {
        label: 'version',
        stroke: color('first'),
        width: 2,
        paths: uPlot.paths.stepped({ align: -1 }),
        points: { show: true, size: 6 },
        value: (u, v) => round(v),
      },
    ];
    const values = [rows, [scores[0]].concat(scores)];
    if (refused.some((one) => one != null)) {
      series.push({
        label: 'refused',
        stroke: color('second'),
        paths: () => null,
        points: { show: true, size: 10, width: 2, fill: color('back') },
        value: (u, v) => round(v),
      });
      values.push([null].concat(refused));
    }
    levels.forEach(([name, level], i) => {
      series.push({
        label: label(name) + ', all rows',
        stroke: color('text'),
        width: 1,
        dash: [[8, 4], [2, 4], [12, 3, 2, 3]][i % 3],
        points: { show: false },
        value: (u, v) => round(v),
      });
      values.push(rows.map(() => level));
    });
    new uPlot(
      {
        width: width(),
        height: 320,
        padding: [24, 16, 0, 0],
        scales: { x: { time: false } },
        axes: [
          axis({ label: 'rows learned', labelSize: 22, space: 70 }),
          axis({ label: label(metric), labelSize: 22, size: 60 }),
        ],
        series: series,
        hooks: { draw: [marks] },
      },
      values,
      box
    );
  }

  function draw() {
    place.textContent = '';
    curve.metrics.forEach(plot);
    document.documentElement.dataset.plots = place.querySelectorAll('canvas').length;
    document.documentElement.dataset.wide = document.documentElement.scrollWidth > innerWidth;
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('resize', draw);
})();
