// Packs the shapes of all countries into src/data/shapes.bin, which src/data/shapes.c carries and describes. Shapes:
// Natural Earth 1:10 million (public domain) as packed by world-atlas (ISC). Run again after a change: npm run shapes
import { readFileSync, writeFileSync } from "node:fs";

const grid = 0.002; // degrees of a step in the file
const tolerance = 0.01; // degrees: smaller bends are left out

const topology = JSON.parse(readFileSync("node_modules/world-atlas/countries-10m.json", "utf8"));
const { scale: [sx, sy], translate: [tx, ty] } = topology.transform;

// Ramer, Douglas and Peucker on one arc, so that neighbours keep the same border. An island keeps three corners.
function thin(points) {
  const n = points.length;
  const keep = new Uint8Array(n);
  keep[0] = keep[n - 1] = 1;
  const closed = points[0][0] === points[n - 1][0] && points[0][1] === points[n - 1][1];
  if (closed && n > 3) keep[Math.floor(n / 3)] = keep[Math.floor((2 * n) / 3)] = 1;
  const stack = [];
  for (let from = 0, i = 1; i < n; i++) if (keep[i]) { stack.push([from, i]); from = i; }
  while (stack.length) {
    const [from, to] = stack.pop();
    const [ax, ay] = points[from], [bx, by] = points[to];
    const shrink = Math.cos((ay * Math.PI) / 180);
    const dx = (bx - ax) * shrink, dy = by - ay, length = Math.hypot(dx, dy);
    let farthest = 0, at = -1;
    for (let i = from + 1; i < to; i++) {
      const x = (points[i][0] - ax) * shrink, y = points[i][1] - ay;
      const d = length ? Math.abs(dy * x - dx * y) / length : Math.hypot(x, y);
      if (d > farthest) [farthest, at] = [d, i];
    }
    if (farthest > tolerance) {
      keep[at] = 1;
      stack.push([from, at], [at, to]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

// A line that crosses the 180th meridian becomes two that end there.
function cut(points) {
  const lines = [[points[0]]];
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1], [bx, by] = points[i];
    if (Math.abs(bx - ax) > 180) {
      const side = ax > 0 ? 180 : -180, far = bx + 2 * side;
      const y = far === ax ? ay : ay + ((by - ay) * (side - ax)) / (far - ax);
      lines.at(-1).push([side, y]);
      lines.push([[-side, y]]);
    }
    lines.at(-1).push(points[i]);
  }
  return lines;
}

// Areas that are drawn by themselves, but that nobody writes otherwise than as the country: ISO 3166-1 numeric codes.
const parts = { "Baikonur": 398, "Clipperton I.": 250, "Coral Sea Is.": 36, "Indian Ocean Ter.": 36 };

const numbers = []; // of the shapes; 0: one without a code
const shape_of = (g) => {
  const number = Number(g.id) > 0 ? Number(g.id) : parts[g.properties.name] || 0;
  if (!numbers.includes(number)) numbers.push(number);
  return numbers.indexOf(number) + 1;
};
const sides = topology.arcs.map(() => []);
for (const g of topology.objects.countries.geometries) {
  const shape = shape_of(g);
  for (const i of g.arcs.flat(3)) sides[i < 0 ? ~i : i].push(shape);
}

const bytes = [];
const put = (n) => {
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  bytes.push(n);
};
const put_signed = (n) => put(n < 0 ? -2 * n - 1 : 2 * n);

put(numbers.length);
numbers.forEach(put);
const lines = [];
topology.arcs.forEach((arc, i) => {
  const parts = [...new Set(sides[i])];
  if (sides[i].length === 2 && parts.length === 1) return; // a seam within one country
  let x = 0, y = 0;
  const points = arc.map(([dx, dy]) => { x += dx; y += dy; return [x * sx + tx, y * sy + ty]; });
  for (const line of cut(thin(points))) if (line.length > 1) lines.push([parts[0], parts[1] || 0, line]);
});
put(lines.length);
let points = 0, px = 0, py = 0;
for (const [one, other, line] of lines) {
  put(one);
  put(other);
  put(line.length);
  for (const [lon, lat] of line) {
    const x = Math.round(lon / grid), y = Math.round(lat / grid);
    put_signed(x - px);
    put_signed(y - py);
    [px, py] = [x, y];
    points++;
  }
}
writeFileSync("src/data/shapes.bin", Buffer.from(bytes));
console.log(numbers.length, "shapes,", lines.length, "lines,", points, "points,", bytes.length, "bytes");
