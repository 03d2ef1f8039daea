// A node under test: made, served, asked and ended. Everything lies in a folder of its own in TMPDIR.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const program = path.resolve(root, process.env.BANYAN ?? 'build/banyan')

// What failed is printed where it fails; the closing line counts.
export const tally = {
  passed: 0, failed: 0, skipped: 0,
  check(ok, sentence, ...details) {
    if (ok) return void this.passed++
    this.failed++
    console.log(`FAILED ${sentence}`)
    for (const detail of details) console.log(`    ${String(detail).slice(0, 1500)}`)
  },
  same(got, wanted, sentence) {
    const [is, should] = [got, wanted].map(value => JSON.stringify(value))
    this.check(is === should, sentence, is?.slice(0, 900), should?.slice(0, 900))
  },
  skip(sentence, reason) {
    this.skipped++
    console.log(`SKIPPED ${sentence}\n    ${reason}`)
  },
  close() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`)
    process.exit(this.failed ? 1 : 0)
  },
}

export function banyan(words, input = '') {
  const done = spawnSync(program, words, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  return { code: done.status, out: done.stdout, err: done.stderr }
}

export function must(words, input) {
  const done = banyan(words, input)
  if (done.code !== 0) throw new Error(`banyan ${words.join(' ')} ended with ${done.code}: ${done.err}`)
  return done.out
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

// One request as it is, nothing added: `bytes`, `text` and, where it is JSON, `value` of the answer.
export function request({ host, port }, method, where, { headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const asked = http.request({ agent, host, port, method, path: where, headers }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const bytes = Buffer.concat(parts)
        resolve({ status: answer.statusCode, headers: answer.headers, bytes, get text() { return bytes.toString() },
          get value() { try { return JSON.parse(bytes) } catch { return undefined } } })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

// What mounts does so in a mount namespace of its own, so that nothing is left behind whatever happens: the test is run
// once more in one, where there may be any.
export function in_own_namespace() {
  if (process.env.BANYAN_IN_NAMESPACE) return
  const own = process.getuid() === 0 ? ['-m'] : ['-rm']
  if (spawnSync('unshare', [...own, 'true']).status !== 0) return
  const done = spawnSync('unshare', [...own, process.execPath, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, BANYAN_IN_NAMESPACE: '1' } })
  process.exit(done.status ?? 1)
}

export class Node {
  constructor() {
    this.work = mkdtempSync(path.join(process.env.TMPDIR ?? os.tmpdir(), 'banyan house '))
    this.folder = path.join(this.work, 'node')
  }

  // With one organisation and a token of one who publishes for it.
  make(folder = this.folder) {
    this.folder = folder
    must(['init', folder, '--name', 'house.test'])
    must(['load', folder, '-', '--owner', 'house', '--state', 'published'],
      JSON.stringify({ kind: 'organisation', slug: 'house', doc: { name: { en: 'House' }, type: 'agency' } }) + '\n')
    must(['user', 'add', folder, 'writer@house.test', '--role', 'house:publisher'])
    this.token = must(['token', 'make', folder, 'writer@house.test', '--write']).trim()
  }

  // `wrap` starts the server some other way: ['prlimit', …].
  async serve({ fault, wrap = [], quiet = true } = {}) {
    const words = [...wrap, program, 'serve', this.folder, '--listen', '127.0.0.1:0', ...(quiet ? ['--quiet'] : [])]
    const env = { ...process.env }
    if (fault) env.BANYAN_FAULT = fault
    this.child = spawn(words[0], words.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.err = ''
    this.child.stderr.on('data', bytes => { this.err += bytes })
    this.ended = new Promise(resolve => this.child.on('exit', (code, signal) => resolve({ code, signal })))
    const address = await new Promise((resolve, reject) => {
      let out = ''
      this.child.stdout.on('data', bytes => {
        out += bytes
        const found = /^Serving .* on (?:http:\/\/)?([0-9.]+):(\d+)/m.exec(out)
        if (found) resolve(found)
      })
      this.ended.then(end => reject(new Error(`the server ended (${end.code ?? end.signal}): ${this.err}`)))
    })
    this.host = address[1]
    this.port = Number(address[2])
  }

  ask(method, where, body, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body)
    if (text) headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers }
    return request(this, method, where, { agent, headers: { Authorization: `Bearer ${this.token}`, ...headers }, body: text })
  }

  organisation(name) {
    return this.ask('POST', '/organisation.json',
      { slug: name, owner: 'house', state: 'published', doc: { name: { en: `Organisation ${name}` }, type: 'agency' } })
  }

  end(signal = 'SIGTERM') {
    this.child.kill(signal)
    return this.ended
  }

  remove() {
    rmSync(this.work, { recursive: true, force: true })
  }
}

// Several at once: `work` is called again and again until it returns false.
export function together(n, work) {
  return Promise.all(Array.from({ length: n }, async (_, i) => { while (await work(i)) { /* again */ } }))
}
