// What the figures of a dataset's page draw, asked from outside: where maps look, what scales are made of, and the words
// beside them.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { Node, must, tally } from '../house/node.js'

const node = new Node()
const same = (...words) => tally.same(...words)
const page = async (where, lang = 'en') => (await node.ask('GET', where, undefined, { 'accept-language': lang })).text
const figure = async (where, name, lang) => (await page(where, lang)).split(`<figure class="figure" id="figure-${name}"`)[1]?.split('</figure>')[0] ?? ''

function into(slug, lines, ...more) {
  const file = path.join(node.work, `${slug}.csv`)
  writeFileSync(file, lines.join('\n') + '\n')
  must(['import', node.folder, file, '--into', slug, '--owner', 'house', '--state', 'published', '--audience', 'public', ...more])
}

// The map that moves looks at all rows; the drawn one is of the region and says how many it lacks.
async function maps() {
  const box = html => html.match(/data-box="([^"]*)"/)?.[1].split(',').map(Number)
  const here = await figure('/dataset/here', 'points'), across = await figure('/dataset/across', 'points'), far = await figure('/dataset/far', 'points')
  const holds = ([west, south, east, north], places) => places.every(([y, x]) => y >= south && y <= north && [x, x + 360].some(at => at >= west && at <= east))
  same([holds(box(here), [[10, 100], [14, 104]]), box(here)[2] - box(here)[0] < 5], [true, true], 'a map of the region looks at its rows')
  same([holds(box(across), [[12, 100], [-40, 175], [-77, -170]]), box(across)[2] - box(across)[0] < 100], [true, true], 'rows outside the region and across 180 degrees are in its box, which is no wider than they are')
  tally.check(across.includes('2 rows lie outside the map.'), 'the drawn map says how many it lacks', across.slice(-900))
  same([box(far) && holds(box(far), [[-33, -70], [-35, -71]]), /<circle /.test(far), far.includes('2 rows lie outside the map.')], [true, false, true], 'rows that are all outside have a map as well')
}

// Months of the year: by the date where there is one, else by Darwin Core's column of the month.
async function months() {
  const table = html => [...html.matchAll(/<tr><th scope="row"><bdi>(\d+)<\/bdi><\/th><td class="number">(\d+)<\/td>/g)].map(m => Number(m[2]))
  const wanted = [2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
  for (const slug of ['whales', 'counted', 'dated']) same(table(await figure(`/dataset/${slug}`, 'months')), wanted, `records of ${slug} by month`)
  same(table(await figure('/dataset/whales?where.year=2001', 'months')), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'with the filters of the page')
  const csv = (await figure('/dataset/whales', 'months')).match(/href="([^"]*\.csv\?[^"]*)"/)[1].replaceAll('&amp;', '&')
  same((await node.ask('GET', csv)).text.trim().split(/\r?\n/), ['month,count', '01,2', '03,1', '12,1', '13,1'], 'its address has what the column says')
  same(await figure('/dataset/no-months', 'months'), '', 'a column of that name that holds none has no figure')
}

// Where a column has a unit, or a column of units says one, titles, axes and tables say it.
async function units() {
  const title = async (where, name, lang) => (await figure(where, name, lang)).match(/<h3>([^<]*)<\/h3>/)?.[1]
  const drawn = await figure('/dataset/air-hourly', 'series')
  same([await title('/dataset/air-hourly', 'series'), await title('/dataset/air-hourly', 'calendar'), await title('/dataset/air-hourly', 'distribution')],
    ['pm (µg/m³) over time', 'pm (µg/m³) day by day, 2024', 'How often values of pm (µg/m³) occur'], 'titles say the unit')
  tally.check(/<text[^>]*>µg\/m³<\/text>/.test(drawn), 'the axis says it', drawn.slice(0, 900))
  tally.check((await title('/dataset/air-hourly', 'series', 'zh')).includes('pm（µg/m³）'), 'in the brackets of the language')
  same(await title('/dataset/series', 'ranking'), 'Series (Percentage) by country, 2002', 'a column of units that says one is the unit')
  same(await title('/dataset/series?where.unit=Percentage', 'series'), 'Series (Percentage) over time', 'with the filters of the page')
  same([await title('/dataset/mixed', 'ranking'), await title('/dataset/mixed?where.unit=Tonnes', 'ranking')], ['Mixed by country, mean of its rows, 2002', 'Mixed (Tonnes) by country, 2002'], 'one that says several is not, until a filter leaves one')
}

// Numbers, names of columns and of files stand from left to right on a page that is written from right to left.
async function directions() {
  const text = await page('/dataset/below', 'ar'), cells = text.match(/<tbody><tr><td.*?<\/tr>/s)?.[0] ?? ''
  tally.check(cells.includes('<td class="number" dir="ltr">-1.21333</td>') && cells.includes('<td dir="auto">'), 'cells say their direction', cells)
  tally.check(text.includes('<bdi>_flags</bdi>'), 'so do headings')
  tally.check(text.includes('<bdi>below.csv</bdi>'), 'so do names of files')
  same((await figure('/dataset/series', 'ranking', 'ar')).match(/<h3>[^<]*،[^<]*<\/h3>/) !== null, true, 'commas are of the language')
  const source = (await page('/dataset/sourced', 'ar')).match(/<dt>[^<]*<\/dt><dd>(.*?)<\/dd>/g)?.find(one => one.includes('Register'))
  tally.check(/<\/bdi>، <bdi>/.test(source ?? ''), 'between a source and who published it too', source)
  tally.check(/Register.*<\/bdi>，<bdi>River office/s.test((await page('/dataset/sourced', 'zh'))), 'in Chinese as well')
}

// Maps shade what is many times larger otherwise; sums of groups are on no map and in no distribution.
async function countries() {
  const ranking = await figure('/dataset/wide', 'ranking'), even = await figure('/dataset/series', 'ranking'), spread = await figure('/dataset/wide', 'distribution')
  const shade_of = name => Number(ranking.match(new RegExp(`<g class="shade-(\\d)"><title>${name}:`))?.[1])
  same(['China', 'Thailand', 'Cambodia'].map(shade_of).every((s, i, all) => !i || s < all[i - 1]), true, 'China, Thailand and Cambodia have shades of their own')
  same([ranking.includes('equal steps on a logarithmic scale'), even.includes('about as many values')], [true, true], 'the legend says what the shades are')
  const bins = [...spread.matchAll(/<tr><th scope="row"><bdi>([^<]*)<\/bdi><\/th><td class="number">([^<]*)<\/td>/g)].map(m => Number(m[2].replace(',', '')))
  same(bins.reduce((n, x) => n + x, 0), 5, 'a distribution counts the countries of the year')
  tally.check(spread.includes('2 names that are no countries are left out.') && !/[45]0,000/.test(spread), 'not the world or a continent, and says so', spread.slice(-1500))
  const csv = (await node.ask('GET', spread.match(/href="([^"]*\.csv\?[^"]*)"/)[1].replaceAll('&amp;', '&'))).text
  same(csv.trim().split(/\r?\n/)[0], 'value,country', 'its address tells the countries apart')
}

// Times say what they know: days alone, minutes, seconds; the file of the rows has them as they are.
async function times() {
  const cells = async slug => [...(await page(`/dataset/${slug}`)).split('id="rows"')[1].split('</table>')[0].matchAll(/<td dir="auto">(20[^<]*)<\/td>/g)].map(m => m[1])
  same([await cells('midnights'), await cells('minutes'), await cells('seconds')], [['2024-01-01', '2024-01-02'], ['2024-01-01 00:00', '2024-01-01 10:30'], ['2024-01-01 00:00:00', '2024-01-01 10:30:15']], 'times in the rows of a page')
  tally.check((await node.ask('GET', '/dataset/minutes.csv')).text.includes('2024-01-01T10:30:00'), 'and in a file')
}

// What is not there is told apart: a record, a version of it, a form of its rows.
async function absent() {
  const said = async (where, headers) => { const a = await node.ask('GET', where, undefined, headers); return [a.status, a.value?.type ?? a.text.match(/<h1>([^<]*)/)[1], a.text] }
  const [status, type, text] = await said('/dataset/series.geojson')
  same([status, type, /latitude and longitude/.test(text)], [404, '/api#no-form', true], 'a dataset without a place has no GeoJSON, which says so')
  same((await said('/dataset/series.dwca.zip')).slice(0, 2), [404, '/api#no-form'], 'nor an archive without ids')
  for (const ending of ['.json', '.csv', '.bib']) same((await said(`/dataset/series${ending}?version=99`)).slice(0, 2), [404, '/api#no-version'], `a version that is not there (${ending})`)
  const html = await said('/dataset/series?version=99', { 'accept-language': 'zh' })
  same([html[1], html[2].includes('<a href="/dataset/series">')], ['没有这一版本', true], 'the page says it in the language of the reader, with the way to the record')
  for (const where of ['/dataset/nowhere.geojson', '/dataset/nowhere.json?version=99']) same((await said(where)).slice(0, 2), [404, '/api#not-found'], `${where} is no record`)
}

try {
  node.make()
  into('wide', ['country,year,value', ...[2017, 2018].flatMap(y => [['CN', 10065], ['TH', 280], ['KH', 11], ['VN', 220], ['LA', 0.4], ['World', 36000], ['Asia', 21000]].map(([c, v]) => `${c},${y},${v * (y - 1017) / 1001}`))])
  into('below', ['id,latitude,longitude,n', 'a,-1.21333,110,5', 'b,-2.5,111,7'])
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], JSON.stringify({ kind: 'dataset', slug: 'sourced', doc: { name: { en: 'Sourced' }, sources: [{ title: { en: 'Register' }, publisher: 'River office' }] } }) + '\n')
  const hours = Array.from({ length: 60 }, (_, i) => `2024-0${1 + i % 3}-${String(1 + i % 28).padStart(2, '0')}T10:00:00,${i}`)
  writeFileSync(path.join(node.work, 'columns.json'), JSON.stringify([{ name: 'time', type: 'datetime', role: 'time' }, { name: 'pm', type: 'number', role: 'value', unit: 'µg/m³' }]))
  into('air-hourly', ['time,pm', ...hours], '--columns', path.join(node.work, 'columns.json'))
  const rows = units => ['TH', 'VN'].flatMap(c => [2001, 2002].flatMap(y => units.map((u, i) => `${c},${y},${u},${y - 1990 + i}`)))
  into('series', ['country,year,unit,value', ...rows(['Percentage'])], '--title', 'Series')
  into('mixed', ['country,year,unit,value', ...rows(['Tonnes', 'Percentage'])], '--title', 'Mixed')
  const months_said = ['01', '01', '03', '12', '13', '']
  into('whales', ['occurrenceID,basisOfRecord,scientificName,year,month,day,note', ...months_said.map((m, i) => `w${i},HumanObservation,Orcinus orca,200${i + 1},${m},,x`)])
  into('counted', ['occurrenceID,scientificName,month', 'a,Orcinus orca,1', 'b,Orcinus orca,1', 'c,Orcinus orca,3', 'd,Orcinus orca,12'])
  into('dated', ['occurrenceID,scientificName,year,eventDate', 'a,Orcinus orca,2001,2001-01-05', 'b,Orcinus orca,2001,2001-01-09', 'c,Orcinus orca,2002,2002-03-05', 'd,Orcinus orca,2002,2002-12-05'])
  into('no-months', ['occurrenceID,scientificName,month', 'a,Orcinus orca,wet', 'b,Orcinus orca,dry'])
  into('here', ['id,latitude,longitude', 'a,10,100', 'b,14,104'])
  into('across', ['id,latitude,longitude', 'a,12,100', 'b,-40,175', 'c,-77,-170'])
  into('far', ['id,latitude,longitude', 'a,-33,-70', 'b,-35,-71'])
  const one_time = path.join(node.work, 'one-time.json')
  writeFileSync(one_time, JSON.stringify([{ name: 'id', type: 'string' }, { name: 'time', type: 'datetime', role: 'time' }]))
  for (const [slug, last] of [['midnights', '2024-01-02T00:00:00'], ['minutes', '2024-01-01T10:30:00'], ['seconds', '2024-01-01T10:30:15']])
    into(slug, ['id,time', 'a,2024-01-01T00:00:00', `b,${last}`], '--columns', one_time)
  await node.serve()
  await maps()
  await months()
  await units()
  await countries()
  await directions()
  await absent()
  await times()
} finally {
  await node.end()
  node.remove()
}
tally.close()
