// What the figures of a dataset's page draw, asked from outside: where maps look, what scales are made of, and the words
// beside them.
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { Node, must, tally } from '../house/node.js'

const node = new Node()
const same = (...words) => tally.same(...words)
const page = async (where, lang = 'en') => (await node.ask('GET', where, undefined, { 'accept-language': lang })).text
const figure = async (where, name, lang) => (await page(where, lang)).split(`<figure class="figure" id="figure-${name}"`)[1]?.split('</figure>')[0] ?? ''

function into(slug, lines, ...more) {
  const file = path.join(node.work, `${slug}.csv`)
  writeFileSync(file, lines.join('\n') + '\n')
  must(['import', node.folder, file, '--into', slug, '--owner', 'house', '--state', 'published', '--audience', 'public', ...more])
}

// The map that moves looks at all rows; the drawn one is of the region and says how many it lacks.
async function maps() {
  const box = html => html.match(/data-box="([^"]*)"/)?.[1].split(',').map(Number)
  const here = await figure('/dataset/here', 'points'), across = await figure('/dataset/across', 'points'), far = await figure('/dataset/far', 'points')
  const holds = ([west, south, east, north], places) => places.every(([y, x]) => y >= south && y <= north && [x, x + 360].some(at => at >= west && at <= east))
  same([holds(box(here), [[10, 100], [14, 104]]), box(here)[2] - box(here)[0] < 5], [true, true], 'a map of the region looks at its rows')
  same([holds(box(across), [[12, 100], [-40, 175], [-77, -170]]), box(across)[2] - box(across)[0] < 100], [true, true], 'rows outside the region and across 180 degrees are in its box, which is no wider than they are')
  tally.check(across.includes('2 rows lie outside the map.'), 'the drawn map says how many it lacks', across.slice(-900))
  same([box(far) && holds(box(far), [[-33, -70], [-35, -71]]), /<circle /.test(far), far.includes('2 rows lie outside the map.')], [true, false, true], 'rows that are all outside have a map as well')
}

try {
  node.make()
  into('here', ['id,latitude,longitude', 'a,10,100', 'b,14,104'])
  into('across', ['id,latitude,longitude', 'a,12,100', 'b,-40,175', 'c,-77,-170'])
  into('far', ['id,latitude,longitude', 'a,-33,-70', 'b,-35,-71'])
  await node.serve()
  await maps()
} finally {
  await node.end()
  node.remove()
}
tally.close()
