// Rows that are sent while the server is killed, again and again, inside its steps and outside: each row that was answered is
// there once after the next start, whether it waits or was gathered, in every version as that had it: rows.js [ROUNDS]
// Then a full disk: what is not taken is not half there, and it goes on when there is room.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { Node, banyan, in_own_namespace, must, tally, together } from './node.js'

const rounds = Number(process.argv[2] ?? 20)
const writers = 8
const steps = ['journal-write', 'journal-sync', 'journal-roll', 'inbox-next', 'inbox-drop', 'file-sync', 'file-rename', 'file-write', 'db-commit']
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

function settings(node, more) {
  const file = path.join(node.folder, 'node.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...more }))
}

async function dataset(node, slug) {
  const made = await node.ask('POST', '/dataset.json', { slug, owner: 'house', state: 'published', doc: { name: { en: slug },
    columns: [{ name: 'sender', type: 'string', role: 'place' }, { name: 'n', type: 'integer', role: 'indicator' }, { name: 'at', type: 'datetime', role: 'time' }] } })
  tally.check(made.status === 201, 'a dataset is made', made.text)
}

const row = (sender, n) => ({ sender, n, at: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString() })

// All rows of a dataset, as "sender n" with how often they are there.
async function rows_of(node, slug, query = '') {
  const answer = await node.ask('GET', `/dataset/${slug}.csv?columns=sender,n${query}`)
  const counts = new Map()
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
  for (const line of answer.text.trim().split('\n').slice(1)) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

const names_of = post => post.body.map(r => `${r.sender},${r.n}`)
const send = (node, slug, post) => node.ask('POST', `/dataset/${slug}/rows`, post.body, post.key)

// A backup of a time when all that was sent is gathered: what is sent to the restored node is seen, and outlives a restart.
async function restored() {
  const node = new Node(), copy = new Node()
  try {
    node.make()
    settings(node, { gather_rows: 60 })
    await node.serve()
    await dataset(node, 'all')
    for (let n = 0; n < 60; n++) await send(node, 'all', { body: [row('first', n)], key: {} })
    const record = async () => JSON.parse((await node.ask('GET', '/dataset/all.json?limit=1')).text)
    let now = await record()
    for (const until = Date.now() + 60000; now.version < 2 && Date.now() < until; now = await record()) await sleep(100)
    tally.check(now.version === 2 && now.waiting === 0, 'all is gathered', JSON.stringify([now.version, now.waiting]))
    await node.end()
    const saved = path.join(node.work, 'saved')
    must(['backup', node.folder, saved])
    must(['restore', saved, path.join(copy.work, 'again')])
    copy.folder = path.join(copy.work, 'again')
    copy.token = node.token
    for (const [n, when] of [[1, 'is seen'], [2, 'is seen after a restart']]) {
      await copy.serve()
      const more = await send(copy, 'all', { body: [row('later', n)], key: {} }), there = await rows_of(copy, 'all')
      tally.check(more.status === 201 && there.size === 60 + n && there.has('later,1') && there.has(`later,${n}`), `what is sent to a restored node ${when}`, more.text, there.size)
      await copy.end()
    }
  } finally {
    if (node.child) await node.end()
    if (copy.child) await copy.end()
    node.remove()
    copy.remove()
  }
}

async function killed() {
  const node = new Node(), slugs = ['fast', 'slow']
  const answered = new Map(slugs.map(slug => [slug, new Set()])), open = new Map(slugs.map(slug => [slug, new Map()]))
  const versions = new Map() // slug version: rows
  let number = 0, inside = 0, gathered = 0
  const settle = (slug, post) => { for (const name of names_of(post)) { answered.get(slug).add(name); open.get(slug).delete(name) } }
  try {
    node.make()
    settings(node, { gather_rows: 60 })
    await node.serve()
    for (const slug of slugs) await dataset(node, slug)
    await node.end()
    for (let round = 1; round <= rounds; round++) {
      const step = steps[round % steps.length], fault = round % 2 ? `${step}!${1 + Math.floor(Math.random() * (step.startsWith('inbox') ? 2 : 30))}` : undefined
      try {
        await node.serve({ fault })
      } catch (error) {
        const end = await node.ended
        tally.check(fault && end.signal === 'SIGKILL', `round ${round}: the server starts`, error.message, node.err)
        inside++
        continue
      }
      for (const slug of slugs) {
        const there = await rows_of(node, slug).catch(() => undefined)
        if (!there) continue // killed meanwhile
        const lost = [...answered.get(slug)].filter(x => !there.has(x)), twice = [...there].filter(([, n]) => n > 1)
        const unasked = [...there.keys()].filter(x => !answered.get(slug).has(x) && !open.get(slug).has(x))
        tally.check(!lost.length && !twice.length && !unasked.length, `round ${round}: ${slug} has each row that was answered, once`,
          `lost ${lost.slice(0, 5)} (${lost.length}); twice ${twice.slice(0, 5)} (${twice.length}); never sent ${unasked.slice(0, 5)}`)
      }
      // What was sent and not answered is sent again, as a client does: it may be there already, and is not taken twice.
      for (const slug of slugs)
        for (const post of new Set(open.get(slug).values())) {
          const answer = await send(node, slug, post).catch(() => undefined)
          if (answer?.status < 300) settle(slug, post)
          else if (answer) tally.check(false, `round ${round}: it is sent again`, answer.text)
        }
      let over = false
      const timer = setTimeout(() => node.end('SIGKILL'), fault ? 6000 : 300 + Math.random() * 2500)
      node.ended.then(() => { over = true })
      const wrong = []
      await together(writers, async writer => {
        const slug = slugs[writer === 0 ? 1 : 0], rows = [row(`w${writer}`, number++), row(`w${writer}`, number++)]
        const post = { body: writer % 2 ? rows : rows.slice(0, 1), key: writer === 2 ? { 'Idempotency-Key': `"post-${number}"` } : {} }
        for (const name of names_of(post)) open.get(slug).set(name, post)
        const answer = await send(node, slug, post).catch(() => undefined)
        if (answer?.status === 201) settle(slug, post)
        else if (answer) wrong.push(`${answer.status} ${answer.text}`)
        if (writer === 0) await sleep(50)
        if (writer === 1 && Math.random() < 0.1) await node.ask('GET', `/dataset/${slug}.json?limit=1`).catch(() => undefined)
        return answer !== undefined && !over
      })
      const end = await node.ended
      clearTimeout(timer)
      inside += Boolean(fault) && end.signal === 'SIGKILL'
      tally.check(end.signal === 'SIGKILL', `round ${round}: the server was killed, and ended in no other way`, JSON.stringify(end), node.err)
      tally.check(!wrong.length, `round ${round}: every post was answered with 201 until then`, ...wrong.slice(0, 3))
    }
    await node.serve()
    for (const slug of slugs)
      for (const post of new Set(open.get(slug).values())) {
        const answer = await send(node, slug, post)
        tally.check(answer.status < 300, 'what was not answered last is sent again', answer.text)
        settle(slug, post)
      }
    for (const slug of slugs) {
      const there = await rows_of(node, slug)
      const lost = [...answered.get(slug)].filter(x => !there.has(x)), twice = [...there].filter(([, n]) => n > 1)
      tally.check(!lost.length, `${slug}: all is there in the end`, lost.length)
      tally.check(!twice.length, `${slug}: and each row once`, twice.slice(0, 5))
      const record = JSON.parse((await node.ask('GET', `/dataset/${slug}.json?limit=1`)).text)
      gathered += record.version - 1
      for (let version = 1; version <= record.version; version += 1 + Math.floor(record.version / 20)) {
        const old = await rows_of(node, slug, `&version=${version}`), last = versions.get(slug)?.size ?? 0
        tally.check(old.size >= last && [...old.values()].every(n => n === 1), `${slug}: version ${version} has what it lists`, old.size, last)
        versions.set(slug, old)
      }
    }
    await node.end()
    const verified = banyan(['verify', node.folder])
    tally.check(verified.code === 0, 'the node is right', verified.err)
    const copy = new Node()
    try {
      const saved = path.join(node.work, 'saved')
      must(['backup', node.folder, saved])
      must(['restore', saved, path.join(copy.work, 'again')])
      copy.folder = path.join(copy.work, 'again')
      copy.token = node.token
      await copy.serve()
      for (const slug of slugs) {
        const there = await rows_of(copy, slug)
        tally.check([...answered.get(slug)].every(x => there.has(x)), `${slug}: all is in the backup`)
      }
      const more = await copy.ask('POST', '/dataset/slow/rows', [row('later', 1)])
      tally.check(more.status === 201 && (await rows_of(copy, 'slow')).has('later,1'), 'and it goes on from there', more.text)
      await copy.end()
    } finally {
      copy.child?.kill('SIGKILL')
      copy.remove()
    }
    console.log(`${rounds} rounds, ${inside} killed inside a step, ${answered.get('fast').size + answered.get('slow').size} rows answered, ${gathered} versions by gathering`)
    tally.check(gathered > 0, 'some were gathered')
  } finally {
    node.child?.kill('SIGKILL')
    node.remove()
  }
}

// While a backup is made, rows come and are gathered: what was answered before it began is in it.
async function saved() {
  const node = new Node(), copy = new Node()
  try {
    node.make()
    settings(node, { gather_rows: 10 })
    await node.serve()
    await dataset(node, 'live')
    let n = 0, over = false
    const sending = together(4, async writer => (await node.ask('POST', '/dataset/live/rows', [row(`w${writer}`, n++)]), !over))
    await sleep(1500)
    for (let i = 0; i < 3; i++) {
      const before = await rows_of(node, 'live')
      const saved = path.join(node.work, `saved-${i}`)
      const made = await new Promise(resolve => http && setTimeout(() => resolve(banyan(['backup', node.folder, saved])), 300 * i))
      tally.check(made.code === 0, 'a served node is backed up', made.err)
      copy.folder = path.join(copy.work, `again-${i}`)
      copy.token = node.token
      must(['restore', saved, copy.folder])
      await copy.serve()
      const there = await rows_of(copy, 'live')
      tally.check([...before.keys()].every(x => there.has(x)) && [...there.values()].every(k => k === 1), `backup ${i} has each row that was there, once`, before.size, there.size)
      await copy.end()
    }
    over = true
    await sending
    await node.end()
  } finally {
    node.child?.kill('SIGKILL')
    copy.child?.kill('SIGKILL')
    node.remove()
    copy.remove()
  }
}

async function disk_is_full() {
  const node = new Node()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', node.work]).status === 0
  try {
    if (!mounted) return tally.skip('rows sent to a full disk are refused whole', 'no tmpfs can be mounted here')
    node.make()
    settings(node, { gather_rows: 500 })
    await node.serve()
    await dataset(node, 'full')
    const answered = new Set()
    let n = 0, refused
    const ballast = path.join(node.work, 'ballast')
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M', 'count=64'], { stdio: 'ignore' })
    for (let i = 0; i < 200 && !refused; i++) {
      const rows = Array.from({ length: 100 }, () => row('x', n++))
      const answer = await node.ask('POST', '/dataset/full/rows', rows)
      if (answer.status === 201) for (const r of rows) answered.add(`${r.sender},${r.n}`)
      else refused = { answer, rows }
    }
    tally.check(refused?.answer.status === 507, 'a full disk is a 507', refused?.answer.status, refused?.answer.text)
    await sleep(2500) // gathering meets it as well
    spawnSync('rm', [ballast])
    const again = await node.ask('POST', '/dataset/full/rows', refused.rows)
    tally.check(again.status === 201, 'with room it goes on', again.text)
    for (const r of refused.rows) answered.add(`${r.sender},${r.n}`)
    const there = await rows_of(node, 'full')
    tally.check(there.size === answered.size && [...answered].every(x => there.get(x) === 1), 'each row is there once', there.size, answered.size)
    await node.end()
    await node.serve()
    const after = await rows_of(node, 'full')
    tally.check(after.size === answered.size && [...after.values()].every(k => k === 1), 'and after a start', after.size)
    await node.end()
    tally.check(banyan(['verify', node.folder]).code === 0, 'the node is right')
  } finally {
    node.child?.kill('SIGKILL')
    if (mounted) spawnSync('umount', [node.work])
    node.remove()
  }
}

in_own_namespace()
await killed()
await restored()
await saved()
await disk_is_full()
tally.close()
