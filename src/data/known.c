/* Open addressing, at most two thirds full. The file: each entry's key and check, and the CRC-32 of them. */
#include "data/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"

#define ROOM_LEAST  64
#define ENTRY_BYTES (KNOWN_KEY_BYTES + 8)
#define FILE_MAX    ((size_t)4 << 30)

static const uint8_t NOTHING[KNOWN_KEY_BYTES];

static size_t slot_of(const Known *k, const uint8_t key[KNOWN_KEY_BYTES])
{
    uint64_t hash;
    memcpy(&hash, key, sizeof hash);
    size_t at = (size_t)hash & (k->room - 1);
    while (memcmp(k->slots[at].key, NOTHING, KNOWN_KEY_BYTES) != 0 &&
           memcmp(k->slots[at].key, key, KNOWN_KEY_BYTES) != 0)
        at = (at + 1) & (k->room - 1);
    return at;
}

static void grow(Known *k)
{
    Known more = { .room = k->room ? 2 * k->room : ROOM_LEAST, .count = k->count };
    more.slots = calloc(more.room, sizeof *more.slots);
    if (!more.slots) memory_end(more.room * sizeof *more.slots);
    for (size_t i = 0; i < k->room; i++)
        if (memcmp(k->slots[i].key, NOTHING, KNOWN_KEY_BYTES) != 0)
            more.slots[slot_of(&more, k->slots[i].key)] = k->slots[i];
    free(k->slots);
    *k = more;
}

void known_add(Known *k, const uint8_t key[KNOWN_KEY_BYTES], uint64_t check)
{
    if (memcmp(key, NOTHING, KNOWN_KEY_BYTES) == 0) return;
    if (3 * (k->count + 1) > 2 * k->room) grow(k);
    KnownEntry *slot = &k->slots[slot_of(k, key)];
    k->count += memcmp(slot->key, NOTHING, KNOWN_KEY_BYTES) == 0;
    memcpy(slot->key, key, KNOWN_KEY_BYTES);
    slot->check = check;
}

bool known_find(const Known *k, const uint8_t key[KNOWN_KEY_BYTES], uint64_t *check)
{
    if (!k->room) return false;
    const KnownEntry *slot = &k->slots[slot_of(k, key)];
    if (memcmp(slot->key, key, KNOWN_KEY_BYTES) != 0) return false;
    *check = slot->check;
    return true;
}

void known_free(Known *k)
{
    free(k->slots);
    *k = (Known){ 0 };
}

bool known_save(const Known *k, const char *path, Err *err)
{
    Buf out = { 0 };
    buf_reserve(&out, k->count * ENTRY_BYTES + 4);
    for (size_t i = 0; i < k->room; i++) {
        if (memcmp(k->slots[i].key, NOTHING, KNOWN_KEY_BYTES) == 0) continue;
        buf_put_bytes(&out, k->slots[i].key, KNOWN_KEY_BYTES);
        buf_put_bytes(&out, &k->slots[i].check, 8);
    }
    uint32_t crc = crc32_of(out.at ? out.at : "", out.len);
    buf_put_bytes(&out, &crc, sizeof crc);
    bool ok = file_replace(path, buf_str(&out), 0600, err);
    buf_free(&out);
    return ok;
}

bool known_load(Known *k, const char *path, Err *err)
{
    Arena   *a = arena_open(FILE_MAX);
    Str      bytes;
    uint32_t crc = 0;
    bool     ok = file_read(a, path, FILE_MAX, &bytes, err);
    if (ok && bytes.len >= 4) memcpy(&crc, bytes.at + bytes.len - 4, 4);
    if (ok && (bytes.len < 4 || (bytes.len - 4) % ENTRY_BYTES || crc != crc32_of(bytes.at, bytes.len - 4)))
        ok = fail(err, ERR_CORRUPT, "%s is damaged", path);
    for (size_t at = 0; ok && at + 4 < bytes.len; at += ENTRY_BYTES) {
        uint64_t check;
        memcpy(&check, bytes.at + at + KNOWN_KEY_BYTES, 8);
        known_add(k, (const uint8_t *)bytes.at + at, check);
    }
    arena_close(a);
    return ok;
}
