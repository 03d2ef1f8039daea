/* What stands beside a dataset's figures and rows: the glance at its top, how to cite it, the addresses of what is on
   screen. */
#include "format/citation.h"
#include "text/lang.h"
#include "web/ogc.h"
#include "web/rows.h"
#include "web/site.h"
#include "web/view/dataset.h"

#define SOURCES_SHOWN 3

static Str number_words(const ViewWork *w, int64_t n)
{
    return number_text(w->req->arena, (double)n, 0, w->req->lang);
}

/* ---- where to get it ---- */

/* The columns of the answer: their names, types and roles. */
static Column *answer_columns(Arena *a, const Json *value, size_t *n)
{
    const Json *list = json_get(value, "columns");
    *n = json_array_size(list);
    Column *columns = NEW_ARRAY(a, Column, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const Json *from = json_array_get(list, i);
        columns[i] = (Column){ .name = json_get_text(from, "name"), .type = COLUMN_TYPES };
        for (int t = 0; t < COLUMN_TYPES; t++)
            if (str_eq_z(json_get_text(from, "type"), column_type_name((ColumnType)t))) columns[i].type = (ColumnType)t;
        for (int r = 0; r < COLUMN_ROLES; r++)
            if (str_eq_z(json_get_text(from, "role"), column_role_name((ColumnRole)r))) columns[i].role = (ColumnRole)r;
    }
    return columns;
}

/* `url` as it is followed, and `address`, whole and with the version, as it is copied. */
static void address_add(const ViewWork *w, Json *list, Str name, const char *ending, int64_t version)
{
    Arena *a = w->req->arena;
    Json  *one = json_object_make(a);
    Str    query = w->req->raw_query;
    Str    url = str_join(a,
                          (Str[]){ path_encode(a, w->req->path), S("."), str_of(ending),
                                query.len ? S("?") : STR_NONE, query },
                          5);
    bool   said = query_get(w->req, "version").len > 0;
    json_put_text(one, "name", name);
    json_put_text(one, "url", url);
    json_put_text(one, "address",
                  str_join(a,
                           (Str[]){ w->req->site->base_url, url, said ? STR_NONE : query.len ? S("&")
                                                                                             : S("?"),
                                    said ? STR_NONE : str_format(a, "version=%lld", (long long)version) },
                           4));
    json_add_value(list, one);
}

Json *dataset_addresses(const ViewWork *w, const Json *value)
{
    Arena         *a = w->req->arena;
    Json          *list = json_array_make(a);
    const RowsWay *way;
    size_t         n;
    Column        *columns = answer_columns(a, value, &n);
    int64_t        version = json_get_integer(value, "data_version", 1);
    bool           gathered = query_get(w->req, "group").len || query_get(w->req, "aggregate").len;
    bool           placed = geometry_column(columns, n) || (columns_role(columns, n, ROLE_OF_LATITUDE) &&
                                                  columns_role(columns, n, ROLE_OF_LONGITUDE));
    address_add(w, list, S("JSON"), "json", version);
    for (size_t k = 0; (way = rows_way_at(k)); k++) {
        if (way->as == ROWS_AS_GEOJSON && !placed) continue;
        if (way->as == ROWS_AS_DWCA && (gathered || !darwin_core_of(columns, n))) continue;
        address_add(w, list, words(w, str_format(a, "format.%s", way->ending).at), way->ending, version);
    }
    if (placed && !gathered) {
        Json *one = json_object_make(a);
        Str   url = str_join(a,
                             (Str[]){ S(OGC_ROOT "/collections/"),
                                      path_encode(a, json_get_text(value, "slug")) },
                             2);
        json_put_text(one, "name", S("OGC API"));
        json_put_text(one, "url", url);
        json_put_text(one, "address", str_join(a, (Str[]){ w->req->site->base_url, url }, 2));
        json_add_value(list, one);
    }
    return list;
}

/* ---- how to cite ---- */

Json *dataset_cite(const ViewWork *w, const Json *value)
{
    Arena            *a = w->req->arena;
    Json             *out = json_object_make(a);
    Str               query = w->req->raw_query, path = json_get_text(value, "url");
    FormatWork        work = { .arena = a,
                               .kinds = view_kinds(w),
                               .base_url = w->req->site->base_url,
                               .node_name = node_name(w->req->node),
                               .node_title = site_title(w->req->site, w->req->lang),
                               .lang = w->req->lang,
                               .query = query };
    Json             *of = json_object_make(a);
    const char *const kept[] = { "title", "slug", "url", "updated", "doc", "links" };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) json_put_value(of, kept[i], json_get(value, kept[i]));
    json_put_integer(of, "version", json_get_integer(value, "data_version", 1));
    Citation c = citation_of(&work, of);
    json_put_text_if(out, "source", c.source);
    if (c.author_count) json_put_text(out, "authors", str_join_with(a, S("; "), c.authors, c.author_count));
    json_put_text(out, "title", c.title);
    json_put_text(out, "node", c.node);
    json_put_integer(out, "version", c.version);
    json_put_text(out, "url", c.url);
    json_put_text_if(out, "doi", c.doi);
    json_put_text(out, "accessed", date_words(a, c.accessed, DATE_LONG, w->req->lang));
    const char *endings[] = { "bib", "ris" };
    for (size_t i = 0; i < 2; i++)
        json_put_text(out, endings[i],
                      str_join(a,
                               (Str[]){ path, S("."), str_of(endings[i]),
                                        query.len ? S("?") : STR_NONE, query },
                               5));
    return out;
}

/* ---- at a glance ---- */

/* "Some values are withheld or made coarser for others: a, b"; empty without terms. */
static Str terms_words(const ViewWork *w, const Json *doc)
{
    Arena      *a = w->req->arena;
    const Json *terms = json_get(doc, "terms");
    Buf        *names = buf_open(a);
    for (size_t i = 0; i < json_array_size(terms); i++) {
        const Json *columns = json_get(json_array_get(terms, i), "columns");
        for (size_t k = 0; k < json_array_size(columns); k++) {
            if (names->len) buf_put(names, words(w, "text.comma"));
            buf_put(names, json_text(json_array_get(columns, k)));
        }
    }
    return names->len ? words_with(w, "glance.terms", "columns", buf_str(names)) : words(w, "glance.no-terms");
}

/* Who published it, else its sources. */
static Json *from_make(const Json *view, Arena *a)
{
    Json       *out = json_array_make(a);
    const Json *responsible = json_get(view, "responsible"), *sources = json_get(json_get(view, "foot"), "sources");
    for (size_t i = 0; i < json_array_size(responsible); i++) {
        const Json *values = json_get(json_array_get(responsible, i), "values");
        for (size_t k = 0; k < json_array_size(values); k++) json_add_value(out, json_array_get(values, k));
    }
    for (size_t i = 0; i < json_array_size(sources) && i < SOURCES_SHOWN; i++)
        json_add_value(out, json_array_get(sources, i));
    return out;
}

Json *dataset_glance(const ViewWork *w, const Json *doc, const Json *view, const Json *quality, int64_t waiting)
{
    Arena      *a = w->req->arena;
    Json       *out = json_object_make(a);
    const Json *parts = json_get(doc, "parts"), *linked = json_get(view, "linked");
    int64_t     rows = waiting, at_ms;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        Str at = json_get_text(json_array_get(parts, i), "at");
        rows += json_get_integer(json_array_get(parts, i), "rows", 0);
        if (time_read(at, &at_ms)) json_put_text(out, "imported", when_words(a, at_ms, w->req->lang));
    }
    json_put_value(out, "from", from_make(view, a));
    json_put_text_if(out, "licence", json_get_text(doc, "licence"));
    json_put_text(out, "terms", terms_words(w, doc));
    Json *size = json_object_make(a);
    json_put_text(size, "rows", number_words(w, rows));
    json_put_text(size, "columns", number_words(w, (int64_t)json_array_size(json_get(doc, "columns"))));
    json_put_text(out, "size", message(w->messages, a, w->req->lang, S("glance.size"), size));
    json_put_text_if(out, "quality", json_get_text(quality, "flagged"));
    json_put_text_if(out, "aside", json_get_text(quality, "aside"));
    Json *uses = json_array_make(a);
    for (size_t i = 0; i < json_array_size(linked); i++)
        json_add_text(uses, str_join(a,
                                     (Str[]){ json_get_text(json_array_get(linked, i), "label"), S(" "),
                                              json_get_text(json_array_get(linked, i), "total") },
                                     3));
    json_put_value(out, "uses", uses);
    return out;
}
