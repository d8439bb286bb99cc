'use strict';
// Draws the plots of the page from its JSON. Texts of the data go to the page as text only, never as markup.
(function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const names = [data.first, data.second].map((one) => one.model + '@' + one.version);
  const place = document.getElementById('plots');
  const rows = data.rows;
  const width = () => Math.max(320, place.clientWidth);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const round = (value) => (value == null ? '–' : Number(value.toPrecision(4)).toString());

  function short(text) {
    const one = text === '' ? '(missing)' : text;
    return one.length > 28 ? one.slice(0, 27) + '…' : one;
  }

  function axis(more) {
    return Object.assign({ stroke: color('text'), grid: { stroke: color('faint') }, ticks: { stroke: color('faint') } }, more);
  }

  function plot(title, id, options, values) {
    const head = document.createElement('h2');
    head.textContent = title;
    const box = document.createElement('div');
    box.id = id;
    place.append(head, box);
    new uPlot(Object.assign({ width: width(), height: 320 }, options), values, box);
  }

  function line(name, which, more) {
    return Object.assign({ label: name, stroke: color(which), width: 2, value: (u, v) => round(v) }, more);
  }

  // One bar, or one for each version, for each label.
  function bars(title, id, labels, series) {
    const spots = labels.map((label, i) => i);
    const first = [
      axis({
        splits: () => spots,
        values: () => labels.map(short),
        rotate: -60,
        size: 150,
        space: 0,
        grid: { show: false },
      }),
      axis({ size: 70 }),
    ];
    plot(
      title,
      id,
      {
        height: 400,
        scales: { x: { time: false, range: [-0.6, labels.length - 0.4] } },
        axes: first,
        series: [{ label: '', value: (u, v) => (v == null ? '–' : labels[Math.round(v)] ?? '–') }].concat(
          series.map((one) =>
            Object.assign(line(one.name, one.color), {
              fill: color(one.color),
              points: { show: false },
              paths: uPlot.paths.bars({ size: [0.8 / series.length, 40], align: one.align }),
            })
          )
        ),
      },
      [spots].concat(series.map((one) => one.values))
    );
  }

  function course() {
    const blocks = rows.course;
    plot(
      rows.metric.replace(/_/g, ' ') + ' of each ' + (blocks[0].to - blocks[0].from) + ' rows, in their order',
      'course',
      {
        scales: { x: { time: false } },
        axes: [axis(), axis({ size: 70 })],
        series: [{ label: 'rows' }, line(names[0], 'first'), line(names[1], 'second')],
      },
      [blocks.map((one) => one.to), blocks.map((one) => one.first), blocks.map((one) => one.second)]
    );
  }

  function reliability() {
    const curves = [rows.calibration.first, rows.calibration.second];
    const tables = curves.map((one) => {
      const bins = one == null ? [] : one.bins;
      return [bins.map((bin) => bin.predicted), bins.map((bin) => bin.observed)];
    });
    const joined = uPlot.join(tables.concat([[[0, 1], [0, 1]]]));
    const dots = { points: { show: true, size: 8 }, spanGaps: true };
    plot(
      'reliability: share observed over probability predicted',
      'reliability',
      {
        scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
        axes: [axis(), axis({ size: 70 })],
        series: [
          { label: 'predicted', value: (u, v) => round(v) },
          line(names[0], 'first', dots),
          line(names[1], 'second', dots),
          { label: 'calibrated', stroke: color('text'), dash: [4, 6], width: 1, spanGaps: true, points: { show: false } },
        ],
      },
      joined
    );
  }

  function weights() {
    const moved = data.weights.slice(0, 30);
    const functions = new Set(moved.map((one) => one.for));
    bars('weights that moved most', 'weights', moved.map((one) => one.name + (functions.size > 1 ? ' → ' + one.for : '')), [
      { name: names[0], color: 'first', align: -1, values: moved.map((one) => one.first) },
      { name: names[1], color: 'second', align: 1, values: moved.map((one) => one.second) },
    ]);
  }

  function slices(column, id) {
    const some = rows.slices[column].slice(0, 30);
    bars(rows.metric.replace(/_/g, ' ') + ' by ' + column, id, some.map((one) => one.value), [
      { name: names[0], color: 'first', align: -1, values: some.map((one) => one.first) },
      { name: names[1], color: 'second', align: 1, values: some.map((one) => one.second) },
    ]);
  }

  function draw() {
    place.textContent = '';
    if (rows && rows.course.length > 0) {
      course();
    }
    if (rows && rows.calibration) {
      reliability();
    }
    if (data.weights.length > 0) {
      weights();
    }
    if (rows && rows.metric) {
      Object.keys(rows.slices).forEach((column, i) => slices(column, 'slices-' + i));
    }
    document.documentElement.dataset.plots = place.querySelectorAll('canvas').length;
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('resize', draw);
})();
