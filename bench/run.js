// Measures a node against its limits, prints one table, keeps bench/results/TIME.json: ./run bench
// Exit code 1 when a figure is on the wrong side of its limit.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { data_parts } from './data.js'
import { machine } from './machine.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
const words = process.argv.slice(2)
const option = (name, otherwise) => { const at = words.indexOf(`--${name}`); return at < 0 ? otherwise : words[at + 1] }
if (words.includes('--help')) {
  console.log(`./run bench [--records N] [--seconds S] [--million] [--only WORDS] [--keep FOLDER]
  --records N     how many made-up records; 100000
  --seconds S     how long each load on a page lasts; 4
  --rows N        how many made-up occurrences the parts on data use; 10000000
  --million       also load a million records, to see that loading stays linear
  --only WORDS    only the parts whose names have the words
  --keep FOLDER   keep the node there, and use the one that is there
  --write         put the table into the first section of docs/measured.md`)
  process.exit(0)
}
const records = Number(option('records', 100000))
const seconds = Number(option('seconds', 4))
const only = option('only', '')
const clients = 16
const work = mkdtempSync(path.join(process.env.TMPDIR ?? os.tmpdir(), 'banyan bench '))
const kept = option('keep')
const node = kept ?? path.join(work, 'node')
const rows = []
const children = new Set() // ended with this process, however it ends
process.on('exit', () => { for (const child of children) child.kill('SIGKILL') })
const spawned = (...args) => {
  const child = spawn(...args)
  children.add(child)
  child.on('exit', () => children.delete(child))
  return child
}

const CREATE_ROUNDS = 5
const median = list => [...list].sort((x, y) => x - y)[Math.floor(list.length / 2)]
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const banyan = (args, options = {}) => execFileSync('build/banyan', args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'pipe'], ...options })

// `limit` is a least value, or with `most` the greatest; without one the figure is for the reader.
function row(what, value, unit, { least, most, note = '' } = {}) {
  const well = (least === undefined || value >= least) && (most === undefined || value <= most)
  rows.push({ what, value, unit, least, most, note, well })
  const limit = least !== undefined ? `at least ${least}` : most !== undefined ? `at most ${most}` : ''
  const shown = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
  console.log(`${what.padEnd(52)} ${shown.padStart(9)} ${unit.padEnd(10)} ${limit.padEnd(14)} ${limit ? (well ? 'well' : 'MISSED') : ''}  ${note}`)
}

function free_port() {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function serve(folder, env = {}) {
  const began = process.hrtime.bigint()
  const child = spawned('build/banyan', ['serve', folder, '--listen', '127.0.0.1:0', '--quiet'],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise(resolve => child.on('exit', resolve))
  const port = await new Promise((resolve, reject) => {
    let out = ''
    child.stdout.on('data', bytes => {
      const found = /^Serving .*:(\d+)/m.exec(out += bytes)
      if (found) resolve(Number(found[1]))
    })
    ended.then(() => reject(new Error('the server ended')))
  })
  const ready_s = Number(process.hrtime.bigint() - began) / 1e9
  return { child, port, ready_s, end: () => { child.kill('SIGTERM'); return ended } }
}

// Asked anew while others may be at it: the connection is not kept.
function get(port, where) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path: where, agent: false }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode, type: answer.headers['content-type'], bytes: Buffer.concat(parts) }))
    }).on('error', reject)
  })
}

function wrk(url) {
  const out = execFileSync('wrk', ['-t1', `-c${clients}`, `-d${seconds}`, '--latency', url], { encoding: 'utf8' })
  if (/Non-2xx/.test(out)) throw new Error(`wrk: ${url} did not answer with 200\n${out}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1])
}

// load's answer over requests given as lines.
function load(port, lines, { header, repeat, rate, many = clients } = {}) {
  const file = path.join(work, 'requests')
  writeFileSync(file, lines.join('\n') + '\n')
  const args = ['--clients', String(many), ...(rate ? ['--rate', String(rate)] : []), ...(header ? ['--header', header] : []), ...(repeat ? ['--seconds', String(repeat)] : []),
    `127.0.0.1:${port}`, file]
  return JSON.parse(execFileSync('build/bench/load', args, { encoding: 'utf8' }))
}

// The same dice each time.
function dice(seed) {
  return n => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor(seed / 2 ** 32 * n) // the upper bits: the lower ones repeat soon
  }
}

async function corpus(count, file) {
  const out = createWriteStream(file)
  const child = spawn('build/bench/corpus', [String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.pipe(out)
  await new Promise(resolve => out.on('finish', resolve))
}

async function loaded(folder, count) {
  const file = path.join(work, `corpus-${count}.jsonl`)
  await corpus(count, file)
  banyan(['init', folder, '--name', 'bench.test'])
  const began = process.hrtime.bigint()
  const said = banyan(['load', folder, file])
  const took_s = Number(process.hrtime.bigint() - began) / 1e9
  if (!said.startsWith(`${count} written`)) throw new Error(`load: ${said}`)
  rmSync(file)
  return count / took_s
}

// nginx over one folder of files, as fast as it goes: no log, sendfile, as many workers as cores.
async function nginx(folder) {
  const port = await free_port()
  const conf = path.join(work, 'nginx.conf')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path "${work}/nginx-${name}";`).join(' ')
  writeFileSync(conf, `${process.getuid() === 0 ? 'user root; ' : ''}daemon off; master_process on; pid "${work}/nginx.pid"; error_log stderr; worker_processes ${os.cpus().length};
events { worker_connections 512; }
http { access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; open_file_cache max=100; ${paths}
  types { application/json json; text/html html; }
  server { listen 127.0.0.1:${port}; root "${folder}"; } }`)
  const child = spawned('nginx', ['-c', conf, '-e', 'stderr', '-p', work], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let i = 0; i < 50; i++) {
    await sleep(100)
    if (await get(port, '/').then(() => true, () => false)) break
  }
  return { port, end: () => new Promise(resolve => { child.on('exit', resolve); child.kill('SIGTERM') }) }
}

const parts = {
  async 'bulk load'() {
    if (kept && spawnSync('test', ['-d', node]).status === 0) return
    const rate = await loaded(node, records)
    row(`bulk load of ${records.toLocaleString('en')} records`, rate, 'records/s', { least: 8000 })
    if (!words.includes('--million')) return
    const large = path.join(work, 'million')
    const at_million = await loaded(large, 1000000)
    row('bulk load of 1,000,000 records', at_million, 'records/s', { least: 8000 })
    row('  against the smaller load', at_million / rate, 'times', { least: 0.8, note: 'linear: 1' })
    rmSync(large, { recursive: true })
  },

  async start() {
    const times = []
    for (let i = 0; i < 5; i++) {
      const server = await serve(node)
      times.push(server.ready_s)
      await server.end()
    }
    row('start until the first answer', median(times), 's', { most: 0.3 })
  },

  async 'repeated list'() {
    const files = path.join(work, 'files')
    mkdirSync(files)
    const server = await serve(node)
    const other = await nginx(files)
    for (const [name, where, ending] of [['JSON', '/activity.json?limit=20', 'json'], ['HTML', '/activity?limit=20', 'html']]) {
      const answer = await get(server.port, where)
      if (answer.status !== 200) throw new Error(`${where}: ${answer.status}`)
      writeFileSync(path.join(files, `list.${ending}`), answer.bytes)
      const mine = [], theirs = []
      wrk(`http://127.0.0.1:${server.port}${where}`)
      for (let i = 0; i < 3; i++) {
        mine.push(wrk(`http://127.0.0.1:${server.port}${where}`))
        theirs.push(wrk(`http://127.0.0.1:${other.port}/list.${ending}`))
      }
      row(`list page, ${name}, repeated (${answer.bytes.length.toLocaleString('en')} bytes)`, median(mine), 'answers/s')
      row('  nginx, the same bytes from a file', median(theirs), 'answers/s')
      row('  ratio', median(mine) / median(theirs), 'times', { least: 0.9 })
    }
    await other.end()
    await server.end()
  },

  async 'first-time questions'() {
    const server = await serve(node)
    const roll = dice(1)
    const types = ['project', 'programme', 'demonstration', 'platform', 'research']
    const countries = ['BN', 'CN', 'ID', 'JP', 'KH', 'KR', 'LA', 'MM', 'MY', 'SG', 'TH', 'VN']
    const lines = new Set()
    while (lines.size < 6000) {
      const list = `GET /activity.json?type=${types[roll(5)]}&country=${countries[roll(12)]}&parties=${countries[roll(12)]}&limit=${10 + roll(40)}`
      lines.add(roll(2) ? list : `${list}&status=${['active', 'completed', 'planned'][roll(3)]}`)
    }
    const asked = [...lines]
    load(server.port, asked.slice(0, 500))
    const lists = load(server.port, asked.slice(500))
    row('list with facets, asked for the first time: p99', lists.p99_us / 1000, 'ms', { most: 5, note: `p50 ${lists.p50_us / 1000} ms, ${Math.round(lists.rate)}/s` })
    const slugs = (await first_slugs()).map(([kind, slug]) => `/${kind}/${slug}`)
    const documents = load(server.port, slugs.slice(0, 4000).map(where => `GET ${where}.json`))
    row('record as JSON, asked for the first time: p99', documents.p99_us / 1000, 'ms', { most: 5, note: `p50 ${documents.p50_us / 1000} ms, ${Math.round(documents.rate)}/s` })
    const pages = load(server.port, slugs.slice(0, 4000).map(where => `GET ${where}`))
    row('record as a page, asked for the first time: p99', pages.p99_us / 1000, 'ms', { most: 5, note: `p50 ${pages.p50_us / 1000} ms, ${Math.round(pages.rate)}/s` })
    for (const [name, got] of Object.entries({ lists, documents, pages }))
      if (Object.keys(got.statuses).join() !== '200') throw new Error(`${name}: ${JSON.stringify(got.statuses)}`)
    await server.end()
  },

  async search() {
    const server = await serve(node)
    const roll = dice(2)
    const titles = (await first_slugs()).flatMap(([, , titles]) => titles)
    const lines = new Set()
    while (lines.size < 4000) {
      const title = [...titles[roll(titles.length)]]
      const from = roll(Math.max(1, title.length - 4)), n = 3 + roll(12)
      const q = title.slice(from, from + n).join('').trim()
      if (q) lines.add(`GET /search.json?limit=20&q=${encodeURIComponent(q)}`)
    }
    const asked = [...lines]
    load(server.port, asked.slice(0, 200))
    const got = load(server.port, asked.slice(200))
    if (Object.keys(got.statuses).join() !== '200') throw new Error(`search: ${JSON.stringify(got.statuses)}`)
    row('search, asked for the first time: p99', got.p99_us / 1000, 'ms', { most: 10, note: `p50 ${got.p50_us / 1000} ms, ${Math.round(got.rate)}/s` })
    row('resident memory after the searches', resident_mb(server.child.pid), 'MB', { most: 96 })
    await server.end()
  },

  async create() {
    const folder = path.join(work, 'writing')
    banyan(['init', folder, '--name', 'bench.test'])
    banyan(['load', folder, '-', '--owner', 'house', '--state', 'published'],
      { input: JSON.stringify({ kind: 'organisation', slug: 'house', doc: { name: { en: 'House' }, type: 'agency' } }) + '\n' })
    banyan(['user', 'add', folder, 'writer@bench.test', '--role', 'house:publisher'])
    const token = banyan(['token', 'make', folder, 'writer@bench.test', '--write']).trim()
    const text = 'regional cooperation on clean water and air '.repeat(16).trim()
    let made = 0
    for (const [name, delay_us, limits] of [['disk with a sync of 5 ms', 5000, { least: 12 }], ['this disk', 0, {}]]) {
      const server = await serve(folder, delay_us ? { BANYAN_FAULT: `journal-sync~${delay_us}` } : {})
      // In turn, as a machine that others share is not as fast in one second as in the next.
      const rounds = Array.from({ length: CREATE_ROUNDS }, () => {
        const one = Number(execFileSync('build/bench/sync', [path.join(work, 'sync'), String(seconds), String(delay_us)], { encoding: 'utf8' }))
        const lines = Array.from({ length: 15000 * seconds }, () => `POST /activity.json\t${JSON.stringify({
          slug: `made-${made++}`, owner: 'house', state: 'published', doc: { name: { en: `Activity ${made}` }, type: 'project', description: { en: text } } })}`)
        const got = load(server.port, lines, { header: `Authorization: Bearer ${token}`, repeat: seconds })
        if (Object.keys(got.statuses).join() !== '201') throw new Error(`create: ${JSON.stringify(got.statuses)}`)
        return { one, rate: got.rate, p99: got.p99_us / 1000, ratio: got.rate / one }
      })
      await server.end()
      const middle = what => median(rounds.map(round => round[what]))
      const ratios = rounds.map(round => round.ratio.toFixed(1)).sort((x, y) => x - y)
      row(`creating over HTTP, ${name}`, middle('rate'), 'records/s', { note: `p99 ${middle('p99')} ms` })
      row('  one sync at a time', middle('one'), 'records/s')
      row(`  ratio, median of ${CREATE_ROUNDS} in turn`, middle('ratio'), 'times', { ...limits, note: `${ratios[0]} to ${ratios.at(-1)}` })
    }
  },
}

Object.assign(parts, data_parts({ row, serve, load, seconds, spawned, banyan, median, work, rows: Number(option('rows', 10000000)), memory_bytes: 2 ** 30 }))

const resident_mb = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

// Kinds, slugs and titles of the corpus, spread over all of it.
let spread
async function first_slugs() {
  if (spread) return spread
  const count = Math.min(records, 100000)
  const lines = execFileSync('build/bench/corpus', [String(count)], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n').filter(Boolean)
  const step = Math.max(1, Math.floor(lines.length / 5000))
  spread = lines.slice(500).filter((_, i) => i % step === 0).map(line => {
    const item = JSON.parse(line)
    return [item.kind, item.slug, Object.values(item.doc.name)]
  })
  return spread
}

// Parts that others stand on: the records of all pages, the dataset of all questions.
const is_needed = name => name === (only.startsWith('data') ? 'data import' : 'bulk load')

mkdirSync('bench/results', { recursive: true })
const result = { machine: machine(work), records, clients, rows }
console.log(`${result.machine.processor}, ${result.machine.cores} cores, ${result.machine.memory_gib} GiB, ${result.machine.file_system}; ${result.machine.at}\n`)
let broken = 0
try {
  for (const [name, run] of Object.entries(parts)) {
    if (!name.includes(only) && !is_needed(name)) continue
    // One part that cannot be measured does not hide the others.
    await run().catch(error => {
      broken++
      console.log(`${name}: NOT MEASURED: ${error.message}`)
    })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
const file = `bench/results/${result.machine.at.replaceAll(':', '-')}.json`
writeFileSync(file, JSON.stringify(result, null, 1) + '\n')
if (words.includes('--write')) {
  const m = result.machine
  const shown = value => Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
  const lines = rows.map(r => `| ${r.what.trim()} | ${shown(r.value)} ${r.unit} | ${r.least !== undefined ? `at least ${r.least}` : r.most !== undefined ? `at most ${r.most}` : ''}${r.well ? '' : ', **missed**'} | ${r.note} |`)
  // The page's first section; the others were written by hand.
  const page = readFileSync('docs/measured.md', 'utf8')
  const others = page.indexOf('\n## ')
  writeFileSync('docs/measured.md', `# Measured

This section is made by \`./run bench --write\`; limits are part of it, and it ends with exit code 1 when one is missed. Ratios are
from one run with the same load generator on both sides; absolute figures are for the reader.

${m.processor}, ${m.cores} cores, ${m.memory_gib} GiB, ${m.file_system}, Linux ${m.kernel}, ${m.system}, ${m.compiler}; ${m.at.slice(0, 10)}, commit ${m.commit}.
Load average before: ${m.load_before.toFixed(1)}. ${records.toLocaleString('en')} made-up records of about 1 KB (bench/corpus.c), ${clients} clients.

| what | figure | limit | |
|---|---|---|---|
${lines.join('\n')}

- *Repeated*: wrk, one thread, 16 connections, the answer kept ready by the node against nginx sending the same bytes from a file.
- *First time*: bench/load.c, 16 connections that each ask their next question when the last answer is whole; no question twice.
- *Creating*: bench/load.c posts records over HTTP; against bench/sync.c, which appends 1 KB and syncs it, again and again. The disk with
  a sync of 5 ms is simulated on both sides (\`BANYAN_FAULT=journal-sync~5000\`).
${others < 0 ? '' : page.slice(others)}`)
}
const missed = rows.filter(r => !r.well).length
console.log(`\n${rows.length} figures, ${missed} missed their limit, ${broken} parts not measured; kept in ${file}`)
process.exit(missed || broken ? 1 : 0)
