/* What is of the node and not of its records: assets, health, metrics, the log, the API's index, the
   choice of a language and of a theme. */
#include "core/log.h"
#include "format/openapi.h"
#include "web/cache.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

static bool raw_reply(Reply *reply, Str type, Str bytes)
{
    reply->raw = bytes;
    reply->raw_type = type;
    return true;
}

static bool asset_reply(Reply *reply, const Asset *asset, bool exact)
{
    reply->immutable = exact;
    reply->raw_packed = asset->packed;
    return raw_reply(reply, asset->type, asset->bytes);
}

bool asset_show(Request *req, Reply *reply, Err *err)
{
    bool         exact;
    const Asset *asset = asset_find(req->site->assets, req->slots[0], &exact);
    if (!asset) return fail(err, ERR_NOT_FOUND, "no such asset");
    return asset_reply(reply, asset, exact);
}

bool favicon_show(Request *req, Reply *reply, Err *err)
{
    static const char *const names[] = { "favicon.ico", "favicon.svg", "icon.svg" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Asset *asset = asset_named(req->site->assets, str_of(names[i]));
        if (asset) return asset_reply(reply, asset, false);
    }
    return fail(err, ERR_NOT_FOUND, "no icon");
}

bool robots_show(Request *req, Reply *reply, Err *err)
{
    (void)req, (void)err;
    return raw_reply(reply, S("text/plain; charset=utf-8"),
                     S("User-agent: *\nDisallow: /search\nDisallow: /language/\nDisallow: /theme/\nDisallow: "
                       "/*/edit\nDisallow: /*/compare\n"));
}

bool health_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    reply->no_store = true;
    return raw_reply(reply, S("application/json"),
                     str_format(req->arena, "{\"status\":\"ok\",\"log_size\":%llu}\n",
                                (unsigned long long)node_log_size(req->node)));
}

bool metrics_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    Buf *out = buf_open(req->arena);
    metrics_write(&req->site->metrics, out);
    buf_putf(
        out,
        "# HELP banyan_log_entries Entries in the log.\n# TYPE banyan_log_entries gauge\nbanyan_log_entries %llu\n",
        (unsigned long long)node_log_size(req->node));
    buf_putf(out,
             "# HELP banyan_cache_bytes Memory held by answers in the cache.\n# TYPE banyan_cache_bytes "
             "gauge\nbanyan_cache_bytes %zu\n",
             cache_bytes(req->site->cache));
    buf_putf(out,
             "# HELP banyan_start_time_seconds When the server started, since 1970.\n# TYPE banyan_start_time_seconds "
             "gauge\n"
             "banyan_start_time_seconds %.3f\n",
             (double)req->site->started_ms / 1000);
    reply->no_store = true;
    return raw_reply(reply, S("text/plain; version=0.0.4; charset=utf-8"), buf_str(out));
}

bool checkpoint_show(Request *req, Reply *reply, Err *err)
{
    Str note;
    return log_checkpoint(node_log(req->node), req->arena, &note, err) &&
           raw_reply(reply, S("text/plain; charset=utf-8"), note);
}

bool log_key_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    Str key = log_verifier_key(node_log(req->node), req->arena);
    return raw_reply(reply, S("text/plain; charset=utf-8"), str_join(req->arena, (Str[]){ key, S("\n") }, 2));
}

bool tile_show(Request *req, Reply *reply, Err *err)
{
    Str  bytes;
    bool full;
    if (!log_tile(node_log(req->node), req->arena, str_drop(req->path, sizeof "/log/" - 1), &bytes, &full, err))
        return false;
    reply->immutable = full;
    reply->raw_packed = true;
    return raw_reply(reply, S("application/octet-stream"), bytes);
}

/* {"origin","size","root","key"} of the log: what the checkpoint says in its first three lines. */
static bool log_value(Request *req, Json **out, Err *err)
{
    Str note;
    if (!log_checkpoint(node_log(req->node), req->arena, &note, err)) return false;
    Cut     origin = str_cut(note, '\n'), size = str_cut(origin.tail, '\n'), root = str_cut(size.tail, '\n');
    int64_t n = 0;
    str_to_i64(size.head, &n);
    Json *value = json_object_make(req->arena);
    json_put_text(value, "origin", origin.head);
    json_put_integer(value, "size", n);
    json_put_text(value, "root", root.head);
    json_put_text(value, "key", log_verifier_key(node_log(req->node), req->arena));
    json_put_text(value, "checkpoint", note);
    *out = value;
    return true;
}

static bool kinds_value(Request *req, Json **out, Err *err)
{
    Arena       *a = req->arena;
    const Kinds *kinds = node_kinds(req->node);
    Json        *list = json_array_make(a);
    Snapshot    *s = snapshot_open(req->node, &req->reader, req->lang);
    bool         ok = true;
    for (size_t i = 0; ok && i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        Question    question = { .kind = kind->name, .limit = 1 };
        Answer      answer = { 0 };
        ok = list_ask(s, a, &question, &answer, err);
        Json *one = json_object_make(a);
        json_put_text(one, "kind", kind->name);
        json_put_text(one, "title",
                      say_key(req, str_join(a, (Str[]){ S("kind."), kind->name, S(".plural") }, 3), NULL));
        json_put_text(one, "url", str_join(a, (Str[]){ S("/"), kind->name }, 2));
        json_put_integer(one, "total", (int64_t)answer.total);
        json_add_value(list, one);
    }
    snapshot_close(s);
    *out = list;
    return ok;
}

bool node_show(Request *req, Reply *reply, Err *err)
{
    Json *log, *kinds, *value = json_object_make(req->arena);
    if (!log_value(req, &log, err) || !kinds_value(req, &kinds, err)) return false;
    json_put_text(value, "name", node_name(req->node));
    json_put_text(value, "title", site_title(req->site, req->lang));
    json_put_text(value, "url", req->site->base_url);
    json_put_value(value, "log", log);
    json_put_value(value, "kinds", kinds);
    reply->value = value;
    return true;
}

bool api_show(Request *req, Reply *reply, Err *err)
{
    if (!node_show(req, reply, err)) return false;
    json_put_text(reply->value, "openapi", S("/openapi.json"));
    json_put_text(reply->value, "search", S("/search.json?q={words}"));
    json_put_text(reply->value, "list", S("/{kind}.json"));
    json_put_text(reply->value, "record", S("/{kind}/{record}.json"));
    return true;
}

static Str say_word(void *with, Arena *a, Str key)
{
    (void)a;
    return say_key(with, key, NULL);
}

bool openapi_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    FormatWork work = { .arena = req->arena,
                        .kinds = node_kinds(req->node),
                        .base_url = req->site->base_url,
                        .node_name = node_name(req->node),
                        .node_title = site_title(req->site, req->lang),
                        .lang = req->lang,
                        .path = req->path,
                        .say = say_word,
                        .with = req };
    reply->value = openapi_make(&work);
    return true;
}

bool calendar_show(Request *req, Reply *reply, Err *err)
{
    (void)err;
    reply->value = json_object_make(req->arena);
    return true;
}

/* Remember a language, and go back to where one was. */
/* Kept for a year by the browser; then back to where it was chosen. */
static bool choice_keep(Request *req, Reply *reply, const char *cookie, Str value)
{
    reply_header(req, reply, S("Set-Cookie"),
                 str_format(req->arena, "%s=%.*s; Path=/; Max-Age=%d; SameSite=Lax%s", cookie, STR_ARG(value),
                            value.len ? 31536000 : 0, req->site->secure ? "; Secure" : ""));
    reply->no_store = true;
    return reply_redirect(reply, 303, path_inside(query_get(req, "to")));
}

bool language_choose(Request *req, Reply *reply, Err *err)
{
    for (size_t i = 0; i < req->site->language_count; i++)
        if (str_eq(req->site->languages[i], req->slots[0]))
            return choice_keep(req, reply, "lang", req->site->languages[i]);
    return fail(err, ERR_NOT_FOUND, "no such language of the interface");
}

bool theme_choose(Request *req, Reply *reply, Err *err)
{
    bool device = str_eq(req->slots[0], S("device"));
    if (!device && theme_of(req->slots[0]) == THEME_DEVICE) return fail(err, ERR_NOT_FOUND, "no such theme");
    return choice_keep(req, reply, "theme", device ? STR_NONE : req->slots[0]);
}
