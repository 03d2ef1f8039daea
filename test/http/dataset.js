// A dataset from outside: a file is imported, then asked in every form, and each answer is read by a reader
// that knows nothing of the server: JSON and CSV here, a spreadsheet by its XML, Parquet by DuckDB's own
// binding. Who may not see the record gets none of its rows, in no form and of no version.
import { createRequire } from 'node:module'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

import { Node, must, request, tally } from '../house/node.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const node = new Node()
const count = 3000

// What the file says, and so what every answer is compared with.
const all = Array.from({ length: count }, (_, i) => ({ station: `Station ${i % 7}`, country: ['TH', 'VN', 'KH'][i % 3],
  date: new Date(Date.UTC(2018, 0, 1 + i)).toISOString().slice(0, 10), value: i % 50 ? i / 8 : null,
  latitude: 10 + (i % 40) / 8, longitude: 100 + (i % 30) / 8, note: i === 4 ? '=1+1, "quoted"' : `row ${i}` }))
const cell = x => x === null ? '' : /[",]/.test(x) ? `"${String(x).replaceAll('"', '""')}"` : String(x)
const csv_of = rows => [Object.keys(rows[0]).join(','), ...rows.map(r => Object.values(r).map(cell).join(','))].join('\n') + '\n'

const get = (target, headers) => request(node, 'GET', target, { headers })
const json = async (target, headers) => JSON.parse((await get(target, headers)).bytes)
const same = (...words) => tally.same(...words)
const plain = ({ _flags, ...row }) => row

function csv_read(text) {
  const rows = [[]]
  let value = '', quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') value += c
      else if (text[i + 1] === '"') value += text[++i]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',' || c === '\n') { rows.at(-1).push(value); value = ''; if (c === '\n') rows.push([]) } else if (c !== '\r') value += c
  }
  rows.pop()
  const [head, ...rest] = rows
  return rest.map(r => Object.fromEntries(head.map((name, i) => [name, r[i]])))
}

function zip_entry(bytes, wanted) {
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6])) + 16)
  for (;;) {
    const size = bytes.readUInt32LE(at + 20), n = bytes.readUInt16LE(at + 28), local = bytes.readUInt32LE(at + 42)
    if (bytes.subarray(at + 46, at + 46 + n).toString() === wanted) {
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
      return zlib.inflateRawSync(bytes.subarray(start, start + size)).toString()
    }
    at += 46 + n + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
}

async function parquet_says(file, sql) {
  const folder = path.join(root, 'packages/duckdb/node_modules/@duckdb')
  const binding = path.join(folder, readdirSync(folder).find(n => n.startsWith('node-bindings-linux')), 'duckdb.node')
  const duckdb = createRequire(import.meta.url)(binding)
  const connection = await duckdb.connect(await duckdb.open(':memory:'))
  const chunk = await duckdb.fetch_chunk(await duckdb.query(connection, sql.replace('FILE', `'${file.replaceAll("'", "''")}'`)))
  const data = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, 0), 8)
  return Number(Buffer.from(data.buffer, data.byteOffset, 8).readBigInt64LE())
}

async function forms() {
  const viet = all.filter(r => r.country === 'VN' && r.date >= '2019-01-01')
  const question = '?country=VN&date.min=2019'
  const value = await json(`/dataset/air.json${question}`)
  same([value.total, value.rows.length, value.kind, value.slug], [viet.length, 100, 'dataset', 'air'], 'the JSON is the record with an exact count and the first rows')
  same(value.rows.map(plain), viet.slice(0, 100), 'its rows are those of the file')
  same((await json('/dataset/air.json?limit=2&offset=2999')).rows.map(plain), all.slice(2999), 'offset and limit page to the end')
  const gathered = await json('/dataset/air.json?group=country&aggregate=count,sum(value)&order=-country')
  same(gathered.rows, ['VN', 'TH', 'KH'].map(c => ({ country: c, count: 1000,
    'sum(value)': all.filter(r => r.country === c).reduce((n, r) => n + (r.value ?? 0), 0) })), 'rows are gathered')

  const few = await json('/dataset/air.json?group=year(date),country&aggregate=count&limit=2&offset=1'), whole = await json('/dataset/air.json?group=year(date),country&aggregate=count')
  same([few.total, few.rows], [whole.rows.length, whole.rows.slice(1, 3)], 'a page of gathered rows tells how many there are')
  same([await json('/dataset/air.json?group=country&aggregate=count&offset=7'), await json('/dataset/air.json?group=country&aggregate=count&country=none'), await json('/dataset/air.json?aggregate=count,max(date)')].map(v => [v.total, v.rows.length, v.rows[0]?._total]),
    [[3, 0, undefined], [0, 0, undefined], [1, 1, undefined]], 'also past the last, of none, and of all together')

  const csv = await get(`/dataset/air.csv${question}`)
  same(csv_read(csv.bytes.toString()).map(plain), viet.map(r => ({ ...r, value: r.value === null ? '' : String(Number.isInteger(r.value) ? r.value.toFixed(1) : r.value),
    latitude: Number.isInteger(r.latitude) ? r.latitude.toFixed(1) : String(r.latitude), longitude: Number.isInteger(r.longitude) ? r.longitude.toFixed(1) : String(r.longitude) })), 'CSV has all rows of the question')
  tally.check(/^text\/csv/.test(csv.headers['content-type']) && /filename="air.csv"/.test(csv.headers['content-disposition']), 'CSV says what it is', JSON.stringify(csv.headers))
  const lines = (await get(`/dataset/air.jsonl${question}`)).bytes.toString().trim().split('\n').map(l => JSON.parse(l))
  same(lines.map(plain), viet, 'JSON Lines has all rows of the question')
  const geo = await json(`/dataset/air.geojson${question}`)
  same(geo.features.map(f => [f.geometry.coordinates, plain(f.properties)]), viet.map(r => [[r.longitude, r.latitude], r]), 'GeoJSON has a point a row, longitude first')
  const cells = await json('/dataset/air.geojson?group=grid(1)')
  same(cells.features.reduce((n, f) => n + f.properties.count, 0), count, 'cells of a grid count every row once')
  same((await get('/dataset/air.geojson?columns=note')).status, 404, 'without a place there is no GeoJSON')
  const sheet = await get(`/dataset/air.xlsx${question}`)
  const xml = zip_entry(sheet.bytes, 'xl/worksheets/sheet1.xml')
  same([(xml.match(/<row /g) ?? []).length, xml.includes('<f>')], [viet.length + 1, false], 'the spreadsheet has the rows, the headings and no formula')
  same(zip_entry((await get('/dataset/air.xlsx?note.has=quoted')).bytes, 'xl/worksheets/sheet1.xml').includes('=1+1, "quoted"'), true, 'what looks like a formula is text')
  const parquet = await get(`/dataset/air.parquet${question}`)
  const file = path.join(node.work, 'rows.parquet')
  writeFileSync(file, parquet.bytes)
  same(await parquet_says(file, 'SELECT count(*) FROM read_parquet(FILE)'), viet.length, 'Parquet has all rows of the question')
  same(await parquet_says(file, 'SELECT CAST(sum(coalesce(value, 0) * 8) AS BIGINT) FROM read_parquet(FILE) WHERE date >= DATE \'2019-01-01\''),
    viet.reduce((n, r) => n + (r.value ?? 0) * 8, 0), 'its values are numbers and dates')
}

// More rows than a sheet holds: told before anything is made of it, with the way out.
async function sheet_too_long() {
  const whole = await get('/dataset/tall.xlsx'), said = JSON.parse(whole.bytes)
  tally.check(whole.status === 413 && ['1048575', '1048576', '.csv', '.parquet', 'filter'].every(part => said.cause.includes(part)), 'a spreadsheet of too many rows is refused, saying what to do', whole.status, whole.bytes.toString().slice(0, 400))
  same((await get('/dataset/tall.xlsx?n.min=1048500')).status, 200, 'fewer of them are had')
  same((await get('/dataset/tall.xlsx?limit=3&offset=1048574')).status, 200, 'and the last')
  same((await get('/dataset/tall.csv?columns=n&limit=2000000')).bytes.toString().trim().split('\n').length, 1048577, 'CSV has them all')
}

async function refused() {
  for (const [question, status, said] of [['?contry=TH', 400, 'country'], ['?limit=10001', 400, '10000'], ['?version=9', 404, ''], ['?group=year(station)', 400, 'date']]) {
    const answer = await get(`/dataset/air.json${question}`)
    tally.check(answer.status === status && answer.bytes.toString().includes(said), `${question} is refused, saying why`, answer.status, answer.bytes)
  }
  same((await get('/dataset/air?contry=TH')).status, 400, 'the page refuses it as well')
  same((await get('/dataset/nowhere.csv')).status, 404, 'no such dataset')
}

async function page() {
  const text = (await get('/dataset/air?country=KH', { 'accept-language': 'en' })).bytes.toString()
  for (const part of ['1,000 rows', 'href="/dataset/air.csv?country=KH"', 'href="/dataset/air.parquet?country=KH"', 'name="where.country" value="KH"', 'air.csv', '<td class="number" dir="ltr">'])
    tally.check(text.includes(part), `the page has ${part}`, text.slice(text.indexOf('<main'), text.indexOf('<main') + 1500))
}

// Water above the limits that its record names, by year; a limit without a publisher is not drawn.
async function standards() {
  const at = await node.ask('GET', '/dataset/level.json'), over = limit => [2021, 2022].map(year => Array.from({ length: 400 }, (_, i) => i)
    .filter(i => new Date(Date.UTC(2021, 0, 1 + i)).getUTCFullYear() === year && 1.5 + i % 9 > limit).length)
  const limit = (value, title, publisher) => ({ column: 'height', value, period: 'day', title: { en: title }, ...(publisher ? { publisher } : {}) })
  same((await node.ask('PATCH', '/dataset/level.json', { standards: [limit(5, 'Alarm', 'The river authority'), limit(9.5, 'Flood', 'The river authority'), limit(2, 'Nobody says', '')] },
    { 'If-Match': at.headers.etag })).status, 200, 'a record names standards')
  const { series, exceedance } = await figures_of('/dataset/level')
  same([series.html.includes('- - - 5: Alarm, The river authority'), series.html.includes('Nobody says')], [true, false], 'they are drawn into the series')
  const cells = [...exceedance.html.split('</table>')[0].matchAll(/<tr><th scope="row"><bdi>(.*?)<\/tr>/gs)].map(m => [...m[0].matchAll(/<t[hd][^>]*>(?:<[^>]*>)*([^<]*)/g)].map(c => Number(c[1])))
  same(cells, [[2021, 365, over(5)[0], over(9.5)[0]], [2022, 35, over(5)[1], over(9.5)[1]]], 'days above each are counted by year')
  same([exceedance.html.includes('Alarm, The river authority'), exceedance.html.includes('Nobody says'), over(9.5)], [true, false, [0, 0]], 'with whose they are; at a limit is not above it')
}

// What each figure of a page draws: its title, its open rows, and the rows of its own address.
async function figures_of(target, lang = 'en') {
  const text = (await get(target, { 'accept-language': lang })).bytes.toString()
  const parts = text.split('<figure class="figure" id="figure-').slice(1)
  return Object.fromEntries(await Promise.all(parts.map(async part => {
    const csv = part.match(/href="([^"]*\.csv\?[^"]*)"/)[1].replaceAll('&amp;', '&')
    const answer = await get(csv)
    return [part.slice(0, part.indexOf('"')), { html: part, csv, status: answer.status, rows: csv_read(answer.bytes.toString()),
      open: [...part.split('</table>')[0].matchAll(/<tr><th scope="row"><bdi>([^<]*)<.*?<td class="number">([^<]*)<\/td>/g)].map(m => [m[1], m[2]]) }]
  })))
}

async function figures() {
  const years = [2001, 2002, 2003], forest = (c, y) => ({ TH: 10, VN: 30, KH: 20 })[c] + y - 2000
  const now = await figures_of('/dataset/forest')
  same(Object.keys(now), ['ranking', 'series', 'distribution'], 'a dataset by country and year is ranked, drawn over time and by size')
  same(now.ranking.open, [['Vietnam', '33'], ['Cambodia', '23'], ['Thailand', '13']], 'the ranking is of the last year, in falling order')
  same([now.ranking.status, now.ranking.rows.map(r => [r.country, r['mean(share)']])], [200, [['World', '53.0'], ['VN', '33.0'], ['KH', '23.0'], ['TH', '13.0']]], 'its address gives the same, and the names that are no countries')
  tally.check((now.ranking.html.match(/<g class="shade-/g) ?? []).length === 3 && now.ranking.html.includes('role="img"'), 'three countries of the map are shaded', now.ranking.html.slice(0, 400))
  same(now.series.rows.map(r => [r.country, Number(r.year), Number(r['mean(share)'])]).sort(), ['KH', 'TH', 'VN'].flatMap(c => years.map(y => [c, y, forest(c, y)])).sort(), 'the series has every country and year')
  same((now.series.html.match(/class="line line-/g) ?? []).length, 6, 'it has a line for each country, in the chart and by itself')
  same((await figures_of('/dataset/forest?at=2001')).ranking.open[0], ['Vietnam', '31'], 'another year can be chosen')
  same((await figures_of('/dataset/forest?country=TH')).ranking.open, [['Thailand', '13']], 'the filters of the page are those of its figures')
  same((await figures_of('/dataset/forest', 'zh')).ranking.open[0][0], '越南', 'countries are named in the language of the reader')

  const air = await figures_of('/dataset/air')
  same(Object.keys(air), ['points', 'distribution'], 'a dataset of places has a map of them')
  same(air.points.rows.reduce((n, r) => n + Number(r.count), 0), count, 'the map has every row')
  const cells = [...new Set([...air.points.html.matchAll(/href="(\?[^"#]*_bbox=[^"#]*)#rows"/g)].map(m => m[1].replaceAll('&amp;', '&')))]
  let listed = 0
  for (const cell of cells) listed += (await json(`/dataset/air.json${cell}&limit=1`)).total
  same([cells.length > 50, listed], [true, count], 'the links of its cells list every row once, those on edges too')
  const level = await figures_of('/dataset/level')
  same(Object.keys(level), ['series', 'calendar', 'distribution'], 'a dataset by day has a calendar')
  same([level.calendar.rows.length, (level.calendar.html.match(/<rect class="shade-/g) ?? []).length], [365, 365], 'of the last full year, a shade a day')
  const taxa = await figures_of('/dataset/mammals')
  same([...taxa.taxa.html.matchAll(/<i\b[^>]*>([^<]*)<\/i>/g)].map(m => m[1]), ['Pongo pygmaeus', 'Tupaia minor', 'Rattus exulans'], 'taxa come by their number')
  same((taxa.months.html.match(/<rect /g) ?? []).length, 12, 'and months of the year')
  // Parts of a whole: amounts are summed, unless the column or the address says otherwise.
  const tonnes = '/dataset/sectors?figure=tonnes%20(t%20CO2)'
  const sectors = await figures_of(tonnes), by_mean = await figures_of(`${tonnes}&gathered=mean`), as_is = await figures_of('/dataset/sectors?figure=share')
  same(sectors.ranking.open, [['Vietnam', '60'], ['Thailand', '30']], 'sectors of a country, whose amounts are in tonnes, are summed')
  same(sectors.series.rows.map(r => [r.country, Number(r.year), Number(r['sum(tonnes (t CO2))'])]).sort(), [['TH', 2001, 27], ['TH', 2002, 30], ['VN', 2001, 57], ['VN', 2002, 60]], 'and so over time')
  tally.check(sectors.ranking.html.includes('sum of its rows') && by_mean.ranking.html.includes('mean of its rows'), 'the title says which', sectors.ranking.html.slice(0, 300))
  same(by_mean.ranking.open, [['Vietnam', '20'], ['Thailand', '10']], 'the address may ask for the mean')
  same(as_is.ranking.open, [['Vietnam', '0.3'], ['Thailand', '0.1']], 'what has no unit of an amount has a mean')
  const choice = (await get(tonnes)).bytes.toString().match(/<select name="gathered">.*?<\/select>/)?.[0] ?? ''
  tally.check(choice.includes('value="sum" selected'), 'the page lets choose', choice)
  tally.check(!(await get('/dataset/forest')).bytes.toString().includes('name="gathered"'), 'but where each country has one row')
  const at = await node.ask('GET', '/dataset/sectors.json'), columns = JSON.parse(at.text).doc.columns.map(c => c.name === 'share' ? { ...c, gather: 'sum' } : c)
  same((await node.ask('PATCH', '/dataset/sectors.json', { columns }, { 'If-Match': at.headers.etag })).status, 200, 'a column says how its values are put together')
  same((await figures_of('/dataset/sectors?figure=share')).ranking.open, [['Vietnam', '0.9'], ['Thailand', '0.3']], 'and is so')
  same((await json('/dataset/sectors.schema.json')).fields.find(f => f.name === 'share').gather, 'sum', 'Table Schema says it too')
  for (const all of [now, air, level, taxa, sectors, by_mean, as_is]) for (const [name, f] of Object.entries(all)) same(f.status, 200, `the address of ${name} answers`)
  same((await get('/dataset/forest.csv?figure=x&at=2001&gathered=sum')).status, 200, 'what chooses a figure asks nothing of the rows')
}

async function old_and_hidden(old) {
  const now = await json('/dataset/air.json'), then = await json(`/dataset/air.json?version=${old}`)
  same([now.total, then.total, then.data_version], [10, count, old], 'a version is asked as it was')
  same(csv_read((await get(`/dataset/air.csv?version=${old}`)).bytes.toString()).length, count, 'in every form')
  const mine = { authorization: `Bearer ${node.token}` }
  same((await json('/dataset/secret.json', mine)).total, count, 'who belongs to the owner sees the rows')
  for (const ending of ['', '.json', '.csv', '.parquet', '.jsonl', '.geojson', '.xlsx'])
    for (const question of ['', '?version=1', '?aggregate=count', '?station=Station 1'.replace(' ', '%20')]) {
      const [hidden, none] = [await get(`/dataset/secret${ending}${question}`), await get(`/dataset/absent${ending}${question}`)]
      same([hidden.status, hidden.bytes.toString().replaceAll('secret', 'absent')], [404, none.bytes.toString()], `secret${ending}${question} is as if it were not there`)
    }
}

// A question that is not ended in its time is stopped with what to change, and pages are answered meanwhile.
async function stopped() {
  const parts = Array.from({ length: 200 }, (_, i) => `text.has=line%20${i}zzzzzz`).join('&')
  let ended = false
  const began = Date.now(), slow = get(`/dataset/long.json?${parts}`).finally(() => { ended = true })
  let beside = 0
  while (!ended) {
    same((await get(`/organisation/house.json?x=${beside}`)).status, 200, `page ${beside} beside a slow question`)
    beside++
    await new Promise(done => setTimeout(done, 100))
  }
  const answer = await slow
  tally.check(answer.status === 413 && /takes longer than 1 seconds; filter its rows/.test(answer.bytes), 'a question that takes longer than data_seconds is stopped, saying what to change', answer.status, answer.bytes)
  tally.check(beside >= 3 && Date.now() - began >= 1000, 'and pages were answered while it ran', beside, Date.now() - began)
  same((await json('/dataset/long.json?n=77')).total, 1, 'the next question is answered')
  for (const ending of ['csv', 'parquet']) same((await get(`/dataset/long.${ending}?${parts}`)).status, 413, `the same in .${ending}`)
}

// Readers that leave in the middle, more than there is room for at once.
async function leavers() {
  for (let i = 0; i < 40; i++)
    await new Promise(resolve => {
      const asked = http.get({ host: node.host, port: node.port, path: '/dataset/wide.csv' }, answer => answer.once('data', () => { asked.destroy(); resolve() }))
      asked.on('error', resolve)
    })
  for (let i = 0; i < 100 && (await get('/dataset/wide.json?aggregate=count')).status !== 200; i++) await new Promise(done => setTimeout(done, 50))
  same((await json('/dataset/wide.json?aggregate=count')).rows, [{ count: 60000 }], 'readers that leave make room for others')
  const whole = (await get('/dataset/wide.csv')).bytes
  same(whole.toString().trim().split('\n').length, 60001, 'what is larger than the stream holds arrives whole')
}

try {
  node.make()
  const file = path.join(node.work, 'air.csv'), wide = path.join(node.work, 'wide.csv'), long = path.join(node.work, 'long.csv')
  writeFileSync(file, csv_of(all))
  writeFileSync(wide, csv_of(Array.from({ length: 60000 }, (_, i) => ({ n: i, text: `line ${i} `.repeat(8) }))))
  const into = (slug, from, audience) => must(['import', node.folder, from, '--into', slug, '--owner', 'house', '--state', 'published', '--audience', audience])
  into('air', file, 'public')
  into('secret', file, 'own')
  into('wide', wide, 'public')
  writeFileSync(long, csv_of(Array.from({ length: 300000 }, (_, i) => ({ n: i, text: `line ${i} `.repeat(8) }))))
  into('long', long, 'public')
  const table = (slug, rows) => {
    writeFileSync(path.join(node.work, `${slug}.csv`), csv_of(rows))
    into(slug, path.join(node.work, `${slug}.csv`), 'public')
  }
  table('forest', ['TH', 'VN', 'KH', 'World'].flatMap(country => [2001, 2002, 2003].map(year => ({ country, year, share: ({ TH: 10, VN: 30, KH: 20, World: 50 })[country] + year - 2000 + 0.0 }))))
  table('sectors', ['TH', 'VN'].flatMap(country => [2001, 2002].flatMap(year => ['power', 'transport', 'buildings'].map((sector, i) =>
    ({ country, year, sector, 'tonnes (t CO2)': (country === 'TH' ? 9 : 19) + i - 1 + year - 2001, share: country === 'TH' ? 0.1 : 0.3 })))))
  writeFileSync(path.join(node.work, 'tall.csv'), 'n\n' + Array.from({ length: 1048576 }, (_, i) => i + 1).join('\n') + '\n')
  into('tall', path.join(node.work, 'tall.csv'), 'public')
  table('level', Array.from({ length: 400 }, (_, i) => ({ date: new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10), height: 1.5 + i % 9 })))
  table('mammals', ['Pongo pygmaeus', 'Pongo pygmaeus', 'Pongo pygmaeus', 'Tupaia minor', 'Tupaia minor', 'Rattus exulans'].map((species, i) =>
    ({ species, date: `2020-0${i + 1}-15`, latitude: 2 + i / 10, longitude: 112 + i / 10 })))
  await node.serve()
  await forms()
  await refused()
  await sheet_too_long()
  await page()
  await figures()
  await standards()
  await leavers()
  await node.end()
  const settings = path.join(node.folder, 'node.json')
  writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, 'utf8')), data_seconds: 1 }))
  await node.serve()
  await stopped()
  await node.end()
  writeFileSync(file, csv_of(all.slice(0, 10)))
  must(['import', node.folder, file, '--into', 'air'])
  await node.serve()
  await old_and_hidden(1)
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
