/* .bib and .ris: a citation of a dataset's version. */
#include "format/citation.h"

#include "format/page_words.h"
#include "format/writers.h"

/* Words of an address that ask nothing of the rows, or that the citation says itself. */
static bool is_of_page(Str pair)
{
    Cut cut = str_cut(pair, '=');
    return !cut.tail.len || str_eq_z(cut.head, "version") || is_page_word(cut.head);
}

static Str address_of(const FormatWork *work, const Json *value, int64_t version)
{
    Buf *out = buf_open(work->arena);
    Str  rest = work->query;
    buf_put(out, format_item_url(work, value));
    buf_putf(out, "?version=%lld", (long long)version);
    while (rest.len) {
        Cut cut = str_cut(rest, '&');
        rest = cut.tail;
        if (is_of_page(cut.head)) continue;
        buf_put_byte(out, '&');
        buf_put(out, cut.head);
    }
    return buf_str(out);
}

/* The title of the organisation that a link leads to; empty where the reader may not see it. */
static Str linked_title(const Json *value, Str target)
{
    size_t      i;
    const Json *link;
    json_array_foreach(json_get(value, "links"), i, link)
    {
        bool this = str_eq(json_get_text(link, "target"), target) || str_eq(json_get_text(link, "id"), target);
        if (this) return json_get_text(link, "title");
    }
    return STR_NONE;
}

Citation citation_of(const FormatWork *work, const Json *value)
{
    Arena      *a = work->arena;
    const Json *doc = json_get(value, "doc"), *publishers = json_get(doc, "publishers"), *one;
    size_t      i;
    int64_t     at_ms = 0;
    Citation    out = { .title = json_get_text(value, "title"),
                        .version = json_get_integer(value, "version", 1),
                        .accessed = date_of_ms(time_now_ms()),
                        .node = work->node_title.len ? work->node_title : work->node_name,
                        .doi = json_get_text(doc, "doi"),
                        .source = json_get_text(doc, "citation") };
    out.authors = NEW_ARRAY(a, Str, json_array_size(publishers) + 1);
    json_array_foreach(publishers, i, one)
    {
        Str organisation = json_get_text(one, "organisation");
        Str name = organisation.len ? linked_title(value, organisation) : format_text(work, json_get(one, "name"));
        if (name.len) out.authors[out.author_count++] = name;
    }
    out.key = str_format(a, "%.*s-v%lld", STR_ARG(json_get_text(value, "slug")), (long long)out.version);
    if (time_read(json_get_text(value, "updated"), &at_ms)) out.published = date_of_ms(at_ms);
    out.url = address_of(work, value, out.version);
    return out;
}

static Str day_of(Arena *a, Date d, char between)
{
    return str_format(a, "%04d%c%02d%c%02d", d.year, between, d.month, between, d.day);
}

/* ---- BibTeX ---- */

/* Signs that TeX takes for its own are escaped, but in an address, which \url and biblatex take as it is. */
static void tex_put(Buf *out, Str text, bool address)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
        if (address && (c == '{' || c == '}' || c == '\\')) buf_putf(out, "%%%02X", c);
        else if (address) buf_put_byte(out, c);
        else if (c == '\\') buf_put_z(out, "\\textbackslash{}");
        else if (c == '~') buf_put_z(out, "\\textasciitilde{}");
        else if (c == '^') buf_put_z(out, "\\textasciicircum{}");
        else {
            if (c == '{' || c == '}' || c == '&' || c == '%' || c == '$' || c == '#' || c == '_')
                buf_put_byte(out, '\\');
            buf_put_byte(out, c);
        }
    }
}

static void bib_field(Buf *out, const char *name, Str text, bool address)
{
    if (!text.len) return;
    buf_putf(out, ",\n  %s = {", name);
    tex_put(out, text, address);
    buf_put_byte(out, '}');
}

/* @misc, which every style knows; `version` and `urldate` are biblatex's. */
bool bib_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    (void)err;
    Arena   *a = work->arena;
    Citation c = citation_of(work, value);
    buf_putf(out, "@misc{%.*s", STR_ARG(c.key));
    if (c.author_count) buf_put_z(out, ",\n  author = {");
    for (size_t i = 0; i < c.author_count; i++) {
        /* In braces of its own: no first and last name. */
        buf_put_z(out, i ? " and {" : "{");
        tex_put(out, c.authors[i], false);
        buf_put_byte(out, '}');
    }
    if (c.author_count) buf_put_byte(out, '}');
    buf_put_z(out, ",\n  title = {{");
    tex_put(out, c.title, false);
    buf_put_z(out, "}}");
    if (c.published.parts) buf_putf(out, ",\n  year = {%04d}", c.published.year);
    bib_field(out, "publisher", c.node, false);
    buf_putf(out, ",\n  version = {%lld}", (long long)c.version);
    bib_field(out, "doi", c.doi, true);
    bib_field(out, "url", c.url, true);
    bib_field(out, "urldate", day_of(a, c.accessed, '-'), false);
    Str note = str_format(a, "Version %lld%s%.*s", (long long)c.version,
                          c.source.len ? ". Source: " : "", STR_ARG(c.source));
    bib_field(out, "note", note, false);
    buf_put_z(out, "\n}\n");
    return true;
}

/* ---- RIS ---- */

static void ris_field(Buf *out, const char *tag, Str text)
{
    if (!text.len) return;
    buf_putf(out, "%s  - ", tag);
    for (size_t i = 0; i < text.len; i++)
        buf_put_byte(out, text.at[i] == '\n' || text.at[i] == '\r' ? ' ' : text.at[i]);
    buf_put_z(out, "\r\n");
}

bool ris_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    (void)err;
    Arena   *a = work->arena;
    Citation c = citation_of(work, value);
    ris_field(out, "TY", S("DATA"));
    for (size_t i = 0; i < c.author_count; i++) ris_field(out, "AU", c.authors[i]);
    ris_field(out, "TI", c.title);
    if (c.published.parts) {
        ris_field(out, "PY", str_format(a, "%04d", c.published.year));
        ris_field(out, "DA", day_of(a, c.published, '/'));
    }
    ris_field(out, "PB", c.node);
    ris_field(out, "ET", str_format(a, "Version %lld", (long long)c.version));
    ris_field(out, "DO", c.doi);
    ris_field(out, "UR", c.url);
    ris_field(out, "Y2", day_of(a, c.accessed, '/'));
    ris_field(out, "N1", c.source);
    buf_put_z(out, "ER  - \r\n");
    return true;
}
