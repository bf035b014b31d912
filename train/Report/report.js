"use strict";
// Values under the pointer (or, with the arrow keys, at the next point). The page is whole without it.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("role", "status");
document.body.append(tip);

function show(text, x, y) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = Math.min(x + 14, innerWidth - box.width - 8) + "px";
  tip.style.top = Math.max(8, y - box.height - 10) + "px";
}

function number(value) {
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 1e-3)) return value.toExponential(2);
  return size >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(5)));
}

function nearest(points, x) {
  let low = 0, high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle][0] < x) low = middle; else high = middle;
  }
  return x - points[low][0] <= points[high][0] - x ? low : high;
}

for (const svg of document.querySelectorAll("svg[data-chart]")) {
  const chart = JSON.parse(svg.dataset.chart), cursor = svg.querySelector(".cursor");
  const toX = x => chart.left + (x - chart.low) / (chart.high - chart.low) * (chart.right - chart.left);
  const main = chart.lines[chart.lines.length - 1].points;
  let at = main.length - 1;
  function point(x, top) {
    const values = chart.lines.map(line => [line, line.points[nearest(line.points, x)]]);
    const near = values.reduce((best, v) => Math.abs(v[1][0] - x) < Math.abs(best - x) ? v[1][0] : best, Infinity);
    cursor.setAttribute("transform", `translate(${toX(near)} 0)`);
    cursor.style.visibility = "visible";
    const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
    const head = chart.labels ? chart.labels[near] : `${chart.x} ${near.toLocaleString("en")}`;
    const lines = values.map(([line, p]) => `${line.name}: ${number(p[1])}${p[0] === near ? "" : ` (at ${p[0].toLocaleString("en")})`}`);
    show([head, ...lines].join("\n"), box.left + toX(near) * scale, top ?? box.top + 40);
  }
  function hide() {
    cursor.style.visibility = "hidden";
    tip.hidden = true;
  }
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    point(chart.low + (x - chart.left) / (chart.right - chart.left) * (chart.high - chart.low), event.clientY);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", event => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -25, PageDown: 25 }[event.key];
    if (!by) return;
    event.preventDefault();
    at = Math.min(main.length - 1, Math.max(0, at + by));
    point(main[at][0]);
  });
}

for (const svg of document.querySelectorAll("svg[data-heat]")) {
  const heat = JSON.parse(svg.dataset.heat);
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    const column = Math.floor(((event.clientX - box.left) * scale - heat.left) / heat.wide), row = Math.floor((event.clientY - box.top) * scale / heat.cell);
    if (column < 0 || column >= heat.steps.length || row < 0 || row >= heat.rows.length) {
      tip.hidden = true;
      return;
    }
    const gain = heat.gains[column][row];
    show(`${heat.rows[row]}\nstep ${heat.steps[column].toLocaleString("en")}\ngain ${gain === null ? "n/a" : gain}`, event.clientX, event.clientY);
  });
  svg.addEventListener("pointerleave", () => { tip.hidden = true; });
}
