// Map tiles from outside: OGC API Tiles as the standard says, tiles as GDAL's MVT and OGCAPI drivers read them, every row
// with a place counted once at every zoom, the same with and without what is kept beside the parts.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { Validator } from '@seriousme/openapi-schema-validator'

import { Node, must, request, tally } from '../house/node.js'
import { mvt_read } from './mvt.js'

const node = new Node()
const type = 'application/vnd.mapbox-vector-tile'
const same = (...words) => tally.same(...words)

const get = (target, headers) => request(node, 'GET', target.replace(/^https?:\/\/[^/]+/, ''), { headers })
const json = async target => JSON.parse((await get(target)).bytes)

// ---- rows: many in a cluster, some far and wide, some on edges, some nowhere ----

const cluster = Array.from({ length: 24000 }, (_, i) => ({ id: `c${i}`, site: `Site ${i % 5}`, date: `20${10 + i % 10}-0${1 + i % 9}-11`,
  latitude: 13 + (i * 7919 % 9973) / 5000, longitude: 100 + (i * 104729 % 9967) / 5000, value: i % 10 ? i % 97 + 0.25 : null }))
const wide = Array.from({ length: 400 }, (_, i) => ({ id: `w${i}`, site: 'Wide', date: '2021-05-05', latitude: -80 + i * 0.4, longitude: -179 + i * 0.895, value: -i / 4 }))
// Tile borders of many zooms, where both coordinates are exact.
const border = [[0, 0], [0, 90], [0, -90], [0, 45], [0, 22.5], [0, 11.25], [0, 5.625], [0, 2.8125], [66.51326044311186, 0], [40.97989806962013, 90]]
  .map(([latitude, longitude], i) => ({ id: `b${i}`, site: 'Border', date: '2022-01-01', latitude, longitude, value: 1 }))
const edge = [[90, 0], [-90, 12], [85.0511287798066, 7], [86, -179.99], [-89.9, 179.99], [10, 180], [-10, -180], [0, 180], [0, -180]]
  .map(([latitude, longitude], i) => ({ id: `e${i}`, site: 'Edge', date: '2022-01-02', latitude, longitude, value: 2 }))
const nowhere = [[95, 10], [-91, 20], [12, 181], [12, -200], [null, 100], [13, null], [null, null], [400, 400]]
  .map(([latitude, longitude], i) => ({ id: `n${i}`, site: 'Nowhere', date: '2022-01-03', latitude, longitude, value: 3 }))
const all = [...cluster, ...wide, ...border, ...edge, ...nowhere]
const on_earth = r => r.latitude !== null && r.longitude !== null && Math.abs(r.latitude) <= 90 && Math.abs(r.longitude) <= 180
const placed = all.map((r, i) => ({ ...r, number: i + 1 })).filter(on_earth)
const cell = x => x === null ? '' : String(x)
const csv_of = rows => [Object.keys(rows[0]).join(','), ...rows.map(r => Object.values(r).map(cell).join(','))].join('\n') + '\n'

// Where a row is, reckoned here: WebMercatorQuad.
function place(r, zoom) {
  const n = 2 ** zoom, sine = Math.sin(Math.max(-86, Math.min(86, r.latitude)) * Math.PI / 180)
  const clamp = x => Math.max(0, Math.min(n - 1, Math.floor(x)))
  return [clamp((r.longitude + 180) / 360 * n), clamp((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * n)]
}

// By tile of a zoom, its rows.
const by_zoom = new Map()
function rows_at(zoom, row, column) {
  if (!by_zoom.has(zoom)) {
    const tiles = new Map()
    for (const r of placed) { const key = place(r, zoom).join(); tiles.has(key) ? tiles.get(key).push(r) : tiles.set(key, [r]) }
    by_zoom.set(zoom, tiles)
  }
  return row === undefined ? by_zoom.get(zoom) : by_zoom.get(zoom).get(`${column},${row}`) ?? []
}

const tile_of = (slug, z, row, column, question = '') => `/ogc/collections/${slug}/tiles/WebMercatorQuad/${z}/${row}/${column}${question}`
async function tile(slug, z, row, column, question) {
  const answer = await get(tile_of(slug, z, row, column, question))
  if (answer.status === 204) return {}
  if (answer.status !== 200) throw new Error(`${tile_of(slug, z, row, column, question)}: ${answer.status} ${answer.bytes}`)
  return mvt_read(answer.bytes)
}
const count_of = layers => (layers.cells?.features ?? []).reduce((n, f) => n + f.properties.count, 0) + (layers.rows?.features.length ?? 0)

// ---- the standard ----

const link = (value, rel) => value.links.find(l => l.rel === rel)

async function standard() {
  const classes = (await json('/ogc/conformance.json')).conformsTo.filter(c => c.includes('ogcapi-tiles-1')).map(c => c.split('/').pop())
  same(classes, ['core', 'tileset', 'tilesets-list', 'geodata-tilesets', 'oas30', 'mvt'], 'the classes of OGC API Tiles that are declared')
  const collection = await json('/ogc/collections/finds.json')
  const list = await json(link(collection, 'http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector').href)
  same(list.tilesets.map(t => [t.dataType, t.crs, t.tileMatrixSetURI]), [['vector', 'http://www.opengis.net/def/crs/EPSG/0/3857', 'http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad']], 'a collection has one set of tiles')
  const [first] = list.tilesets
  tally.check(link(first, 'self').href.endsWith('/ogc/collections/finds/tiles/WebMercatorQuad') && link(first, 'http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme'), 'with its address and its scheme', JSON.stringify(first.links))
  const set = await json(link(first, 'self').href)
  same([set.dataType, set.crs, set.tileMatrixSetURI], [first.dataType, first.crs, first.tileMatrixSetURI], 'the set says the same alone')
  const item = link(set, 'item')
  same([item.type, item.templated, item.href.endsWith('/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}')], [type, true, true], 'with a template of its tiles')
  const filled = (z, row, column) => item.href.replace('{tileMatrix}', z).replace('{tileRow}', row).replace('{tileCol}', column)
  const zero = await get(filled(0, 0, 0))
  same([zero.status, zero.headers['content-type']], [200, type], 'that leads to a tile')
  same(set.tileMatrixSetLimits.map(l => [l.tileMatrix, l.minTileRow, l.maxTileRow, l.minTileCol, l.maxTileCol]), Array.from({ length: 19 }, (_, z) => [String(z), 0, 2 ** z - 1, 0, 2 ** z - 1]), 'its limits are those of 19 matrices')
  same(set.layers.map(l => [l.id, l.geometryDimension, Object.keys(l.propertiesSchema.properties)]), [['cells', 0, ['count', 'mean(value)']], ['rows', 0, ['_row', 'id', 'site', 'date', 'value']]], 'and its layers say what they have')
  const scheme = await json(link(set, 'http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme').href)
  same([scheme.id, scheme.tileMatrices.length, scheme.tileMatrices.map(m => m.matrixWidth === 2 ** m.id && m.matrixHeight === 2 ** m.id).every(x => x)], ['WebMercatorQuad', 25, true], 'the scheme is WebMercatorQuad')
  tally.check(Math.abs(scheme.tileMatrices[0].scaleDenominator - 559082264.028717) < 1e-4 && Math.abs(scheme.tileMatrices[0].cellSize - 156543.033928041) < 1e-8 && scheme.tileMatrices.every((m, z) => Math.abs(m.cellSize * 2 ** z / scheme.tileMatrices[0].cellSize - 1) < 1e-12), 'in the scales of the register', JSON.stringify(scheme.tileMatrices[0]))
  same((await json((await json('/ogc.json')).links.find(l => l.rel.endsWith('tiling-schemes')).href)).tileMatrixSets.map(s => s.id), ['WebMercatorQuad'], 'the landing page leads to it')
  for (const [z, row, column] of [[0, 1, 0], [0, 0, 1], [3, 8, 0], [3, 0, 8], [18, 262144, 0], [19, 0, 0], [999999999, 0, 0], [4, 999999999999999, 0]]) {
    const answer = await get(tile_of('finds', z, row, column))
    same([answer.status, answer.headers['content-type'], JSON.parse(answer.bytes).status], [404, 'application/problem+json', 404], `${z}/${row}/${column} is out of range`)
  }
  for (const where of ['x/0/0', '0/0/-1', '0/0', '0/0/0/0', '1.5/0/0']) same((await get(`/ogc/collections/finds/tiles/WebMercatorQuad/${where}`)).status, 404, `${where} is no tile`)
  for (const slug of ['table', 'country', 'none', 'secret', 'areas']) for (const tail of ['', '/WebMercatorQuad', '/WebMercatorQuad/0/0/0'])
    same((await get(`/ogc/collections/${slug}/tiles${tail}`)).status, 404, `${slug}${tail} has no tiles`)
  same((await get('/ogc/collections/finds/tiles/WorldCRS84Quad/0/0/0')).status, 404, 'nor are there other sets')
  const empty = await get(tile_of('finds', 8, 200, 3))
  same([empty.status, empty.bytes.length], [204, 0], 'a tile with nothing in it is empty')
  const again = await get(tile_of('finds', 0, 0, 0), { 'if-none-match': zero.headers.etag })
  same(again.status, 304, 'a tile that is known is not sent again')
  tally.check((await get(tile_of('finds', 0, 0, 0), { 'accept-encoding': 'br' })).headers['content-encoding'] === 'br', 'tiles are packed on the way')
  for (const [question, part] of [['?group=site', 'filters alone'], ['?limit=5', 'filters alone'], ['?sit=x', 'site'], ['?value.min=x', 'value']]) {
    const answer = await get(tile_of('finds', 0, 0, 0, question))
    tally.check(answer.status === 400 && JSON.parse(answer.bytes).cause.includes(part), `${question} is refused, and said why`, answer.status, answer.bytes)
  }
  const api = await json('/ogc/api.json')
  same((await new Validator().validate(structuredClone(api))).valid, true, 'the description with tiles is OpenAPI 3.0 by its schema')
  const described = api.paths['/collections/finds/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}']?.get
  tally.check(described?.responses[200].content[type] && described.responses[204] && api.paths['/collections/finds/tiles'] && api.paths['/tileMatrixSets/WebMercatorQuad'], 'the description has the tiles', JSON.stringify(described)?.slice(0, 300))
}

// ---- every row once ----

async function counted(how) {
  for (const zoom of [0, 1, 2, 3, 4]) {
    let sum = 0
    for (let row = 0; row < 2 ** zoom; row++) for (let column = 0; column < 2 ** zoom; column++) {
      const layers = await tile('finds', zoom, row, column), n = count_of(layers)
      sum += n
      if (zoom < 3) same(n, rows_at(zoom, row, column).length, `${how}: rows of ${zoom}/${row}/${column}`)
      for (const layer of Object.values(layers)) same([layer.version, layer.extent], [2, 4096], `${how}: ${zoom}/${row}/${column} is of version 2`)
    }
    same(sum, placed.length, `${how}: at zoom ${zoom} every row with a place is counted once`)
  }
  same((await json('/dataset/finds.json?aggregate=count&_bbox=-180,-90,180,90')).rows[0].count, placed.length, 'as a box of the whole earth counts them')
  // Deeper, where rows are: each tile that has any.
  for (const zoom of [7, 11, 15, 18]) {
    const tiles = rows_at(zoom)
    const some = [...tiles].filter((_, i) => i % Math.ceil(tiles.size / 60) === 0)
    for (const [key, { length: n }] of some) {
      const [column, row] = key.split(',').map(Number)
      same(count_of(await tile('finds', zoom, row, column)), n, `${how}: ${zoom}/${row}/${column} has the rows that lie there`)
    }
  }
  for (const r of [...border, ...edge]) {
    const [column, row] = place(r, 12), layers = await tile('finds', 12, row, column)
    tally.check(layers.rows?.features.some(f => f.properties.id === r.id), `${how}: ${r.latitude}, ${r.longitude} lies in ${row}/${column}`, JSON.stringify(layers))
  }
}

// ---- what cells and rows say ----

async function contents(how) {
  const layers = await tile('finds', 6, 29, 49), in_tile = rows_at(6, 29, 49)
  tally.check(in_tile.length > 256 && !layers.rows, `${how}: a tile of many rows has cells`, in_tile.length, Object.keys(layers))
  const by_cell = new Map()
  for (const r of in_tile) {
    const [x, y] = place(r, 12), key = `${(x & 63) * 64 + 32},${(y & 63) * 64 + 32}`
    by_cell.set(key, [...by_cell.get(key) ?? [], r])
  }
  same(layers.cells.features.map(f => [`${f.x},${f.y}`, f.properties.count]).sort(), [...by_cell].map(([key, rows]) => [key, rows.length]).sort(), `${how}: each cell has its count, in its middle`)
  for (const f of layers.cells.features) {
    const values = by_cell.get(`${f.x},${f.y}`).map(r => r.value).filter(v => v !== null), mean = values.reduce((a, b) => a + b, 0) / values.length
    tally.check(values.length ? Math.abs(f.properties['mean(value)'] - mean) <= 1e-5 * Math.abs(mean) : !('mean(value)' in f.properties), `${how}: and the mean of its values: ${f.x},${f.y}`, f.properties['mean(value)'], mean)
  }
  const [column, row] = place(wide[17], 9), deep = await tile('finds', 9, row, column)
  const feature = deep.rows.features.find(f => f.properties.id === 'w17'), [x, y] = place(wide[17], 21)
  same([feature.id, feature.properties, feature.x, feature.y], [cluster.length + 18, { _row: cluster.length + 18, id: 'w17', site: 'Wide', date: '2021-05-05', value: -4.25 }, x & 4095, y & 4095], `${how}: a tile of few rows has them, with what their columns say`)
  same((await json(`/dataset/finds.json?_row=${feature.id}`)).rows[0].id, 'w17', 'whose number asks for the whole row')
}

// ---- filters: the same cells ----

async function filters() {
  const matching = [['site=Wide', r => r.site === 'Wide'], ['value.min=90', r => r.value !== null && r.value >= 90], ['where.site=Site%201&where.date.min=2015', r => r.site === 'Site 1' && r.date >= '2015'],
    ['_bbox=100,13,101,14', r => r.longitude >= 100 && r.longitude <= 101 && r.latitude >= 13 && r.latitude <= 14], ['_flags=coordinates-zero', r => r.latitude === 0 && r.longitude === 0], ['site=none', () => false]]
  for (const [question, fits] of matching)
    for (const [zoom, row, column] of [[0, 0, 0], [6, 29, 49], [1, 0, 1]])
      same(count_of(await tile('finds', zoom, row, column, `?${question}`)), rows_at(zoom, row, column).filter(fits).length, `${question} counts at ${zoom}/${row}/${column}`)
  for (const [zoom, row, column] of [[0, 0, 0], [2, 1, 3], [6, 29, 49], [12, 1898, 3186], [9, 236, 398]]) {
    const [plain, filtered] = [await get(tile_of('finds', zoom, row, column)), await get(tile_of('finds', zoom, row, column, '?_row.min=1'))]
    tally.check(plain.status === filtered.status && plain.bytes.equals(filtered.bytes), `a filter that all rows fit gives the very same tile ${zoom}/${row}/${column}`, plain.bytes.length, filtered.bytes.length)
  }
  same([count_of(await tile('finds', 0, 0, 0, '?version=1')), count_of(await tile('finds', 0, 0, 0))], [placed.filter(r => r.number <= 1500).length, placed.length], 'an older version has its own tiles')
  same((await get(tile_of('finds', 0, 0, 0, '?version=99'))).status, 404, 'one that there is not has none')
}

// ---- what is kept beside the parts ----

const kept = () => existsSync(path.join(node.folder, 'beside')) ? readdirSync(path.join(node.folder, 'beside'), { recursive: true }).filter(f => /\.(cells|places)-/.test(f)) : []
async function made(sentence) {
  await get(tile_of('finds', 1, 0, 0, '?lang=en'))
  for (let i = 0; i < 300 && kept().length < 4; i++) await new Promise(resolve => setTimeout(resolve, 100))
  same(kept().map(f => f.replace(/.*\.(\w+)-.*/, '$1')).sort(), ['cells', 'cells', 'places', 'places'], sentence)
}

// The answers that are kept ready go with the server: none of them is asked twice.
async function again(how) {
  await node.end()
  await node.serve(how)
}

const some_tiles = [[0, 0, 0], [1, 0, 1], [2, 1, 3], [5, 14, 24], [6, 29, 49], [7, 59, 99], [8, 118, 199], [10, 474, 796], [12, 1898, 3186], [9, 236, 398], [14, 7592, 12744], [4, 0, 0], [4, 15, 15], [18, 131072, 131072]]
async function pyramid() {
  const before = []
  for (const at of some_tiles) before.push(await get(tile_of('finds', ...at)))
  await made('a tile that is asked for has what is kept beside each part made')
  await again()
  for (const [i, at] of some_tiles.entries()) {
    const now = await get(tile_of('finds', ...at))
    tally.check(now.status === before[i].status && now.bytes.equals(before[i].bytes), `the very same tile ${at.join('/')} from what is kept`, now.status, now.bytes.length, before[i].status, before[i].bytes.length)
  }
  await counted('from what is kept')
  await contents('from what is kept')
  await again()
  for (const file of kept().filter(f => f.includes('.cells-'))) writeFileSync(path.join(node.folder, 'beside', file), 'not as it was written: too short an end')
  same(count_of(await tile('finds', 0, 0, 0)), placed.length, 'a damaged file is passed over')
  rmSync(path.join(node.folder, 'beside'), { recursive: true })
  same(count_of(await tile('finds', 1, 0, 1)), rows_at(1, 0, 1).length, 'what is kept may be removed while the node is served')
  await made('and is made again')
}

// ---- rows that wait ----

const post = async (slug, rows) => {
  const answer = await node.ask('POST', `/dataset/${slug}/rows`, rows)
  same(answer.status, 201, `rows are sent to ${slug}`)
}
async function same_from_rows(slug, tiles, sentence) {
  for (const at of tiles) {
    const [kept, read] = [await get(tile_of(slug, ...at)), await get(tile_of(slug, ...at, '?_row.min=1'))]
    tally.check(kept.status === read.status && kept.bytes.equals(read.bytes), `${sentence}: ${at.join('/')} is as from the rows`, kept.status, kept.bytes.length, read.status, read.bytes.length)
  }
}

async function waiting() {
  const row = (id, latitude, longitude, value) => ({ id, site: 'Sent', date: '2024-01-01', latitude, longitude, value })
  const sent = [row('s0', 14.2, 100.7, 5), row('s1', 14.2, 100.7, null), row('s2', -45.5, 170.25, 7), row('s3', 0, 0, 9), row('s4', null, 3, 1), row('s5', 90, 0, 1),
    ...Array.from({ length: 250 }, (_, i) => row(`t${i}`, -79.9 + i * 1e-4, -178.9, i))]
  const before = count_of(await tile('finds', 0, 0, 0))
  await post('finds', sent)
  const now = [...some_tiles, ...[sent[0], sent[2], sent[3], sent[5], sent[6]].flatMap(r => [3, 9, 14, 18].map(zoom => { const [column, row] = place(r, zoom); return [zoom, row, column] }))]
  same(count_of(await tile('finds', 0, 0, 0)), before + sent.length - 1, 'rows that wait are in the tiles at once')
  await same_from_rows('finds', now, 'with rows that wait')
  const [column, line] = place(sent[2], 14), [feature] = (await tile('finds', 14, line, column)).rows.features
  same([feature.properties.id, (await json(`/dataset/finds.json?_row=${feature.id}`)).rows[0].id], ['s2', 's2'], 'a row that waits has its number')
  // What is kept was asked: where it is damaged, the server says so.
  await again({ quiet: false })
  for (const file of kept().filter(f => f.includes('.cells-'))) writeFileSync(path.join(node.folder, 'beside', file), 'not as it was written: too short an end')
  same(count_of(await tile('finds', 0, 0, 0)), before + sent.length - 1, 'a damaged file is passed over with rows that wait')
  const told = () => /a tile is read from the rows/.test(node.err)
  for (let i = 0; i < 50 && !told(); i++) await new Promise(resolve => setTimeout(resolve, 50))
  same(told(), true, 'tiles with rows that wait are told from what is kept')
  rmSync(path.join(node.folder, 'beside'), { recursive: true })
}

// ---- terms by column: what is kept is of generalised parts ----

async function restricted() {
  const terms = { terms: [{ columns: ['latitude', 'longitude'], how: 'grid', degrees: 0.5 }] }
  const at = await node.ask('GET', '/dataset/guarded.json')
  same((await node.ask('PATCH', '/dataset/guarded.json', terms, { 'If-Match': at.headers.etag })).status, 200, 'terms are set')
  const as_owner = { Authorization: `Bearer ${node.token}` }
  const middle = x => Math.abs(x / 0.5 - 0.5 - Math.round(x / 0.5 - 0.5)) < 1e-3
  const precise = placed.filter((r, i) => i % 211 === 0 && Math.abs(r.latitude) < 85).map(r => ({ ...r, at: [14, ...place(r, 14).reverse()] }))
  const walk = async how => {
    for (const r of precise) {
      const layers = await tile('guarded', ...r.at)
      for (const layer of Object.values(layers)) for (const f of layer.features) {
        const n = 2 ** 14, longitude = (r.at[2] + f.x / 4096) / n * 360 - 180, latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * (r.at[1] + f.y / 4096) / n))) * 180 / Math.PI
        // A cell's middle is up to half of a 64th of the tile from the rows in it.
        const off = x => Math.min(...[-1, 0, 1].map(k => Math.abs(x - (Math.round(x / 0.5 - 0.5) + k) * 0.5 - 0.25)))
        tally.check(off(longitude) < 360 / n / 64 && off(latitude) < 360 / n / 64, `${how}: only middles of the grid are in ${r.at.join('/')}`, latitude, longitude)
        if (f.properties.id) tally.check(middle(longitude) && middle(latitude), `${how}: ${f.properties.id} stands in such a middle`, latitude, longitude)
      }
    }
  }
  await post('guarded', [{ id: 'new', site: 'Sent', date: '2024-01-01', latitude: 14.123, longitude: 100.456, value: 5 }])
  await get(tile_of('guarded', 1, 0, 0))
  await walk('from the rows')
  for (let i = 0; i < 300 && kept().length < 2; i++) await new Promise(resolve => setTimeout(resolve, 100))
  same(kept().map(f => f.replace(/.*\.(\w+)-.*/, '$1')).sort(), ['cells', 'places'], 'whom terms restrict has what is kept beside generalised parts')
  const listed = JSON.parse(must(['dump', node.folder, '--kind', 'dataset']).split('\n').find(line => line.includes('"guarded"'))).doc.parts
  tally.check(!kept().some(f => listed.some(p => f.includes(p.sha256))), 'and beside those alone', JSON.stringify(kept()), JSON.stringify(listed).slice(0, 300))
  await again()
  await walk('from what is kept')
  await same_from_rows('guarded', some_tiles, 'of a restricted reader')
  same([count_of(await tile('guarded', 0, 0, 0)), count_of(mvt_read((await get(tile_of('guarded', 0, 0, 0), as_owner)).bytes))], [placed.length, placed.length + 1], 'what waits is in the tiles of the owner alone')
}

// ---- kinds with a place ----

async function kinds() {
  const agencies = Array.from({ length: 400 }, (_, i) => ({ slug: `agency-${i}`, lat: i < 300 ? 13 + (i % 20) / 100 : -60 + i / 4, lon: i < 300 ? 100 + i % 15 / 100 : -170 + i / 2 }))
  for (const [i, r] of agencies.entries()) {
    const made = await node.ask('POST', '/organisation.json', { slug: r.slug, owner: 'house', state: 'published', audience: i % 50 ? 'public' : 'own',
      doc: { name: { en: `Agency ${i}` }, type: i % 2 ? 'agency' : 'ngo', place: { lat: r.lat, lon: r.lon } } })
    if (made.status !== 201) { tally.check(false, 'an organisation is made', made.status, made.text); break }
  }
  const seen = agencies.filter((_, i) => i % 50), owner = { Authorization: `Bearer ${node.token}` }
  const at = (list, zoom, row, column) => list.filter(r => { const [x, y] = place({ latitude: r.lat, longitude: r.lon }, zoom); return x === column && y === row })
  const read = async (tail, headers) => { const answer = await get(`/ogc/collections/organisation/tiles/WebMercatorQuad/${tail}`, headers); return answer.status === 204 ? {} : mvt_read(answer.bytes) }
  for (const zoom of [0, 1, 3]) {
    let sum = 0
    for (let row = 0; row < 2 ** zoom; row++) for (let column = 0; column < 2 ** zoom; column++) {
      const n = count_of(await read(`${zoom}/${row}/${column}`))
      same(n, at(seen, zoom, row, column).length, `records of ${zoom}/${row}/${column}`)
      sum += n
    }
    same(sum, seen.length, `at zoom ${zoom} every record with a place that the reader may see is in one tile`)
  }
  same(count_of(await read('0/0/0', owner)), agencies.length, 'its owner sees those of the house too')
  const [column, row] = place({ latitude: agencies[321].lat, longitude: agencies[321].lon }, 9), deep = await read(`9/${row}/${column}`)
  const said = deep.rows.features.find(f => f.properties.slug === 'agency-321')?.properties
  same([said?.title, said?.url?.endsWith('/organisation/agency-321'), !!said?.id, '_row' in (said ?? {})], ['Agency 321', true, true, false], 'a record says its title and leads to its page')
  same(count_of(await read('0/0/0?type=ngo')), seen.filter(r => Number(r.slug.slice(7)) % 2 === 0).length, 'facets are its filters')
  same((await get('/ogc/collections/organisation/tiles/WebMercatorQuad/0/0/0?size=3')).status, 400, 'what is no filter is refused')
  const [x, y] = place({ latitude: agencies[350].lat, longitude: agencies[350].lon }, 14)
  same((await get(`/ogc/collections/organisation/tiles/WebMercatorQuad/14/${y}/${x}`)).status, 204, 'where only what others may not see lies, there is nothing')
  const set = await json('/ogc/collections/organisation/tiles/WebMercatorQuad.json')
  same(set.layers.map(l => [l.id, Object.keys(l.propertiesSchema.properties)]), [['cells', ['count']], ['rows', ['id', 'title', 'slug', 'url']]], 'its set tells what they say')
  tally.check(link(await json('/ogc/collections/organisation.json'), 'http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector'), 'the collection leads to it')
  same((await new Validator().validate(structuredClone(await json('/ogc/api.json')))).valid, true, 'the description is OpenAPI 3.0 by its schema')
}

// ---- GDAL ----

function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 })
  tally.check(done.status === 0 && !/ERROR|Warning/.test(done.stderr), `${command} ${words.slice(-3).join(' ')}`, done.status, done.stderr)
  return done.stdout
}

async function gdal() {
  for (const [zoom, row, column] of [[0, 0, 0], [6, 29, 49], [9, 236, 398], [12, 1898, 3186]]) {
    const answer = await get(tile_of('finds', zoom, row, column))
    if (answer.status !== 200) continue
    const file = path.join(node.work, `${zoom}-${row}-${column}.mvt`), layers = mvt_read(answer.bytes)
    writeFileSync(file, answer.bytes)
    for (const name of Object.keys(layers)) {
      const read = run('ogr2ogr', '-f', 'GeoJSONSeq', '-mapFieldType', 'Date=String,DateTime=String', '-t_srs', 'EPSG:4326', '-oo', `X=${column}`, '-oo', `Y=${row}`, '-oo', `Z=${zoom}`, '-oo', 'METADATA_FILE=', '-oo', 'CLIP=NO', '/vsistdout/', `MVT:${file}`, name)
        .split('\n').filter(line => line).map(line => JSON.parse(line))
      same(read.map(f => Object.fromEntries(Object.entries(f.properties).filter(([key, x]) => x !== null && key !== 'mvt_id'))), layers[name].features.map(f => f.properties), `GDAL reads the ${name} of ${zoom}/${row}/${column}`)
      const fits = rows_at(zoom, row, column)
      if (name === 'rows') tally.check(read.every((f, i) => Math.abs(f.geometry.coordinates[0] - fits[i].longitude) < 360 / 2 ** (zoom + 11) && Math.abs(f.geometry.coordinates[1] - fits[i].latitude) < 360 / 2 ** (zoom + 11)), `GDAL has them where they are: ${zoom}/${row}/${column}`, JSON.stringify(read[0]), JSON.stringify(fits[0]))
      else tally.check(read.reduce((n, f) => n + f.properties.count, 0) === fits.length, `and counts them: ${zoom}/${row}/${column}`)
    }
  }
}

try {
  node.make()
  const into = (slug, name, text, audience) => {
    writeFileSync(path.join(node.work, name), text)
    must(['import', node.folder, path.join(node.work, name), '--into', slug, '--owner', 'house', '--state', 'published', '--audience', audience])
  }
  into('finds', 'finds-1.csv', csv_of(all.slice(0, 1500)), 'public')
  into('finds', 'finds-2.csv', csv_of(all.slice(1500)), 'public')
  into('guarded', 'guarded.csv', csv_of(all), 'public')
  into('secret', 'secret.csv', csv_of(all.slice(0, 10)), 'own')
  into('table', 'table.csv', csv_of([{ n: 1, text: 'no place' }]), 'public')
  into('areas', 'areas.geojson', JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [[1, 2], [3, 4]] }, properties: { n: 1 } }] }), 'public')
  await node.serve()
  await standard()
  await counted('from the rows')
  await contents('from the rows')
  await filters()
  await gdal()
  await pyramid()
  await waiting()
  await restricted()
  await kinds()
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
