// Who sees what, everywhere: one record for each audience and state, each with a word that stands nowhere
// else; then every reader asks every route of routes.def with every ending of formats.def. A word may be
// found only by who is entitled to it, and is found by each of them; totals and facets count the same set;
// an answer kept for one reader is never given to another. A route or a slot that is not known here fails.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

import { Node, must, tally, together } from '../house/node.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const common = 'canopyshare' // in every record
const ask_at_once = 8

// ---- words and chance that are the same in every run ----

let seed = 20261123
const chance = n => (seed = (seed * 1103515245 + 12345) % 2147483648, Math.floor(seed / 2147483648 * n))
const shuffled = list => list.map(x => [chance(1 << 30), x]).sort((x, y) => x[0] - y[0]).map(x => x[1])
const used = new Set()
function new_word() {
  for (;;) {
    let word = 'zq'
    for (let i = 0; i < 5; i++) word += 'bdfgklmnprst'[chance(12)] + 'aeiou'[chance(5)]
    if (!used.has(word)) return used.add(word), word
  }
}

// ---- readers ----

const node = new Node()
const roles = ['reader', 'editor', 'publisher', 'administrator']
const readers = [{ name: 'anonymous', tokens: ['public'], of: [] }]
function add_reader(name, tokens, of, credentials) {
  readers.push({ name, tokens: ['public', 'signed-in', ...tokens, ...of.map(o => `org:${o}`)], of, ...credentials })
}

function token_of(email, ...more) {
  return { authorization: 'Bearer ' + must(['token', 'make', node.folder, email, ...more]).trim() }
}

// Asks as a browser does: a session from the sign-in form.
function ask(method, target, headers = {}, body) {
  return new Promise((resolve, reject) => {
    const asked = http.request({ agent: ask.agent, host: node.host, port: node.port, method, path: target, headers }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
ask.agent = new http.Agent({ keepAlive: true, maxSockets: ask_at_once })

async function session_of(email) {
  const form = new URLSearchParams({ email, password: password_of(email) }).toString()
  const answer = await ask('POST', '/sign-in', { 'content-type': 'application/x-www-form-urlencoded' }, form)
  if (answer.status !== 303) throw new Error(`sign-in of ${email}: ${answer.status} ${answer.bytes}`)
  const cookie = answer.headers['set-cookie'].find(c => c.startsWith('session='))
  return { cookie: cookie.split(';')[0] }
}
const password_of = email => `the password of ${email}`

function people_make() {
  const person = (email, ...more) => must(['user', 'add', node.folder, email, '--password-stdin', ...more], password_of(email) + '\n')
  person('nobody@leak.test')
  person('operator@leak.test', '--runs-node')
  for (const of of ['alpha', 'beta'])
    for (const role of roles) person(`${role}@${of}.test`, '--role', `${of}:${role}`)
  person('secretariat@leak.test', '--role', 'desk:reader')
}

async function readers_make() {
  add_reader('signed in, of no organisation', [], [], await session_of('nobody@leak.test'))
  add_reader('runs the node', [], [], await session_of('operator@leak.test'))
  for (const role of roles) add_reader(`${role} of alpha`, ['framework:pact'], ['alpha'], await session_of(`${role}@alpha.test`))
  for (const role of roles) add_reader(`${role} of beta`, [], ['beta'], await session_of(`${role}@beta.test`))
  add_reader('read token of alpha', ['framework:pact'], ['alpha'], token_of('reader@alpha.test'))
  add_reader('write token of beta', [], ['beta'], token_of('publisher@beta.test', '--write'))
  add_reader('secretariat of the framework', ['framework:pact'], ['desk'], await session_of('secretariat@leak.test'))
}

// ---- records ----

const writers = {}
async function write(owner, method, where, body, headers = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const all = { ...writers[owner], ...headers, ...(text ? { 'content-type': type, 'content-length': Buffer.byteLength(text) } : {}) }
  const answer = await ask(method, where, all, text)
  const value = answer.bytes.length ? JSON.parse(answer.bytes) : null
  if (answer.status >= 300) throw new Error(`${method} ${where} by ${owner}: ${answer.status} ${answer.bytes}`)
  return value
}

const text = word => ({ en: `${word} ${common}` })
const hub = {}
const kinds = {
  activity: word => ({ name: text(word), type: 'project', start: '2031-02-03', description: text(word), theme: text(word),
    status_note: text(word), frameworks: [hub.framework.id], parent: hub.activity.id, place: { lat: 10, lon: 100 },
    country: 'TH', outputs: [text(word)], city: text(word) }),
  meeting: word => ({ name: text(word), type: 'workshop', start: '2031-03-04', description: text(word), theme: text(word),
    frameworks: [hub.framework.id], series: hub.activity.id, city: text(word), country: 'TH', note: text(word) }),
  technology: word => ({ name: text(word), type: ['offer'], sector: 'water', description: text(word), rights: text(word), note: text(word) }),
  organisation: word => ({ name: text(word), abbreviation: word, type: 'agency', description: text(word), city: text(word),
    parent: hub.organisation.id, country: 'TH' }),
  dataset: word => ({ name: text(word), description: text(word), columns: [{ name: word, type: 'string', title: text(word) },
    { name: 'lat', type: 'number', role: 'latitude' }, { name: 'lon', type: 'number', role: 'longitude' }], note: text(word) }),
  query: word => ({ name: text(word), description: text(word), sql: `SELECT '${word}'`, note: text(word) }),
  document: word => ({ name: text(word), type: 'report', description: text(word), note: text(word) }),
}

// Each word: `may` says whether a reader may find it at all, `now` whether it stands in what they see today.
const words = []
const records = []
const holds = (reader, token) => reader.tokens.includes(token)
const member = (reader, owner) => holds(reader, `org:${owner}`)
function word_make(may, now = () => false) {
  const word = { text: new_word(), may, now }
  words.push(word)
  return word
}

async function record_make(kind, owner, audience, state) {
  const token = audience === 'own' ? `org:${owner}` : audience
  const own = r => member(r, owner), all = r => own(r) || holds(r, token)
  const make = kinds[kind]
  const hidden = state === 'draft' || state === 'review'
  const slug = word_make(state === 'widened' ? () => true : hidden || state === 'narrowed' ? own : all)
  const record = { kind, owner, audience, state, slug: `s-${slug.text}`, versions: 1 }
  const create = (word, as, with_audience = audience) => write(owner, 'POST', `/${kind}.json`,
    { slug: record.slug, owner, audience: with_audience, state: as, doc: make(word.text), note: word.text })
  const replace = async (word, query) => {
    const made = await write(owner, 'PUT', `/${kind}/${record.id}.json?note=${word.text}&${query}`, make(word.text),
      { 'if-match': `"v${record.versions}"` })
    record.versions = made.version
  }
  const steps = {
    draft: async () => { record.now = word_make(own, own); return create(record.now, 'draft') },
    review: async () => { record.now = word_make(own, own); return create(record.now, 'review') },
    published: async () => { record.now = word_make(all, all); return create(record.now, 'published') },
    withdrawn: async () => create(record.gone = word_make(own), 'published'),
    working: async () => { record.now = word_make(all, r => all(r) && !own(r)); return create(record.now, 'published') },
    narrowed: async () => create(word_make(own), 'published'),
    widened: async () => create(word_make(own), 'published', 'own'),
  }
  const made = await steps[state]()
  record.id = made.id
  if (made.version !== 1 || made.slug !== record.slug) throw new Error(`made ${JSON.stringify(made)}`)
  if (state === 'withdrawn') {
    const reason = record.reason = word_make(all)
    await write(owner, 'DELETE', `/${kind}/${record.id}.json?reason=${reason.text}`, undefined, { 'if-match': '"v1"' })
    record.versions = 2
  }
  if (state === 'working') await replace(record.working = word_make(own, own), 'state=draft')
  if (state === 'narrowed') await replace(record.now = word_make(own, own), 'audience=own&state=published')
  if (state === 'widened') await replace(record.now = word_make(() => true, () => true), 'audience=public&state=published')
  record.listed = state === 'withdrawn' ? () => false : hidden || state === 'narrowed' ? own : state === 'widened' ? () => true : all
  record.stub = state === 'withdrawn' ? all : () => false
  // A row that waits to be gathered, in the column of the face that its sender sees.
  const seen = record.working ?? record.now
  if (kind === 'dataset' && seen) {
    const answer = await write(owner, 'POST', `/dataset/${record.id}/rows`, [{ [seen.text]: word_make(seen.may).text, lat: 10, lon: 100 }])
    if (answer.taken !== 1) throw new Error(`sent ${JSON.stringify(answer)}`)
  }
  records.push(record)
}

const led_by = () => records.filter(r => r.kind === 'organisation' && r.owner === 'alpha' && r.state !== 'withdrawn')

// Before the people: their roles are in these.
function organisations_make() {
  const of = (owner, kind, slug, doc) => ({ kind, slug, owner, state: 'published', doc })
  must(['load', node.folder, '-'], [
    ...['TH', 'JP'].map(code => of('alpha', 'country', undefined, { code })),
    of('alpha', 'organisation', 'alpha', { name: { en: 'Alpha' }, type: 'agency', country: 'TH' }),
    of('beta', 'organisation', 'beta', { name: { en: 'Beta' }, type: 'agency', country: 'JP' }),
    of('alpha', 'organisation', 'desk', { name: { en: 'Desk' }, type: 'secretariat' }),
  ].map(item => JSON.stringify(item) + '\n').join(''))
}

async function records_make() {
  const public_one = (kind, slug, doc) => write('alpha', 'POST', `/${kind}.json`, { slug, owner: 'alpha', audience: 'public', state: 'published', doc })
  hub.organisation = await write('alpha', 'GET', '/organisation/alpha.json')
  hub.desk = await write('alpha', 'GET', '/organisation/desk.json')
  hub.framework = await public_one('framework', 'pact', { name: { en: 'Pact' }, parties: ['TH'], secretariat: { organisations: [hub.desk.id] } })
  hub.activity = await public_one('activity', 'hub', { name: { en: 'Hub' }, type: 'programme', frameworks: [hub.framework.id], start: '2030-01-01' })
  const states = ['draft', 'review', 'published', 'withdrawn', 'working', 'narrowed']
  for (const kind of Object.keys(kinds)) {
    for (const audience of ['public', 'signed-in', 'framework:pact', 'own'])
      for (const state of states) if (!(audience === 'own' && state === 'narrowed')) await record_make(kind, 'alpha', audience, state)
    await record_make(kind, 'alpha', 'public', 'widened')
    for (const audience of ['signed-in', 'own']) for (const state of ['published', 'working']) await record_make(kind, 'beta', audience, state)
  }
  // Public records that link to each organisation, whoever may see that one: facets, links and cards name it.
  for (const record of led_by())
    await public_one('activity', undefined, { name: { en: 'Led' }, type: 'project', lead: record.id, start: '2030-01-02' })
}

// ---- what is asked ----

const routes = [...readFileSync(path.join(root, 'src/web/routes.def'), 'utf8').matchAll(
  /^ROUTE\(([A-Z_| ]+?), *"([^"]+)", *(\w+), *(\w+), *([A-Z_| ]+?), *(\w+), *"([^"]*)"\)/gm)]
  .map(([, methods, where, , , faces, handler]) => ({ methods, where, faces: faces.split(/[ |]+/), handler }))
const route_lines = readFileSync(path.join(root, 'src/web/routes.def'), 'utf8').match(/^ROUTE\(/gm).length
const formats = [...readFileSync(path.join(root, 'src/format/formats.def'), 'utf8').matchAll(/^FORMAT\("([\w.]+)"[\s\S]*?,\s*((?:ON_\w+[ |]*)+),/gm)]
  .map(([, ending, places]) => ({ ending, places: places.trim().split(/[ |]+/) }))
const format_lines = readFileSync(path.join(root, 'src/format/formats.def'), 'utf8').match(/^FORMAT\(/gm).length

const rows_text = readFileSync(path.join(root, 'src/web/rows.def'), 'utf8')
const row_endings = [...rows_text.matchAll(/^ROWS\("([\w.]+)"/gm)].map(([, ending]) => ending)

function endings_of(route) {
  if (route.faces.includes('RAW')) return ['']
  const list = []
  if (route.faces.includes('PAGE')) list.push('')
  if (route.faces.includes('DATA')) list.push('.json')
  for (const f of formats) if (f.places.some(p => route.faces.includes(p))) list.push('.' + f.ending)
  if (route.faces.includes('AS_ROWS')) list.push(...row_endings.map(e => '.' + e))
  return list
}

// What each {slot} of a path stands for. A function of the route gives the paths; unknown ones fail.
const known_slots = new Set(['kind', 'record', 'n', 'tag', 'name', '*', 'secret', 'person', 'collection', 'item', 'job', 'hash'])
const person_ids = []
function paths_of(route) {
  const slots = [...route.where.matchAll(/\{([^}]+)\}/g)].map(m => m[1])
  if (!slots.every(s => known_slots.has(s))) return null
  let paths = [{ path: route.where }]
  const fill = (slot, values) => {
    paths = paths.flatMap(p => values(p).map(v => ({ ...p, ...v, path: p.path.replace(`{${slot}}`, v.value) })))
  }
  if (slots.includes('record'))
    paths = records.filter(r => slots.includes('kind') || route.where.startsWith(`/${r.kind}/`))
      .flatMap(record => (['record_show', 'dataset_show'].includes(route.handler) ? [record.id, record.slug] : [record.id])
      .map(value => ({ record, path: route.where.replace('{kind}', record.kind).replace('{record}', value) })))
  else if (slots.includes('kind')) fill('kind', () => [...Object.keys(kinds), 'framework'].map(value => ({ value, kind: value })))
  if (slots.includes('collection'))
    paths = [...['activity', 'organisation'].map(value => ({ value, of: records.filter(r => r.kind === value) })),
      ...records.filter(r => r.kind === 'dataset').map(record => ({ value: record.slug, of: [record], record }))]
      .flatMap(({ value, of, record }) => (slots.includes('item') ? of.map(one => ({ record: one, path: route.where.replace('{item}', one.id) })) : [{ record, path: route.where }])
        .map(p => ({ ...p, path: p.path.replace('{collection}', value) })))
  // A tile has three numbers: that of all the world, and one within.
  if (slots.filter(s => s === 'n').length === 3) paths = paths.flatMap(p => [[0, 0, 0], [6, 29, 49]].map(at => ({ ...p, path: at.reduce((where, n) => where.replace('{n}', n), p.path) })))
  else if (slots.includes('n')) fill('n', p => [1, 2].map(value => ({ value })))
  if (slots.includes('tag')) fill('tag', () => [{ value: 'en' }])
  if (slots.includes('name')) fill('name', () => [{ value: 'dark' }])
  // No job and no rows set aside are there: test/http/import.js asks for those that are.
  for (const slot of ['job', 'hash']) if (slots.includes(slot)) fill(slot, () => [{ value: 'ab'.repeat(32) }])
  if (slots.includes('secret')) fill('secret', () => [{ value: 'made-up' }])
  if (slots.includes('person')) fill('person', () => person_ids.map(value => ({ value })))
  if (slots.includes('*')) fill('*', () => ['0/000', 'entries/000', '0/000.p/7', 'entries/000.p/7', 'style.css'].map(value => ({ value })))
  return paths
}

function questions_of(route) {
  const ways = {
    list_show: ['', '?limit=1000', `?limit=1000&q=${common}`, '?limit=1000&sort=title', `?lead=${hub.organisation.id}`, '?limit=2', `?frameworks=${hub.framework.id}&limit=1000`, `?links=${hub.framework.id}&limit=1000`, '?stands=running&stands=late&limit=1000', '?sort=title&lang=th'],
    search_show: ['', `?q=${common}&limit=100`, `?q=${common}&kind=activity`, `?q=zq`],
    suggest_show: ['', '?q=z', '?q=zq', `?q=${common.slice(0, 6)}`],
    compare_show: ['', '?from=1&to=2', '?from=2&to=1'],
    dataset_show: ['', '?version=1', '?version=2', '?aggregate=count'],
    home_show: ['', '?lang=th'],
    ogc_items_show: ['?limit=1000', `?limit=1000&lead=${hub.organisation.id}`, '?bbox=99,9,101,11&limit=5'],
    calendar_show: ['', '?year=2031', '?from=2031-01'],
  }
  return ways[route.handler] ?? ['']
}

// ---- looking into answers ----

function zip_texts(bytes) {
  const out = []
  let at = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const count = bytes.readUInt16LE(at + 10)
  at = bytes.readUInt32LE(at + 16)
  for (let i = 0; i < count; i++) {
    const method = bytes.readUInt16LE(at + 10), size = bytes.readUInt32LE(at + 20), local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const part = bytes.subarray(start, start + size)
    out.push((method ? zlib.inflateRawSync(part) : part).toString())
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return out.join('\n')
}

const is_zip = bytes => bytes.length > 4 && bytes.readUInt32LE(0) === 0x04034b50
const texts_of = answer => (is_zip(answer.bytes) ? zip_texts(answer.bytes) : answer.bytes.toString()) + JSON.stringify(answer.headers)
const word_of = new Map()
function words_in(text) {
  return new Set(text.toLowerCase().match(/zq(?:[bdfgklmnprst][aeiou]){5}/g) ?? [])
}

let asked_count = 0
const leaks = new Map(), etags = new Map()
let mixed = 0

function look(target, reader, answer) {
  asked_count++
  const asked = words_in(target)
  const found = words_in(texts_of(answer))
  for (const word of found) {
    if (asked.has(word) || word_of.get(word)?.may(reader)) continue
    const place = `${target} for ${reader.name}`
    if (!leaks.has(place)) leaks.set(place, { word, record: records.find(r => [r.now, r.working, r.gone].some(w => w?.text === word)), answer })
  }
  const etag = answer.headers.etag
  if (etag && answer.status === 200 && !is_zip(answer.bytes)) {
    const key = `${target} ${etag}`, body = answer.bytes.toString()
    if (etags.has(key) && etags.get(key) !== body) mixed++
    else etags.set(key, body)
  }
  return found
}

const get = (target, reader, headers = {}) => {
  const who = reader.cookie ? { cookie: reader.cookie } : reader.authorization ? { authorization: reader.authorization } : {}
  return ask('GET', target, { ...who, 'accept-language': 'en', ...headers })
}

// Readers who hold different tokens, each time with another role among those who hold the same.
function one_of_each() {
  const by_tokens = new Map()
  for (const reader of shuffled(readers)) by_tokens.set(reader.tokens.join() + !!reader.authorization + reader.name.startsWith('runs'), reader)
  return [...by_tokens.values()]
}

// Readers ask for it in an order of its own, some of them again; for what is of one record, one of each sort.
async function walk({ target, of_record }) {
  const who = of_record ? one_of_each() : readers
  for (const reader of [...shuffled(who), ...shuffled(who).slice(0, 3)]) look(target, reader, await get(target, reader))
}

async function walk_all() {
  const targets = []
  for (const route of routes.filter(r => /METHOD_GET/.test(r.methods))) {
    const paths = paths_of(route)
    tally.check(paths, `the walk knows every slot of ${route.where}`)
    for (const p of paths ?? [])
      for (const ending of endings_of(route)) for (const question of questions_of(route)) targets.push({ target: p.path + ending + question, of_record: !!p.record })
  }
  let at = 0
  await together(ask_at_once, async () => {
    if (at >= targets.length) return false
    await walk(targets[at++])
    return true
  })
  return targets.length
}

// ---- the entitled find what is theirs, and counts agree ----

const sees = (reader, kind) => records.filter(r => (!kind || r.kind === kind) && r.listed(reader))
const json = async (target, reader) => {
  const answer = await get(target, reader)
  look(target, reader, answer)
  return answer.status === 200 ? JSON.parse(answer.bytes) : { status: answer.status }
}

async function counts_of(reader) {
  for (const kind of Object.keys(kinds)) {
    const others = kind === 'organisation' ? 3 : kind === 'activity' ? 1 + led_by().length : 0
    const list = await json(`/${kind}.json?limit=1000`, reader)
    const mine = sees(reader, kind)
    tally.check(list.total === mine.length + others, `${reader.name}: the total of ${kind} counts what they may see`, `is ${list.total}`, `not ${mine.length + others}`)
    tally.check(list.items?.length === list.total, `${reader.name}: all of ${kind} are listed`, `${list.items?.length} of ${list.total}`)
    const ids = new Set((list.items ?? []).map(i => i.id))
    tally.check(mine.every(r => ids.has(r.id)), `${reader.name}: the list of ${kind} has all that is theirs`,
      ...mine.filter(r => !ids.has(r.id)).slice(0, 3).map(r => `${r.audience} ${r.state} of ${r.owner}`))
    for (const ending of ['csv', 'xlsx', 'jsonld']) {
      const target = `/${kind}.${ending}`, answer = await get(target, reader)
      if (answer.status === 404 && ending === 'jsonld') continue
      const found = look(target, reader, answer)
      const missing = mine.filter(r => ![r.now, r.working].some(w => w?.now(reader) && found.has(w.text)))
      tally.check(missing.length === 0, `${reader.name}: ${target} has all that is theirs`, `status ${answer.status}, ${missing.length} of ${mine.length} missing`)
    }
    const search = await json(`/${kind}.json?limit=1000&q=${common}`, reader)
    tally.check(search.total === mine.length, `${reader.name}: words find all of ${kind} that is theirs`, `is ${search.total}`, `not ${mine.length}`)
    for (const facet of list.facets ?? [])
      for (const value of facet.values.slice(0, 5)) {
        const part = await json(`/${kind}.json?limit=1&${facet.field}=${encodeURIComponent(value.value)}`, reader)
        tally.check(part.total === value.count, `${reader.name}: the facet ${facet.field} of ${kind} counts what its list has`, `${value.value}: ${value.count}, listed ${part.total}`)
      }
  }
  const all = await json(`/search.json?q=${common}&limit=1`, reader)
  tally.check(all.total === sees(reader).length, `${reader.name}: search counts what they may see`, `is ${all.total}`, `not ${sees(reader).length}`)
  const about = await json('/node.json', reader)
  for (const one of about.kinds.filter(k => kinds[k.kind])) {
    const list = await json(`/${one.kind}.json?limit=1`, reader)
    tally.check(one.total === list.total, `${reader.name}: the node's page counts ${one.kind} as its list does`, `${one.total}, listed ${list.total}`)
  }
  const framework = await json('/framework/pact.json', reader)
  for (const back of framework.backlinks ?? []) {
    const linking = sees(reader, back.kind).filter(() => kinds[back.kind]?.('x').frameworks).length + (back.kind === 'activity' ? 1 : 0)
    tally.check(back.total === linking, `${reader.name}: the framework counts the ${back.kind} that they may see`, `is ${back.total}`, `not ${linking}`)
  }
}

async function finds_of(reader) {
  for (const record of records) {
    const target = `/${record.kind}/${record.id}.json`
    const answer = await get(target, reader)
    look(target, reader, answer)
    const expected = record.listed(reader) ? 200 : record.stub(reader) ? [200, 410] : 404
    const what = `${record.kind}, ${record.audience}, ${record.state}, of ${record.owner}`
    tally.check([expected].flat().includes(answer.status), `${reader.name}: ${what} is there or not as it should be`, `status ${answer.status}, not ${expected}`)
    for (const word of [record.now, record.working].filter(w => w?.now(reader)))
      tally.check(words_in(answer.bytes.toString()).has(word.text), `${reader.name}: ${what} shows its text`, answer.bytes.toString().slice(0, 300))
    for (const word of [record.now, record.working, record.gone].filter(w => w)) {
      const found = await json(`/search.json?q=${word.text}`, reader)
      const wanted = word.now(reader) ? 1 : 0
      tally.check(found.total === wanted && found.items.length === wanted, `${reader.name}: search for the text of ${what}`, `is ${found.total}`, `not ${wanted}`)
      const typed = await json(`/suggest.json?q=${word.text.slice(0, 8)}`, reader)
      tally.check(words_in(JSON.stringify(typed)).has(word.text) === word.now(reader), `${reader.name}: suggestions for ${what}`, JSON.stringify(typed))
    }
  }
}

// What is hidden answers like what is not there, to every method.
async function hidden_of(reader, write_token) {
  const plain = answer => answer.bytes.toString().replaceAll(/zq\w+|no-such-thing-\w*/g, '#').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#')
  const shape = answer => JSON.stringify([answer.status, plain(answer), Object.keys(answer.headers).sort()])
  for (const record of records.filter(r => !r.listed(reader) && !r.stub(reader))) {
    for (const tail of ['', '.json', '/history', '/history.json', '/history/1.json', '/compare.json?from=1&to=2', '/edit', '.jsonld',
      ...record.kind === 'dataset' ? [...row_endings.map(e => '.' + e), '.json?version=1', '.csv?version=1'] : []]) {
      const there = await get(`/${record.kind}/${record.slug}${tail}`, reader), none = await get(`/${record.kind}/s-zqno-such-thing${tail}`, reader)
      tally.check(shape(there).replace(/s-#/g, '#') === shape(none).replace(/s-#/g, '#').replace(/#-such-thing/g, '#'),
        `${reader.name}: hidden and absent look the same at ${tail || 'the page'}`, `${record.audience} ${record.state}: ${shape(there)}`, shape(none))
    }
    if (!write_token) continue
    const changes = [['PATCH', '', '{"note":null}'], ['PUT', '', '{}'], ['DELETE', '?reason=x', undefined],
      ['POST', '/state', '{"state":"published","version":1}'], ['POST', '/withdraw', '{"note":"x","version":1}'], ['POST', '/restore', '{"restore":1,"version":1}'],
      ...record.kind === 'dataset' ? [['POST', '/rows', '[{"lat":1}]']] : []]
    for (const [method, tail, body] of changes) {
      const [where, query] = tail.startsWith('?') ? ['', tail] : [tail, '']
      const headers = { authorization: reader.authorization, 'if-match': '"v1"', ...(body ? { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' } : {}) }
      const target = `/${record.kind}/${record.id}${where}.json${query}`
      const answer = await ask(method, target, headers, body)
      look(target, reader, answer)
      tally.check(answer.status === 404, `${reader.name}: ${method} ${where} of what is hidden finds nothing`, `${record.audience} ${record.state}: ${answer.status} ${answer.bytes}`)
    }
  }
}

// Conditions: what one reader was given proves nothing to another.
async function conditions() {
  for (const target of ['/activity.json?limit=1000', '/search.json?q=' + common, '/node.json', '/index.json', '/index.atom', '/meeting.ics', '/activity.csv', '/'])
    for (const giver of readers) {
      const given = await get(target, giver)
      if (!given.headers.etag) continue
      for (const reader of readers) {
        const answer = await get(target, reader, { 'if-none-match': given.headers.etag }), own = await get(target, reader)
        tally.check(answer.status !== 304 || own.bytes.equals(given.bytes), `${reader.name}: an ETag of ${giver.name} for ${target} is not theirs`)
      }
    }
}

// ---- the test ----

try {
  must(['init', node.folder, '--name', 'leak.test'])
  organisations_make()
  people_make()
  await node.serve()
  for (const owner of ['alpha', 'beta']) writers[owner] = token_of(`publisher@${owner}.test`, '--write')
  await records_make()
  await readers_make()
  for (const word of words) word_of.set(word.text, word)
  const people = await json('/people.json', readers.find(r => r.name === 'runs the node'))
  for (const p of people.items.slice(0, 3)) person_ids.push(p.id)
  tally.check(person_ids.length > 0, 'who runs the node sees its people')

  tally.check(routes.length === route_lines, 'every row of routes.def is read', `${routes.length} of ${route_lines}`)
  tally.check(row_endings.length === rows_text.match(/^ROWS\(/gm).length && row_endings.length > 0, 'every row of rows.def is read', row_endings)
  tally.check(formats.length === format_lines, 'every row of formats.def is read', `${formats.length} of ${format_lines}`)
  const targets = await walk_all()
  for (const reader of readers) await counts_of(reader)
  for (const reader of readers) await finds_of(reader)
  await hidden_of(readers[0])
  await hidden_of(readers.find(r => r.name === 'reader of beta'))
  await hidden_of(readers.find(r => r.name === 'write token of beta'), true)
  await conditions()

  tally.check(mixed === 0, 'answers with the same ETag are the same bytes, whoever asks', `${mixed} differ`)
  for (const [place, { word, record, answer }] of [...leaks].slice(0, 40)) {
    const at = texts_of(answer).indexOf(word)
    tally.check(false, `${place} gives away ${word}`, record ? `${record.kind}, ${record.audience}, ${record.state}, of ${record.owner}` : 'a slug or a note',
      `status ${answer.status}: …${texts_of(answer).slice(Math.max(0, at - 120), at + 60)}…`)
  }
  tally.check(leaks.size === 0, 'no answer gives away a word to who may not see it', `${leaks.size} of ${asked_count} answers do`)
  console.log(`${targets} addresses, ${readers.length} readers, ${records.length} records, ${asked_count} answers`)
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
