/* GET /dataset/{record}/quality.json: how good the rows are, as the imports counted. */
#include "data/flag.h"
#include "web/quality.h"
#include "web/route.h"
#include "web/value.h"

static void put_flags(Arena *a, const int64_t *counts, Json *into)
{
    bool done[FLAGS] = { false };
    for (;;) {
        int best = -1;
        for (int i = 0; i < FLAGS; i++)
            if (!done[i] && counts[i] > 0 && (best < 0 || counts[i] > counts[best])) best = i;
        if (best < 0) return;
        done[best] = true;
        Json *one = json_object_make(a);
        json_put_text(one, "flag", str_of(flag_name((Flag)best)));
        json_put_text(one, "severity", flag_severity((Flag)best) == FLAG_ERROR ? S("error") : S("warning"));
        json_put_integer(one, "rows", counts[best]);
        json_add_value(into, one);
    }
}

static void count_flags(const Json *part, int64_t *counts)
{
    const Json *flags = json_get(part, "flags");
    Flag        flag;
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *one = json_array_get(flags, i);
        if (flag_find(json_get_text(one, "flag"), &flag)) counts[flag] += json_get_integer(one, "rows", 0);
    }
}

Json *quality_value(Arena *a, const Json *doc)
{
    static const char *const sums[] = { "rows", "flagged", "aside" };
    const Json              *parts = json_get(doc, "parts");
    Json                    *out = json_object_make(a), *flags = json_array_make(a), *list = json_array_make(a);
    int64_t                  counts[FLAGS] = { 0 }, sum[3] = { 0 };
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const Json *part = json_array_get(parts, i);
        Json       *one = json_object_make(a);
        count_flags(part, counts);
        json_put_text(one, "file", json_get_text(part, "file"));
        for (size_t k = 0; k < 3; k++) {
            int64_t n = json_get_integer(part, sums[k], 0);
            sum[k] += n;
            json_put_integer(one, sums[k], n);
        }
        if (json_get(part, "flags")) json_put_value(one, "flags", json_get(part, "flags"));
        json_add_value(list, one);
    }
    put_flags(a, counts, flags);
    for (size_t k = 0; k < 3; k++) json_put_integer(out, sums[k], sum[k]);
    json_put_value(out, "flags", flags);
    json_put_value(out, "parts", list);
    return out;
}

bool quality_show(Request *req, Reply *reply, Err *err)
{
    Record r;
    req->slots[1] = req->slots[0]; /* as the routes of every kind have them */
    req->slots[0] = S("dataset");
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = record_read(s, req->arena, req->slots[0], req->slots[1], &r, err);
    bool      elsewhere = ok && record_moved(req, reply, &r);
    snapshot_close(s);
    if (!ok || elsewhere) return ok;
    if (r.state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the dataset was withdrawn");
    reply->value = quality_value(req->arena, r.doc);
    json_put_integer(reply->value, "version", r.version);
    return true;
}
