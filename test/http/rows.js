// Rows sent a few at a time: durable when they are answered, seen at once by every question, gathered into parts, merged,
// and the older versions as they were. Values are compared with those that an import of the same rows gives.
import { readdirSync, writeFileSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

import { Node, must, tally } from '../house/node.js'

const node = new Node()
const columns = [{ name: 'station', type: 'string', role: 'place' }, { name: 'time', type: 'datetime', role: 'time' },
  { name: 'what', type: 'string', role: 'indicator', from: ['parameter'] }, { name: 'value', type: 'number', role: 'value', unit: 'ug/m3' },
  { name: 'good', type: 'boolean' }, { name: 'count', type: 'integer' }]

function ask(method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = http.request({ agent: ask.agent, host: node.host, port: node.port, method, path: target,
      headers: { ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }), ...headers } }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        let value
        try { value = JSON.parse(text) } catch { /* a page */ }
        resolve({ status: answer.statusCode, headers: answer.headers, text, value })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
ask.agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
const json = { 'Content-Type': 'application/json' }
const bearer = token => ({ Authorization: `Bearer ${token}` })
const send = (slug, body, headers = {}) => ask('POST', `/dataset/${slug}/rows`, typeof body === 'string' ? body : JSON.stringify(body),
  { ...(typeof body === 'string' ? {} : json), ...bearer(node.sensor), ...headers })
const get = (target, headers) => ask('GET', target, undefined, headers)
const same = (...words) => tally.same(...words)
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const rows_of = answer => answer.value.rows.map(({ _flags, ...row }) => row)

function settings(more) {
  const file = path.join(node.folder, 'node.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...more }))
}
const make = (slug, doc = {}, more = {}) => ask('POST', '/dataset.json',
  JSON.stringify({ slug, owner: 'house', state: 'published', doc: { name: { en: slug }, columns, ...doc }, ...more }), { ...json, ...bearer(node.token) })
async function until(what, ms = 20000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
    const got = await what()
    if (got) return got
  }
}
const parts_of = async slug => (await get(`/dataset/${slug}.json?limit=1`)).value.doc.parts ?? []

async function sent_and_seen() {
  tally.check((await make('air')).status === 201, 'a dataset is made with columns and no file')
  const one = await send('air', { station: 'A', time: '2026-11-29T10:00:00Z', parameter: 'pm25', value: 12.5, good: true, count: 3 })
  same([one.status, one.value], [201, { dataset: 'air', taken: 1, known: 0, aside: 0, repeated: false, errors: [] }], 'one object is one row')
  const page = await get('/dataset/air.json')
  same([page.value.total, rows_of(page)], [1, [{ station: 'A', time: '2026-11-29T10:00:00', what: 'pm25', value: 12.5, good: true, count: 3 }]],
    'the row is seen at once, as its columns say')
  const tag = page.headers.etag
  same((await get('/dataset/air.json', { 'If-None-Match': tag })).status, 304, 'nothing came: the same answer')
  const list = await send('air', [{ station: 'A', time: '2026-11-29T10:00:01Z', what: 'pm25', value: 13 },
    { station: 'B', time: '2026-11-29 11:00:01+07:00', parameter: 'pm25', value: '1e1', good: 'yes', count: '7' }])
  same(list.value.taken, 2, 'an array is a row each, a column may be called by its own name')
  const after = await get('/dataset/air.json', { 'If-None-Match': tag })
  same([after.status, after.value?.total], [200, 3], 'what came is in the next answer, whoever has the one before')
  same(rows_of(after)[2], { station: 'B', time: '2026-11-29T04:00:01', what: 'pm25', value: 10, good: true, count: 7 },
    'a value in another form is read as an import reads it')
  const lines = await send('air', '{"station":"A","time":"2026-11-29T10:00:02Z","what":"pm25","value":14}\n{"station":"C","time":"2026-11-29T10:00:02Z","what":"pm25","value":15}\n', { 'Content-Type': 'application/x-ndjson' })
  same(lines.value.taken, 2, 'JSON Lines are a row each')
  const csv = await send('air', 'station,time,parameter,value\n"A, main",2026-11-29T10:00:03Z,pm25,16\n"with\nlines",2026-11-29T10:00:03Z,pm25,17\n', { 'Content-Type': 'text/csv' })
  same(csv.value.taken, 2, 'CSV has headings')
  const asked = await Promise.all(['.csv', '.jsonl', '.json?group=station&aggregate=count', '.json?value.min=14&aggregate=sum(value)', '.json?station=A'].map(q => get('/dataset/air' + q)))
  same([asked[0].text.trim().split('\n').length, asked[1].text.trim().split('\n').length, asked[2].value.total, asked[3].value.rows[0]['sum(value)'], asked[4].value.total],
    [9, 7, 5, 62, 3], 'every form of question has them')
  const sql = await get('/console.json?sql=' + encodeURIComponent('SELECT count(*) AS n, max(value) AS most FROM air'), bearer(node.token))
  same(sql.value?.rows, [[7, 17]], 'and so has SQL')
  same((await get('/dataset/air.json?version=1')).value.total, 0, 'a version that is named has what it lists')
}

async function bad_rows() {
  const got = await send('air', [{ station: 'A', time: '2026-11-29T10:01:00Z', value: 'high' }, { station: 'A', time: 'noon', value: 1 },
    { station: 'D', time: '2026-11-29T10:01:00Z', what: 'no2', value: 2 }, 7, { station: 'A', time: '2026-11-29T10:01:00Z', count: 2.5 }])
  same([got.status, got.value.taken, got.value.aside], [201, 1, 4], 'a bad row does not stop the others')
  same(got.value.errors, [{ row: 4, value: '7', reason: 'not-object' }, { row: 1, column: 'value', value: 'high', reason: 'not-number' },
    { row: 2, column: 'time', value: 'noon', reason: 'not-datetime' }, { row: 5, column: 'count', value: '2.5', reason: 'not-integer' }]
    .sort((x, y) => x.row - y.row), 'each is named with its place and reason')
  const cells = await send('air', 'station,value\nA\nB,1,2\nC,"3\n', { 'Content-Type': 'text/csv' })
  same(cells.value.errors.map(e => e.reason), ['too-few-cells', 'too-many-cells', 'quote-not-closed'], 'rows of CSV that cannot be cut are set aside')
  const before = (await get('/dataset/air.json')).value.total
  for (const [body, headers, status, sentence] of [
    [[{ station: 'A', tmie: '2026-11-29T10:01:00Z' }], {}, 422, 'a name that is no column refuses the post'],
    ['[{"station":"A"', json, 400, 'JSON that is cut short is refused'], ['', json, 400, 'nothing is no post'],
    ['[]', json, 400, 'no rows are no post'], ['station\n', { 'Content-Type': 'text/csv' }, 400, 'headings alone are no post'],
    [[{ station: 'A' }], { 'Idempotency-Key': '"a b"' }, 400, 'a key of other characters is refused']]) {
    const answer = await send('air', body, headers)
    same(answer.status, status, sentence)
    tally.check(answer.headers['content-type'] === 'application/problem+json', 'as a problem', answer.text)
  }
  same((await get('/dataset/air.json')).value.total, before, 'and nothing of these was taken')
  await make('bare', { columns: undefined })
  same((await send('bare', [{ a: 1 }])).status, 422, 'a dataset without columns takes no rows')
}

async function who_may() {
  const row = [{ station: 'Z', time: '2026-11-29T12:00:00Z', what: 'pm25', value: 1 }]
  same((await ask('POST', '/dataset/air/rows', JSON.stringify(row), json)).status, 401, 'nobody sends rows without a token')
  same((await send('air', row, bearer(node.stranger))).status, 403, 'an editor of another organisation does not')
  same((await send('air', row, bearer(node.read_only))).status, 403, 'a token that reads does not')
  await make('inner', {}, { audience: 'own' })
  same((await send('inner', row, bearer(node.stranger))).status, 404, 'what is not seen is not there')
  same((await send('inner', row)).status, 201, 'a token that sends rows sends them to what its person edits')
  same((await get('/dataset/inner.json', bearer(node.sensor))).status, 404, 'and does not read it')
  same((await get('/dataset/inner.json', bearer(node.token))).value.total, 1, 'which its person does')
  const other = await ask('PATCH', '/dataset/air.json', '{"doc":{}}', { ...json, ...bearer(node.sensor), 'If-Match': '"v1"' })
  same(other.status, 401, 'and changes no record')
  same((await get('/account.json', bearer(node.sensor))).status, 401, 'and is nobody elsewhere')
}

async function again() {
  const row = [{ station: 'K', time: '2026-11-29T13:00:00Z', what: 'pm25', value: 1 }]
  const first = await send('air', row), total = (await get('/dataset/air.json')).value.total
  const second = await send('air', row)
  same([first.status, second.status, second.value.taken, second.value.known], [201, 200, 0, 1], 'the same row again is known')
  same((await send('air', [...row, { ...row[0], value: 2 }])).value, { dataset: 'air', taken: 1, known: 1, aside: 0, repeated: false, errors: [] },
    'a row with the same key and another value is a later row')
  same((await get('/dataset/air.json')).value.total, total + 1, 'and nothing is there twice')
  await make('loose', { columns: [{ name: 'n', type: 'integer' }] })
  await send('loose', [{ n: 1 }])
  same((await send('loose', [{ n: 1 }])).value.taken, 1, 'without a key in its columns equal rows are two')
  const key = { 'Idempotency-Key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' }
  const a = await send('loose', [{ n: 5 }, { n: 6 }], key), b = await send('loose', [{ n: 5 }, { n: 6 }], key)
  same([a.status, b.status, b.value.taken, b.value.repeated], [201, 200, 0, true], 'a post with the same Idempotency-Key is known')
  same((await send('loose', [{ n: 7 }], key)).status, 422, 'the same key with another post is refused')
  same((await send('loose', [{ n: 5 }, { n: 6 }], { ...key, ...bearer(node.token) })).value.repeated, true, 'whatever token its person holds')
  const many = await Promise.all(Array.from({ length: 16 }, () => send('loose', [{ n: 9 }], { 'Idempotency-Key': 'same-time' })))
  same(many.filter(x => x.value.taken === 1).length, 1, 'of sixteen at the same time one is taken')
  same((await get('/dataset/loose.json')).value.total, 5, 'all in all')
}

// The same rows by an import, to compare with.
async function gathered() {
  const before = await get('/dataset/air.json?limit=1000&order=station,time,value'), version = before.value.data_version
  const aside = await send('air', [{ station: 'A', time: 'midnight', value: 1 }])
  same(aside.value.aside, 1, 'a post of bad rows alone is kept as well')
  await node.end()
  settings({ gather_rows: 5 })
  await node.serve()
  same((await get('/dataset/loose.json')).value.total, 5, 'what waits is there after a start')
  const again = await send('loose', [{ n: 5 }, { n: 6 }], { 'Idempotency-Key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' })
  same(again.value.repeated, true, 'and keys are known after a start')
  const parts = await until(async () => (list => list.length && list)(await parts_of('air')))
  tally.check(parts?.length === 1 && parts[0].rows === before.value.total && parts[0].aside === 8, 'rows become a part with what was set aside', JSON.stringify(parts))
  const after = await get('/dataset/air.json?limit=1000&order=station,time,value')
  same([after.value.total, rows_of(after)], [before.value.total, rows_of(before)], 'the same rows')
  tally.check(after.value.data_version > version, 'of a new version', after.value.data_version, version)
  same((await get(`/dataset/air.json?version=${version}`)).value.total, 0, 'the version before lists none')
  same((await send('air', [{ station: 'K', time: '2026-11-29T13:00:00Z', what: 'pm25', value: 1 }])).value.known, 1, 'what was gathered is still known')
  const set_aside = await get(`/dataset/air/aside/${parts[0].aside_sha256}.csv`, bearer(node.token))
  tally.check(set_aside.status === 200 && set_aside.text.trim().split('\n').length === 10 && /midnight/.test(set_aside.text), 'rows set aside are downloaded', set_aside.text)
  const file = path.join(node.work, 'same.csv')
  writeFileSync(file, 'station,time,parameter,value,good,count\nA,2026-11-29T10:00:00Z,pm25,12.5,true,3\nA,2026-11-29T10:00:01Z,pm25,13,,\nB,2026-11-29 11:00:01+07:00,pm25,1e1,yes,7\n')
  await make('twin')
  const sent = await ask('POST', '/dataset/twin/import?name=same.csv', readFileSync(file), { ...bearer(node.token), 'Content-Type': 'text/csv' })
  tally.check(sent.status === 202, 'the same rows are imported', sent.text)
  const twin = await until(async () => (x => x.value.total === 3 && x)(await get('/dataset/twin.json?order=station,time')))
  same(rows_of(twin ?? { value: { rows: [] } }), rows_of(after).filter(r => r.what === 'pm25' && ['2026-11-29T10:00:00', '2026-11-29T10:00:01', '2026-11-29T04:00:01'].includes(r.time)), 'and are the same')
}

// Many small gatherings: few parts, every version as it was, few files.
async function merged() {
  await make('many', { columns: [{ name: 'n', type: 'integer' }] })
  const versions = []
  let n = 0
  for (let round = 0; round < 20; round++) {
    await send('many', Array.from({ length: 5 }, () => ({ n: n++ })))
    const got = await until(async () => (x => x.value.doc.parts?.reduce((sum, p) => sum + p.rows, 0) === n && x)(await get('/dataset/many.json?limit=1000')))
    tally.check(got, `round ${round}: what came is gathered`)
    if (!got) return
    versions.push({ version: got.value.data_version, n })
    if (got.value.total !== n) tally.check(false, 'the count is exact while it is gathered', got.value.total, n)
  }
  const parts = await parts_of('many')
  tally.check(parts.length <= 14 && parts.some(p => p.rows >= 40), 'small parts become larger ones', JSON.stringify(parts.map(p => p.rows)))
  for (const { version, n } of versions) {
    const old = await get(`/dataset/many.json?version=${version}&limit=1000`)
    if (old.value.rows.map(r => r.n).join() !== Array.from({ length: n }, (_, i) => i).join()) tally.check(false, `version ${version} has its ${n} rows`, old.text.slice(0, 300))
  }
  // The merged files are gone, and the versions are as they were.
  const lines = readFileSync(path.join(node.folder, 'merged'), 'utf8').split('\n').filter(Boolean)
  const on_disk = () => readdirSync(path.join(node.folder, 'parts'), { recursive: true }).map(f => path.basename(f))
  tally.check(lines.length >= 14 && lines.every(line => on_disk().includes(line.split(' ')[0])), 'merged parts stay for a while', lines.length)
  await later()
  await until(async () => !lines.some(line => on_disk().includes(line.split(' ')[0])))
  tally.check(!lines.some(line => on_disk().includes(line.split(' ')[0])), 'then their files are removed')
  let wrong = 0
  for (const { version, n } of versions) {
    const old = await get(`/dataset/many.json?version=${version}&limit=1000`)
    wrong += old.value.total !== n || old.value.rows.map(r => r.n).join() !== Array.from({ length: n }, (_, i) => i).join()
  }
  same(wrong, 0, 'every version has the rows it had')
  must(['backup', node.folder, path.join(node.work, 'saved')])
}

// As if an hour went by, and a start.
async function later() {
  await node.end()
  const file = path.join(node.folder, 'merged')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/\d+$/gm, ms => Number(ms) - 2 * 3600 * 1000))
  await node.serve()
}

async function drafted() {
  await make('drafts', { columns: [{ name: 'n', type: 'integer' }] })
  await send('drafts', [{ n: 1 }])
  const draft = await ask('PATCH', '/dataset/drafts.json?state=draft', JSON.stringify({ name: { en: 'A draft' } }), { ...json, ...bearer(node.token), 'If-Match': '"v1"' })
  same(draft.status, 200, 'a change is drafted')
  await send('drafts', Array.from({ length: 9 }, (_, i) => ({ n: i + 2 })))
  await sleep(2500)
  same([(await get('/dataset/drafts.json')).value.total, (await get('/dataset/drafts.json', bearer(node.token))).value.total], [10, 10],
    'rows are seen by readers of the published face and of the draft')
  const published = await ask('POST', '/dataset/drafts/state.json', JSON.stringify({ state: 'published' }), { ...json, ...bearer(node.token), 'If-Match': `"v${draft.value.version}"` })
  same(published.status, 200, 'it is published')
  tally.check(await until(async () => (await parts_of('drafts')).length), 'then they are gathered')
  same((await get('/dataset/drafts.json')).value.total, 10, 'all of them')
}

async function restricted() {
  await make('nests', { columns: [{ name: 'n', type: 'integer' }, { name: 'taxon', type: 'string', role: 'taxon' }], terms: [{ columns: ['taxon'], how: 'withhold' }] })
  await send('nests', [{ n: 1, taxon: 'Secretus occultus' }])
  const outside = await get('/dataset/nests.json'), inside = await get('/dataset/nests.json', bearer(node.token))
  same([outside.value.total, inside.value.total], [0, 1], 'whom terms restrict sees rows once they are gathered')
  await send('nests', Array.from({ length: 4 }, (_, i) => ({ n: i, taxon: 'Secretus occultus' })))
  tally.check(await until(async () => (await get('/dataset/nests.json')).value.total === 5), 'and then so')
  tally.check(!(await get('/dataset/nests.json')).text.includes('occultus'), 'without what is withheld')
  for (let round = 2; round <= 8; round++) {
    await send('nests', Array.from({ length: 5 }, (_, i) => ({ n: 5 * round + i, taxon: 'Secretus occultus' })))
    await until(async () => (await get('/dataset/nests.json')).value.total === 5 * round)
  }
  const made = () => readdirSync(path.join(node.folder, 'generalised')).map(key => readFileSync(path.join(node.folder, 'generalised', key), 'utf8').split(' ')[0])
  const before = made()
  same((await parts_of('nests')).map(p => p.rows), [40], 'eight small parts are one')
  await later()
  tally.check(await until(() => made().length < before.length - 5), 'what was made of merged parts goes with them', made().length, before.length)
  same([(await get('/dataset/nests.json')).value.total, (await get('/dataset/nests.json?version=4')).value.total], [40, 15], 'and is made again for who asks an older version')
}

try {
  node.make()
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], JSON.stringify({ kind: 'organisation', slug: 'other', doc: { name: { en: 'Other' }, type: 'agency' } }) + '\n')
  must(['user', 'add', node.folder, 'stranger@other.test', '--role', 'other:publisher'])
  node.stranger = must(['token', 'make', node.folder, 'stranger@other.test', '--write']).trim()
  node.sensor = must(['token', 'make', node.folder, 'writer@house.test', '--rows']).trim()
  node.read_only = must(['token', 'make', node.folder, 'writer@house.test']).trim()
  await node.serve()
  for (const part of [sent_and_seen, bad_rows, who_may, again, gathered, merged, drafted, restricted]) await part()
} finally {
  if (node.child) await node.end()
  if (node.err) console.log(node.err.slice(-3000))
  node.remove()
}
tally.close()
