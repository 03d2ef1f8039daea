// Imports that are killed at any moment, and imports onto a full disk, by the command and through the server: the
// dataset is as it was or as it becomes, and the next import works: import.js [ROUNDS]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { Node, banyan, program, tally } from './node.js'

const rounds = Number(process.argv[2] ?? 20)
const steps = ['file-write', 'file-sync', 'file-rename', 'part-write', 'journal-write', 'journal-sync', 'db-write', 'db-commit']
const folder = mkdtempSync(path.join(process.env.TMPDIR ?? os.tmpdir(), 'banyan import '))

// Rows whose sum tells which file they came from; every hundredth cannot be read. With a mark before them,
// so that the file is made plain on the way. Two have the same id, so that flags are put into the part.
function rows(name, n, value) {
  const lines = ['\ufeffid,place,day,level']
  for (let i = 0; i < n; i++) lines.push(`r${i === 5 ? 4 : i},place ${i % 97},2020-01-${String(1 + (i % 28)).padStart(2, '0')},${i % 100 === 99 && i > 60000 ? 'none' : value}`)
  const file = path.join(folder, name)
  writeFileSync(file, lines.join('\n') + '\n')
  return file
}

// The same as lines of JSON, which are laid out as CSV on the way.
function json_rows(name, n, value) {
  const lines = readFileSync(rows(name, n, value), 'utf8').replace('\ufeff', '').trim().split('\n').slice(1).map(line => {
    const [id, place, day, level] = line.split(',')
    return JSON.stringify({ id, place, day, level: Number(level) || level })
  })
  const file = path.join(folder, name)
  writeFileSync(file, lines.join('\n') + '\n')
  return file
}

const words = (node, file) => ['import', node.folder, file, '--into', 'levels', '--owner', 'house', '--state', 'published']

function dataset(node) {
  const line = banyan(['dump', node.folder, '--kind', 'dataset']).out.split('\n').filter(Boolean)[0]
  return line ? JSON.parse(line).doc : undefined
}

// Every part that is listed is there and is what its name says.
function parts_right(node, doc) {
  return (doc?.parts ?? []).every(part => [part.sha256, part.aside_sha256].filter(Boolean).every(name => {
    const file = path.join(node.folder, 'parts', name.slice(0, 2), name)
    return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === name
  }))
}

const left = node => {
  const tmp = path.join(node.folder, 'parts', 'tmp')
  return existsSync(tmp) ? readdirSync(tmp) : []
}

async function killed() {
  const node = new Node()
  let inside = 0, before = 0, after = 0
  try {
    node.make()
    const base = rows('base', 100000, 1), files = [rows('levels-2', 100000, 2), json_rows('levels-3', 100000, 3)]
    const hashes = files.map(file => createHash('sha256').update(readFileSync(file)).digest('hex'))
    tally.check(banyan([...words(node, base), '--title', 'Levels']).code === 0, 'a file is imported')
    let now = 0
    const started = Date.now()
    for (let number = 1; number <= rounds; number++) {
      // The other file under the same name takes the place of the first.
      const other = 1 - now
      const file = path.join(folder, 'levels')
      writeFileSync(file, readFileSync(files[other]))
      const step = steps[number % steps.length]
      const env = { ...process.env }
      if (number % 2) env.BANYAN_FAULT = `${step}!${1 + Math.floor(Math.random() * 3)}`
      const child = spawn(program, words(node, file), { env, stdio: 'ignore' })
      const timer = setTimeout(() => child.kill('SIGKILL'), number % 2 ? 20000 : Math.random() * 1200)
      const signal = await new Promise(resolve => child.on('exit', (_, how) => resolve(how)))
      clearTimeout(timer)
      inside += signal === 'SIGKILL'
      const doc = dataset(node)
      const of_file = doc?.parts.filter(part => part.file === 'levels') ?? []
      const whole = of_file.length <= 1 && parts_right(node, doc) && (!of_file.length || hashes.includes(of_file[0].file_sha256))
      tally.check(whole, `round ${number}: the dataset is as it was or as it becomes`, JSON.stringify(doc?.parts))
      if (of_file[0]?.file_sha256 === hashes[other]) { now = other; after++ } else before++
    }
    const done = banyan(words(node, base))
    tally.check(done.code === 0 && /unchanged/.test(done.out), 'the file that was there all along is unchanged', done.out, done.err)
    const file = path.join(folder, 'levels')
    writeFileSync(file, readFileSync(files[1 - now]))
    const last = banyan(words(node, file))
    tally.check(last.code === 0, 'and the next import works', last.err)
    const doc = dataset(node)
    tally.check(doc.parts.length === 2 && parts_right(node, doc), 'with two parts in the end', JSON.stringify(doc.parts))
    tally.check(doc.parts.every(part => part.rows + part.aside === 100000), 'no row is lost', JSON.stringify(doc.parts))
    tally.check(doc.parts.every(part => part.flagged === 2), 'and each has the flags of its rows', JSON.stringify(doc.parts))
    tally.check(left(node).length === 0, 'nothing temporary is left', left(node).join(' '))
    const verified = banyan(['verify', node.folder])
    tally.check(verified.code === 0, 'the node is right', verified.err)
    const copy = { folder: path.join(node.work, 'again') }
    const saved = banyan(['backup', node.folder, path.join(node.work, 'saved')])
    const back = banyan(['restore', path.join(node.work, 'saved'), copy.folder])
    tally.check(saved.code === 0 && back.code === 0, 'it is backed up and restored', saved.err, back.err)
    tally.check(parts_right(copy, dataset(copy)) && dataset(copy).parts.length === 2, 'with its parts')
    console.log(`${rounds} rounds in ${Math.round((Date.now() - started) / 1000)} s, ${inside} killed, ${before} left as it was, ${after} as it becomes`)
  } finally {
    node.remove()
  }
}

function disk_is_full() {
  const node = new Node()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', node.work]).status === 0
  try {
    if (!mounted) return tally.skip('an import onto a full disk leaves the dataset as it was', 'no tmpfs can be mounted here')
    node.make()
    const small = rows('small', 1000, 1), big = rows('big', 2000000, 1)
    tally.check(banyan(words(node, small)).code === 0, 'a small file is imported')
    const before = JSON.stringify(dataset(node))
    const full = banyan(words(node, big))
    tally.check(full.code === 6, 'an import onto a full disk fails as storage', full.code, full.err)
    tally.check(JSON.stringify(dataset(node)) === before, 'and leaves the dataset as it was')
    tally.check(left(node).length === 0, 'and nothing temporary', left(node).join(' '))
    tally.check(spawnSync('mount', ['-o', 'remount,size=256m', node.work]).status === 0, 'the disk gets more room')
    const again = banyan(words(node, big))
    tally.check(again.code === 0, 'the import works when there is room', again.err)
    tally.check(banyan(['verify', node.folder]).code === 0, 'the node is right')
  } finally {
    if (mounted) spawnSync('umount', [node.work])
    node.remove()
  }
}

// ---- through the server ----

// A file sent as the body, in pieces; undefined when the server is gone. `between` is called after each piece.
function send(node, query, bytes, { chunked, between } = {}) {
  return new Promise(resolve => {
    const headers = { authorization: `Bearer ${node.token}`, 'content-type': 'text/csv' }
    if (!chunked) headers['content-length'] = bytes.length
    const asked = http.request({ host: node.host, port: node.port, method: 'POST', path: `/dataset/levels/import.json?${query}`, headers }, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('error', () => resolve())
      answer.on('end', () => resolve({ status: answer.statusCode, value: JSON.parse(Buffer.concat(parts)) }))
    })
    asked.on('error', () => resolve())
    const piece = 256 << 10
    const next = at => {
      if (at >= bytes.length) return asked.end()
      asked.write(bytes.subarray(at, at + piece), () => { between?.(at); setImmediate(() => next(at + piece)) })
    }
    next(0)
  })
}

const ask = (node, method, where, body) => node.ask(method, where, body).then(answer => ({ status: answer.status, value: answer.text ? JSON.parse(answer.text) : undefined }), () => undefined)

// What became of a job, undefined when the server is gone.
async function ended(node, sent) {
  for (let job = sent?.value; job?.url;) {
    if (!['looking', 'importing'].includes(job.state)) return job
    await new Promise(resolve => setTimeout(resolve, 10))
    job = (await ask(node, 'GET', `${job.url}.json`))?.value
  }
}

async function server_killed() {
  const node = new Node(), turns = Math.max(4, Math.ceil(rounds / 2))
  let inside = 0, before = 0, after = 0
  try {
    node.make()
    const base = rows('base', 100000, 1), files = [rows('levels-2', 100000, 2), json_rows('levels-3', 100000, 3)].map(file => readFileSync(file))
    const hashes = files.map(bytes => createHash('sha256').update(bytes).digest('hex'))
    tally.check(banyan([...words(node, base), '--title', 'Levels']).code === 0, 'a file is imported')
    let now = 0
    for (let number = 1; number <= turns; number++) {
      const other = 1 - now
      const fault = number % 2 ? `${steps[number % steps.length]}!${1 + Math.floor(Math.random() * 6)}` : undefined
      // The step of the fault may be one that the start takes to make up for the last kill.
      const serves = await node.serve({ fault }).then(() => true, error => { if (fault && /SIGKILL/.test(error.message)) return false; throw error })
      const timer = setTimeout(() => node.child.kill('SIGKILL'), fault ? 10000 : Math.random() * 1200)
      const job = serves ? await ended(node, await send(node, 'name=levels', files[other])) : undefined
      clearTimeout(timer)
      node.child.kill('SIGKILL')
      await node.ended
      inside += !job
      const doc = dataset(node), of_file = doc.parts.filter(part => part.file === 'levels')
      const whole = of_file.length <= 1 && parts_right(node, doc) && (!of_file.length || hashes.includes(of_file[0].file_sha256))
      tally.check(whole, `server killed, round ${number}: the dataset is as it was or as it becomes`, JSON.stringify(doc.parts))
      const became = of_file[0]?.file_sha256 === hashes[other]
      tally.check(became || job?.state !== 'done', `server killed, round ${number}: what was said to be done is there`, JSON.stringify(job))
      if (became) { now = other; after++ } else before++
    }
    await node.serve()
    const last = await ended(node, await send(node, 'name=levels', files[1 - now]))
    tally.check(last?.state === 'done', 'the next import through the server works', JSON.stringify(last))
    tally.check(left(node).length === 0, 'nothing temporary is left by servers that were killed', left(node).join(' '))
    await node.end()
    const doc = dataset(node)
    tally.check(doc.parts.length === 2 && parts_right(node, doc) && doc.parts.every(part => part.rows + part.aside === 100000), 'with two whole parts in the end', JSON.stringify(doc.parts))
    tally.check(banyan(['verify', node.folder]).code === 0, 'the node is right')
    console.log(`${turns} servers killed, ${inside} before the import was over, ${before} left as it was, ${after} as it becomes`)
  } finally {
    node.child?.kill('SIGKILL')
    node.remove()
  }
}

// Takes all but `free` bytes of the disk.
function fill(node, free) {
  const file = path.join(node.work, 'ballast'), block = Buffer.alloc(1 << 20), handle = openSync(file, 'w')
  const room = () => { const disk = statfsSync(node.work); return disk.bavail * disk.bsize }
  while (room() > free + block.length) writeSync(handle, block)
  closeSync(handle)
  return () => rmSync(file)
}

async function server_disk_is_full() {
  const node = new Node()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', node.work]).status === 0
  let idle
  try {
    if (!mounted) return tally.skip('an upload and an import onto a full disk leave the dataset as it was', 'no tmpfs can be mounted here')
    node.make()
    const small = rows('small', 1000, 1), big = readFileSync(rows('big', 1500000, 1))
    tally.check(banyan(words(node, small)).code === 0, 'a small file is imported')
    await node.serve()
    const before = JSON.stringify(dataset(node))
    const gone = async what => {
      for (let i = 0; i < 200 && left(node).length; i++) await new Promise(resolve => setTimeout(resolve, 10))
      tally.check(left(node).length === 0, `${what} leaves nothing temporary`, left(node).join(' '))
      tally.check(JSON.stringify(dataset(node)) === before, `${what} leaves the dataset as it was`)
    }

    idle = fill(node, 70 << 20)
    const refused = await send(node, 'name=big', big)
    tally.check(refused?.status === 507, 'a file that the disk has no room for is refused with 507', refused?.status, JSON.stringify(refused?.value))
    idle()
    await gone('a refused upload')

    let filled
    const broken = await send(node, 'name=big', big, { chunked: true, between: at => { if (!filled && at > (4 << 20)) { filled = true; idle = fill(node, 1 << 20) } } })
    tally.check(broken?.status === 507, 'an upload that fills the disk is told so with 507', broken?.status, JSON.stringify(broken?.value))
    idle()
    await gone('an upload that fills the disk')

    const looked = await ended(node, await send(node, 'name=big&look=yes', big))
    tally.check(looked?.state === 'waiting', 'a file waits for a decision', JSON.stringify(looked)?.slice(0, 500))
    idle = fill(node, 3 << 20)
    const failed = await ended(node, await ask(node, 'POST', `${looked.url}.json`, { do: 'import' }))
    tally.check(failed?.state === 'waiting' && /disk-full/.test(failed.problem?.type), 'an import that fills the disk tells so, and its file waits again', JSON.stringify(failed)?.slice(0, 500))
    tally.check(JSON.stringify(dataset(node)) === before, 'and leaves the dataset as it was')
    tally.check(left(node).length === 1, 'and nothing temporary but the file', left(node).join(' '))
    idle()
    const done = await ended(node, await ask(node, 'POST', `${looked.url}.json`, { do: 'import' }))
    tally.check(done?.state === 'done' && done.files[0].rows > 1000000, 'with room it is imported', JSON.stringify(done)?.slice(0, 500))
    await node.end()
    tally.check(banyan(['verify', node.folder]).code === 0, 'and the node is right')
  } finally {
    node.child?.kill('SIGKILL')
    await node.ended
    if (mounted) spawnSync('umount', [node.work])
    node.remove()
  }
}

// In a mount namespace of its own, so that nothing is left behind whatever happens.
if (!process.env.BANYAN_IN_NAMESPACE) {
  const own = process.getuid() === 0 ? ['-m'] : ['-rm']
  if (spawnSync('unshare', [...own, 'true']).status === 0) {
    rmSync(folder, { recursive: true })
    const done = spawnSync('unshare', [...own, process.execPath, ...process.argv.slice(1)],
      { stdio: 'inherit', env: { ...process.env, BANYAN_IN_NAMESPACE: '1' } })
    process.exit(done.status ?? 1)
  }
}
try {
  await killed()
  disk_is_full()
  await server_killed()
  await server_disk_is_full()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
tally.close()
