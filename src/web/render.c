/* See render.h: the lambdas. The frame of a page is in frame.c, Markdown in markdown.c. */
#include "web/render.h"

#include <string.h>

#include "text/lang.h"
#include "web/frame.h"
#include "web/request.h"
#include "web/site.h"
#include "web/view.h"

typedef struct {
    Request  *req;
    Snapshot *snapshot;
} Rendering;

static Request *request_of(MustacheScope *scope)
{
    return ((Rendering *)mustache_with(scope))->req;
}

/* The text at a path and its language (empty: not known). */
static Str text_at(MustacheScope *scope, Str path, Str *lang)
{
    Rendering  *r = mustache_with(scope);
    Arena      *a = mustache_arena(scope);
    const Json *value = mustache_find(scope, path);
    *lang = STR_NONE;
    if (json_is_object(value)) return text_pick(r->snapshot, value, lang);
    if (value) *lang = mustache_text(a, mustache_find(scope, str_join(a, (Str[]){ path, S("_lang") }, 2)));
    return mustache_text(a, value);
}

/* "zh" is read by who reads "zh-Hant", and the other way round. */
static bool same_language(Str x, Str y)
{
    return str_eq_nocase(str_cut(x, '-').head, str_cut(y, '-').head);
}

static void put_attributes(Buf *out, Str lang)
{
    buf_put_z(out, " lang=\"");
    buf_put_html(out, lang);
    buf_put_z(out, lang_rtl(lang) ? "\" dir=\"rtl\"" : "\" dir=\"ltr\"");
}

static void put_note(MustacheScope *scope, Str lang, Buf *out)
{
    Request *req = request_of(scope);
    Json    *args = json_object_make(req->arena);
    if (req->fell_back && str_eq_nocase(lang, req->site->languages[0])) return;
    json_put_text(args, "language", lang_name(req->arena, lang, req->lang));
    buf_put_z(out, " <span class=\"in-language\">");
    buf_put_html(out, say(req, "text.in-language", args));
    buf_put_z(out, "</span>");
}

static void text_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Str lang, text = text_at(scope, path, &lang);
    if (!text.len) return;
    if (!lang.len || same_language(lang, request_of(scope)->lang)) {
        buf_put_html(out, text);
        return;
    }
    buf_put_z(out, "<span");
    put_attributes(out, lang);
    buf_put_z(out, ">");
    buf_put_html(out, text);
    buf_put_z(out, "</span>");
    put_note(scope, lang, out);
}

static void plain_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Str lang;
    buf_put_html(out, text_at(scope, path, &lang));
}

static void md_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Str lang, text = text_at(scope, path, &lang);
    if (!text.len) return;
    bool other = lang.len && !same_language(lang, request_of(scope)->lang);
    buf_put_z(out, "<div class=\"prose\"");
    if (other) put_attributes(out, lang);
    buf_put_z(out, ">");
    markdown_put(out, text);
    buf_put_z(out, "</div>");
    if (other) put_note(scope, lang, out);
}

static void t_lambda(MustacheScope *scope, Str key, Buf *out)
{
    Request   *req = request_of(scope);
    const Str *names;
    size_t     n = message_arguments(req->site->messages, req->lang, key, &names);
    Json      *args = n ? json_object_make(req->arena) : NULL;
    for (size_t i = 0; i < n; i++) {
        const Json *value = mustache_find(scope, names[i]);
        if (json_is_object(value))
            json_put_text(args, str_z(req->arena, names[i]),
                          text_pick(((Rendering *)mustache_with(scope))->snapshot, value, &(Str){ 0 }));
        else if (value) json_put_value(args, str_z(req->arena, names[i]), (Json *)value);
    }
    buf_put_html(out, say_key(req, key, args));
}

static void put_time(Buf *out, Str machine, Str words)
{
    buf_put_z(out, "<time datetime=\"");
    buf_put_html(out, machine);
    buf_put_z(out, "\">");
    buf_put_html(out, words);
    buf_put_z(out, "</time>");
}

/* A date, or the day of a date-time. */
static bool date_at(MustacheScope *scope, Str path, Date *date, Str *text)
{
    *text = mustache_text(mustache_arena(scope), mustache_find(scope, path));
    if (text->len > 10) *text = str_take_first(*text, 10);
    return date_read(*text, date);
}

static void date_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Date date;
    Str  text;
    if (!date_at(scope, path, &date, &text)) buf_put_html(out, text);
    else put_time(out, text, date_words(mustache_arena(scope), date, DATE_LONG, request_of(scope)->lang));
}

static void range_lambda(MustacheScope *scope, Str paths, Buf *out)
{
    Cut  cut = str_cut(str_trim(paths), ' ');
    Date from = { 0 }, to = { 0 };
    Str  from_text, to_text;
    bool has_from = date_at(scope, cut.head, &from, &from_text),
         has_to = date_at(scope, str_trim(cut.tail), &to, &to_text);
    if (!has_from && !has_to) return;
    if (!has_from) from = (Date){ 0 };
    if (!has_to) to = has_from ? from : (Date){ 0 };
    Str words = date_range_words(mustache_arena(scope), from, to, request_of(scope)->lang);
    put_time(out, has_from ? from_text : to_text, words);
}

static void when_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Str     text = mustache_text(mustache_arena(scope), mustache_find(scope, path));
    int64_t at_ms;
    if (time_read(text, &at_ms)) put_time(out, text, when_words(mustache_arena(scope), at_ms, request_of(scope)->lang));
    else buf_put_html(out, text);
}

static void number_lambda(MustacheScope *scope, Str path, Buf *out)
{
    const Json *value = mustache_find(scope, path);
    if (json_is_number(value))
        buf_put_html(out, number_text(mustache_arena(scope), json_number_value(value), 6, request_of(scope)->lang));
    else buf_put_html(out, mustache_text(mustache_arena(scope), value));
}

static void country_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Arena *a = mustache_arena(scope);
    Str    code = mustache_text(a, mustache_find(scope, path));
    buf_put_html(out, country_name(a, node_country_names(request_of(scope)->node), code, request_of(scope)->lang));
}

static void language_lambda(MustacheScope *scope, Str path, Buf *out)
{
    Arena *a = mustache_arena(scope);
    buf_put_html(out, lang_name(a, mustache_text(a, mustache_find(scope, path)), request_of(scope)->lang));
}

static void json_lambda(MustacheScope *scope, Str path, Buf *out)
{
    const Json *value = mustache_find(scope, path);
    Str         text = value ? json_write(mustache_arena(scope), value) : S("null");
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '<': buf_put_z(out, "\\u003c"); break;
        case '>': buf_put_z(out, "\\u003e"); break;
        case '&': buf_put_z(out, "\\u0026"); break;
        default: buf_put_byte(out, text.at[i]);
        }
    }
}

static void asset_lambda(MustacheScope *scope, Str name, Buf *out)
{
    const Asset *asset = asset_named(request_of(scope)->site->assets, name);
    if (asset) buf_put_html(out, asset->url);
}

static void encode_lambda(MustacheScope *scope, Str text, Buf *out)
{
    buf_put(out, percent_make(mustache_arena(scope), text));
}

static const MustacheRow lambdas[] = {
    { "t", t_lambda },
    { "text", text_lambda },
    { "plain", plain_lambda },
    { "md", md_lambda },
    { "date", date_lambda },
    { "range", range_lambda },
    { "when", when_lambda },
    { "number", number_lambda },
    { "country", country_lambda },
    { "language", language_lambda },
    { "json", json_lambda },
    { "asset", asset_lambda },
    { "encode", encode_lambda },
};

Mustache *render_templates(void)
{
    return mustache_open(lambdas, sizeof lambdas / sizeof *lambdas);
}

bool render_page(Request *req, const Route *route, Str page, const Reply *reply, Buf *out, Err *err)
{
    Rendering r = { .req = req, .snapshot = snapshot_open(req->node, &req->reader, req->lang) };
    ViewWork  w = { .req = req,
                    .snapshot = r.snapshot,
                    .messages = req->site->messages,
                    .record = reply->record,
                    .today = date_of_ms(time_now_ms()) };
    bool      ok = view_build(&w, page, reply->value, err);
    if (ok) {
        page_frame_put(req, route, page, reply->value);
        ok = mustache_render(req->site->templates, req->arena, page, reply->value, &r, out, err);
    }
    snapshot_close(r.snapshot);
    return ok;
}
