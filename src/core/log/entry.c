/* The envelope of an entry: written in one fixed order, read from anyone. */
#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"
#include "core/log.h"

#define NAME_MAX_BYTES 256

/* The text members in the order they are written. */
static const struct {
    const char *key;
    size_t      offset;
    bool        may_be_empty;
} texts[] = {
    { "id", offsetof(Envelope, id), false },
    { "kind", offsetof(Envelope, kind), false },
    { "slug", offsetof(Envelope, slug), true },
    { "owner", offsetof(Envelope, owner), true },
    { "audience", offsetof(Envelope, audience), false },
    { "state", offsetof(Envelope, state), false },
    { "author", offsetof(Envelope, author), false },
    { "note", offsetof(Envelope, note), true },
};
#define TEXTS (sizeof texts / sizeof *texts)

static Str *text_of(Envelope *e, size_t i)
{
    return (Str *)(void *)((char *)e + texts[i].offset);
}

Str entry_write(Arena *a, const Envelope *e, Str body)
{
    Buf out = { 0 };
    buf_reserve(&out, 512 + body.len);
    for (size_t i = 0; i < TEXTS; i++) {
        buf_put_z(&out, i ? ",\"" : "{\"");
        buf_put_z(&out, texts[i].key);
        buf_put(&out, S("\":"));
        buf_put_json(&out, *text_of((Envelope *)e, i));
    }
    buf_put(&out, S(",\"time_ms\":"));
    buf_put_integer(&out, e->time_ms);
    buf_put(&out, S(",\"version\":"));
    buf_put_integer(&out, e->version);
    buf_put(&out, S(",\"parents\":["));
    for (size_t i = 0; i < e->parent_count; i++) {
        if (i) buf_put_byte(&out, ',');
        buf_put_json(&out, e->parents[i]);
    }
    buf_put(&out, S("]}\n"));
    buf_put(&out, body);
    Str entry = str_copy(a, buf_str(&out));
    buf_free(&out);
    return entry;
}

Hash entry_leaf(const uint8_t salt[LOG_SALT_BYTES], Str entry)
{
    Str parts[] = { S("banyan/entry/v1\n"), { (const char *)salt, LOG_SALT_BYTES }, entry };
    return hash_of_parts(parts, 3);
}

static bool parents_read(Arena *a, const Json *json, Envelope *e, Err *err)
{
    const Json *parents = json_get(json, "parents");
    if (!parents || !json_is_array(parents) || json_array_size(parents) > PARENTS_MAX)
        return fail(err, ERR_FORMAT, "entry: parents is not a list of at most %d", PARENTS_MAX);
    e->parent_count = json_array_size(parents);
    e->parents = NEW_ARRAY(a, Str, e->parent_count);
    for (size_t i = 0; i < e->parent_count; i++) {
        Hash hash;
        e->parents[i] = json_text(json_array_get(parents, i));
        if (!hex_read(e->parents[i], hash.b, HASH_BYTES))
            return fail(err, ERR_FORMAT, "entry: parent %zu is not the hex of a leaf", i);
    }
    return true;
}

bool entry_read(Arena *a, Str entry, Envelope *out, Str *body, Err *err)
{
    if (entry.len > ENTRY_MAX_BYTES) return fail(err, ERR_TOO_BIG, "entry: %zu bytes are too many", entry.len);
    Cut cut = str_cut(str_take_first(entry, ENVELOPE_MAX_BYTES + 1), '\n');
    if (!cut.found)
        return fail(err, ERR_FORMAT, "entry: no line end behind an envelope of at most %zu bytes", ENVELOPE_MAX_BYTES);
    Json *json;
    if (!json_read(a, cut.head, &json, err)) return fail_in(err, "entry");

    Envelope e = { 0 };
    for (size_t i = 0; i < TEXTS; i++) {
        const Json *value = json_get(json, texts[i].key);
        Str         text = json_text(value);
        if (!value || !json_is_string(value) || (text.len == 0 && !texts[i].may_be_empty))
            return fail(err, ERR_FORMAT, "entry: %s is missing", texts[i].key);
        if (text.len > NAME_MAX_BYTES && texts[i].offset != offsetof(Envelope, note))
            return fail(err, ERR_FORMAT, "entry: %s is longer than %d bytes", texts[i].key, NAME_MAX_BYTES);
        *text_of(&e, i) = text;
    }
    if (!id_is(e.id)) return fail(err, ERR_FORMAT, "entry: id is not a lower-case UUID");
    if (!str_eq(e.state, S("draft")) && !str_eq(e.state, S("review")) && !str_eq(e.state, S("published")) &&
        !str_eq(e.state, S("withdrawn")))
        return fail(err, ERR_FORMAT, "entry: no such state");
    e.time_ms = json_get_integer(json, "time_ms", -1);
    e.version = json_get_integer(json, "version", 0);
    if (e.time_ms < 0 || e.version < 1)
        return fail(err, ERR_FORMAT, "entry: time_ms or version is missing or below its least");
    if (!parents_read(a, json, &e, err)) return false;
    *out = e;
    *body = str_drop(entry, cut.head.len + 1);
    return true;
}
