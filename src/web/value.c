/* See value.h. */
#include "web/value.h"

#include "base/time.h"
#include "data/restriction.h"
#include "web/route.h"

Str record_url(Arena *a, Str kind, Str slug)
{
    return str_join(a, (Str[]){ S("/"), kind, S("/"), percent_make(a, slug) }, 4);
}

static void put_card(Shape *out, const Card *card)
{
    shape_text(out, "id", card->id);
    shape_text(out, "slug", card->slug);
    shape_text(out, "kind", card->kind);
    shape_text(out, "url", record_url(out->arena, card->kind, card->slug.len ? card->slug : card->id));
    shape_text(out, "title", card->title);
    shape_text_if(out, "title_lang", card->title_lang);
}

void card_put(Shape *out, const Card *card)
{
    put_card(out, card);
    shape_text(out, "summary", card->summary);
    shape_text_if(out, "summary_lang", card->summary_lang);
    shape_text(out, "state", str_of(state_name(card->state)));
    shape_text(out, "updated", time_text(out->arena, card->updated_ms));
}

Json *card_value(Arena *a, const Card *card)
{
    Shape out = shape_tree(a);
    shape_object(&out, NULL);
    card_put(&out, card);
    shape_end(&out);
    return shape_json(&out);
}

static bool terms_hold(Snapshot *s, Arena *a, const Record *r)
{
    Restriction  *list;
    Record        now;
    const Reader *reader = snapshot_reader(s);
    if (restrictions_for(reader, a, r->doc, r->owner, &list)) return true;
    return record_read(s, a, r->kind, r->id, &now, &(Err){ 0 }) &&
           restrictions_for(reader, a, now.doc, now.owner, &list) > 0;
}

Json *doc_shown(Snapshot *s, Arena *a, const Record *r)
{
    static const char *const hashes[] = { "sha256", "file_sha256", "aside_sha256" };
    const Json              *parts = json_get(r->doc, "parts");
    if (!str_eq_z(r->kind, "dataset") || !json_array_size(parts) || !terms_hold(s, a, r)) return (Json *)r->doc;
    Json *out = json_copy_deep(a, r->doc), *list = json_object_get(out, "parts");
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t k = 0; k < sizeof hashes / sizeof *hashes; k++) json_object_del(json_array_get(list, i), hashes[k]);
    return out;
}

static void version_put(Snapshot *s, const Record *r, Shape *out)
{
    Arena *a = out->arena;
    Card   card = { 0 };
    card_of(s, a, r, &card);
    shape_text(out, "id", r->id);
    shape_text(out, "kind", r->kind);
    shape_text(out, "slug", r->slug);
    shape_text(out, "url", record_url(a, r->kind, r->slug.len ? r->slug : r->id));
    shape_integer(out, "version", r->version);
    shape_text(out, "owner", r->owner);
    shape_text(out, "audience", r->audience);
    shape_text(out, "state", str_of(state_name(r->state)));
    shape_text(out, "created", time_text(a, r->created_ms));
    shape_text(out, "updated", time_text(a, r->updated_ms));
    shape_text(out, "title", card.title);
    shape_text_if(out, "title_lang", card.title_lang);
    shape_text(out, "summary", card.summary);
    shape_text_if(out, "summary_lang", card.summary_lang);
    shape_text(out, "author", r->author);
    shape_text_if(out, "note", r->note);
    shape_bool(out, "working", r->working);
    shape_text(out, "leaf", r->leaf);
    shape_integer(out, "index", (int64_t)r->index);
    shape_text(out, "why", str_of(audience_why(snapshot_reader(s), r->token)));
    shape_value(out, "doc", r->doc ? doc_shown(s, a, r) : json_object_make(a));
}

Json *version_value(Request *req, Snapshot *s, const Record *r)
{
    Shape out = shape_tree(req->arena);
    shape_object(&out, NULL);
    version_put(s, r, &out);
    shape_end(&out);
    return shape_json(&out);
}

bool links_put(Arena *a, Snapshot *s, const Record *r, Shape *out, Err *err)
{
    Link  *links;
    size_t n;
    if (!record_links(s, a, r, &links, &n, err)) return false;
    shape_list(out, "links");
    for (size_t i = 0; i < n; i++) {
        shape_object(out, NULL);
        shape_text(out, "field", links[i].field);
        if (links[i].visible) put_card(out, &links[i].card);
        shape_bool(out, "visible", links[i].visible);
        shape_end(out);
    }
    shape_end(out);
    return true;
}

typedef struct {
    Arena        *arena;
    Snapshot     *snapshot;
    const Record *record;
    Shape        *out;
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
    shape_object(b->out, NULL);
    shape_text(b->out, "kind", kind->name);
    shape_text(b->out, "field", field->path);
    shape_integer(b->out, "total", (int64_t)total);
    shape_list(b->out, "items");
    for (size_t i = 0; i < n; i++) {
        shape_object(b->out, NULL);
        card_put(b->out, &links[i].card);
        shape_end(b->out);
    }
    shape_end(b->out);
    shape_end(b->out);
    return true;
}

static bool put_backlinks(Request *req, Snapshot *s, const Record *r, Shape *out, Err *err)
{
    Backlinks   b = { .arena = req->arena, .snapshot = s, .record = r, .out = out };
    const Kind *kind = kind_find(node_kinds(req->node), r->kind);
    shape_list(out, "backlinks");
    for (size_t i = 0; kind && i < kind->linked_by_count; i++)
        if (!put_backlinks_of(&b, kind->linked_by[i].kind, kind->linked_by[i].field, err)) return false;
    shape_end(out);
    return true;
}

bool record_put(Request *req, Snapshot *s, const Record *r, Shape *out, Err *err)
{
    version_put(s, r, out);
    return links_put(req->arena, s, r, out, err) && put_backlinks(req, s, r, out, err);
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

bool version_asked(Request *req, Snapshot *s, const Record *now, Record *out, Err *err)
{
    Str     text = query_get(req, "version");
    int64_t version;
    *out = *now;
    if (!text.len) return true;
    if (!str_to_i64(text, &version) || version < 1) return fail(err, ERR_USAGE, "version is the number of a version");
    if (version == now->version || record_version(s, req->arena, now->kind, now->id, version, out, err)) return true;
    if (err->code != ERR_NOT_FOUND) return false;
    return fail(err, ERR_NO_VERSION, "there is no version %lld", (long long)version);
}
