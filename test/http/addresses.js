// Addresses in every script: a record titled in one language alone gets a slug of its letters, and every link,
// form, feed and answer of the API leads to it, percent-encoded. An owner that is not there is named as a problem.
import http from 'node:http'

import { Node, tally } from '../house/node.js'

const node = new Node()
node.make()
await node.serve()

const is = (actual, wanted, sentence, more = '') => tally.check(actual === wanted, sentence, `is  ${actual}`, `not ${wanted}`, more)
const json = async (method, where, body, headers) => {
  const answer = await node.ask(method, where, body, { 'Accept-Language': 'en', ...headers })
  return { ...answer, body: answer.text ? JSON.parse(answer.text) : null }
}
const page = where => node.ask('GET', where, undefined, { 'Accept-Language': 'en', Authorization: '' })
const create = (kind, doc, more = {}) => json('POST', `/${kind}.json`, { owner: 'house', state: 'published', doc, ...more })

const post_form = (where, form) => new Promise((resolve, reject) => {
  const body = form.toString()
  const asked = http.request({ host: node.host, port: node.port, method: 'POST', path: where, headers: { authorization: `Bearer ${node.token}`,
    'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } }, answer => {
    const parts = []
    answer.on('data', part => parts.push(part))
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }))
  })
  asked.on('error', reject)
  asked.end(body)
})

const titles = {
  zh: ['红树林交流', '红树林交流'], th: ['การแลกเปลี่ยนป่าชายเลน', 'การแลกเปลี่ยนป่าชายเลน'], ar: ['حماية السواحل', 'حماية-السواحل'],
  km: ['បរិស្ថាន', 'បរិស្ថាន'], ru: ['Озеро Байкал', 'озеро-байкал'], vi: ['Hợp tác Môi trường', 'hop-tac-moi-truong'], ta: ['சுற்றுச்சூழல்', 'சுற்றுச்சூழல்'],
}
for (const [lang, [title, slug]] of Object.entries(titles)) {
  const made = await create('meeting', { name: { [lang]: title }, type: 'forum', start: '2026-03-04' })
  is(made.status, 201, `a meeting titled in ${lang} alone is made`, made.text)
  is(made.body.slug, slug, `its slug is its title's letters`)
  const url = `/meeting/${encodeURIComponent(slug)}`
  is(made.body.url, url, 'its address is percent-encoded')
  is(made.headers.location, `${url}.json`, 'so is where it was made')
  for (const tail of ['', '/history', '/compare', '/history/1']) {
    const answer = await page(url + tail)
    is(answer.status, 200, `${url}${tail} is there`)
    const bare = [...answer.text.matchAll(/(?:href|action)="([^"]*)"/g)].map(m => m[1]).filter(at => /[^\x21-\x7e]/.test(at))
    is(bare.length, 0, `every link of ${url}${tail} is percent-encoded`, bare.join(' '))
  }
  const edit = await node.ask('GET', `${url}/edit`)
  is(edit.status, 200, 'its form is there')
  tally.check(edit.text.includes(`action="${url}/edit"`), 'and leads back to it', /<form method="post" action="[^"]*"/.exec(edit.text)?.[0])
  for (const ending of ['json', 'jsonld', 'ics']) {
    const answer = await page(`${url}.${ending}`)
    is(answer.status, 200, `${url}.${ending} is there`)
    if (ending === 'ics') {
      tally.check(answer.text.replaceAll('\r\n ', '').includes(`${url}\r\n`), 'the calendar leads to it', answer.text)
      if (slug !== 'hop-tac-moi-truong') tally.check(answer.headers['content-disposition'].includes(`filename*=UTF-8''${encodeURIComponent(slug)}.ics`), 'a saved file has its name', answer.headers['content-disposition'])
    }
  }
  const found = await json('GET', `/meeting.json?q=${encodeURIComponent(title)}`)
  is(found.body.items[0]?.url, url, 'a search leads to it')
  const patched = await json('PATCH', `${url}.json`, { city: { en: 'Here' } }, { 'If-Match': made.headers.etag, 'Content-Type': 'application/merge-patch+json' })
  is(patched.status, 200, 'it is changed at its address', patched.text)
  const form = new URLSearchParams({ version: 2, slug: `moved-${lang}`, do: 'publish', [`/name/${lang}`]: title, '/type': 'forum', '/start': '2026-03-04' })
  const moved = await post_form(`${url}/edit`, form)
  is(moved.headers.location, `/meeting/moved-${lang}`, 'it moves to another slug', moved.text.slice(0, 600))
  const old = await page(`${url}/history?x=1`)
  is(old.status, 301, 'its old address leads on')
  is(old.headers.location, `/meeting/moved-${lang}/history?x=1`, 'to the new one')
}

const parent = await create('organisation', { name: { zh: '环境部' }, type: 'ministry' })
is(parent.status, 201, 'an organisation is made', parent.text)
const child = await create('organisation', { name: { en: 'Institute' }, type: 'research', parent: '环境部' })
is(child.status, 201, 'a link by a slug that is not ASCII is found', child.text)
const back = await json('GET', `/organisation/${encodeURIComponent('环境部')}.json`)
is(back.body.backlinks[0]?.items[0]?.url, '/organisation/institute', 'and found from the other side', back.text)
is((await page('/organisation/institute')).text.includes(`href="/organisation/${encodeURIComponent('环境部')}"`), true, 'the page of the one leads to the other')
const listed = await json('GET', `/organisation.json?parent=${encodeURIComponent('环境部')}`)
is(listed.body.total, 1, 'a list is narrowed by the slug')
const second = await create('organisation', { name: { zh: '环境部' }, type: 'ministry' })
is(second.body.slug, '环境部-2', 'a second of the title gets a number')

const bad = await create('activity', { name: { en: 'Nobody owns me' }, type: 'project' }, { owner: 'no-such-organisation' })
is(bad.status, 422, 'an owner that is no organisation is refused')
is(bad.body.errors?.[0]?.pointer, '/owner', 'and the problem names the field', bad.text)
tally.check(bad.body.errors?.[0]?.detail.includes('no-such-organisation'), 'and the value', bad.text)
const elsewhere = await json('PATCH', '/organisation/institute.json', { city: { en: 'There' } }, { 'If-Match': child.headers.etag, 'Content-Type': 'application/merge-patch+json' })
is(elsewhere.status, 200, 'what has its owner already is changed as before', elsewhere.text)

// What is wrong with a question is told in the form that its path asks for.
for (const [where, type] of [['/meeting?wd=%FF', 'text/html; charset=utf-8'], ['/meeting.json?wd=%FF', 'application/problem+json'],
  ['/meeting.json?wd=%zz', 'application/problem+json'], ['/nothing/here.json?wd=%FF', 'application/problem+json'], ['/ogc/collections?wd=%FF', 'application/problem+json']]) {
  const answer = await node.ask('GET', where, undefined, { Accept: 'application/json' })
  is(`${answer.status} ${answer.headers['content-type']}`, `400 ${type}`, `${where} is told so`)
}

await node.end()
node.remove()
tally.close()
