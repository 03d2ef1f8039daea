// Places for questions: as many slow ones as find a place, and more, stop no page of a dataset, no map and no count; who
// finds no place waits; who goes away leaves its place to others.
import http from 'node:http'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { Node, must, request, tally } from '../house/node.js'

const LONG = 16, WAITING = 8
const node = new Node()
const same = (...words) => tally.same(...words)
const get = where => request(node, 'GET', where)

let asked = 0
const slow = () => `/dataset/long.csv?order=text&${Array.from({ length: 150 }, (_, i) => `text.has=line%20${i}zz${asked}`).join('&')}&offset=${asked++}`
// A question that its client may give up: its status, or "gone".
function begin(where) {
  let ask
  const status = new Promise(resolve => {
    ask = http.get({ host: node.host, port: node.port, path: where, agent: false }, answer => { answer.resume(); resolve(answer.statusCode) })
    ask.on('error', () => resolve('gone'))
  })
  return { status, give_up: () => ask.destroy() }
}

try {
  node.make()
  const into = (slug, text) => {
    const file = path.join(node.work, `${slug}.csv`)
    writeFileSync(file, text)
    must(['import', node.folder, file, '--into', slug, '--owner', 'house', '--state', 'published'])
  }
  into('long', 'n,text\n' + Array.from({ length: 400000 }, (_, i) => `${i},${`line ${i} `.repeat(8)}\n`).join(''))
  into('finds', 'n,latitude,longitude\n' + Array.from({ length: 500 }, (_, i) => `${i},${10 + i / 100},${100 + i / 100}\n`).join(''))
  await node.serve()
  same((await get('/dataset/finds')).status, 200, 'a page of a dataset')

  const MORE = 4, questions = Array.from({ length: LONG + WAITING + MORE }, () => begin(slow()))
  const told = []
  for (const q of questions) q.status.then(status => told.push(status))
  for (let i = 0; i < 100 && told.length < MORE; i++) await new Promise(done => setTimeout(done, 50))
  same(told.slice(0, MORE), Array(MORE).fill(503), 'who finds neither a place nor room to wait is told so at once')
  for (const [i, where] of ['/dataset/finds', '/dataset/finds.json', '/dataset/finds.json?n=7', '/dataset/long.json', '/ogc/collections/finds/items?limit=5', '/ogc/collections/finds/tiles/WebMercatorQuad/0/0/0', '/dataset/finds/quality', '/organisation/house'].entries())
    same((await get(`${where}${where.includes('?') ? '&' : '?'}lang=${['th', 'zh'][i % 2]}`)).status, 200, `${where} is answered beside them`)
  tally.check(told.length <= WAITING + MORE, 'while all that have a place go on', told)

  for (const q of questions) q.give_up()
  same((await Promise.all(questions.map(q => q.status))).filter(status => status === 'gone').length >= LONG, true, 'their clients go away')
  const began = Date.now()
  while ((await get(`/dataset/finds.csv?n=${asked++}`)).status !== 200 && Date.now() - began < 25000) await new Promise(done => setTimeout(done, 200))
  tally.check(Date.now() - began < 20000, 'and leave their places to others, before the time of a question (30 seconds) is over', Date.now() - began)
  await new Promise(done => setTimeout(done, 2000))
  const light = await Promise.all(Array.from({ length: LONG + WAITING }, (_, i) => get(`/dataset/finds.csv?n=${i}&limit=7`)))
  same(light.map(answer => answer.status).filter(status => status !== 200), [], 'many short downloads at once wait for each other')
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
