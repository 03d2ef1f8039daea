// Checks a log from what anyone can fetch: its checkpoint and tiles, as files in a folder or below an
// address. Shares no code with the node; needs nothing but node.js.
//
//   node verify.mjs FOLDER-or-ADDRESS VERIFIER-KEY [INDEX ENTRY-FILE SALT-HEX [PROOF-FILE]]
//
// The verifier key is "name+hash+base64" (signed-note). With an entry and its salt, the entry's leaf is
// proved to be in the tree; with a proof (hex hashes, bottom up) that one is checked as well.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const [place, verifierKey, index, entryFile, saltHex, proofFile] = process.argv.slice(2);
if (!verifierKey) throw new Error('usage: verify.mjs PLACE VERIFIER-KEY [INDEX ENTRY-FILE SALT-HEX [PROOF-FILE]]');

const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const must = (ok, what) => { if (!ok) { console.error(`WRONG: ${what}`); process.exit(1); } };

async function fetched(path) {
  if (!/^https?:/.test(place)) return readFile(`${place}/${path}`);
  const answer = await fetch(`${place}/${path}`);
  must(answer.ok, `${path}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

// The checkpoint and its signature.
const [name, hash, keyText] = verifierKey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/)?.slice(1) ?? ['', '', ''];
const key = Buffer.from(keyText, 'base64');
must(key.length === 33 && key[0] === 1, 'the verifier key is of type Ed25519');
const keyId = sha256(name, '\n', key).subarray(0, 4);
must(keyId.toString('hex') === hash, 'the hash in the verifier key is its own');
const note = (await fetched('checkpoint')).toString();
const cut = note.lastIndexOf('\n\n');
const text = note.slice(0, cut + 1);
const lines = note.slice(cut + 2).split('\n').filter((line) => line.startsWith(`\u2014 ${name} `));
const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.subarray(1).toString('base64url') }, format: 'jwk' });
must(lines.some((line) => {
  const bytes = Buffer.from(line.split(' ')[2], 'base64');
  return bytes.subarray(0, 4).equals(keyId) && verify(null, Buffer.from(text), publicKey, bytes.subarray(4));
}), 'the checkpoint is signed by the key');
const [origin, sizeText, rootText] = text.split('\n');
must(origin === name, 'the origin is the name of the key');
const size = Number(sizeText), root = Buffer.from(rootText, 'base64');

// Tiles, as far as this size needs them.
function tilePath(level, n, width) {
  let path = String(n % 1000).padStart(3, '0');
  for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) path = `x${String(n % 1000).padStart(3, '0')}/${path}`;
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ''}`;
}
const tiles = new Map();
async function hashes(level) { // all hashes of a level
  if (tiles.has(level)) return tiles.get(level);
  const count = Math.floor(size / 256 ** level), list = [];
  for (let n = 0; n * 256 < count; n++) {
    const width = Math.min(256, count - n * 256), bytes = await fetched(tilePath(level, n, width));
    must(bytes.length === width * 32, `${tilePath(level, n, width)} has ${width} hashes`);
    for (let i = 0; i < width; i++) list.push(bytes.subarray(i * 32, i * 32 + 32));
  }
  tiles.set(level, list);
  return list;
}
function treeRoot(list) {
  if (list.length === 0) return sha256('');
  if (list.length === 1) return list[0];
  let left = 1;
  while (left * 2 < list.length) left *= 2;
  return nodeHash(treeRoot(list.slice(0, left)), treeRoot(list.slice(left)));
}
const level0 = await hashes(0);
must(treeRoot(level0).equals(root), 'the leaf hashes give the signed root');
for (let level = 1; 256 ** level <= size; level++) {
  const below = await hashes(level - 1), here = await hashes(level);
  here.forEach((h, i) => must(treeRoot(below.slice(i * 256, i * 256 + 256)).equals(h), `hash ${i} of level ${level} is that of its tile`));
}

// Entry bundles: each leaf has the hash that stands in level 0.
const leaves = [];
for (let n = 0; n * 256 < size; n++) {
  const width = Math.min(256, size - n * 256), bytes = await fetched(tilePath('entries', n, width));
  let at = 0;
  for (let i = 0; i < width; i++) {
    const length = bytes.readUInt16BE(at);
    leaves.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  must(at === bytes.length, `bundle ${n} ends where its last entry does`);
}
leaves.forEach((leaf, i) => must(leafHash(leaf).equals(level0[i]), `leaf ${i} has its hash`));
console.log(`ok: ${name}, ${size} entries, root ${rootText}`);

// One entry.
if (index !== undefined) {
  const entry = await readFile(entryFile), leaf = sha256('banyan/entry/v1\n', Buffer.from(saltHex, 'hex'), entry);
  must(leaves[index].equals(leaf), `entry ${index} is what was committed to`);
  if (proofFile) {
    const proof = (await readFile(proofFile, 'utf8')).split('\n').filter(Boolean).map((h) => Buffer.from(h, 'hex'));
    const climb = (at, count, hash) => { // root of `count` leaves from the leaf at `at`, by the proof
      if (count === 1) return hash;
      let left = 1;
      while (left * 2 < count) left *= 2;
      const sibling = proof.pop();
      must(sibling, 'the proof is long enough');
      return at < left ? nodeHash(climb(at, left, hash), sibling) : nodeHash(sibling, climb(at - left, count - left, hash));
    };
    must(climb(Number(index), size, leafHash(leaf)).equals(root) && proof.length === 0, `the proof leads from entry ${index} to the root`);
  }
  console.log(`ok: entry ${index} is in it`);
}
