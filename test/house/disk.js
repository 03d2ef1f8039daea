// A disk that is full, and steps of writing that fail once and for good, seen from outside.
import { spawnSync } from 'node:child_process'
import { Node, banyan, in_own_namespace, tally } from './node.js'

// What the log and the answers must hold whatever failed: the acknowledged are there, the others are not.
async function written_or_not(node, n, name) {
  const kept = [], refused = []
  for (let i = 0; i < n; i++) {
    const answer = await node.organisation(`${name}-${i}`)
    if (answer.status === 201) kept.push(JSON.parse(answer.text).id)
    else refused.push(answer)
  }
  return { kept, refused }
}

async function still_right(node, kept, sentence) {
  await node.end()
  const verified = banyan(['verify', node.folder])
  tally.check(verified.code === 0, `${sentence}: the node is right afterwards`, verified.err)
  const dumped = banyan(['dump', node.folder, '--kind', 'organisation']).out
  tally.check(kept.every(id => dumped.includes(id)), `${sentence}: every acknowledged record is there`)
}

async function step_fails(step, errno, for_good) {
  const node = new Node()
  const sentence = `${step} fails ${for_good ? 'for good' : 'once'} with ${errno}`
  try {
    node.make()
    await node.serve({ fault: `${step}:3${for_good ? '+' : ''}=${errno}` })
    const { kept, refused } = await written_or_not(node, 12, 'x')
    const expected = errno === 'ENOSPC' ? 507 : 503
    tally.check(kept.length > 0, `${sentence}: writes before it are acknowledged`)
    tally.check(refused.length > 0, `${sentence}: the write that met it is refused`)
    tally.check(refused[0]?.status === expected, `${sentence}: with status ${expected}`, refused[0]?.status)
    tally.check(refused.every(r => r.status === expected || r.status === 503), `${sentence}: and so are those after it`, ...refused.map(r => r.status))
    if (!for_good) tally.check(kept.length >= 10, `${sentence}: writes after it are acknowledged again`, kept.length)
    const read = await node.ask('GET', `/organisation/${kept[0]}.json`)
    tally.check(read.status === 200, `${sentence}: reading goes on`, read.status)
    await still_right(node, kept, sentence)
  } finally {
    node.child?.kill('SIGKILL')
    node.remove()
  }
}

// On a disk of 6 MB of its own, mounted in a namespace of this process where that is allowed.
async function disk_is_full() {
  const node = new Node()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', node.work]).status === 0
  try {
    if (!mounted) return tally.skip('a full disk refuses writes and loses none', 'no tmpfs can be mounted here')
    node.make()
    await node.serve()
    const kept = []
    let refused, i = 0
    const padding = 'x'.repeat(60000)
    for (; i < 1000 && !refused; i++) {
      const answer = await node.ask('POST', '/organisation.json',
        { slug: `full-${i}`, owner: 'house', state: 'published', doc: { name: { en: `Full ${i}` }, type: 'agency', description: { en: padding } } })
      if (answer.status === 201) kept.push(JSON.parse(answer.text).id)
      else refused = answer
    }
    tally.check(refused?.status === 507, 'a full disk is answered with 507', refused?.status, refused?.text)
    tally.check(kept.length > 0, 'writes before it are acknowledged', kept.length)
    const read = await node.ask('GET', `/organisation/${kept.at(-1)}.json`)
    tally.check(read.status === 200, 'reading goes on with a full disk', read.status)
    tally.check(spawnSync('mount', ['-o', 'remount,size=64m', node.work]).status === 0, 'the disk gets more room')
    const again = await node.organisation('room-again')
    tally.check(again.status === 201, 'writes are taken again when there is room', again.status, again.text)
    if (again.status === 201) kept.push(JSON.parse(again.text).id)
    await still_right(node, kept, 'a full disk')
  } finally {
    node.child?.kill('SIGKILL')
    await node.ended
    if (mounted) spawnSync('umount', [node.work])
    node.remove()
  }
}

in_own_namespace()
for (const step of ['journal-write', 'journal-sync'])
  for (const errno of ['ENOSPC', 'EIO'])
    for (const for_good of [false, true]) await step_fails(step, errno, for_good)
await disk_is_full()
tally.close()
