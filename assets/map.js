// The map of a dataset's rows that moves: tiles of the server (Mapbox Vector Tiles) drawn over the shapes of assets/maps.
// page.js loads it when the map is near the screen; until then, and without script, the drawn map stands.
// The world is 1 wide and 1 high, in the projection of the tiles; its width repeats.

const tile_px = 512, cells = 64, deepest = 18, extent = 4096, least_zoom = -1.5, most_zoom = 19;

// ---- Mapbox Vector Tiles 2.1, as far as our tiles go: points ----

function* fields(bytes) {
  const at = { i: 0 };
  while (at.i < bytes.length) {
    const key = varint(bytes, at), wire = key % 8, field = Math.floor(key / 8);
    if (wire === 0) yield [field, varint(bytes, at)];
    else {
      const length = wire === 2 ? varint(bytes, at) : wire === 1 ? 8 : 4;
      yield [field, bytes.subarray(at.i, at.i += length)];
    }
  }
}
function varint(bytes, at) {
  let n = 0, by = 1, b;
  do { b = bytes[at.i++]; n += (b & 127) * by; by *= 128; } while (b > 127);
  return n;
}
function varints(bytes) {
  const out = [], at = { i: 0 };
  while (at.i < bytes.length) out.push(varint(bytes, at));
  return out;
}
const signed = (n) => (n % 2 ? -(n + 1) / 2 : n / 2);
const text = (bytes) => new TextDecoder().decode(bytes);
function value_of(bytes) {
  const [field, value] = fields(bytes).next().value;
  if (field === 1) return text(value);
  if (field === 3) return new DataView(value.buffer, value.byteOffset).getFloat64(0, true);
  return field === 6 ? signed(value) : field === 7 ? value === 1 : value;
}
function tile_read(bytes) {
  const points = [];
  for (const [, layer] of fields(bytes)) {
    const keys = [], values = [], features = [];
    let name = "";
    for (const [field, value] of fields(layer)) {
      if (field === 1) name = text(value);
      else if (field === 2) features.push(value);
      else if (field === 3) keys.push(text(value));
      else if (field === 4) values.push(value_of(value));
    }
    for (const feature of features) {
      const point = { cell: name === "cells", says: {} };
      for (const [field, value] of fields(feature)) {
        if (field === 2) varints(value).forEach((n, i, all) => { if (i % 2) point.says[keys[all[i - 1]]] = values[n]; });
        if (field === 4) [, point.x, point.y] = varints(value);
      }
      [point.x, point.y] = [signed(point.x) / extent, signed(point.y) / extent];
      point.count = point.cell ? point.says.count : 1;
      points.push(point);
    }
  }
  return points;
}

// ---- places ----

const x_of = (longitude) => (longitude + 180) / 360;
const y_of = (latitude) => {
  const sine = Math.sin(Math.max(-85.0511, Math.min(85.0511, latitude)) * Math.PI / 180);
  return 0.5 - Math.atanh(sine) / (2 * Math.PI);
};
const longitude_of = (x) => x * 360 - 180;
const latitude_of = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
const within = (x, low, high) => Math.min(high, Math.max(low, x));

// ---- the map ----

export function map_start(place) {
  const { tiles, query, shapes, box, page, words: words_text } = place.dataset;
  const words = JSON.parse(words_text), language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 }), whole = new Intl.NumberFormat(language);
  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const element = (name, more = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), more);
    made.append(...inside);
    return made;
  };

  const canvas = element("canvas");
  const stage = element("div", { className: "stage", tabIndex: 0 }, canvas);
  const said = element("p", { className: "map-said" });
  const legend = element("p", { className: "legend map-legend" });
  const tip = element("div", { className: "map-tip", hidden: true });
  const button = (label, sign, press) => {
    const made = element("button", { type: "button", textContent: sign, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    return made;
  };
  const buttons = element("div", { className: "map-buttons" }, button(words.in, "+", () => zoom_by(1)),
    button(words.out, "−", () => zoom_by(-1)), button(words.whole, "⤢", () => { to_box(); redraw(); }));
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", words.label);
  said.setAttribute("aria-live", "polite");
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  let width = 0, height = 0, x = 0.5, y = 0.5, zoom = 1;   // middle of the map
  let land = null, chosen = null, busy = false, moved = false;
  const known = new Map();                                  // tiles by address: their points, or what is under way
  const draw_on = canvas.getContext("2d");
  const scale = () => tile_px * 2 ** zoom;                  // pixels of the world
  const level = () => within(Math.round(zoom), 0, deepest);

  function settle() {
    zoom = within(zoom, least_zoom, most_zoom);
    x -= Math.floor(x);
    const half = height / 2 / scale();
    y = half > 0.5 ? 0.5 : within(y, half, 1 - half);
  }
  function to_box() {
    const [west, south, east, north] = box.split(",").map(Number);
    const [left, right, top, bottom] = [x_of(west), x_of(east), y_of(north), y_of(south)];
    x = (left + right) / 2;
    y = (top + bottom) / 2;
    zoom = Math.min(Math.log2(width / tile_px / Math.max(right - left, 1e-5)), Math.log2(height / tile_px / Math.max(bottom - top, 1e-5))) - 0.2;
    zoom = Math.min(zoom, 12);
    settle();
  }
  // "#map=5.2/13.1/101.2": zoom, latitude, longitude of the middle.
  function from_address() {
    const found = /^#map=(-?[\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash);
    if (!found) return false;
    [zoom, y, x] = [Number(found[1]), y_of(Number(found[2])), x_of(Number(found[3]))];
    settle();
    return true;
  }
  let address_timer = 0;
  function to_address() {
    clearTimeout(address_timer);
    address_timer = setTimeout(() => {
      const digits = Math.max(2, Math.ceil(zoom / 3));
      history.replaceState(history.state, "", `#map=${zoom.toFixed(2)}/${latitude_of(y).toFixed(digits)}/${longitude_of(x).toFixed(digits)}`);
    }, 300);
  }

  // ---- tiles ----

  function visible(z) {
    const n = 2 ** z, out = [], left = x - width / 2 / scale(), top = y - height / 2 / scale();
    for (let row = Math.max(0, Math.floor(top * n)); row < Math.min(n, (top + height / scale()) * n); row++)
      for (let column = Math.floor(left * n); column < (left + width / scale()) * n; column++)
        out.push({ z, row, column, id: `${z}/${row}/${((column % n) + n) % n}` });
    return out;
  }
  function load(wanted) {
    const ids = new Set(wanted.map((t) => t.id));
    for (const [id, tile] of known) if (tile.stop && !ids.has(id)) { tile.stop.abort(); known.delete(id); }
    for (const id of ids) if (!known.has(id)) fetch_tile(id, 0);
    while (known.size > 300) known.delete(known.keys().next().value);
  }
  async function fetch_tile(id, tries) {
    const stop = new AbortController();
    known.set(id, { stop });
    try {
      const answer = await fetch(`${tiles}/${id}${query ? `?${query}` : ""}`, { signal: stop.signal });
      if (!answer.ok) throw new Error(answer.status);
      known.set(id, { points: tile_read(new Uint8Array(await answer.arrayBuffer())) });
    } catch (error) {
      if (error.name === "AbortError") return;
      if (tries < 4) {
        known.set(id, { stop });
        setTimeout(() => { if (known.get(id)?.stop === stop) stop.signal.aborted ? known.delete(id) : fetch_tile(id, tries + 1); }, 700 * (tries + 1));
        return;
      }
      known.set(id, { points: [], failed: true });
    }
    redraw();
  }

  // ---- drawing ----

  const colour = (name) => getComputedStyle(place).getPropertyValue(`--${name}`).trim();
  const radii = [0.26, 0.35, 0.46, 0.58, 0.72]; // of a cell
  function bounds_of(points) {
    const counts = points.map((p) => p.count).sort((a, b) => a - b);
    const bounds = [];
    for (let k = 0; k < radii.length && counts.length; k++) bounds.push(counts[Math.floor(k * counts.length / radii.length)]);
    // By size, not by rank, where a few cells have nearly all.
    const most = counts[counts.length - 1] ?? 1;
    return [...new Set(bounds.map((b, k) => Math.max(1, Math.round(Math.max(b, k ? most ** (k / radii.length) : 1)))))];
  }
  const step_of = (bounds, count) => { let k = 0; while (k + 1 < bounds.length && count >= bounds[k + 1]) k++; return k; };

  function shapes_draw() {
    if (!land) return;
    const k = scale() / land.size, left = x - width / 2 / scale(), ratio = devicePixelRatio;
    for (let turn = Math.floor(left); turn < left + width / scale(); turn++) {
      draw_on.setTransform(k * ratio, 0, 0, k * ratio, (width / 2 + (turn - x) * scale()) * ratio, (height / 2 - y * scale()) * ratio);
      draw_on.fillStyle = colour("land");
      draw_on.fill(land.land);
      draw_on.lineWidth = 1 / k;
      draw_on.strokeStyle = colour("paper");
      draw_on.stroke(land.borders);
      draw_on.strokeStyle = colour("soft");
      draw_on.setLineDash([3 / k, 2.5 / k]);
      draw_on.stroke(land.disputed);
      draw_on.setLineDash([]);
    }
    draw_on.setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  // What stands on the screen: the tile's own points, or until they are there those of one above it that is known.
  function on_screen() {
    const out = [];
    for (const tile of visible(level())) {
      const n = 2 ** tile.z;
      let { z, row } = tile, column = ((tile.column % n) + n) % n, found = known.get(tile.id);
      const turn = Math.floor(tile.column / n);
      while (!found?.points && z > 0) [z, row, column] = [z - 1, row >> 1, column >> 1], found = known.get(`${z}/${row}/${column}`);
      for (const point of found?.points ?? []) {
        const at = { point, z, row, column, x: (column + point.x) / 2 ** z + turn, y: (row + point.y) / 2 ** z };
        if (z === tile.z || (Math.floor(at.x * n) === tile.column && Math.floor(at.y * n) === tile.row)) out.push(at);
      }
    }
    return out.some((at) => at.point.cell) ? gathered(out) : out;
  }
  // Where cells stand beside single rows, these are gathered too, so that the same is drawn everywhere.
  function gathered(all) {
    const out = [], made = new Map();
    for (const at of all) {
      if (at.point.cell) { out.push(at); continue; }
      const n = 2 ** at.z * cells, [column, row] = [Math.floor(at.x * n), Math.floor(at.y * n)], key = `${at.z}/${column}/${row}`;
      const point = { cell: true, count: 0, says: {}, x: (Math.floor(at.point.x * cells) + 0.5) / cells, y: (Math.floor(at.point.y * cells) + 0.5) / cells };
      if (!made.has(key)) out.push(made.set(key, { ...at, point, x: (column + 0.5) / n, y: (row + 0.5) / n }).get(key));
      made.get(key).point.count++;
    }
    return out;
  }
  const screen = (at) => [width / 2 + (at.x - x) * scale(), height / 2 + (at.y - y) * scale()];
  const cell_px = (at) => scale() / 2 ** at.z / cells;
  let points = [], bounds = [];
  const radius = (at) => at.point.cell ? Math.max(1.2, radii[step_of(bounds, at.point.count) + radii.length - bounds.length] * cell_px(at)) : 3;

  let frame = 0;
  function redraw() {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; draw(); });
  }
  function draw() {
    if (!width) return;
    settle();
    const wanted = visible(level());
    load(wanted);
    points = on_screen();
    bounds = bounds_of(points.filter((at) => at.point.cell).map((at) => at.point));
    draw_on.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    draw_on.fillStyle = colour("sea");
    draw_on.fillRect(0, 0, width, height);
    shapes_draw();
    draw_on.fillStyle = colour("late");
    draw_on.globalAlpha = 0.72;
    for (const at of points) {
      const [left, top] = screen(at);
      draw_on.beginPath();
      draw_on.arc(left, top, radius(at), 0, 2 * Math.PI);
      draw_on.fill();
    }
    draw_on.globalAlpha = 1;
    mark_draw();
    scale_draw();
    busy = wanted.some((t) => !known.get(t.id)?.points);
    stage.dataset.ready = busy ? "no" : "yes";
    if (!busy) legend_draw();
    if (wanted.some((t) => known.get(t.id)?.failed)) said.textContent = words.failed;
    if (moved) to_address();
  }
  function mark_draw() {
    draw_on.strokeStyle = colour("ink");
    draw_on.lineWidth = 2;
    if (chosen) {
      const [left, top] = screen(chosen), turns = Math.round((width / 2 - left) / scale());
      draw_on.beginPath();
      draw_on.arc(left + turns * scale(), top, Math.max(7, chosen.size * scale() / 2), 0, 2 * Math.PI);
      draw_on.stroke();
    } else if (document.activeElement === stage && stage.matches(":focus-visible")) {
      draw_on.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        draw_on.moveTo(width / 2 + 4 * dx, height / 2 + 4 * dy);
        draw_on.lineTo(width / 2 + 12 * dx, height / 2 + 12 * dy);
      }
      draw_on.stroke();
    }
  }
  // How far a round number of metres is, at the middle's latitude.
  function scale_draw() {
    const px_a_metre = scale() / 40075017 / Math.cos(latitude_of(y) * Math.PI / 180), most = 110 / px_a_metre, ten = 10 ** Math.floor(Math.log10(most));
    const metres = [5, 2, 1].map((n) => n * ten).find((n) => n <= most), long = metres * px_a_metre;
    const unit = metres < 1000 ? "meter" : "kilometer";
    draw_on.fillStyle = draw_on.strokeStyle = colour("ink");
    draw_on.lineWidth = 1.5;
    draw_on.beginPath();
    draw_on.moveTo(12, height - 16);
    draw_on.lineTo(12, height - 11);
    draw_on.lineTo(12 + long, height - 11);
    draw_on.lineTo(12 + long, height - 16);
    draw_on.stroke();
    draw_on.font = `12px ${getComputedStyle(place).fontFamily}`;
    draw_on.fillText(new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 2 }).format(unit === "meter" ? metres : metres / 1000), 14, height - 18);
  }
  // Rows on the screen, once each where the world is on it more than once.
  function total_shown() {
    const counts = new Map();
    for (const at of points) {
      const [left, top] = screen(at);
      if (left < 0 || left > width || top < 0 || top > height) continue;
      counts.set(at.point.cell ? `${at.z}/${at.x - Math.floor(at.x)}/${at.y}` : at.point.says._row, at.point.count);
    }
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }
  function legend_draw() {
    const size = points.length && points.find((at) => at.point.cell);
    const total = total_shown();
    const keys = size ? bounds.map((from, k) => {
      const dot = element("canvas", { width: 40, height: 40, className: "dot" }), on = dot.getContext("2d");
      on.fillStyle = colour("late");
      on.globalAlpha = 0.72;
      on.arc(20, 20, Math.max(2.4, 2 * radii[k + radii.length - bounds.length] * cell_px(size)), 0, 2 * Math.PI);
      on.fill();
      const to = bounds[k + 1] - 1;
      const range = to > from ? `${whole.format(from)}–${whole.format(to)}` : whole.format(from);
      return element("span", {}, dot, k + 1 < bounds.length ? element("bdi", { dir: "ltr", textContent: range }) : say("more", { count: whole.format(from) }));
    }) : [];
    legend.replaceChildren(element("span", { textContent: say("shown", { count: whole.format(total) }) }), ...keys);
  }

  // ---- a cell or a row: what it says, and its rows ----

  function nearest(left, top, reach) {
    let best = null, least = reach;
    for (const at of points) {
      const [px, py] = screen(at), far = Math.hypot(px - left, py - top);
      const edge = at.point.cell ? Math.max(Math.abs(px - left), Math.abs(py - top)) <= cell_px(at) / 2 : false;
      if (edge) return at;
      if (far < least) [best, least] = [at, far];
    }
    return best;
  }
  function rows_url(at) {
    const asked = new URLSearchParams(query);
    const n = 2 ** at.z * cells, column = Math.floor((at.column + at.point.x) / 2 ** at.z * n), row = Math.floor((at.row + at.point.y) / 2 ** at.z * n);
    // The map's edge stands for what lies beyond it.
    const box_of = [longitude_of(column / n), row + 1 === n ? -90 : latitude_of((row + 1) / n), longitude_of((column + 1) / n), row === 0 ? 90 : latitude_of(row / n)];
    // A box holds its edges: what lies on the south and the east one is in the next cell.
    const least = 1e-9, [west, south, east, north] = box_of, inner = [west, row + 1 === n ? south : south + least, column + 1 === n ? east : east - least, north];
    if (at.point.cell) asked.set("_bbox", inner.map((d) => String(Number(d.toFixed(9)))).join());
    else asked.set("_row", at.point.says._row);
    return `${page}?${asked}#rows`;
  }
  function words_of(at) {
    const { point } = at, place_text = say("at", { latitude: number.format(Number(latitude_of(at.y).toFixed(4))), longitude: number.format(Number(longitude_of(((at.x % 1) + 1) % 1).toFixed(4))) });
    if (point.cell) {
      const value = Object.entries(point.says).find(([key]) => key.startsWith("mean("))?.[1];
      return [say("count", { count: whole.format(point.count) }), ...(typeof value === "number" ? [say("mean", { value: number.format(value) })] : []), place_text];
    }
    return [say("row", { number: whole.format(point.says._row) }), ...Object.entries(point.says).filter(([key]) => key !== "_row")
      .map(([key, value]) => `${key}: ${typeof value === "number" ? number.format(value) : value}`), place_text];
  }
  function choose(at) {
    chosen = at && { ...at, size: at.point.cell ? 1 / 2 ** at.z / cells : 0 };
    said.replaceChildren();
    if (at) said.append(element("bdi", { textContent: words_of(at).join(" · ") }), " ", element("a", { href: rows_url(at), textContent: at.point.cell ? words.list : words.one }));
    redraw();
  }
  const middle = () => nearest(width / 2, height / 2, 24);
  function middle_say() {
    chosen = null;
    const at = middle();
    said.textContent = at ? words_of(at).join(" · ") : words.none;
  }

  // ---- hands ----

  function zoom_by(by, left = width / 2, top = height / 2) {
    const to = within(zoom + by, least_zoom, most_zoom), dx = (left - width / 2) / scale(), dy = (top - height / 2) / scale();
    const share = 1 - 2 ** (zoom - to);
    [x, y, zoom, moved] = [x + dx * share, y + dy * share, to, true];
    tip.hidden = true;
    redraw();
  }
  function pan(left, top) {
    [x, y, moved] = [x + left / scale(), y + top / scale(), true];
    tip.hidden = true;
    redraw();
  }
  let say_timer = 0;
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] }[event.key];
    if (by) pan(...by.map((d) => (event.shiftKey ? d / 8 : d)));
    else if (event.key === "+" || event.key === "=") zoom_by(1);
    else if (event.key === "-" || event.key === "_") zoom_by(-1);
    else if (event.key === "0") { to_box(); moved = true; redraw(); }
    else if (event.key === "Enter") {
      const at = chosen ?? middle();
      if (at) location.href = rows_url(at);
      return;
    } else return;
    event.preventDefault();
    chosen = null;
    clearTimeout(say_timer);
    say_timer = setTimeout(middle_say, 600);
  });
  stage.addEventListener("focus", redraw);
  stage.addEventListener("blur", redraw);

  const touches = new Map();
  let began = null;
  const where = (event) => { const { left, top } = canvas.getBoundingClientRect(); return [event.clientX - left, event.clientY - top]; };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    touches.set(event.pointerId, where(event));
    began = touches.size === 1 ? where(event) : null;
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = where(event), before = touches.get(event.pointerId);
    if (!before) return over(event, now);
    if (touches.size === 1) {
      if (began && Math.hypot(now[0] - began[0], now[1] - began[1]) < 5) return;
      began = null;
      pan(before[0] - now[0], before[1] - now[1]);
    } else {
      const other = [...touches].find(([id]) => id !== event.pointerId)[1];
      const far = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
      pan((before[0] - now[0]) / 2, (before[1] - now[1]) / 2);
      zoom_by(Math.log2(Math.max(far(now), 1) / Math.max(far(before), 1)), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    touches.set(event.pointerId, now);
  });
  const lift = (event) => {
    const click = began && touches.size === 1 && event.type === "pointerup";
    touches.delete(event.pointerId);
    began = null;
    if (click) choose(nearest(...where(event), event.pointerType === "touch" ? 24 : 10));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("dblclick", (event) => zoom_by(1, ...where(event)));
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  // The wheel turns the page, until the map is what one works with.
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== stage) return;
    event.preventDefault();
    zoom_by(-within(event.deltaY, -120, 120) / 240, ...where(event));
  }, { passive: false });
  function over(event, now) {
    const at = event.pointerType === "mouse" ? nearest(...now, 8) : null;
    tip.hidden = !at;
    canvas.style.cursor = at ? "pointer" : "grab";
    if (!at) return;
    tip.textContent = words_of(at).slice(0, at.point.cell ? 2 : 4).join(" · ");
    tip.style.left = `${event.pageX + 12}px`;
    tip.style.top = `${event.pageY + 12}px`;
  }

  // ---- begin ----

  const drawn = place.querySelector("svg");
  stage.append(buttons);
  place.replaceChildren(stage, legend, said, element("p", { className: "note map-help", textContent: words.help }));
  drawn?.remove();
  new ResizeObserver(() => {
    const first = !width;
    [width, height] = [stage.clientWidth, stage.clientHeight];
    [canvas.width, canvas.height] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (first && !from_address()) to_box();
    draw();
  }).observe(stage);
  addEventListener("hashchange", () => { if (from_address()) redraw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  fetch(shapes).then((answer) => answer.json()).then((map) => {
    land = { size: map.size, land: new Path2D(map.land), borders: new Path2D(map.borders), disputed: new Path2D(map.disputed) };
    redraw();
  }).catch(() => { /* the rows stand without land */ });
}
