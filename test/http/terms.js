// Terms by column from outside: who they restrict tries to get a precise value by every way there is.
import { createRequire } from 'node:module'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

import { Node, must, request, tally } from '../house/node.js'
import { mvt_read } from './mvt.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const node = new Node()
const cell = 0.5

// Rows of a threatened species: their place, day and finder are what is looked for.
const all = Array.from({ length: 240 }, (_, i) => {
  const rare = i % 3 === 0
  return { occurrenceID: `occ-${i}`, scientificName: rare ? 'Manis javanica' : 'Passer montanus', status: rare ? 'CR' : 'LC',
    decimalLatitude: Number((11.00317 + i * 0.00713).toFixed(5)), decimalLongitude: Number((103.00419 + i * 0.00917).toFixed(5)),
    coordinateUncertaintyInMeters: 12, eventDate: new Date(Date.UTC(2021, 0, 2 + i)).toISOString().slice(0, 10),
    recordedBy: `Finder Number${i}`, locality: i < 6 ? `Hidden Ravine ${i >> 1}` : `Village ${i % 4}` }
})
const rare = all.filter(r => r.status === 'CR')
const terms = [
  { columns: ['decimalLatitude', 'decimalLongitude'], where: 'status', values: ['cr', 'EN'], how: 'grid', degrees: cell },
  { columns: ['eventDate'], where: 'status', values: ['CR'], how: 'month' },
  { columns: ['recordedBy'], how: 'withhold', audience: 'signed-in' },
  { columns: ['locality'], how: 'suppress', under: 5 },
]
const middle = x => Number(((Math.floor(x / cell) + 0.5) * cell).toFixed(9))
const month = r => `${r.eventDate.slice(0, 7)}-01`

const get = (target, token) => request(node, 'GET', target, { headers: token ? { authorization: `Bearer ${token}` } : {} })
const json = async (target, token) => JSON.parse((await get(target, token)).bytes)
const same = (...words) => tally.same(...words)

// All the text there is in an answer, whatever it is packed in.
function texts(bytes) {
  if (bytes.subarray(0, 4).toString('latin1') !== 'PK\x03\x04') return bytes.toString()
  const out = []
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6])) + 16)
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const how = bytes.readUInt16LE(at + 10), size = bytes.readUInt32LE(at + 20), n = bytes.readUInt16LE(at + 28), local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const part = bytes.subarray(start, start + size)
    out.push((how ? zlib.inflateRawSync(part) : part).toString())
    at += 46 + n + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return out.join('\n')
}

async function parquet_rows(bytes, name) {
  const file = path.join(node.work, name)
  writeFileSync(file, bytes)
  const folder = path.join(root, 'packages/duckdb/node_modules/@duckdb')
  const duckdb = createRequire(import.meta.url)(path.join(folder, readdirSync(folder).find(n => n.startsWith('node-bindings-linux')), 'duckdb.node'))
  const connection = await duckdb.connect(await duckdb.open(':memory:'))
  const out = path.join(node.work, `${name}.csv`)
  await duckdb.query(connection, `COPY (SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')) TO '${out.replaceAll("'", "''")}' (FORMAT csv, HEADER)`)
  return (await import('node:fs')).readFileSync(out, 'utf8')
}

// What of the precise values is in a text: of a place the digits that the grid takes away.
function found(text, { finder = true } = {}) {
  const seen = []
  for (const r of rare) {
    for (const x of [r.decimalLatitude, r.decimalLongitude]) if (text.includes(String(x))) seen.push(x)
    if (r.eventDate !== month(r) && new RegExp(`occ-${r.occurrenceID.slice(4)}\\b[^\\n{}]*${r.eventDate}`).test(text)) seen.push(r.eventDate)
  }
  if (finder) for (const r of all) if (text.includes(r.recordedBy)) seen.push(r.recordedBy)
  for (const i of [0, 1, 2]) if (text.includes(`Hidden Ravine ${i}`)) seen.push(`Hidden Ravine ${i}`)
  for (const hash of hashes) if (text.includes(hash)) seen.push(hash)
  return seen
}
// Of the precise file and its part: who guesses the rest of a short file could confirm a place by them.
const hashes = []

const questions = ['', '?limit=1000', '?status=CR', '?scientificName=Manis%20javanica&limit=500', '?order=decimalLatitude&limit=500', '?columns=decimalLatitude,decimalLongitude,eventDate,recordedBy,locality,occurrenceID&limit=500',
  '?columns=_row,decimalLatitude,occurrenceID&limit=500', '?group=decimalLatitude,decimalLongitude&limit=1000', '?group=grid(0.001)&limit=1000', '?group=occurrenceID,eventDate&limit=1000', '?group=occurrenceID,day(eventDate)&limit=1000',
  '?group=recordedBy&limit=1000', '?group=locality', '?group=occurrenceID&aggregate=min(decimalLatitude),max(decimalLongitude),mean(decimalLatitude),median(decimalLongitude),min(eventDate)&limit=1000',
  '?group=occurrenceID&aggregate=quantile(decimalLatitude;0.5),sum(decimalLongitude)&limit=1000', '?_bbox=-180,-90,180,90&limit=1000', '?version=1&limit=1000', '?version=2&limit=1000', '?version=1&status=CR&group=occurrenceID&aggregate=min(decimalLatitude)&limit=1000']
const endings = ['', '.json', '.csv', '.parquet', '.jsonl', '.geojson', '.xlsx', '.dwca.zip', '.jsonld', '.schema.json', '.bib', '.ris']

async function everywhere(token, who, options) {
  let answered = 0
  for (const ending of endings)
    for (const question of questions) {
      const target = `/dataset/pangolins${ending}${question}`
      const answer = await get(target, token)
      if (answer.status !== 200) continue
      answered++
      const text = ending === '.parquet' ? await parquet_rows(answer.bytes, 'rows.parquet') : texts(answer.bytes)
      same(found(text, options), [], `${who}: nothing precise in ${target}`)
    }
  tally.check(answered > 120, `${who}: most of these questions are answered`, answered)
  const item = await json('/ogc/collections/pangolins/items?limit=3', token)
  const others = ['/ogc/collections/pangolins', '/ogc/collections/pangolins/items?limit=1000', '/ogc/collections/pangolins/items.html?limit=1000', '/ogc/collections/pangolins/items?bbox=103,11,106,13&limit=1000',
    `/ogc/collections/pangolins/items/${item.features[0].id}`, '/ogc/collections/pangolins/items?status=CR&limit=500', '/ogc/collections', '/catalog.jsonld', '/dataset/pangolins/quality.json', '/dataset/pangolins/history', '/dataset/pangolins/history.json',
    '/dataset/pangolins/history/1.json', '/dataset/pangolins/history/1', '/dataset/pangolins/history/2.json', '/dataset/pangolins/compare.json?from=1&to=2', '/dataset/pangolins/compare?from=1&to=2', '/dataset.jsonl', '/dataset.atom', '/dataset.jsonld', '/dataset.json?q=Hidden', '/search.json?q=Hidden%20Ravine', '/search.json?q=Finder', '/dataset.csv', '/index.json']
  for (const target of others) {
    const answer = await get(target, token)
    tally.check([200, 404].includes(answer.status), `${who}: ${target} answers`, answer.status, answer.bytes)
    same(found(texts(answer.bytes), options), [], `${who}: nothing precise in ${target}`)
  }
}

// Tiles, at every depth where a precise place would show, with filters and of old versions.
async function tiles(token, who, options) {
  const tile_of = (r, zoom) => {
    const sine = Math.sin(r.decimalLatitude * Math.PI / 180)
    return [zoom, Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 2 ** zoom), Math.floor((r.decimalLongitude + 180) / 360 * 2 ** zoom)]
  }
  const read = async ([zoom, row, column], question = '') => {
    const answer = await get(`/ogc/collections/pangolins/tiles/WebMercatorQuad/${zoom}/${row}/${column}${question}`, token)
    tally.check([200, 204].includes(answer.status), `${who}: a tile at ${zoom}/${row}/${column}${question} answers`, answer.status, answer.bytes)
    same(found(answer.bytes.toString(), options), [], `${who}: nothing precise in the tile ${zoom}/${row}/${column}${question}`)
    return answer.status === 204 ? {} : mvt_read(answer.bytes)
  }
  const count_of = layers => (layers.cells?.features ?? []).reduce((n, f) => n + f.properties.count, 0) + (layers.rows?.features.length ?? 0)
  for (const question of ['?status=CR', '?status=CR&version=1', '?status=CR&_row.min=1'])
    for (const [i, r] of rare.entries()) {
      if (i % 4) continue
      const coarse = { decimalLatitude: middle(r.decimalLatitude), decimalLongitude: middle(r.decimalLongitude) }
      for (const zoom of [12, 18]) {
        const [at, there] = [tile_of(r, zoom), tile_of(coarse, zoom)]
        if (String(at) !== String(there)) same(await read(at, question), {}, `${who}: no tile where ${r.occurrenceID} is${question}`)
        const layers = await read(there, question)
        tally.check(layers.rows?.features.some(f => f.properties.occurrenceID === r.occurrenceID), `${who}: ${r.occurrenceID} is in the tile of its cell's middle${question}`, JSON.stringify(layers))
      }
    }
  same(count_of(await read([0, 0, 0])), all.length, `${who}: the world has all rows`)
  same(count_of(await read([0, 0, 0], `?decimalLatitude=${rare[3].decimalLatitude}`)), 0, `${who}: a precise value is no filter of tiles`)
  for (const f of (await read([0, 0, 0], '?status=CR')).rows.features) same(Object.keys(f.properties).includes('recordedBy') && options?.finder !== false, false, `${who}: nor does a row say what is withheld`)
}

// Filters narrower than what may be seen: as if the generalised rows were all there is.
async function differencing(token) {
  const total = async question => (await json(`/dataset/pangolins.json?aggregate=count&${question}`, token)).rows[0].count
  for (const r of rare.filter((_, i) => i % 8 === 0)) {
    const [x, y] = [r.decimalLatitude, r.decimalLongitude]
    if (x === middle(x)) continue
    same(await total(`status=CR&decimalLatitude=${x}`), 0, `no row at the precise latitude of ${r.occurrenceID}`)
    same(await total(`status=CR&_bbox=${y - 1e-4},${x - 1e-4},${y + 1e-4},${x + 1e-4}`), 0, `nor in a small box around ${r.occurrenceID}`)
    const [below, above] = [await total(`occurrenceID=${r.occurrenceID}&decimalLatitude.max=${x - 1e-6}`), await total(`occurrenceID=${r.occurrenceID}&decimalLatitude.max=${x + 1e-6}`)]
    same(below, above, `bounds on either side of ${r.occurrenceID} count the same`)
    same(await total(`occurrenceID=${r.occurrenceID}&eventDate=${r.eventDate}`), r.eventDate === month(r) ? 1 : 0, `its day cannot be asked for`)
    same(await total(`occurrenceID=${r.occurrenceID}&eventDate=${r.eventDate.slice(0, 7)}`), 1, `its month can`)
  }
  for (const i of [0, 1, 2]) same(await total(`locality=Hidden%20Ravine%20${i}`), 0, 'a place that few rows share is not there')
  same(await total('locality.has=Ravine'), 0, 'nor by a part of its name')
  same(await total('locality.missing=true'), 6, 'its rows are')
  const places = (await json('/dataset/pangolins.json?group=locality', token)).rows
  same(places.filter(p => p.locality && p.count < 5), [], 'no group of few rows is counted')
}

const kept = () => { try { return readdirSync(path.join(node.folder, 'beside'), { recursive: true }).filter(f => /index/.test(f)) } catch { return [] } }

// The owner's questions have made an index of the precise part; who is restricted is never counted by it.
async function indexed() {
  const count = 60000, nest = i => i * 7919 % 50
  const file = path.join(node.work, 'nests.csv')
  writeFileSync(file, 'status,nest\n' + Array.from({ length: count }, (_, i) => `${['CR', 'LC'][i % 2]},${nest(i)}\n`).join(''))
  must(['import', node.folder, file, '--into', 'nests', '--owner', 'house', '--state', 'published', '--audience', 'public'])
  await node.serve()
  const at = await node.ask('GET', '/dataset/nests.json')
  await node.ask('PATCH', '/dataset/nests.json', { terms: [{ columns: ['nest'], how: 'withhold', where: 'status', values: ['CR'] }] }, { 'If-Match': at.headers.etag })
  const rows = Array.from({ length: count }, (_, i) => i)
  const seven = rows.filter(i => nest(i) === 7).length, shown = rows.filter(i => nest(i) === 7 && i % 2).length
  for (const round of [1, 2]) {
    const limit = 10 + round
    same((await json(`/dataset/nests.json?nest=7&limit=${limit}`, node.token)).total, seven, `round ${round}: the owner counts all`)
    same((await json(`/dataset/nests.json?nest=7&limit=${limit}`)).total, shown, `round ${round}: others count what is shown`)
    same((await json(`/dataset/nests.json?nest=7&status=CR&limit=${limit}`)).total, 0, `round ${round}: and nothing of what is withheld`)
    same((await json(`/dataset/nests.json?nest.missing=true&limit=${limit}`)).total, count / 2, `round ${round}: which has no value`)
    for (let i = 0; round === 1 && i < 200 && kept().length < 2; i++) await new Promise(done => setTimeout(done, 50))
    same(kept().length, 2, `round ${round}: each of the two parts has an index of its own`)
  }
  await node.end()
}

// Villages of many households and a hamlet of three: what is looked for is how many it has, and which.
async function hamlet() {
  const of = sizes => Object.entries(sizes).flatMap(([village, n]) => Array.from({ length: n }, (_, i) => ({ id: `${village}-${i}`, village })))
  const households = [of({ Ampil: 80, Boeng: 71, Chrey: 62, Damnak: 53, Hamlet: 3 }), of({ Ampil: 80, Boeng: 71, Chrey: 62, Damnak: 55, Hamlet: 3, Islet: 2 })]
  const anyhow = (rows, step) => rows.map((_, i) => rows[i * step % rows.length])
  const file = path.join(node.work, 'households.csv'), further = path.join(node.work, 'further.csv')
  const write = (where, rows, from) => writeFileSync(where, 'id,code,village,kind,size\n' + anyhow(rows, 101).map((r, i) => `${from + i},${r.id.replace(/\w+-/, 'h')},${r.village},${['dry', 'wet'][i % 2]},${i % 7}`).join('\n') + '\n')
  const into = ['--into', 'households', '--owner', 'house', '--state', 'published', '--audience', 'public']
  write(file, households[0], 1000)
  must(['import', node.folder, file, ...into])
  await node.serve()
  const at = await node.ask('GET', '/dataset/households.json')
  same((await node.ask('PATCH', '/dataset/households.json', { terms: [{ columns: ['village'], how: 'suppress', under: 5 }] }, { 'If-Match': at.headers.etag })).status, 200, 'a term for small villages')

  // What is told of each row, by row, of every question; and every number that is told.
  const look = async (rows, version, hidden, what) => {
    const q = version ? `&version=${version}` : ''
    const ask = question => json(`/dataset/households.json?limit=1000&${question}${q}`)
    const of_id = Object.fromEntries(anyhow(rows, 101).map((r, i) => [1000 + i, r.village]))
    const all = (await ask('')).rows, told = Object.fromEntries(all.map(r => [r.id, [r.village, r.informationWithheld]]))
    same(all.length, rows.length, `${what}: all rows are there`)
    same(all.filter(r => r.village !== null && r.village !== of_id[r.id]), [], `${what}: what is shown is so`)
    for (const question of ['village.missing=true', 'village.missing=false', 'village=Hamlet', 'village.has=amlet', 'village.min=Hamlet&village.max=Hamlet', 'village.min=H', 'informationWithheld.missing=true', 'informationWithheld.has=withheld', 'order=village', 'order=-village', 'columns=id,village,_row&order=_row'])
      for (const { id } of (await ask(question)).rows) told[id].push(question)
    const classes = {}
    for (const id of Object.keys(told)) (classes[JSON.stringify(told[id])] ??= []).push(id)
    for (const ids of Object.values(classes)) {
      const villages = new Set(ids.map(id => of_id[id]))
      tally.check(!ids.some(id => of_id[id] === 'Hamlet') || (ids.length >= 5 && villages.size > 1), `${what}: the hamlet's rows are among others`, ids.length, [...villages])
    }
    const counts = new Set()
    const count = async question => { for (const r of (await ask(question)).rows) for (const x of Object.values(r)) if (typeof x === 'number') counts.add(x) }
    for (const question of ['aggregate=count', 'group=village', 'group=village,informationWithheld', 'group=informationWithheld', 'group=village&order=-count', 'aggregate=count&village=Hamlet', 'aggregate=count&village.missing=true', 'aggregate=count&village.missing=false', 'aggregate=count&village.min=D&village.max=I', 'aggregate=count&informationWithheld.missing=false', 'aggregate=count&_row.max=80', ...['Ampil', 'Boeng', 'Chrey', 'Damnak'].map(v => `aggregate=count&village=${v}`)]) await count(question)
    for (const ending of ['.csv', '.jsonl', '.parquet', '.xlsx', '.geojson', '']) {
      const answer = await get(`/dataset/households${ending}?limit=1000${q}`)
      if (answer.status === 200) same(/Hamlet|Islet/.test(ending === '.parquet' ? await parquet_rows(answer.bytes, 'rows.parquet') : texts(answer.bytes)), false, `${what}: neither is its name in ${ending}`)
    }
    same((await ask('group=village')).rows.find(r => r.village === null).count, hidden, `${what}: so many are withheld`)
    return { told, counts }
  }
  // No two of the numbers are apart by the size that is looked for.
  const apart = (numbers, what) => { for (const x of numbers) tally.check(x !== 3 && !numbers.has(x + 3), `${what}: no two counts are apart by the hamlet's`, x, [...numbers]) }

  const first = await look(households[0], 0, 56, 'households')
  apart(first.counts, 'households')
  await node.end()
  // The file corrected, with more rows: the village that hid the hamlet is shown, as others hide it now.
  write(file, households[1], 1000)
  must(['import', node.folder, file, ...into])
  await node.serve()
  const second = await look(households[1], 0, 5, 'corrected'), old = await look(households[0], 1, 269, 'the version before')
  apart(new Set([...second.counts, ...old.counts]), 'both versions')
  // Rows of another file change nothing of the first's.
  await node.end()
  writeFileSync(further, 'id,code,village,kind,size\n' + Array.from({ length: 9 }, (_, i) => `${5000 + i},x,Hamlet,dry,1\n`).join(''))
  must(['import', node.folder, further, ...into])
  await node.serve()
  same((await json('/dataset/households.json?group=village')).rows.map(r => [r.village, r.count]), [['Ampil', 80], ['Boeng', 71], ['Chrey', 62], ['Damnak', 55], ['Hamlet', 9], [null, 5]], 'each file is looked at by itself')
  same((await json('/dataset/households.json?limit=1000&id.max=4999')).rows.filter(r => JSON.stringify(second.told[r.id].slice(0, 2)) !== JSON.stringify([r.village, r.informationWithheld])), [], 'its rows are shown as before')
  await node.end()
}

try {
  node.make()
  await indexed()
  await hamlet()
  const file = path.join(node.work, 'pangolins.csv'), other = path.join(node.work, 'more.csv')
  const csv_of = rows => [Object.keys(rows[0]).join(','), ...rows.map(r => Object.values(r).join(','))].join('\n') + '\n'
  writeFileSync(file, csv_of(all))
  must(['import', node.folder, file, '--into', 'pangolins', '--owner', 'house', '--state', 'published', '--audience', 'public'])
  writeFileSync(other, 'seen,year,day,n,said,ok,value\n2019-05-06T07:08:09,1999,2020-02-03,23,second of May,true,1.5\n2020-05-06T07:08:10,2001,2021-02-03,-1,third of May,false,2.25\n,,,,,,\n')
  must(['import', node.folder, other, '--into', 'mixed', '--owner', 'house', '--state', 'published', '--audience', 'public'])
  const shapes = path.join(node.work, 'shapes.jsonl')
  writeFileSync(shapes, [1, 2, 3].map(i => JSON.stringify({ name: `Place ${i}`, decimalLatitude: 11.12345 + i, decimalLongitude: 104.12345 + i,
    geometry: JSON.stringify({ type: 'Point', coordinates: [104.12345 + i, 11.12345 + i] }) })).join('\n') + '\n')
  must(['import', node.folder, shapes, '--into', 'shapes', '--owner', 'house', '--state', 'published', '--audience', 'public'])
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], JSON.stringify({ kind: 'organisation', slug: 'away', doc: { name: { en: 'Away' }, type: 'agency' } }) + '\n')
  must(['user', 'add', node.folder, 'reader@away.test', '--role', 'away:publisher'])
  const away = must(['token', 'make', node.folder, 'reader@away.test', '--write']).trim()
  await node.serve()
  same(found(texts((await get('/dataset/pangolins.csv')).bytes)).length > 200, true, 'without terms everybody sees the file as it is')
  same(found((await get('/dataset/pangolins.json?limit=1000')).bytes.toString()).length > 200, true, 'and an answer to keep')
  const first = await node.ask('GET', '/dataset/pangolins.json')
  const patched = await node.ask('PATCH', '/dataset/pangolins.json', { terms }, { 'If-Match': first.headers.etag })
  tally.check(patched.status === 200, 'the owner sets terms', patched.status, patched.text)
  const sets = async bad => (await node.ask('PATCH', '/dataset/pangolins.json', { terms: [bad] }, { 'If-Match': patched.headers.etag })).status
  same([await sets({ columns: ['status'], how: 'blur' }), await sets({ columns: [], how: 'month' }), await sets({ columns: ['status'], how: 'withhold', audience: 'public' })], [422, 422, 422], 'terms that mean nothing are refused')

  const rows = async token => (await json('/dataset/pangolins.json?limit=1000', token)).rows
  const mine = Object.fromEntries((await rows(node.token)).map(r => [r.occurrenceID, r]))
  same(Object.values(mine).length, all.length, 'the owner sees all rows')
  same(all.every(r => mine[r.occurrenceID].decimalLatitude === r.decimalLatitude && mine[r.occurrenceID].recordedBy === r.recordedBy && mine[r.occurrenceID].eventDate === r.eventDate), true, 'as precise as they are')
  same('dataGeneralizations' in mine['occ-0'], false, 'with nothing to say of them')
  const theirs = Object.fromEntries((await rows()).map(r => [r.occurrenceID, r]))
  same(Object.values(theirs).length, all.length, 'others see as many')
  for (const r of all) {
    const t = theirs[r.occurrenceID]
    same([t.decimalLatitude, t.decimalLongitude, t.eventDate, t.recordedBy, t.scientificName], r.status === 'CR'
      ? [middle(r.decimalLatitude), middle(r.decimalLongitude), month(r), null, r.scientificName]
      : [r.decimalLatitude, r.decimalLongitude, r.eventDate, null, r.scientificName], `${r.occurrenceID} is as coarse as the terms say`)
  }
  same(theirs['occ-3'].dataGeneralizations, 'decimalLatitude, decimalLongitude: the middle of a cell of 0.5 degrees; eventDate: the month', 'a row tells what was made coarser')
  same([theirs['occ-3'].informationWithheld, theirs['occ-7'].dataGeneralizations], ['recordedBy: withheld; locality: withheld where fewer than 5 rows share them, and in others that hide these', null], 'and what is withheld')
  same([theirs['occ-3'].coordinateUncertaintyInMeters > 39000, theirs['occ-4'].coordinateUncertaintyInMeters], [true, 12], 'the uncertainty of a place says so too')
  same(theirs['occ-9'].informationWithheld, 'recordedBy: withheld', 'what many share is shown')
  same((await rows(away))[0].recordedBy.startsWith('Finder'), true, 'each term has its own audience')
  const page = (await get('/dataset/pangolins')).bytes.toString()
  same([page.includes('Some values are withheld'), (await node.ask('GET', '/dataset/pangolins', undefined, { Accept: 'text/html' })).text.includes('Some values are withheld')], [true, false], 'the page says so to those it holds for')

  for (const version of ['/dataset/pangolins.json', '/dataset/pangolins/history/1.json'])
    for (const part of (await json(version, node.token)).doc.parts ?? []) hashes.push(...[part.sha256, part.file_sha256].filter(hash => hash && !hashes.includes(hash)))
  same(hashes.length, 2, 'its owner sees the hashes of the file and of the part')
  await everywhere(undefined, 'nobody')
  await everywhere(away, 'somebody else', { finder: false })
  await tiles(undefined, 'nobody')
  await tiles(away, 'somebody else', { finder: false })
  const precise = await node.ask('GET', '/ogc/collections/pangolins/tiles/WebMercatorQuad/0/0/0?occurrenceID=occ-3')
  same([precise.status, precise.text.includes(rare[1].eventDate)], [200, true], 'its owner has tiles of the precise rows')
  for (const sql of ['SELECT * FROM pangolins', 'SELECT occurrenceID, min(decimalLatitude), min(eventDate), any_value(locality) FROM pangolins GROUP BY ALL', 'SELECT DISTINCT decimalLongitude, locality FROM pangolins'])
    for (const ending of ['', '.json', '.csv'])
      for (const version of ['', '&version.pangolins=1']) {
        const answer = await get(`/console${ending}?sql=${encodeURIComponent(sql)}${version}`, away)
        same([answer.status, found(answer.bytes.toString(), { finder: false })], [200, []], `nothing precise in SQL${ending}: ${sql}${version}`)
      }
  const counted = await json(`/console.json?sql=${encodeURIComponent("SELECT count(*) AS n FROM pangolins WHERE status = 'CR' AND decimalLatitude = " + rare[3].decimalLatitude)}`, away)
  same([counted.rows[0], (await json(`/console.json?sql=${encodeURIComponent('SELECT count(*) AS n FROM pangolins')}`, away)).rows[0]], [[0], [all.length]], 'and the precise value cannot be asked for in SQL')
  await differencing(undefined)
  await differencing(away)

  // Columns of every type, and what cannot be done as it was said.
  const before = (await json('/dataset/mixed.json', node.token)).rows
  same(before.length, 3, 'a dataset of many types')
  const mixed = await node.ask('GET', '/dataset/mixed.json')
  same((await node.ask('PATCH', '/dataset/mixed.json', { terms: [{ columns: ['seen'], how: 'year' }, { columns: ['year', 'day'], how: 'year' }, { columns: ['n'], how: 'grid', degrees: 10 },
    { columns: ['said', 'ok'], how: 'month' }, { columns: ['value'], how: 'grid' }] }, { 'If-Match': mixed.headers.etag })).status, 200, 'has terms as well')
  same((await json('/dataset/mixed.json')).rows.map(({ seen, year, day, n, said, ok, value }) => [seen, year, day, n, said, ok, value]),
    [['2019-01-01T00:00:00', 1999, '2020-01-01', 25, null, null, null], ['2020-01-01T00:00:00', 2001, '2021-01-01', -5, null, null, null], [null, null, null, null, null, null, null]], 'each is made coarser as its type can be, else withheld')
  same((await json('/dataset/mixed.json')).rows[0].informationWithheld, 'said, ok: withheld; value: withheld', 'and the row says so')

  const then = await node.ask('GET', '/dataset/mixed.json')
  same((await node.ask('PATCH', '/dataset/mixed.json', { terms: [{ columns: ['said'], how: 'withhold' }] }, { 'If-Match': then.headers.etag })).status, 200, 'terms may only withhold')
  same((await json('/dataset/mixed.json')).rows.map(r => [r.said, r.n, r.dataGeneralizations, r.informationWithheld])[0], [null, 23, null, 'said: withheld'], 'then nothing is made coarser')
  const placed = await node.ask('GET', '/dataset/shapes.json')
  const { columns } = JSON.parse(placed.text).doc
  const roles = columns.map(c => c.name === 'geometry' ? { ...c, type: 'string', role: 'place' } : c)
  const set = await node.ask('PATCH', '/dataset/shapes.json', { columns: roles, terms: [{ columns: ['decimalLatitude', 'decimalLongitude'], how: 'grid', degrees: 1 }] }, { 'If-Match': placed.headers.etag })
  tally.check(set.status === 200, 'coordinates beside a geometry', set.status, set.text)
  for (const ending of ['.json', '.csv', '.geojson']) same([(await get(`/dataset/shapes${ending}`)).status, /12345/.test((await get(`/dataset/shapes${ending}`)).bytes)], [200, false], `take it along in ${ending}`)
  same(/12345/.test((await node.ask('GET', '/dataset/shapes.json')).text), true, 'but for its owner')

  // What cannot be generalised is not shown.
  const now = await node.ask('GET', '/dataset/pangolins.json')
  same((await node.ask('PATCH', '/dataset/pangolins.json', { terms: [{ columns: ['decimallatitud'], how: 'withhold' }] }, { 'If-Match': now.headers.etag })).status, 200, 'a term may name a column that is not there')
  for (const ending of ['', '.json', '.csv', '.parquet', '.geojson', '.dwca.zip']) {
    const answer = await get(`/dataset/pangolins${ending}`)
    same([answer.status, found(texts(answer.bytes))], [422, []], `then others get no rows of pangolins${ending}`)
  }
  same((await node.ask('GET', '/dataset/pangolins.json')).status, 200, 'and its owner does')
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
