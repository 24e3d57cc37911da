// Sorting, filtering, and charts with values under the pointer. The page is complete without it.
"use strict";

// ---------------------------------------------------------------- tables

const sizes = { "ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600 };

// The number that a cell begins with, in seconds where it is a duration; NaN for words.
function numberIn(text) {
  const found = text.replace(/,/g, "").match(/^[<≤≥]?\s*(-?[\d.]+(?:e[-+]?\d+)?)\s*(ns|µs|ms|s|min|h)?\b/i);
  if (/^nan/i.test(text)) return Infinity;
  if (/^-?inf/i.test(text)) return text[0] === "-" ? -Infinity : Infinity;
  return found ? Number(found[1]) * (sizes[found[2]] || 1) : NaN;
}

function compare(a, b) {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1;
  return a.localeCompare(b, "en", { numeric: true });
}

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((r, s) => compare(r.cells[column].textContent.trim(), s.cells[column].textContent.trim()));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

function filterable(holder, table, place) {
  const rows = [...table.tBodies[0].rows];
  const tools = document.createElement("div");
  tools.className = "tools";
  const label = document.createElement("label");
  const field = document.createElement("input");
  const said = document.createElement("output");
  field.type = "search";
  field.id = `filter-${place}`;
  label.htmlFor = said.htmlFor = field.id;
  label.textContent = "Show rows with";
  tools.append(label, field, said);
  holder.prepend(tools);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = [...row.cells].map((cell) => cell.textContent.trim()).join(" ").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    said.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  });
}

document.querySelectorAll("[data-tools]").forEach((holder, place) => {
  const table = holder.querySelector("table");
  if (table.tBodies[0].rows.length < 2) return;
  sortable(table);
  if (table.tBodies[0].rows.length > 5) filterable(holder, table, place);
});

// ---------------------------------------------------------------- charts

const charts = JSON.parse(document.getElementById("charts").textContent);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function theme(height) {
  const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--soft"), automargin: true };
  return {
    axis,
    layout: {
      height,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--ink"), size: 13, family: "system-ui, sans-serif" },
      hoverlabel: { align: "left", bgcolor: colour("--card"), bordercolor: colour("--soft"), font: { color: colour("--ink"), size: 13 } },
      margin: { l: 50, r: 16, t: 14, b: 44 },
      legend: { orientation: "h", y: -0.18 },
    },
  };
}

// A matrix of cells; a vector lies on its side.
function heat(chart, look, narrow) {
  const lying = chart.columns === 1;
  const [rows, columns] = lying ? [1, chart.rows] : [chart.rows, chart.columns];
  const [tall, wide] = lying ? [1, chart.cell[0] * chart.cell[1]] : chart.cell;
  const grid = (list) => Array.from({ length: rows }, (_, r) => list.slice(r * columns, (r + 1) * columns));
  const text = chart.entry.map((entry, i) =>
    `<b>${entry}</b> ${chart.verdict[i]}<br>analytic ${chart.analytic[i]}<br>${chart.beside} ${chart.numeric[i]}<br>relative difference ${chart.relative[i]}`);
  const x = Array.from({ length: columns }, (_, c) => c * wide + (wide - 1) / 2);
  const y = Array.from({ length: rows }, (_, r) => r * tall + (tall - 1) / 2);
  const wrong = chart.verdict.flatMap((verdict, i) => (verdict === "wrong" ? [i] : []));
  const marker = wrong.length <= 60
    ? { symbol: "circle-open", size: 15, color: "#D55E00", line: { width: 2.5 } }
    : { symbol: "square", size: 4, color: "#D55E00" };
  const ticks = lying ? [-16, 0] : [-16, -12, -8, -4, 0];
  return {
    data: [
      { type: "heatmap", x, y, z: grid(chart.log), text: grid(text), hoverinfo: "text", zmin: -16, zmax: 0, colorscale: "Cividis", reversescale: true,
        colorbar: { tickvals: ticks, ticktext: lying ? ["≤ 1e-16", "≥ 1"] : ["≤ 1e-16", "1e-12", "1e-8", "1e-4", "≥ 1"], thickness: 12, title: { text: lying ? "" : "relative<br>difference" } },
        showscale: !narrow },
      { type: "scatter", x: wrong.map((i) => x[i % columns]), y: wrong.map((i) => y[Math.floor(i / columns)]), mode: "markers", marker, hoverinfo: "skip", showlegend: false },
    ],
    layout: {
      xaxis: { ...look.axis, showgrid: false, zeroline: false, title: { text: lying ? "entry" : "column" }, ...whole(columns * wide) },
      yaxis: { ...look.axis, showgrid: false, zeroline: false, autorange: "reversed", visible: !lying, title: { text: "row" }, ...whole(rows * tall) },
    },
  };
}

// Entries are counted in whole numbers.
const whole = (length) => (length <= 8 ? { dtick: 1 } : { tickformat: "d" });

function traces(chart, look, narrow) {
  const layout = { ...chart.layout };
  for (const name of Object.keys(layout)) if (/axis/.test(name)) layout[name] = { ...look.axis, ...layout[name] };
  for (const shape of layout.shapes || []) shape.line.color = colour("--ink");
  if (narrow) layout.legend = { orientation: "h", y: -0.35 };
  if (narrow && layout.xaxis3) stack(layout, look);
  return { data: chart.data, layout };
}

// Three panels below each other where there is no room beside each other.
function stack(layout, look) {
  const third = 1 / 3;
  ["", "2", "3"].forEach((number, place) => {
    layout[`xaxis${number}`].domain = [0, 1];
    layout[`yaxis${number}`].domain = [1 - (place + 1) * third + 0.09, 1 - place * third];
  });
  layout.height = 2.4 * look.layout.height;
  layout.legend = { orientation: "h", y: -0.06 };
}

function draw(figure) {
  const chart = charts[figure.dataset.chart];
  const narrow = figure.clientWidth < 520;
  const look = theme(Number(figure.dataset.tall) * (narrow ? 0.8 : 1));
  const { data, layout } = (chart.kind === "heat" ? heat : traces)(structuredClone(chart), look, narrow);
  let place = figure.querySelector(".drawn");
  if (!place) {
    place = document.createElement("div");
    place.className = "drawn";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", figure.querySelector("img").alt);
    figure.prepend(place);
  }
  Plotly.react(place, data, { ...look.layout, ...layout }, { responsive: true, displaylogo: false, displayModeBar: false });
}

// The library is packed text until the page is shown: running it before would keep the reader waiting.
async function load(packed) {
  const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
}

async function drawAll() {
  await load(document.getElementById("library"));
  const figures = [...document.querySelectorAll("[data-chart]")];
  const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return;
    watcher.unobserve(entry.target);
    draw(entry.target);
  }), { rootMargin: "300px" });
  figures.forEach((figure) => watcher.observe(figure));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    figures.filter((figure) => figure.querySelector(".drawn")).forEach(draw));
}

// A browser that cannot unpack keeps the pictures.
if (Object.keys(charts).length && "DecompressionStream" in window) addEventListener("load", () => setTimeout(drawAll, 50));
