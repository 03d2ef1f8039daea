// The quality of imported rows from outside: each flag that there is (flags.def) is planted in a file, and exactly its
// rows have it; the report says what it means, shows the first rows and leads to all of them, in each language; and who
// may not see a value does not see it in the report.
import { readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

import { Node, must, tally } from '../house/node.js'

const node = new Node()
const get = (target, headers = {}) => new Promise((resolve, reject) => {
  http.get({ host: node.host, port: node.port, path: target, headers }, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', part => { text += part }).on('end', () => resolve({ status: answer.statusCode, text }))
  }).on('error', reject)
})
const json = async (target, headers) => JSON.parse((await get(target, headers)).text)
const same = (...words) => tally.same(...words)
const csv = (slug, rows) => {
  const file = path.join(node.work, `${slug}.csv`)
  writeFileSync(file, [Object.keys(rows[0]), ...rows.map(Object.values)].map(cells => cells.map(x => /[",]/.test(x) ? `"${x}"` : x).join(',')).join('\n') + '\n')
  return file
}
const into = (slug, rows) => must(['import', node.folder, csv(slug, rows), '--into', slug, '--owner', 'house', '--state', 'published', '--audience', 'public'])

// What a row has that none should, and the flags that it must then have. Rows are counted from 1.
const seen_faults = {
  12: [{ id: '' }, 'id-missing'], 14: [{ id: 'x12' }, 'id-repeated'], 13: [{}, 'id-repeated'], 15: [{ who: '' }, 'value-missing'],
  20: [{ species: 'bear, brown' }, 'taxon-form', 'taxon-unknown'], 22: [{ species: 'Ursus thibetanis' }, 'taxon-unknown'],
  21: [{ country: 'Nowhere' }, 'country-unknown'], 30: [{ lat: 0, lon: 0 }, 'coordinates-far', 'coordinates-zero'],
  31: [{ lat: 100.5, lon: 14.2 }, 'coordinates-range', 'coordinates-swapped'], 32: [{ lat: '' }, 'coordinates-half'],
  33: [{ lat: 21.03, lon: 105.85 }, 'coordinates-country', 'coordinates-far'], 34: [{ lat: 95 }, 'coordinates-far', 'coordinates-range'],
  35: [{ lat: 12.2, lon: 101 }, 'coordinates-at-sea'], 40: [{ date: '2131-01-01' }, 'future-date'], 41: [{ date: '1000-01-01' }, 'early-date'],
  50: [{ individualCount: -3 }, 'negative-count'], 60: [{ cover: 101 }, 'out-of-range'], 61: [{ acidity: 15 }, 'unit-range'],
  70: [{ site: 'Z9' }, 'key-unknown'], 80: [{ kind: 'north', side: 'urban' }, 'columns-shuffled', 'value-unlisted'], 81: [{ kind: 'sea' }, 'value-unlisted'], 90: [{ depth: 4000 }, 'outlier'],
}
const seen = Array.from({ length: 3000 }, (_, i) => ({ id: `x${i}`, kind: ['urban', 'rural'][i % 2], side: ['north', 'south', 'east'][i % 3],
  species: ['Ursus thibetanus', 'Panthera tigris'][i % 2], country: 'TH', who: `P${i % 9}`, site: ['A1', 'B2'][i % 2], lat: 14 + (i % 40) / 20, lon: 100.2 + (i % 30) / 15,
  date: new Date(Date.UTC(2018, 0, 1 + i % 900)).toISOString().slice(0, 10), individualCount: i % 9, cover: 50, acidity: 7, depth: 5 + (i * 7919 % 300) / 10, ...seen_faults[i + 1]?.[0] }))
const seen_columns = [['id', 'string', { role: 'id' }], ['kind', 'string', { enum: ['urban', 'rural'] }], ['side', 'string'], ['species', 'string', { role: 'taxon' }], ['country', 'string', { role: 'country' }],
  ['who', 'string', { required: true }], ['site', 'string', { references: { dataset: 'sites', column: 'code' } }], ['lat', 'number', { role: 'latitude' }], ['lon', 'number', { role: 'longitude' }],
  ['date', 'date', { role: 'time' }], ['individualCount', 'integer'], ['cover', 'number', { minimum: 0, maximum: 100 }], ['acidity', 'number', { unit: 'pH' }], ['depth', 'number', { unit: 'm' }]]
  .map(([name, type, more]) => ({ name, type, ...more }))

const series_faults = { 51: ['key-repeated'], 61: ['gap-before'], 49: ['key-repeated'], 53: ['gap-before'] }
const series = Array.from({ length: 400 }, (_, i) => ({ station: `S${i % 2}`, at: new Date(Date.UTC(2024, 0, 1, i === 50 ? 24 : (i >> 1) + (i === 60 || i > 61 && i % 2 === 0 ? 4 : 0))).toISOString().slice(0, 16), pm25: 20 + (i * 7919 % 100) / 10 }))
// Two substances, each in its unit; some rows of one have the other's, and of a third one has none.
const units_faults = { 8: ['unit-unusual'], 31: ['unit-unusual'] }
const units = Array.from({ length: 90 }, (_, i) => ({ site: `S${i % 5}`, year: 2000 + (i / 15 | 0), indicator: ['Nitrate', 'Lead', 'pH'][i % 3],
  value: 1 + i % 7, unit: units_faults[i + 1] ? 'ng/L' : ['mg/L', 'µg/L', ''][i % 3] }))
// One of two, of which none is the usual.
for (const unit of ['g', 'kg']) units.push({ site: 'S9', year: 2010, indicator: 'Dust', value: 1, unit })
const copies = Array.from({ length: 50 }, (_, i) => ({ name: `n${i === 31 ? 30 : i}`, n: i === 31 ? 30 : i }))

// Latitude and longitude the other way round in all rows; and a place at sea in a third of them.
const swapped = Array.from({ length: 40 }, (_, i) => ({ id: `w${i}`, country: 'OM', lat: 58 + i / 100, lon: 23 + i / 100 }))
const marine = Array.from({ length: 60 }, (_, i) => ({ id: `m${i}`, country: 'TH', lat: i % 3 ? 14.5 : 9.5, lon: i % 3 ? 101 : 101.2 }))

const flags_of = async slug => Object.fromEntries((await json(`/dataset/${slug}.json?_flags.missing=false&columns=_row,_flags&limit=1000`)).rows
  .map(row => [row._row, row._flags.split(';').sort()]))
const planted = faults => Object.fromEntries(Object.entries(faults).map(([row, what]) => [row, what.filter(x => typeof x === 'string').sort()]))

async function rows_flagged() {
  same(await flags_of('seen'), planted(seen_faults), 'each row of occurrences has the flags of the fault planted in it, and no other row has any')
  same(await flags_of('series'), planted(series_faults), 'a time that is there twice and a series that skips are flagged')
  const unit_flags = Object.fromEntries(Object.entries(await flags_of('units')).map(([row, names]) => [row, names.filter(name => name === 'unit-unusual')]).filter(([, names]) => names.length))
  same(unit_flags, units_faults, 'a unit that its indicator seldom has is flagged, a lack of one is not')
  same(await flags_of('copies'), { 31: ['row-repeated'], 32: ['row-repeated'] }, 'equal rows are flagged')
  const all = [...readFileSync('src/data/flags.def', 'utf8').matchAll(/^FLAG\(\w+, "([\w-]+)"/gm)].map(found => found[1])
  const had = new Set([...Object.values(planted(seen_faults)), ...Object.values(series_faults), ...Object.values(units_faults), 'row-repeated'].flat())
  same(all.filter(name => !had.has(name)), [], 'no flag is without a fault that is planted here')
}

async function report() {
  const value = await json('/dataset/seen/quality.json')
  same([value.rows, value.flagged], [seen.length, Object.keys(seen_faults).length], 'the report counts rows and flagged rows')
  const counts = {}
  for (const names of Object.values(planted(seen_faults))) for (const name of names) counts[name] = (counts[name] || 0) + 1
  same(Object.fromEntries(value.flags.map(f => [f.flag, f.rows]).sort()), Object.fromEntries(Object.entries(counts).sort()), 'and each flag\'s rows')
  const unknown = value.flags.find(f => f.flag === 'taxon-unknown')
  same(unknown.examples[1], { file: 'seen.csv', row: 22, values: { species: 'Ursus thibetanis' }, nearest: ['Ursus thibetanus'] }, 'an example has file, row, the values that matter and what is written nearly so')
  const values = flag => value.flags.find(f => f.flag === flag).examples.map(e => e.values)
  same([values('unit-range'), values('out-of-range'), values('coordinates-range')], [[{ acidity: '15' }], [{ cover: '101' }], [{ lat: '100.5' }, { lat: '95' }]],
    'of the columns that have bounds an example names the one that is past them')
  same(value.flags.filter(f => f.examples.length !== Math.min(3, f.rows)).map(f => f.flag), [], 'each flag has its first rows')
  same(value.clear, [], 'nothing that was looked for is clear here')
  same((await json('/dataset/copies/quality.json')).clear, [], 'nor is what these columns cannot be checked for')
  for (const lang of ['en', 'zh', 'th', 'ar']) {
    const messages = JSON.parse(readFileSync(`locale/${lang}.json`, 'utf8')), page = await get('/dataset/seen/quality', { cookie: `lang=${lang}` })
    const text = page.text.replaceAll('&#39;', '\'').replaceAll('&quot;', '"')
    const lacks = value.flags.filter(f => !text.includes(messages[`flag.${f.flag}`]) || !text.includes(messages[`flag.${f.flag}.do`]) || !text.includes(`/dataset/seen.csv?_flags=${f.flag}`))
    same([page.status, lacks.map(f => f.flag)], [200, []], `the page in ${lang} says of each flag what it is, what to do, and where its rows are`)
  }
  const table = (await get('/dataset/seen.csv?_flags=taxon-unknown')).text.trim().split('\n')
  same([table.length, (await get('/dataset/none/quality')).status, (await get('/dataset/hidden/quality.json')).status], [3, 404, 404], 'the way to the rows gives them; what is not there or not to be seen has no report')
}

let marine_said

async function widespread() {
  const all = await json('/dataset/swapped/quality.json'), sea = await json('/dataset/marine/quality.json')
  same([all.flags.map(f => [f.flag, f.rows]), all.widespread], [[['coordinates-swapped', 40]], []], 'what is surely wrong is flagged in all rows')
  same([sea.flags, sea.widespread, sea.parts[0].widespread], [[], [{ flag: 'coordinates-at-sea', severity: 'warning', rows: 20, of: 60 }], [{ flag: 'coordinates-at-sea', rows: 20 }]],
    'what so many rows have that none is flagged is told of the whole')
  same([sea.clear.includes('coordinates-at-sea'), sea.clear.includes('coordinates-swapped')], [false, true], 'and is not said to be clear')
  same(marine_said.includes('coordinates-at-sea, 20 of 60 rows'), true, 'the import says so')
  for (const lang of ['en', 'zh', 'th', 'ar']) {
    const messages = JSON.parse(readFileSync(`locale/${lang}.json`, 'utf8')), words = ['quality.widespread', 'flag.coordinates-at-sea']
    for (const page of ['quality', '']) {
      const { text } = await get(`/dataset/marine/${page}`.replace(/\/$/, ''), { cookie: `lang=${lang}` })
      same(words.filter(key => !text.includes(messages[key])), [], `the ${page || 'dataset\'s'} page in ${lang} says what was found`)
    }
  }
}

// The precise place of a bear is for the owner: the report of the same rows must not tell it.
async function restricted() {
  const mine = { authorization: `Bearer ${node.token}` }
  const [open, owner] = [(await get('/dataset/bears/quality.json')).text, (await get('/dataset/bears/quality.json', mine)).text]
  same([open.includes('21.031234'), owner.includes('21.031234')], [false, true], 'a report shows values as the reader may see them')
  same(JSON.parse(open).flags.map(f => f.rows), JSON.parse(owner).flags.map(f => f.rows), 'its counts are of the dataset as a whole, as the docs say')
}

try {
  node.make()
  into('names', [{ scientificName: 'Ursus thibetanus' }, { scientificName: 'Panthera tigris' }])
  into('sites', [{ code: 'A1' }, { code: 'B2' }])
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], [
    { kind: 'dataset', slug: 'seen', doc: { name: { en: 'Seen' }, checklist: 'names', columns: seen_columns } },
    { kind: 'dataset', slug: 'bears', doc: { name: { en: 'Bears' }, terms: [{ columns: ['lat', 'lon'], how: 'grid', degrees: 1 }],
      columns: seen_columns.filter(c => ['id', 'country', 'lat', 'lon'].includes(c.name)) } },
    { kind: 'dataset', slug: 'hidden', audience: 'own', doc: { name: { en: 'Hidden' } } }].map(record => JSON.stringify(record)).join('\n'))
  into('seen', seen)
  into('series', series)
  into('copies', copies)
  into('units', units)
  into('swapped', swapped)
  marine_said = into('marine', marine)
  into('bears', seen.slice(100, 120).map(({ id, country, lat, lon }, i) => ({ id, country, lat: i === 4 ? 21.031234 : lat, lon: i === 4 ? 105.854321 : lon })))
  await node.serve()
  await rows_flagged()
  await report()
  await widespread()
  await restricted()
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
