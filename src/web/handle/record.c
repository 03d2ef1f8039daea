/* Reading records: GET /{kind}/{record}, its history, one version, two compared. */
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

/* Asked for by id, key or a former slug: send to the one address it has now. */
bool record_moved(Request *req, Reply *reply, const Record *r)
{
    Arena *a = req->arena;
    if (!r->slug.len || str_eq(req->slots[1], r->slug) || str_eq(req->slots[1], r->id)) return false;
    Str plain = str_join(a, (Str[]){ S("/"), r->kind, S("/"), req->slots[1] }, 4);
    Str rest = str_drop(req->path, plain.len);
    Str ending = str_eq(req->ending, S("html")) ? STR_NONE : str_join(a, (Str[]){ S("."), req->ending }, 2);
    Str parts[] = { record_url(a, r->kind, r->slug), rest, ending, req->raw_query.len ? S("?") : STR_NONE,
                    req->raw_query };
    return reply_redirect(reply, 301, str_join(a, parts, 5));
}

bool record_show(Request *req, Reply *reply, Err *err)
{
    Record   *r = NEW(req->arena, Record);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], r, err);
    bool      elsewhere = ok && record_moved(req, reply, r);
    Shape     shape = shape_of(req);
    shape_object(&shape, NULL);
    if (ok && !elsewhere) ok = record_put(req, s, r, &shape, err);
    shape_end(&shape);
    snapshot_close(s);
    if (!ok || elsewhere) return ok;
    shape_reply(&shape, reply);
    reply->record = r;
    reply->version = r->version;
    if (r->state == STATE_WITHDRAWN) reply->status = 410;
    return true;
}

bool history_show(Request *req, Reply *reply, Err *err)
{
    Arena    *a = req->arena;
    Record    r, *versions;
    size_t    n;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, a, req->slots[0], req->slots[1], &r, err);
    bool      elsewhere = ok && record_moved(req, reply, &r);
    Card      card = { 0 };
    if (ok && !elsewhere) {
        ok = record_history(s, a, req->slots[0], req->slots[1], &versions, &n, err);
        card_of(s, a, &r, &card);
    }
    snapshot_close(s);
    if (!ok || elsewhere) return ok;
    Json *items = json_array_make(a);
    for (size_t i = 0; i < n; i++) json_add_value(items, history_entry(a, &versions[i]));
    reply->value = card_value(a, &card);
    json_put_integer(reply->value, "version", r.version);
    json_put_text(reply->value, "owner", r.owner);
    json_put_value(reply->value, "items", items);
    return true;
}

bool version_show(Request *req, Reply *reply, Err *err)
{
    int64_t version = 0;
    str_to_i64(req->slots[2], &version);
    Record    r, now;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], &now, err);
    bool      elsewhere = ok && record_moved(req, reply, &now);
    if (ok && !elsewhere) ok = record_version(s, req->arena, req->slots[0], req->slots[1], version, &r, err);
    if (ok && !elsewhere) {
        reply->value = version_value(req, s, &r);
        json_put_integer(reply->value, "newest", now.version);
    }
    snapshot_close(s);
    return ok;
}

static bool version_wanted(const Request *req, const char *name, int64_t otherwise, int64_t *out, Err *err)
{
    Str text = query_get(req, name);
    *out = otherwise;
    if (text.len && (!str_to_i64(text, out) || *out < 1))
        return fail(err, ERR_FORMAT, "%s is the number of a version", name);
    return true;
}

static Json *differences_make(Snapshot *s, Arena *a, const Kind *kind, const Record *from, const Record *to)
{
    Difference *at;
    size_t      n = doc_differences(a, kind, doc_shown(s, a, from), doc_shown(s, a, to), &at);
    Json       *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "pointer", at[i].pointer);
        json_put_value(one, "before", at[i].before);
        json_put_value(one, "after", at[i].after);
        json_add_value(list, one);
    }
    return list;
}

/* ?from=1&to=3; without them the newest version against the one before it. */
bool compare_show(Request *req, Reply *reply, Err *err)
{
    Arena    *a = req->arena;
    Record    now, from, to;
    int64_t   from_version, to_version;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, a, req->slots[0], req->slots[1], &now, err);
    bool      elsewhere = ok && record_moved(req, reply, &now);
    Card      card = { 0 };
    if (ok && !elsewhere) {
        ok = version_wanted(req, "to", now.version, &to_version, err) &&
             version_wanted(req, "from", to_version > 1 ? to_version - 1 : 1, &from_version, err) &&
             record_version(s, a, req->slots[0], req->slots[1], from_version, &from, err) &&
             record_version(s, a, req->slots[0], req->slots[1], to_version, &to, err);
        card_of(s, a, &now, &card);
    }
    if (ok && !elsewhere) {
        reply->value = card_value(a, &card);
        json_put_value(reply->value, "from", version_value(req, s, &from));
        json_put_value(reply->value, "to", version_value(req, s, &to));
        json_put_value(reply->value, "differences", differences_make(s, a, request_kind(req), &from, &to));
    }
    snapshot_close(s);
    return ok;
}
