/* Checkpoints: C2SP signed-note and tlog-checkpoint, with Ed25519 signatures (type 1). */
#include <string.h>

#include "base/buf.h"
#include "core/log.h"

#define ED25519       1
#define KEY_ID_BYTES  4
#define SIGNATURE_MAX 64 /* lines of them */
#define EM_DASH_SPACE S("\xE2\x80\x94 ")

static Hash key_hash(Str origin, const uint8_t public_key[32])
{
    char type = ED25519;
    return hash_of_parts((Str[]){ origin, S("\n"), { &type, 1 }, { (const char *)public_key, 32 } }, 4);
}

Str verifier_key_make(Arena *a, Str origin, const uint8_t public_key[32])
{
    uint8_t key[33] = { ED25519 };
    memcpy(key + 1, public_key, 32);
    Hash id = key_hash(origin, public_key);
    Str  parts[] = { origin, S("+"), hex_make(a, id.b, KEY_ID_BYTES), S("+"), base64_make(a, key, sizeof key) };
    return str_join(a, parts, 5);
}

Str checkpoint_write(Arena *a, Str origin, const KeyPair *key, uint64_t size, Hash root)
{
    Str       text = str_format(a, "%.*s\n%llu\n%s\n", STR_ARG(origin), (unsigned long long)size,
                                base64_make(a, root.b, HASH_BYTES).at);
    Signature signature = key_sign(key, text);
    Hash      id = key_hash(origin, key->public_key);
    uint8_t   bytes[KEY_ID_BYTES + sizeof signature];
    memcpy(bytes, id.b, KEY_ID_BYTES);
    memcpy(bytes + KEY_ID_BYTES, signature.b, sizeof signature);
    Str parts[] = { text, S("\n"), EM_DASH_SPACE, origin, S(" "), base64_make(a, bytes, sizeof bytes), S("\n") };
    return str_join(a, parts, 7);
}

/* Base64 that is written the one right way. */
static bool base64_exact(Arena *a, Str text, size_t n, Str *out)
{
    return base64_read(a, text, out) && out->len == n && str_eq(base64_make(a, out->at, n), text);
}

static bool size_read(Str text, uint64_t *size)
{
    int64_t n;
    if (!str_to_i64(text, &n) || n < 0 || (text.len > 1 && text.at[0] == '0') || text.at[0] == '-') return false;
    *size = (uint64_t)n;
    return true;
}

/* The note's text without the empty line, and its signature lines. */
static bool note_parts(Str note, Str *text, Str *signatures)
{
    if (note.len > CHECKPOINT_MAX_BYTES || !str_is_utf8(note) || !str_ends(note, S("\n"))) return false;
    size_t last = 0;
    for (size_t i = 0; i < note.len; i++) {
        if ((unsigned char)note.at[i] < 0x20 && note.at[i] != '\n') return false;
        if (i > 0 && note.at[i] == '\n' && note.at[i - 1] == '\n') last = i;
    }
    if (last == 0) return false;
    *text = str_take_first(note, last);
    *signatures = str_drop(note, last + 1);
    return true;
}

static bool signature_check(Arena *a, Str lines, Str text, Str origin, const uint8_t public_key[32], Err *err)
{
    Hash id = key_hash(origin, public_key);
    bool signed_by_key = false;
    int  n = 0;
    while (lines.len > 0) {
        Cut line = str_cut(lines, '\n');
        lines = line.tail;
        if (++n > SIGNATURE_MAX || !str_starts(line.head, EM_DASH_SPACE))
            return fail(err, ERR_FORMAT, "checkpoint: line %d of the signatures is not one", n);
        Cut words = str_cut(str_drop(line.head, EM_DASH_SPACE.len), ' ');
        if (!words.found || words.head.len == 0)
            return fail(err, ERR_FORMAT, "checkpoint: line %d of the signatures is not one", n);
        Str       bytes;
        Signature signature;
        if (!str_eq(words.head, origin)) continue;
        if (!base64_exact(a, words.tail, KEY_ID_BYTES + sizeof signature, &bytes) ||
            memcmp(bytes.at, id.b, KEY_ID_BYTES) != 0)
            continue;
        memcpy(signature.b, bytes.at + KEY_ID_BYTES, sizeof signature);
        if (!key_verify(public_key, text, signature))
            return fail(err, ERR_CORRUPT, "checkpoint: the signature by %.*s is wrong", STR_ARG(origin));
        signed_by_key = true;
    }
    return signed_by_key || fail(err, ERR_CORRUPT, "checkpoint: no signature by this key of %.*s", STR_ARG(origin));
}

bool checkpoint_read(Arena *a, Str note, Str origin, const uint8_t public_key[32], uint64_t *size, Hash *root, Err *err)
{
    Str text, signatures, bytes;
    if (!note_parts(note, &text, &signatures)) return fail(err, ERR_FORMAT, "checkpoint: not a signed note");
    Cut      first = str_cut(text, '\n'), second = str_cut(first.tail, '\n'), third = str_cut(second.tail, '\n');
    uint64_t n;
    if (!third.found || !size_read(second.head, &n) || !base64_exact(a, third.head, HASH_BYTES, &bytes))
        return fail(err, ERR_FORMAT, "checkpoint: not three lines of origin, size and root");
    if (!str_eq(first.head, origin))
        return fail(err, ERR_FORMAT, "checkpoint: of %.*s, not of %.*s", STR_ARG(first.head), STR_ARG(origin));
    for (Str rest = third.tail; rest.len > 0; rest = str_cut(rest, '\n').tail)
        if (rest.at[0] == '\n') return fail(err, ERR_FORMAT, "checkpoint: an empty line within its text");
    if (!signature_check(a, signatures, text, origin, public_key, err)) return false;
    *size = n;
    memcpy(root->b, bytes.at, HASH_BYTES);
    return true;
}
