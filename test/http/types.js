// A column of a dataset that has rows gets another type: where every value fits, of parts and of rows that wait, all
// questions read them so, and old versions as they were; where one does not, the change is refused and names it.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { Node, must, request, tally } from '../house/node.js'

const node = new Node()
const same = (...words) => tally.same(...words)
const json = { 'content-type': 'application/json' }
const get = async target => (await request(node, 'GET', encodeURI(target), { headers: { authorization: `Bearer ${node.token}` } })).value
const rows_of = async target => (await get(target)).rows

async function into(slug, name, text) {
  const file = path.join(node.work, name)
  writeFileSync(file, text)
  if (node.child) await node.end()
  must(['import', node.folder, file, '--into', slug, '--owner', 'house', '--state', 'published'])
  await node.serve()
}

async function change(slug, columns) {
  const { doc, version } = await get(`/dataset/${slug}.json?limit=1`)
  const changed = doc.columns.map(c => ({ ...c, ...columns[c.name] }))
  return request(node, 'PATCH', `/dataset/${slug}.json`, { headers: { ...json, authorization: `Bearer ${node.token}`, 'if-match': `"v${version}"` },
    body: JSON.stringify({ columns: changed }) })
}

// Codes are text when they are read, as their heading says.
const first = 'site code,n,day\n01,1,2020-01-01\n12,2,2020-01-02\n07,,2020-01-03\n'
const other = 'site code,n,day\n09,4,2020-01-04\n31,5,\n'

async function fits() {
  const before = await get('/dataset/sites.json')
  same([before.doc.columns.map(c => c.type), before.rows.map(r => r['site code'])], [['string', 'integer', 'date'], ['01', '12', '07']], 'codes are text at first')
  const done = await change('sites', { 'site code': { type: 'integer' }, n: { type: 'number' }, day: { type: 'datetime' } })
  if (done.status !== 200) console.log(JSON.stringify(done.value))
  same(done.status, 200, 'types that all values fit are taken')
  await into('sites', 'more.csv', other)
  const now = await get('/dataset/sites.json')
  same(now.rows.map(r => [r['site code'], r.n, r.day]), [[1, 1, '2020-01-01T00:00:00'], [12, 2, '2020-01-02T00:00:00'], [7, null, '2020-01-03T00:00:00'],
    [9, 4, '2020-01-04T00:00:00'], [31, 5, null]], 'the values of older and of newer parts are of the new types')
  same(await rows_of('/dataset/sites.json?aggregate=sum(site code),max(site code),sum(n)'), [{ 'sum(site code)': 60, 'max(site code)': 31, 'sum(n)': 12 }], 'they are added up, and are in order as numbers')
  same([(await get('/dataset/sites.json?site code.min=9')).total, (await rows_of('/dataset/sites.json?order=-site code&columns=site code&limit=2')).map(r => r['site code'])],
    [3, [31, 12]], 'filtered and ordered as numbers')
  same((await get('/console.json?sql=' + 'SELECT sum("site code") AS s FROM sites')).rows, [[60]], 'and in SQL')
  same((await rows_of(`/dataset/sites.json?version=${before.version}`)).map(r => r['site code']), ['01', '12', '07'], 'an older version has them as it said')
}

async function does_not_fit() {
  const { version } = await get('/dataset/sites.json')
  await into('mixed', 'mixed.csv', 'note,half,at\n1,2.5,2020-01-01 10:00\n<2,3,2020-01-02 00:00\n3,4,2020-01-03 00:00\n')
  const before = await get('/dataset/mixed.json')
  same(before.doc.columns.map(c => c.type), ['string', 'number', 'datetime'], 'a column with other texts is text')
  const refused = await change('mixed', { note: { type: 'number' }, half: { type: 'integer' }, at: { type: 'date' } })
  same([refused.status, refused.value.errors?.map(e => e.pointer)], [422, ['/columns/0/type', '/columns/1/type', '/columns/2/type']], 'what would be lost refuses the change, at each column')
  same(refused.value.errors.map(e => [/\b1 value/.test(e.detail), e.detail.match(/“([^”]*)”/)?.[1]]),
    [[true, '<2'], [true, '2.5'], [true, '2020-01-01 10:00:00']], 'with how many do not fit, and which')
  const after = await get('/dataset/mixed.json')
  same([after.version, after.rows], [before.version, before.rows], 'and nothing has changed')
  const whole = await change('mixed', { note: { type: 'integer' } })
  same([whole.status, whole.value.errors?.[0].detail.includes('<2')], [422, true], 'a text is no whole number either')
  same((await change('mixed', { half: { type: 'string' } })).status, 200, 'any value fits a text')
  await into('mixed', 'mixed.csv', 'note,half,at\n1,2.5,2020-01-01 10:00\n2,3,2020-01-02 00:00\n3,4,2020-01-03 00:00\n')
  same([(await change('mixed', { note: { type: 'number' } })).status, await rows_of('/dataset/mixed.json?aggregate=sum(note)')], [200, [{ 'sum(note)': 6 }]], 'a corrected file lets the type be changed')
  same((await get('/dataset/sites.json')).version, version, 'another dataset is not touched')
}

async function waits() {
  const post = rows => request(node, 'POST', '/dataset/mixed/rows', { headers: { ...json, authorization: `Bearer ${node.token}` }, body: JSON.stringify(rows) })
  same((await post([{ note: 4, half: 'five', at: '2020-01-04T00:00:00' }])).value?.taken, 1, 'a row is sent')
  const refused = await change('mixed', { half: { type: 'number' } })
  same([refused.status, refused.value.errors?.[0].detail.includes('five')], [422, true], 'a row that waits counts as any other')
  same((await change('mixed', { note: { type: 'string' } })).status, 200, 'what it fits is changed')
  same((await rows_of('/dataset/mixed.json?order=note')).map(r => r.note), ['1', '2', '3', '4.0'], 'for it as well, while what was text is as it stood')
}

try {
  node.make()
  await into('sites', 'sites.csv', first)
  await fits()
  await does_not_fit()
  await waits()
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
