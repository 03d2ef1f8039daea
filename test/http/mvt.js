// Reads Mapbox Vector Tiles 2.1 for tests: written from the specification, not from the server's own writer.
// Layers by name: { version, extent, features: [{ id, x, y, properties }] }; what is no point fails.
export function mvt_read(bytes) {
  const layers = {}
  for (const [field, value] of fields(bytes)) {
    if (field !== 3) throw new Error(`a tile has field ${field}`)
    const layer = layer_read(value)
    if (layers[layer.name]) throw new Error(`two layers are called ${layer.name}`)
    layers[layer.name] = layer
  }
  return layers
}

function varint(bytes, at) {
  let n = 0n, shift = 0n
  for (;; shift += 7n) {
    if (at.i >= bytes.length) throw new Error('cut short')
    const b = bytes[at.i++]
    n |= BigInt(b & 0x7f) << shift
    if (b < 0x80) return n
  }
}

function* fields(bytes) {
  for (const at = { i: 0 }; at.i < bytes.length;) {
    const key = Number(varint(bytes, at)), wire = key & 7
    if (wire === 0) yield [key >> 3, varint(bytes, at)]
    else if (wire === 1) yield [key >> 3, bytes.subarray(at.i, at.i += 8)]
    else if (wire === 2) {
      const length = Number(varint(bytes, at))
      if (at.i + length > bytes.length) throw new Error('cut short')
      yield [key >> 3, bytes.subarray(at.i, at.i += length)]
    } else if (wire === 5) yield [key >> 3, bytes.subarray(at.i, at.i += 4)]
    else throw new Error(`wire type ${wire}`)
  }
}

function packed(bytes) {
  const out = []
  for (const at = { i: 0 }; at.i < bytes.length;) out.push(Number(varint(bytes, at)))
  return out
}

const signed = n => (n & 1n ? -((n + 1n) >> 1n) : n >> 1n)

function value_read(bytes) {
  const [[field, value], ...more] = fields(bytes)
  if (more.length) throw new Error('a value is of two types')
  if (field === 1) return value.toString()
  if (field === 2) return value.readFloatLE()
  if (field === 3) return value.readDoubleLE()
  if (field === 4 || field === 5) return Number(value)
  if (field === 6) return Number(signed(value))
  return value === 1n
}

function layer_read(bytes) {
  const layer = { features: [] }, keys = [], values = [], features = []
  for (const [field, value] of fields(bytes)) {
    if (field === 15) layer.version = Number(value)
    else if (field === 1) layer.name = value.toString()
    else if (field === 2) features.push(value)
    else if (field === 3) keys.push(value.toString())
    else if (field === 4) values.push(value_read(value))
    else if (field === 5) layer.extent = Number(value)
    else throw new Error(`a layer has field ${field}`)
  }
  if (new Set(keys).size !== keys.length) throw new Error('a name is there twice')
  for (const one of features) {
    const feature = { properties: {} }
    let type
    for (const [field, value] of fields(one)) {
      if (field === 1) feature.id = Number(value)
      else if (field === 2) {
        const tags = packed(value)
        if (tags.length % 2) throw new Error('a tag without a value')
        for (let i = 0; i < tags.length; i += 2) {
          if (tags[i] >= keys.length || tags[i + 1] >= values.length) throw new Error('a tag leads nowhere')
          feature.properties[keys[tags[i]]] = values[tags[i + 1]]
        }
      } else if (field === 3) type = Number(value)
      else if (field === 4) {
        const [command, x, y, ...rest] = packed(value)
        if (command !== 9 || rest.length) throw new Error(`not one point: ${command}`)
        ;[feature.x, feature.y] = [Number(signed(BigInt(x))), Number(signed(BigInt(y)))]
      }
    }
    if (type !== 1) throw new Error(`a feature of type ${type}`)
    layer.features.push(feature)
  }
  return layer
}
