// The server is killed at random moments under load, again and again: kill9.js [ROUNDS]
// What was acknowledged must be there after the next start, and the whole node must be right.
import { Node, banyan, tally, together } from './node.js'

const rounds = Number(process.argv[2] ?? 20)
const writers = 8
// Half the rounds die inside a step of writing, the others whenever it happens.
const steps = ['journal-write', 'journal-sync', 'db-write', 'db-commit', 'index-flush', 'journal-write', 'journal-sync']

const node = new Node()
node.make()
const acknowledged = new Map() // slug: id
let written = 0, killed_inside = 0

async function round(number) {
  const inside = number % 2 === 1
  const step = steps[Math.floor(Math.random() * steps.length)]
  const fault = inside ? `${step}!${1 + Math.floor(Math.random() * 40)}` : undefined
  try {
    await node.serve({ fault })
  } catch (error) {
    // What was left to do at the start met the step: that is a kill as well.
    const end = await node.ended
    tally.check(inside && end.signal === 'SIGKILL', `round ${number}: the server starts`, error.message)
    killed_inside++
    return
  }

  const lost = []
  for (const [slug, id] of acknowledged) {
    // All of the last round, and a sample of the earlier ones; the dump at the end has them all.
    if (!slug.startsWith(`r${number - 1}-`) && Math.random() > 0.02) continue
    const answer = await node.ask('GET', `/organisation/${id}.json`).catch(error => error)
    if (answer.status === undefined) break // killed meanwhile
    if (answer.status !== 200 || JSON.parse(answer.text).doc.name.en !== `Organisation ${slug}`) lost.push(`${slug}: ${answer.status}`)
  }
  tally.check(lost.length === 0, `round ${number}: what was acknowledged is there`, ...lost.slice(0, 10))

  let over = false
  const timer = setTimeout(() => node.end('SIGKILL'), inside ? 3000 : 20 + Math.random() * 400)
  node.ended.then(() => { over = true })
  const wrong = []
  await together(writers, async writer => {
    const slug = `r${number}-w${writer}-${written++}`
    const answer = await node.organisation(slug).catch(() => undefined)
    if (answer?.status === 201) acknowledged.set(slug, JSON.parse(answer.text).id)
    else if (answer) wrong.push(`${answer.status} ${answer.text}`)
    return answer !== undefined && !over
  })
  const end = await node.ended
  clearTimeout(timer)
  killed_inside += inside && end.signal === 'SIGKILL'
  tally.check(end.signal === 'SIGKILL', `round ${number}: the server was killed, and ended in no other way`, JSON.stringify(end), node.err)
  tally.check(wrong.length === 0, `round ${number}: every write was answered with 201 until then`, ...wrong.slice(0, 3))
  if (number % 10 === 0 || number === rounds) {
    const done = banyan(['verify', node.folder])
    tally.check(done.code === 0, `round ${number}: the node is right after the kill`, done.err)
  }
}

try {
  for (let number = 1; number <= rounds; number++) await round(number)
  // A start takes in what the projections miss, so that the dump has all.
  await node.serve()
  await node.end()
  const dumped = new Set(banyan(['dump', node.folder, '--kind', 'organisation']).out.split('\n').filter(Boolean).map(line => JSON.parse(line).id))
  const lost = [...acknowledged.values()].filter(id => !dumped.has(id))
  tally.check(lost.length === 0, 'every acknowledged record is dumped at the end', `${lost.length} are not`)
  tally.check(acknowledged.size > rounds, 'the rounds wrote something', acknowledged.size)
  const before = banyan(['dump', node.folder]).out
  tally.check(banyan(['rebuild', node.folder]).code === 0, 'the node is rebuilt')
  tally.check(banyan(['dump', node.folder]).out === before, 'and dumps the same bytes')
  tally.check(banyan(['verify', node.folder]).code === 0, 'and is right')
  console.log(`${rounds} rounds, ${killed_inside} killed inside a step of writing, ${acknowledged.size} acknowledged writes`)
} finally {
  node.child?.kill('SIGKILL')
  node.remove()
}
tally.close()
