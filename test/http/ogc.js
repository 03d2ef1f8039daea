// OGC API Features from outside: GDAL's OAPIF driver and OWSLib, which know nothing of this server, read the
// service, page through it and filter. What they ask passes a proxy, so that it is seen what the server
// filtered and what they did. What the standard asks beyond what these two use is asked here.
import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Validator } from '@seriousme/openapi-schema-validator'

import { Node, must, tally } from '../house/node.js'

const here = path.dirname(fileURLToPath(import.meta.url))
const node = new Node()
const geojson = 'application/geo+json'

// What the two files say; every hundredth row has no place.
const all = Array.from({ length: 3000 }, (_, i) => ({ station: `Station ${i % 7}`, country: ['TH', 'VN', 'KH'][i % 3],
  date: new Date(Date.UTC(2018, 0, 1 + i)).toISOString().slice(0, 10), value: i % 50 ? i / 8 : null,
  latitude: i % 100 === 99 ? null : 10 + (i % 40) / 8, longitude: i % 100 === 99 ? null : 100 + (i % 30) / 8, limit: i % 5 }))
const cell = x => x === null ? '' : String(x)
const csv_of = rows => [Object.keys(rows[0]).join(','), ...rows.map(r => Object.values(r).map(cell).join(','))].join('\n') + '\n'
const placed = all.map((row, i) => ({ ...row, id: i + 1 })).filter(row => row.latitude !== null)
const in_box = row => row.longitude >= 100 && row.longitude <= 101 && row.latitude >= 10 && row.latitude <= 11

const same = (...words) => tally.same(...words)

// ---- the proxy in between ----

let asked = []
const proxy = http.createServer((request, answer) => {
  asked.push(request.url)
  const on = http.request({ host: node.host, port: node.port, path: request.url, method: request.method, headers: request.headers }, from => {
    answer.writeHead(from.statusCode, from.headers)
    from.pipe(answer)
  })
  request.pipe(on)
})
await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))
const base = `http://127.0.0.1:${proxy.address().port}`

function get(target, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(target.startsWith('http') ? target : base + target, { headers }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
const json = async (target, headers) => JSON.parse((await get(target, headers)).text)

function run(command, ...words) {
  asked = []
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = '', err = ''
    child.stdout.on('data', bytes => { out += bytes })
    child.stderr.on('data', bytes => { err += bytes })
    child.on('error', reject)
    child.on('close', code => code === 0 && !/ERROR|Warning/.test(err) ? resolve(out) : reject(new Error(`${command} ${words.join(' ')}: ${code} ${err}`)))
  })
}
const ogr = async (...words) => (await run('ogr2ogr', '-f', 'GeoJSONSeq', '-mapFieldType', 'Date=String,DateTime=String', '/vsistdout/', `OAPIF:${base}/ogc`, ...words))
  .split('\n').filter(line => line).map(line => JSON.parse(line))
  .map(f => ({ ...f, properties: { ...f.properties, date: f.properties.date?.replaceAll('/', '-') } }))
const items_asked = () => asked.filter(url => url.includes('/items'))

// ---- GDAL ----

async function gdal() {
  const layers = (await run('ogrinfo', '-ro', '-q', `OAPIF:${base}/ogc`)).trim().split('\n').map(line => line.split(' ')[1])
  same(layers, ['air', 'areas', 'activity', 'meeting', 'organisation', 'programme-session'], 'GDAL lists the collections, and no dataset without a place or that one may not see')
  const said = await run('ogrinfo', '-ro', '-so', `OAPIF:${base}/ogc`, 'air')
  for (const part of [`Feature Count: ${placed.length}`, 'Extent: (100.000000, 10.000000) - (103.625000, 14.875000)', 'date: Date', 'value: Real', 'limit_: Integer', 'station: String', 'TEMPORAL_INTERVAL_MIN=2018-01-01'])
    tally.check(said.includes(part), `GDAL says ${part}`, said)

  const features = await ogr('air', '-oo', 'PAGE_SIZE=700')
  same(features.map(f => [f.properties.station, f.properties.country, f.properties.date, f.properties.value, f.geometry.coordinates]),
    placed.map(r => [r.station, r.country, r.date, r.value, [r.longitude, r.latitude]]), 'GDAL pages through every feature, once and in order')
  same(new Set(items_asked().filter(url => url.includes('limit=700'))).size, 5, 'in as many pages as that takes')

  const boxed = await ogr('air', '-spat', '100', '10', '101', '11')
  same(boxed.map(f => f.geometry.coordinates), placed.filter(in_box).map(r => [r.longitude, r.latitude]), 'GDAL filters by a box')
  tally.check(items_asked().some(url => url.includes('bbox=100,10,101,11')), 'and lets the server do it', asked.join(' '))

  const thai = placed.filter(r => r.country === 'TH' && r.station === 'Station 3')
  const filtered = await ogr('air', '-where', "country = 'TH' AND station = 'Station 3'")
  same(filtered.map(f => f.properties.date), thai.map(r => r.date), 'GDAL filters by properties')
  tally.check(items_asked().some(url => url.includes('country=TH') && url.includes('station=Station%203')), 'and lets the server do it', asked.join(' '))
  const threes = placed.filter(r => r.limit === 3 && r.station === 'Station 3').length
  same((await ogr('air', '-where', "limit_ = 3 AND station = 'Station 3'")).length, threes, 'also by whole numbers, of a column that is called like a parameter')
  tally.check(items_asked().some(url => url.includes('limit_=3')), 'on the server', asked.join(' '))
  same((await ogr('air', '-oo', 'PAGE_SIZE=1000', '-where', 'value = 12.625')).length, 1, 'and by other numbers')
  same((await ogr('air', '-where', "value > 370 AND country = 'KH'")).length, placed.filter(r => r.value > 370 && r.country === 'KH').length, 'what the server does not do GDAL does itself')

  const time = placed.filter(r => r.date >= '2019-03-05' && r.date <= '2019-04-01')
  const timed = await ogr('air', '-where', "date >= '2019-03-05' AND date <= '2019-04-01'")
  same(timed.map(f => f.properties.date), time.map(r => r.date), 'GDAL filters by time')
  tally.check(items_asked().some(url => /datetime=2019-03-05/.test(decodeURIComponent(url))), 'and lets the server do it', asked.join(' '))
  const one = await run('ogrinfo', '-ro', '-q', `OAPIF:${base}/ogc`, 'air', '-fid', '17')
  tally.check(/country \(String\) = VN/.test(one) && one.includes('OGRFeature(air):17') && items_asked().some(url => /items\/17/.test(url)), 'GDAL reads one feature by its id', one, asked.join(' '))

  const places = await ogr('organisation')
  same(places.map(f => f.properties.title).sort(), ['Nearby', 'Office'], 'records with a place are features, and no others')
  same((await ogr('organisation', '-where', "type = 'agency'")).map(f => f.properties.title), ['Office'], 'they are filtered by facets')
  tally.check(items_asked().some(url => url.includes('type=agency')), 'on the server', asked.join(' '))
}

// ---- OWSLib ----

async function owslib() {
  const found = JSON.parse(await run('/usr/bin/python3', path.join(here, 'ogc.py'), `${base}/ogc`))
  same(found.collections, ['air', 'areas', 'activity', 'meeting', 'organisation', 'programme-session'], 'OWSLib lists the collections')
  same([found.api, found.collection, found.conformance.length > 2], ['3.0.3', 'air', true], 'it reads the description and the conformance')
  same(found.ids, placed.map(r => r.id), 'it pages through every feature, once and in order')
  same(found.pages.map(([matched]) => matched), found.pages.map(() => placed.length), 'each page says how many there are')
  same(found.pages.reduce((n, [, returned]) => n + returned, 0), placed.length, 'and how many it has')
  same([found.boxed, found.timed, found.filtered, found.item], [placed.filter(in_box).length,
    placed.filter(r => r.date >= '2018-01-05' && r.date <= '2018-02-03').length, placed.filter(r => r.country === 'TH').length, all[16].station], 'it filters by box, time and property, and reads one')
}

// ---- the standard ----

const link = (value, rel, type) => value.links.find(l => l.rel === rel && (!type || l.type === type))?.href
const matched = async (question, collection = 'air') => (await json(`/ogc/collections/${collection}/items?limit=1&${question}`)).numberMatched

async function core() {
  const landing = await json('/ogc')
  for (const rel of ['service-desc', 'service-doc', 'conformance', 'data']) {
    const answer = await get(link(landing, rel))
    tally.check(answer.status === 200 && answer.headers['content-type'].split(';')[0] === landing.links.find(l => l.rel === rel).type.split(';')[0],
      `the landing page links to ${rel}, of the type it says`, answer.status, answer.headers['content-type'])
  }
  const api = await json(link(landing, 'service-desc'))
  const checked = await new Validator().validate(api)
  tally.check(checked.valid, 'the description is OpenAPI 3.0 by its schema', JSON.stringify(checked.errors))
  for (const where of Object.keys(api.paths).filter(p => !p.includes('{'))) {
    const answer = await get(`/ogc${where === '/' ? '' : where}`)
    tally.check(answer.status === 200 && answer.headers['content-type'].split(';')[0] in api.paths[where].get.responses[200].content, `${where} answers as the description says`, answer.status, answer.headers['content-type'])
  }
  const names = api.paths['/collections/air/items'].get.parameters.map(p => p.name ?? p.$ref.split('/').pop())
  same(names, ['limit', 'bbox', 'bbox-crs', 'datetime', 'crs', 'after', 'lang', 'station', 'country', 'date', 'value', 'latitude', 'longitude', 'limit_'], 'the description has the parameters of a collection, and no property that is called like a word')

  const list = await json('/ogc/collections')
  for (const one of list.collections) {
    const alone = await json(link(one, 'self'))
    const kept = ({ id, title, description, extent }) => ({ id, title, description, extent })
    same(kept(alone), kept(one), `collection ${one.id} says the same alone and in the list`)
    for (const type of [geojson, 'text/html']) tally.check(link(one, 'items', type), `${one.id} links to its items as ${type}`)
  }
  const page = await json('/ogc/collections/air/items?limit=3')
  same([page.type, page.numberReturned, page.features.length, page.features[0].id], ['FeatureCollection', 3, 3, 1], 'limit is kept')
  same((await get('/ogc/collections/air/items?limit=3')).headers['content-type'], geojson, 'items are GeoJSON by their type')
  same((await json('/ogc/collections/air/items?limit=99999')).features.length, placed.length, 'a limit past the largest is the largest')
  same(link(await json(`/ogc/collections/air/items?limit=${placed.length}`), 'next'), undefined, 'the last page has no next')
  const feature = await json('/ogc/collections/air/items/17')
  same([feature.type, feature.id, feature.geometry, !!link(feature, 'self', geojson), !!link(feature, 'collection')],
    ['Feature', 17, { type: 'Point', coordinates: [all[16].longitude, all[16].latitude] }, true, true], 'one feature is one, with its links')

  const east = r => r.longitude >= 103 || r.longitude <= 100.5
  for (const [question, wanted, sentence] of [
    ['bbox=100,10,101,11', placed.filter(in_box).length, 'a box'],
    ['bbox=100,10,-5,101,11,9000', placed.filter(in_box).length, 'a box with heights'],
    ['bbox=103,-90,100.5,90', placed.filter(east).length, 'a box over the 180th meridian'],
    ['bbox=-10,-10,-5,-5', 0, 'a box with nothing in it'],
    ['datetime=2018-03-01T00:00:00Z', 1, 'an instant within a day'],
    ['datetime=2018-03-01T22:00:00Z/2018-03-03T01:00:00Z', 3, 'an interval that ends within days'],
    ['datetime=../2018-01-31T00:00:00Z', 31, 'an interval without start'],
    ['datetime=2018-01-02T00:00:00%2B07:00/', placed.length, 'an interval without end, in another zone'],
    ['country=TH&country=VN', placed.filter(r => r.country !== 'KH').length, 'either of two values'],
    ['bbox=100,10,101,11&country=TH&datetime=2019-01-01/2020-12-31', placed.filter(r => in_box(r) && r.country === 'TH' && r.date >= '2019' && r.date < '2021').length, 'all at once'],
  ]) same(await matched(question), wanted, `numberMatched of ${sentence}`)
  for (const question of ['bbox=1,2,3', 'bbox=a,b,c,d', 'bbox=5,5,6,4', 'bbox=0,0,200,10', 'datetime=yesterday', 'datetime=2019/2018', 'limit=0', 'limit=x', 'after=-1', 'contry=TH', 'value=x', 'limit=5&limit.min=2'])
    same((await get(`/ogc/collections/air/items?${question}`)).status, 400, `${question} is refused`)
  for (const where of ['?f=json', '/conformance?x=1', '/collections?bbox=1,2,3,4', '/collections/air?x=1', '/collections/air/items/17?limit=1', '/api?x=1'])
    same((await get(`/ogc${where}`)).status, 400, `${where}: what is not described is refused`)
  for (const where of ['/collections/none', '/collections/table', '/collections/document', '/collections/none/items', '/collections/air/items/0', '/collections/air/items/100', '/collections/air/items/3001', '/collections/air/items/x', '/collections/organisation/items/x'])
    same((await get(`/ogc${where}`)).status, 404, `${where} is not there`)
}

async function faces() {
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'en' }
  for (const where of ['', '/conformance', '/collections', '/collections/air', '/collections/air/items', '/collections/air/items/17', '/collections/organisation/items']) {
    for (let turn = 0; turn < 2; turn++) {
      const [page, data] = [await get(`/ogc${where}`, browser), await get(`/ogc${where}`, { accept: 'application/json' })]
      tally.check(/^text\/html/.test(page.headers['content-type']) && /json/.test(data.headers['content-type']) && page.headers.vary.includes('Accept,'), `${where || 'the landing page'} is a page for who reads pages, data for others`, page.headers['content-type'], data.headers['content-type'])
      same(data.text, (await get(`/ogc${where}.json`, browser)).text, `${where}.json is the same data`)
    }
    tally.check(/<h1>[^<]+<\/h1>/.test((await get(`/ogc${where}.html`)).text), `${where}.html is the page`)
  }
  const page = (await get('/ogc/collections/air/items?country=KH&limit=3', browser)).text
  for (const part of ['<td dir="auto">Station 2</td>', 'href="/ogc/collections/air/items/3"', 'after=9" rel="next"', `${placed.filter(r => r.country === 'KH').length} features`])
    tally.check(page.includes(part), `the page of features has ${part}`, page.slice(page.indexOf('<main'), page.indexOf('<main') + 1500))
}

// Part 2: coordinates in other systems, reckoned again by PROJ (gdaltransform).
async function systems() {
  const at = name => `http://www.opengis.net/def/crs/${name}`
  const [crs84, wgs84, web] = ['OGC/1.3/CRS84', 'EPSG/0/4326', 'EPSG/0/3857'].map(at)
  const collection = await json('/ogc/collections/air')
  same([collection.crs, collection.storageCrs], [[crs84, wgs84, web], crs84], 'a collection says its systems')
  const some = placed.slice(0, 50), items = '/ogc/collections/air/items?limit=50'
  const told = async query => { const answer = await get(items + query); return [answer.headers['content-crs'], JSON.parse(answer.text).features?.map(f => f.geometry.coordinates)] }
  same(await told(''), [`<${crs84}>`, some.map(r => [r.longitude, r.latitude])], 'without a word it is longitude and latitude, and the answer says so')
  same(await told(`&crs=${crs84}`), [`<${crs84}>`, some.map(r => [r.longitude, r.latitude])], 'as when asked for')
  same(await told(`&crs=${wgs84}`), [`<${wgs84}>`, some.map(r => [r.latitude, r.longitude])], 'EPSG 4326 has latitude first')
  const [header, metres] = await told(`&crs=${web}`)
  const by_proj = spawnSync('gdaltransform', ['-s_srs', 'EPSG:4326', '-t_srs', 'EPSG:3857', '-output_xy'], { input: some.map(r => `${r.longitude} ${r.latitude}`).join('\n'), encoding: 'utf8' }).stdout
    .trim().split('\n').map(line => line.split(' ').map(Number))
  tally.check(header === `<${web}>` && by_proj.length === 50 && metres.every(([x, y], i) => Math.hypot(x - by_proj[i][0], y - by_proj[i][1]) < 1e-3), 'EPSG 3857 is within a millimetre of where PROJ has it', header, JSON.stringify(metres.slice(0, 3)), JSON.stringify(by_proj.slice(0, 3)))
  const one = await get(`/ogc/collections/air/items/17?crs=${wgs84}`)
  same([one.headers['content-crs'], JSON.parse(one.text).geometry.coordinates], [`<${wgs84}>`, [all[16].latitude, all[16].longitude]], 'one feature as well')
  const record = await get(`/ogc/collections/organisation/items?crs=${wgs84}&limit=1`)
  same([record.headers['content-crs'], JSON.parse(record.text).features[0].geometry.coordinates], [`<${wgs84}>`, [13.7, 100.5]], 'and records')
  const corner = spawnSync('gdaltransform', ['-s_srs', 'EPSG:4326', '-t_srs', 'EPSG:3857', '-output_xy'], { input: '99.99 9.99\n101.01 11.01', encoding: 'utf8' }).stdout.trim().replaceAll(/\s/g, ',')
  for (const [box, crs] of [['10,100,11,101', wgs84], ['10,100,0,11,101,9', wgs84], [corner, web], ['100,10,101,11', crs84]])
    same(await matched(`bbox=${box}&bbox-crs=${crs}`), placed.filter(in_box).length, `a box ${box} in ${crs}`)
  for (const where of ['items?crs=EPSG:4326', `items?bbox=10,100,11,101&bbox-crs=${at('EPSG/0/9999')}`, 'items/17?crs=x', `items?bbox=0,0,1e9,1&bbox-crs=${web}`])
    same((await get(`/ogc/collections/air/${where}`)).status, 400, `${where} is refused`)
}

// Geometries that are no points, as GeoJSON has them: lines, areas with holes, and points among them.
const ring = (x, y, size) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
const areas = { type: 'FeatureCollection', features: [
  { name: 'park', geometry: { type: 'Polygon', coordinates: [ring(100, 10, 4), ring(101, 11, 2)] } },
  { name: 'river', geometry: { type: 'LineString', coordinates: [[99, 9], [105, 15]] } },
  { name: 'islands', geometry: { type: 'MultiPolygon', coordinates: [[ring(120, 0, 1)], [ring(122, 0, 1)]] } },
  { name: 'well', geometry: { type: 'Point', coordinates: [100.5, 10.5] } },
].map(({ name, geometry }) => ({ type: 'Feature', geometry, properties: { name, length: name.length } })) }

async function shapes() {
  const items = '/ogc/collections/areas/items'
  const names = async question => (await json(`${items}?${question}`)).features.map(f => f.properties.name)
  const value = await json(items)
  same([value.numberMatched, value.features.map(f => [f.properties.name, f.geometry])], [4, areas.features.map(f => [f.properties.name, f.geometry])], 'geometries come as they were')
  for (const [box, wanted] of [['101.5,11.5,102,12', ['river']], ['100.1,10.1,100.2,10.2', ['park', 'river']], ['100.6,10,100.7,10.3', ['park']], ['101.2,12.5,101.4,12.7', []],
    ['119,-1,123,2', ['islands']], ['121.2,0,121.8,1', []], ['100.5,10.5,100.5,10.5', ['park', 'river', 'well']], ['-180,-90,180,90', ['park', 'river', 'islands', 'well']]])
    same([await names(`bbox=${box}`), await matched(`bbox=${box}`, 'areas')], [wanted, wanted.length], `what lies in ${box}`)
  const second = await json(link(await json(`${items}?limit=2&bbox=99,9,106,16`), 'next'))
  same([second.numberMatched, second.features.map(f => f.properties.name)], [3, ['well']], 'page by page')
  same([(await json(`${items}/3`)).properties.name, (await get(`${items}/9`)).status, await names('name=park')], ['islands', 404, ['park']], 'one by its number, and by a property')
  same((await json(`${items}/2?crs=http://www.opengis.net/def/crs/EPSG/0/4326`)).geometry.coordinates, [[9, 99], [15, 105]], 'in another system')
  same((await json('/dataset/areas.geojson')).features.map(f => f.geometry), areas.features.map(f => f.geometry), 'the dataset has them as GeoJSON as well')
  same((await ogr('areas', '-spat', '101.5', '11.5', '102', '12')).map(f => f.properties.name), ['river'], 'GDAL filters them by a box')
  same((await ogr('areas')).map(f => f.geometry.type), ['Polygon', 'LineString', 'MultiPolygon', 'Point'], 'GDAL reads each')
}

async function records() {
  const value = await json('/ogc/collections/organisation/items')
  same([value.numberMatched, value.features.map(f => [f.properties.title, f.geometry.coordinates])], [2, [['Office', [100.5, 13.7]], ['Nearby', [101, 14]]]], 'records with a place, in the order they were made')
  same((await json(`/ogc/collections/organisation/items/${value.features[1].id}`)).properties.title, 'Nearby', 'one by its id')
  same(await matched('bbox=100.9,13,102,15', 'organisation'), 1, 'in a box')
  const second = await json(link(await json('/ogc/collections/organisation/items?limit=1'), 'next'))
  same(second.features.map(f => f.properties.title), ['Nearby'], 'page by page')
  for (const [span, wanted] of [['2019-06-01/2019-07-01', ['Lasting', 'Over']], ['2021-01-01/..', ['Lasting']], ['../2017', []], ['2030-01-01T00:00:00Z', ['Lasting']]])
    same((await json(`/ogc/collections/activity/items?datetime=${span}`)).features.map(f => f.properties.title), wanted, `activities in ${span}`)
}

// What is declared is what the functions named here ask; what tiles declare, tiles.js asks.
async function declared() {
  const proved = { 'features-1/1.0/conf/core': [gdal, owslib, core], 'features-1/1.0/conf/oas30': [owslib, core], 'features-1/1.0/conf/geojson': [gdal, shapes, faces], 'features-2/1.0/conf/crs': [systems] }
  const classes = (await json('/ogc/conformance.json')).conformsTo.filter(c => !c.includes('ogcapi-tiles-1'))
  same(classes, Object.keys(proved).map(name => `http://www.opengis.net/spec/ogcapi-${name}`), 'no class of OGC API Features is declared that is not proved here')
}

async function audiences() {
  const mine = { authorization: `Bearer ${node.token}` }
  same((await json('/ogc/collections', mine)).collections.map(c => c.id).filter(id => id.startsWith('secret')), ['secret'], 'who belongs to the owner has the hidden collection')
  same((await json('/ogc/collections/secret/items?limit=1', mine)).numberMatched, 10, 'and its features')
  same((await json('/ogc/collections/organisation/items', mine)).numberMatched, 3, 'and the hidden record')
  const hidden = (await json('/ogc/collections/organisation/items', mine)).features.find(f => f.properties.title === 'Hidden').id
  for (const where of ['/collections/secret', '/collections/secret/items', '/collections/secret/items?bbox=0,0,180,90', '/collections/secret/items/1', `/collections/organisation/items/${hidden}`])
    same([(await get(`/ogc${where}`)).status, (await get(`/ogc${where}`)).text.replaceAll('secret', 'absent')],
      [404, (await get(`/ogc${where.replace('secret', 'absent')}`)).text], `${where} is as if it were not there`)
  tally.check(!(await get('/ogc/api')).text.includes('secret'), 'nor is it in the description')
}

try {
  node.make()
  const settings = path.join(node.folder, 'node.json')
  writeFileSync(settings, JSON.stringify({ name: 'house.test', url: base }))
  const into = (slug, name, rows, audience) => {
    writeFileSync(path.join(node.work, name), csv_of(rows))
    must(['import', node.folder, path.join(node.work, name), '--into', slug, '--owner', 'house', '--state', 'published', '--audience', audience])
  }
  into('air', 'air-1.csv', all.slice(0, 1500), 'public')
  into('air', 'air-2.csv', all.slice(1500), 'public')
  into('secret', 'secret.csv', all.slice(0, 10), 'own')
  into('table', 'table.csv', [{ n: 1, text: 'no place' }], 'public')
  writeFileSync(path.join(node.work, 'areas.geojson'), JSON.stringify(areas))
  must(['import', node.folder, path.join(node.work, 'areas.geojson'), '--into', 'areas', '--owner', 'house', '--state', 'published', '--audience', 'public'])
  const record = (kind, slug, doc, more) => JSON.stringify({ kind, slug, doc, owner: 'house', state: 'published', ...more }) + '\n'
  const name = en => ({ name: { en } })
  must(['load', node.folder, '-'], record('organisation', 'office', { ...name('Office'), type: 'agency', place: { lat: 13.7, lon: 100.5 } }) +
    record('organisation', 'nearby', { ...name('Nearby'), type: 'research', place: { lat: 14, lon: 101 } }) +
    record('organisation', 'hidden', { ...name('Hidden'), type: 'agency', place: { lat: 14, lon: 101 } }, { audience: 'own' }) +
    record('activity', 'lasting', { ...name('Lasting'), type: 'project', start: '2019', place: { lat: 14, lon: 101 } }) +
    record('activity', 'over', { ...name('Over'), type: 'project', start: '2018-03', end: '2020-06-30', place: { lat: 14, lon: 101 } }))
  await node.serve()
  await gdal()
  await owslib()
  await core()
  await faces()
  await systems()
  await shapes()
  await records()
  await audiences()
  await declared()
} finally {
  if (node.child) await node.end()
  proxy.close()
  proxy.closeAllConnections()
  node.remove()
}
tally.close()
