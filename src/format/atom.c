/* .atom: what is new, as a feed (RFC 4287). */
#include "format/writers.h"

static void element(Buf *out, const char *name, Str text)
{
    buf_putf(out, "<%s>", name);
    buf_put_html(out, text); /* the five characters are the same in XML */
    buf_putf(out, "</%s>\n", name);
}

static void link_put(Buf *out, const char *rel, const char *type, Str href)
{
    buf_putf(out, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
    buf_put_html(out, href);
    buf_put(out, S("\"/>\n"));
}

static Str latest(const Json *value)
{
    Str newest = S("1970-01-01T00:00:00.000Z");
    for (size_t i = 0; i < format_item_count(value); i++) {
        Str at = json_get_text(format_item(value, i), "updated");
        if (str_cmp(at, newest) > 0) newest = at; /* RFC 3339 in UTC sorts as text */
    }
    return newest;
}

static void entry_put(const FormatWork *work, const Json *item, Buf *out)
{
    buf_put(out, S("<entry>\n"));
    element(out, "id", str_join(work->arena, (Str[]){ S("urn:uuid:"), json_get_text(item, "id") }, 2));
    element(out, "title", json_get_text(item, "title"));
    element(out, "updated", json_get_text(item, "updated"));
    link_put(out, "alternate", "text/html", format_item_url(work, item));
    if (json_get_text(item, "summary").len) element(out, "summary", json_get_text(item, "summary"));
    buf_put(out, S("</entry>\n"));
}

bool atom_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    Arena *a = work->arena;
    Str    question = work->query.len ? str_join(a, (Str[]){ S("?"), work->query }, 2) : STR_NONE;
    Str    home = str_eq(work->path, S("/")) ? S("/index") : work->path;
    Str    self = str_join(a, (Str[]){ work->base_url, home, S(".atom"), question }, 4);
    buf_put(out,
            S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\""));
    buf_put_html(out, work->lang);
    buf_put(out, S("\">\n"));
    element(out, "id", self);
    element(out, "title", work->node_title);
    element(out, "updated", latest(value));
    buf_put(out, S("<author>"));
    element(out, "name", work->node_title);
    buf_put(out, S("</author>\n"));
    link_put(out, "self", "application/atom+xml", self);
    link_put(out, "alternate", "text/html", str_join(a, (Str[]){ work->base_url, work->path, question }, 3));
    for (size_t i = 0; i < format_item_count(value); i++) {
        if (arena_full(a)) return fail(err, ERR_TOO_BIG, "the list is too long for one feed");
        entry_put(work, format_item(value, i), out);
    }
    buf_put(out, S("</feed>\n"));
    return true;
}
