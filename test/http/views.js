// Which view of borders a node draws is its own affair: each view there is, one that the operator added, and a name that
// is no view.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Node, must, program, tally } from '../house/node.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const maps = path.join(root, 'assets/maps')
const node = new Node()
node.make()
must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], [
  { kind: 'country', slug: 'thailand', doc: { code: 'TH' } },
  { kind: 'country', slug: 'india', doc: { code: 'IN' } },
  { kind: 'framework', slug: 'rivers', doc: { name: { en: 'Rivers' }, parties: ['TH', 'IN'] } },
].map(line => JSON.stringify(line)).join('\n'))
const rows = path.join(node.work, 'rows.csv')
writeFileSync(rows, 'country,year,value\n' + ['TH', 'IN', 'VN', 'KH'].map((c, i) => `${c},2020,${i + 1}\n`).join(''))
must(['import', node.folder, rows, '--into', 'by-country', '--owner', 'house', '--state', 'published'])

const settings = path.join(node.folder, 'node.json')
const draw = view => writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings)), map_view: view }))
const read = file => JSON.parse(readFileSync(file))
const shape = (map, code) => map.countries.find(one => one.code === code).path

// Home and a dataset's map draw the shapes of this map, and dash what it says is disputed.
async function draws(map, said) {
  await node.serve()
  const pages = {}
  for (const where of ['/', '/dataset/by-country']) pages[where] = (await node.ask('GET', where)).text
  await node.end()
  tally.check(pages['/'].includes(shape(map, 'IN')) && pages['/'].includes(shape(map, 'TH')), `${said}: home draws its countries`)
  tally.check(pages['/'].includes(`<path class="disputed" aria-hidden="true" d="${map.disputed}"/>`), `${said}: home dashes what is disputed`)
  tally.check(pages['/dataset/by-country'].includes(shape(map, 'IN')), `${said}: the map of a dataset does`)
  for (const where of Object.keys(pages)) {
    const named = map.source ? `Shapes: ${map.source}.` : undefined
    tally.check(named ? pages[where].includes(named) : !pages[where].includes('Shapes:'), `${said}: ${where} says whose shapes these are, where the view does`)
  }
}

const views = readdirSync(maps).filter(name => name.endsWith('.json') && !name.endsWith('-world.json')).map(name => name.slice(0, -5))
tally.check(views.length >= 2, 'there are views to choose from', views)
tally.check(new Set(views.map(view => shape(read(path.join(maps, `${view}.json`)), 'IN'))).size === views.length, 'they differ')
for (const view of views) {
  tally.check(read(path.join(maps, `${view}.json`)).disputed.length > 100, `${view} dashes disputed borders`)
  draw(view)
  await draws(read(path.join(maps, `${view}.json`)), view)
}

// One of the operator's own, drawn by the script that drew the others, from shapes that are not theirs.
const own = path.join(node.work, 'own.topojson')
const atlas = read(path.join(root, 'node_modules/world-atlas/countries-110m.json'))
writeFileSync(own, JSON.stringify(atlas))
const made = spawnSync(process.execPath, ['scripts/make-maps.js', 'own', own, path.join(node.folder, 'maps')], { cwd: root, encoding: 'utf8' })
tally.check(made.status === 0, 'a view is drawn from a file of countries', made.stderr)
draw('own')
const drawn = read(path.join(node.folder, 'maps/own.json'))
tally.check(!views.some(view => shape(read(path.join(maps, `${view}.json`)), 'IN') === shape(drawn, 'IN')), 'it is another one')
tally.check(drawn.source === undefined, 'nobody is named as its source who is not')
await draws(drawn, 'a view of one\'s own')
writeFileSync(path.join(node.folder, 'maps/own.json'), JSON.stringify(Object.assign(drawn, { source: 'Survey of the Realm' })) + '\n')
await draws(drawn, 'a view that names its source')
must(['backup', node.folder, path.join(node.work, 'backup')])
must(['restore', path.join(node.work, 'backup'), path.join(node.work, 'restored')])
tally.check(readFileSync(path.join(node.work, 'restored/maps/own.json'), 'utf8') === JSON.stringify(drawn) + '\n', 'a restored node draws it still')

// What cannot be drawn is said at the start, with the way out.
for (const [name, file, code, words] of [
  ['nowhere', null, 3, /map_view in node\.json: there is no view "nowhere"; there are: own, visionscarto, world-atlas/],
  ['../own', null, 3, /no view "\.\.\/own"/],
  ['broken', '{"countries":[', 4, /map_view in node\.json: broken\.json/],
  ['small', '{"width":10,"height":10,"countries":[]}', 4, /small\.json is not a map as scripts\/make-maps\.js draws it/],
]) {
  if (file) writeFileSync(path.join(node.folder, `maps/${name}.json`), file)
  draw(name)
  const ended = spawnSync(program, ['serve', node.folder, '--listen', '127.0.0.1:0'], { encoding: 'utf8', timeout: 20000 })
  tally.check(ended.status === code && words.test(ended.stderr), `map_view ${name}`, ended.status, ended.stderr)
}

node.remove()
tally.close()
