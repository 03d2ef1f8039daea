// What composed pages say of many records: counts are of all of them, not of those that were read, and what is
// shown is a few with the way to the rest.
import { cpSync, renameSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Node, must, tally } from '../house/node.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const node = new Node()
node.make()

const en = text => ({ en: text })
const many = (n, make) => Array.from({ length: n }, (_, i) => make(i))
const day = offset => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10)

const late = 230, running = 500, empty_meetings = 70, open_meetings = 14
const lines = [
  { kind: 'country', slug: 'thailand', doc: { code: 'TH' } },
  { kind: 'country', slug: 'laos', doc: { code: 'LA' } },
  { kind: 'framework', slug: 'rivers', doc: { name: en('Rivers'), parties: ['TH', 'LA'] } },
  ...many(2, i => ({ kind: 'strategy', slug: `plan-${i}`, doc: { name: en(`Plan ${i} of rivers`), type: 'action-plan', framework: 'rivers' } })),
  { kind: 'goal', slug: 'clean', doc: { name: en('Clean water'), type: 'objective', strategy: 'plan-0', order: 1 } },
  { kind: 'goal', slug: 'empty', doc: { name: en('Nothing yet'), type: 'objective', strategy: 'plan-0', order: 2 } },
  { kind: 'goal', slug: 'other', doc: { name: en('Of the other plan'), type: 'objective', strategy: 'plan-1' } },
  // Late ones began long before those that run: a look at the newest would not find them.
  ...many(late, i => ({ kind: 'activity', slug: `late-${i}`, doc: { name: en(`Late ${i}`), type: 'project', status: 'active', start: '2010', end: i === 7 ? '2021' : '2019', parties: ['TH', 'LA'], goals: ['clean'] } })),
  ...many(running, i => ({ kind: 'activity', slug: `running-${i}`, doc: { name: en(`Running ${i}`), type: 'project', status: 'active', start: day(-30), end: day(300), parties: ['TH'] } })),
  ...many(3, i => ({ kind: 'meeting', slug: `decided-${i}`, doc: { name: en(`Decided ${i}`), type: 'forum', start: `200${i}`, outcome: en('Agreed.') } })),
  ...many(empty_meetings, i => ({ kind: 'meeting', slug: `quiet-${i}`, doc: { name: en(`Quiet ${i}`), type: 'forum', start: day(-10 - i) } })),
  ...many(8, i => ({ kind: 'meeting', slug: `coming-${i}`, doc: { name: en(`Coming ${i}`), type: 'forum', start: day(60 - i), frameworks: ['rivers'] } })),
  { kind: 'activity', slug: 'measured', doc: { name: en('Measured'), type: 'project', indicators: [{ name: en('Trained'), periods: [
    { start: '2020', end: '2020', target: 5, actual: 4 }, { start: '2021', end: '2021', target: 6 }, { start: day(-1), end: day(300), target: 7 }] }] } },
  { kind: 'activity', slug: 'made', doc: { name: en('Made'), type: 'project', participants: 300, participants_note: en('nearly 300'), participants_planned: 400,
    partners: [{ organisation: 'house', name: en('House of old'), role: 'partner' }, { name: en('River people'), role: 'funder' }],
    sources: [{ host: 'mirror.example', mirror: true }, { publisher: 'The Daily', mirror: true }] } },
  { kind: 'meeting', slug: 'called-off', doc: { name: en('Called off'), type: 'forum', status: 'cancelled', start: day(3), frameworks: ['rivers'] } },
  ...many(open_meetings, i => ({ kind: 'meeting', slug: `open-${i}`, doc: { name: en(`Open ${i}`), type: 'forum', start: '1999', decisions: [{ text: en(`Measure river ${i}`), actors: [{ country: 'TH' }] }] } })),
  { kind: 'organisation', slug: 'partner', doc: { name: en('Partner'), type: 'agency' } },
  { kind: 'organisation', slug: 'branch', doc: { name: en('Branch'), type: 'agency', parent: 'partner' } },
  { kind: 'activity', slug: 'shared', doc: { name: en('With a partner'), type: 'project', status: 'planned', lead: 'partner' } },
  { kind: 'activity', slug: 'was', doc: { name: en('Done with a partner'), type: 'project', status: 'completed', lead: 'partner' } },
  { kind: 'programme-session', slug: 'course', doc: { name: en('Course'), type: 'course', start: day(40), apply_by: day(20) } },
  { kind: 'dataset', slug: 'levels', doc: { name: en('Levels'), start: '2000', end: '2018' } },
  { kind: 'guidance-rule', slug: 'rule', doc: { name: en('A rule'), type: 'category', light: 'red' } },
  { kind: 'environmental-good', slug: 'good', doc: { name: en('A good'), type: 'subheading', hs_code: '4418.72' } },
  { kind: 'technology', slug: 'pond', doc: { name: en('Pond'), type: ['offer', 'need'], sector: 'water' } },
  { kind: 'meeting', slug: 'closed', doc: { name: en('Closed'), type: 'forum', start: '1999', decisions: [{ text: en('All measured'), status: 'completed', actors: [{ country: 'TH' }] }] } },
]
const said = must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], lines.map(line => JSON.stringify(line)).join('\n') + '\n')
tally.check(said.includes(`${lines.length} written`), 'every record of the test is good', said)
await node.serve()

const page = async where => {
  const answer = await node.ask('GET', where, undefined, { 'Accept-Language': 'en', Authorization: '' })
  tally.check(answer.status === 200, `${where} is there`, answer.status, answer.text)
  const main = /<main[\s\S]*<\/main>/.exec(answer.text)?.[0] ?? ''
  // Sections by their heading, as text.
  const text = html => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim()
  const sections = new Map(main.split(/(?=<h2)/).map(part => [text(/<h2[\s\S]*?<\/h2>/.exec(part)?.[0] ?? ''), text(part)]))
  return { main, text: text(main), sections, section: name => sections.get(name) ?? '' }
}
const count = (text, words) => text.split(words).length - 1
const has = (text, words, sentence) => tally.check(text.includes(words), sentence, `"${words}" is not in: ${text}`)
const is = (actual, wanted, sentence, more = '') => tally.check(actual === wanted, sentence, `is  ${actual}`, `not ${wanted}`, more)

const home = await page('/')
has(home.section('What is late'), `${late - 5} more`, 'home counts every late activity')
has(home.section('What is late'), 'Late 7 ', 'what was due last is the first that is late')
is(count(home.section('What is late'), 'Running'), 0, 'what runs is not late')
has(home.section('What was decided'), 'Decided 2', 'an outcome is found behind many meetings without one')
is(count(home.section('What was decided'), 'Quiet'), 0, 'a meeting that came to nothing decided nothing')
has(home.section('What is next').slice(0, 60), 'Coming 7', 'the nearest meeting comes first')
is(count(home.text, 'Called off'), 0, 'a meeting that was called off is not next')

tally.check(home.main.includes('href="/activity?stands=late"'), 'home leads to all that is late', home.section('What is late'))
is((await page('/activity?stands=late')).section('').includes(`${late} records`) || (await page('/activity?stands=late')).text.includes(`${late} records`), true, 'a list can be narrowed to what is late')
is(JSON.parse((await node.ask('GET', '/activity.json?stands=late&parties=LA&limit=1')).text).total, late, 'and by other fields at once')
is(JSON.parse((await node.ask('GET', '/activity.json?stands=late&stands=running&limit=1')).text).total, late + running, 'two states are either')
is((await node.ask('GET', '/activity.json?stands=soon')).status, 422, 'a state that is none is refused')
is((await node.ask('GET', '/document.json?stands=late')).status, 422, 'so is the question of a kind that cannot be late')

has(home.section('What is late'), 'One activity has results that are overdue', 'home says how many results are overdue')
tally.check(home.main.includes('href="/activity?stands=unreported"'), 'and leads to them', home.section('What is late'))
const unreported = JSON.parse((await node.ask('GET', '/activity.json?stands=unreported')).text)
is(unreported.items.map(item => item.slug).join(), 'measured', 'a list can be narrowed to what has results that are overdue')
is(JSON.parse((await node.ask('GET', '/activity.json?stands=unreported&stands=late&limit=1')).text).total, late + 1, 'or to them and what is late')
is((await node.ask('GET', '/meeting.json?stands=unreported')).status, 422, 'a kind without indicators is not asked for results')
is((await node.ask('GET', '/goal.json?stands=unreported')).status, 200, 'a kind with indicators but without a start is')

const found = await page('/search?q=Decided+2')
is(count(found.text, 'Decided 2'), 1, 'a search does not say a title twice', found.text)
has(found.text, 'Held · Meeting · Forum'.replaceAll(' · ', ' '), 'and says of which kind each record is')
const near = await page('/search?q=Meazured+all')
has(near.text, 'No record has all of these words.', 'a search that finds only what is near says so')
is(count((await page('/search?q=All+measured')).text, 'No record has all'), 0, 'one that finds what has the words does not')

const country = await page('/country/thailand')
has(country.text, `In one framework; ${running} activities under way or planned; ${late} late.`, 'a country says how it stands of all, not of those shown')
const owes = country.section('Owes')
is(count(owes, 'Measure river'), 10, 'a country shows ten of its open decisions', owes)
has(owes, `and ${open_meetings - 10} more`, 'and says how many meetings more have one')
is(count(owes, 'All measured'), 0, 'a decision that is done is not owed')
has(owes, `and ${late - 10} more`, 'every late activity of a country is counted')
has(country.section('Under way'), `and ${running - 10} more`, 'every activity under way is counted')
has(country.section('Works most with'), `${late} activities together`, 'those who work together are counted over all activities')

const framework = await page('/framework/rivers')
has(framework.text, 'Plan 0 of rivers', 'a table of coverage says of which strategy it is')
has(framework.text, 'Plan 1 of rivers', 'so does the second')
is(count(framework.main, '>Clean water<'), 1, 'a goal stands once on the page of its framework')
has(framework.text, `and ${late - 8} more`, 'what counts under a goal is counted whole')
has(framework.section('What comes next'), 'Coming 7', 'the nearest meeting of a framework is what comes next')

has(framework.section('What refers to it'), `Meetings ${9}`, 'what refers to a framework is on its page')
has(framework.section('What refers to it').split('Meetings')[1].slice(0, 40), 'Coming 0', 'the latest first')
is(count(framework.section('What refers to it'), 'Plan '), 0, 'its strategies are above already')

const made = await page('/activity/made')
has(made.section('Who is responsible'), 'Partners House House of old', 'an organisation is shown under its name now and the one it had then, without a role that the field has said')
has(made.section('Who is responsible'), 'River people Funder', 'another role is said')
has(made.section('Details'), 'Participants nearly 300 Participants planned 400', 'a number that its note repeats is said once')
has(made.text, 'Sources read in a copy (mirror) on mirror.example The Daily; read in a copy, the page itself was not opened', 'of a copy its publisher is told, else its host')
is(count(made.main, 'href="http'), 0, 'and a copy is not linked')

const measured = await page('/activity/measured')
is(count(measured.section('Indicators'), 'Not reported'), 1, 'a period that is over without its result says so, one that runs does not', measured.section('Indicators'))
has((await page('/activity/late-7')).text, 'Under way, late', 'what is late says so in words')
is(count((await page('/activity/running-7')).text, 'late'), 0, 'what runs does not')

const strategy = await page('/strategy/plan-0')
is(count(strategy.main, '>Clean water<'), 1, 'a goal stands once on the page of its strategy')
is(count(strategy.main, 'Of the other plan'), 0, 'goals of another strategy are elsewhere')

const goal = await page('/goal/clean')
is(count(goal.main, '<td data-label="Kind">Activity</td>'), 100, 'the page of a goal has a table of what counts under it')
has(goal.section('What counts under it'), `and ${late - 100} more`, 'and says how many more there are')
const rest = /href="(\/activity\?links=[^"]+)"/.exec(goal.main)?.[1]
is(JSON.parse((await node.ask('GET', rest.replace('?', '.json?'))).text).total, late, 'its link leads to all of them')
is(count(goal.section('What refers to it'), 'Late '), 0, 'what counts is not listed a second time')

// Whatever says "and N more" is a link, and leads to at least as many.
for (const where of ['/', '/country/thailand', '/framework/rivers', '/strategy/plan-0', '/goal/clean', '/calendar']) {
  const { main } = await page(where), bare = main.replace(/<a [^>]*>[\s\S]*?<\/a>/g, '')
  is(/and [0-9,]+ more/.test(bare) && where !== '/goal/clean', false, `every "and N more" of ${where} is a link`, /.{80}and [0-9,]+ more.{80}/.exec(bare)?.[0])
  for (const [, to, n] of main.matchAll(/<a href="([^"]+)">[^<]*and ([0-9,]+) more/g)) {
    const answer = await node.ask('GET', to.replaceAll('&amp;', '&').replace(/\?|$/, '.json$&'))
    if (!to.startsWith('/calendar') && !/^\/(goal|strategy)\/[^?]+$/.test(to)) tally.check(JSON.parse(answer.text).total >= Number(n.replace(',', '')), `${to} on ${where} has them`, `${JSON.parse(answer.text).total} of ${n}`)
  }
}

// What comes next is what a page's reader can wait for; a good or a rule just is.
const next = async where => (await page(where)).section('What comes next')
has(await next('/framework/rivers'), 'Coming 7', 'what comes next is the nearest meeting')
is(count(await next('/framework/rivers'), 'Coming '), 3, 'and the two behind it')
has(await next('/organisation/partner'), 'With a partner Planned', 'where no meeting is named, it is the work under way or planned')
is(count(await next('/organisation/partner'), 'Done with'), 0, 'and not what is over')
has(await next('/programme-session/course'), 'Applications are taken until', 'a course takes applications')
has((await page('/organisation/branch')).section('Who is responsible'), 'Partner', 'a body answers for its branch')
const rule = await page('/guidance-rule/rule')
is(rule.sections.has('What comes next'), false, 'nothing comes next of a rule')
is((await page('/dataset/levels')).sections.has('What comes next'), false, 'nor of a dataset, whose years are those it measures')
has(await next('/activity/made'), 'Nothing to come', 'of work it is said that nothing does')
is(count(rule.text, 'No one is named'), 0, 'and nobody could be named')
has(rule.text, 'A rule Red Who is responsible', 'its light stands under its title')
has((await page('/environmental-good/good')).text, 'A good HS code 4418.72', 'the code of a good stands there with its name')
has((await page('/technology/pond')).text, 'Technologies Offer, Need', 'a technology is offered and needed')
has((await page('/environmental-good')).text, 'HS code 4418.72', 'and in lists')

const form = (await node.ask('GET', '/activity/new?lang=th')).text
is([...form.matchAll(/name="\/name\/(\w+)"/g)].slice(0, 4).map(found => found[1]).join(), 'th,en,ar,zh', 'a writer finds the own language first in a form')

const calendar = await page('/calendar')
is(count(calendar.text, 'Coming '), 8, 'the calendar shows what is to come')
has(calendar.text, `1999 ${open_meetings + 1}`, 'a year of the archive says how many meetings it had')
const year = await page('/calendar?year=1999')
is(count(year.text, 'Open ') + count(year.text, 'Closed'), open_meetings + 1, 'one year can be asked for')
is(count(year.text, 'Quiet'), 0, 'and only that one is shown')
await node.end()

// A node whose share lacks the map.
const share = path.join(node.work, 'share')
for (const name of ['kinds', 'pages', 'assets', 'locale']) cpSync(path.join(root, name), path.join(share, name), { recursive: true })
renameSync(path.join(share, 'assets/maps'), path.join(share, 'assets/elsewhere'))
process.env.BANYAN_SHARE = share
await node.serve()
const without = await page('/')
has(without.section('What is late'), `${late - 5} more`, 'home is there without a map')
is(count(without.main, 'Who works together'), 0, 'and says nothing of it')
const log_ended = new Promise(resolve => node.child.stderr.on('end', resolve))
await node.end()
await log_ended
tally.check(node.err.includes('map'), 'the operator is told what is missing', node.err)
tally.close()
