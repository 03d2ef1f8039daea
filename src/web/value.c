/* See value.h. */
#include "web/value.h"

#include "base/time.h"
#include "web/route.h"

Str record_url(Arena *a, Str kind, Str slug)
{
    return str_join(a, (Str[]){ S("/"), kind, S("/"), percent_make(a, slug) }, 4);
}

static void put_card(Arena *a, Json *value, const Card *card)
{
    json_put_text(value, "id", card->id);
    json_put_text(value, "slug", card->slug);
    json_put_text(value, "kind", card->kind);
    json_put_text(value, "url", record_url(a, card->kind, card->slug.len ? card->slug : card->id));
    json_put_text(value, "title", card->title);
    json_put_text_if(value, "title_lang", card->title_lang);
}

Json *card_value(Arena *a, const Card *card)
{
    Json *value = json_object_make(a);
    put_card(a, value, card);
    json_put_text(value, "summary", card->summary);
    json_put_text_if(value, "summary_lang", card->summary_lang);
    json_put_text(value, "state", str_of(state_name(card->state)));
    json_put_text(value, "updated", time_text(a, card->updated_ms));
    return value;
}

Json *version_value(Request *req, Snapshot *s, const Record *r)
{
    Arena *a = req->arena;
    Json  *value = json_object_make(a);
    Card   card = { 0 };
    card_of(s, a, r, &card);
    json_put_text(value, "id", r->id);
    json_put_text(value, "kind", r->kind);
    json_put_text(value, "slug", r->slug);
    json_put_text(value, "url", record_url(a, r->kind, r->slug.len ? r->slug : r->id));
    json_put_integer(value, "version", r->version);
    json_put_text(value, "owner", r->owner);
    json_put_text(value, "audience", r->audience);
    json_put_text(value, "state", str_of(state_name(r->state)));
    json_put_text(value, "created", time_text(a, r->created_ms));
    json_put_text(value, "updated", time_text(a, r->updated_ms));
    json_put_text(value, "title", card.title);
    json_put_text_if(value, "title_lang", card.title_lang);
    json_put_text(value, "summary", card.summary);
    json_put_text_if(value, "summary_lang", card.summary_lang);
    json_put_text(value, "author", r->author);
    json_put_text_if(value, "note", r->note);
    json_put_bool(value, "working", r->working);
    json_put_text(value, "leaf", r->leaf);
    json_put_integer(value, "index", (int64_t)r->index);
    json_put_text(value, "why", str_of(audience_why(snapshot_reader(s), r->token)));
    json_put_value(value, "doc", r->doc ? r->doc : json_object_make(a));
    return value;
}

bool links_put(Arena *a, Snapshot *s, const Record *r, Json *value, Err *err)
{
    Link  *links;
    size_t n;
    if (!record_links(s, a, r, &links, &n, err)) return false;
    Json *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "field", links[i].field);
        if (links[i].visible) put_card(a, one, &links[i].card);
        json_put_bool(one, "visible", links[i].visible);
        json_add_value(list, one);
    }
    json_put_value(value, "links", list);
    return true;
}

static bool links_to(const Field *field, Str kind)
{
    for (size_t i = 0; i < field->link_kind_count; i++)
        if (str_eq(field->link_kinds[i], kind)) return true;
    return false;
}

typedef struct {
    Arena        *arena;
    Snapshot     *snapshot;
    const Record *record;
    Json         *list;
} Backlinks;

static bool put_backlinks_of(Backlinks *b, const Kind *kind, const Field *field, Err *err)
{
    Link    *links;
    size_t   n;
    uint64_t total;
    if (!record_backlinks(b->snapshot, b->arena, b->record, kind->name, field->path, BACKLINKS_SHOWN, &links, &n,
                          &total, err))
        return false;
    if (!total) return true;
    Json *group = json_object_make(b->arena), *items = json_array_make(b->arena);
    json_put_text(group, "kind", kind->name);
    json_put_text(group, "field", field->path);
    json_put_integer(group, "total", (int64_t)total);
    for (size_t i = 0; i < n; i++) json_add_value(items, card_value(b->arena, &links[i].card));
    json_put_value(group, "items", items);
    json_add_value(b->list, group);
    return true;
}

/* Fields below groups too: kinds are small trees, and the walk is bounded by the schema's depth. */
static bool backlinks_walk(Backlinks *b, const Kind *kind, const Field *fields, size_t n, Err *err)
{
    for (size_t i = 0; i < n; i++) {
        const Field *field = &fields[i];
        if (links_to(field, b->record->kind) && !put_backlinks_of(b, kind, field, err)) return false;
        if (!backlinks_walk(b, kind, field->fields, field->field_count, err)) return false;
    }
    return true;
}

static bool put_backlinks(Request *req, Snapshot *s, const Record *r, Json *value, Err *err)
{
    Backlinks    b = { .arena = req->arena, .snapshot = s, .record = r, .list = json_array_make(req->arena) };
    const Kinds *kinds = node_kinds(req->node);
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        if (!backlinks_walk(&b, kind, kind->fields, kind->field_count, err)) return false;
    }
    json_put_value(value, "backlinks", b.list);
    return true;
}

bool record_value(Request *req, Snapshot *s, const Record *r, Json **out, Err *err)
{
    Json *value = version_value(req, s, r);
    if (!links_put(req->arena, s, r, value, err) || !put_backlinks(req, s, r, value, err)) return false;
    *out = value;
    return true;
}

Json *history_entry(Arena *a, const Record *r)
{
    Json *one = json_object_make(a);
    json_put_integer(one, "version", r->version);
    json_put_text(one, "state", str_of(state_name(r->state)));
    json_put_text(one, "author", r->author);
    json_put_text(one, "updated", time_text(a, r->updated_ms));
    json_put_text_if(one, "note", r->note);
    json_put_text(one, "leaf", r->leaf);
    json_put_integer(one, "index", (int64_t)r->index);
    return one;
}

void newest_read(Request *req, const Err *err, Outcome *outcome)
{
    if (err->code != ERR_CONFLICT || !outcome->conflict_count || outcome->record.version) return;
    Record    r;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    if (record_read(s, req->arena, req->slots[0], req->slots[1], &r, NULL)) outcome->record = r;
    snapshot_close(s);
}

bool limit_read(const Request *req, int otherwise, int max, int *out, Err *err)
{
    Str     text = query_get(req, "limit");
    int64_t n = otherwise;
    if (text.len && (!str_to_i64(text, &n) || n < 1 || n > max))
        return fail(err, ERR_FORMAT, "limit is a number from 1 to %d", max);
    *out = (int)n;
    return true;
}
