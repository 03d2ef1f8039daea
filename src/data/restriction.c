/* See restriction.h. */
#include "data/restriction.h"

#include <math.h>
#include <string.h>

static const char *const hows[] = { "withhold", "grid", "month", "year", "suppress" };

static size_t texts_read(Arena *a, const Json *list, Str **out)
{
    size_t n = json_array_size(list);
    *out = NEW_ARRAY(a, Str, n + 1);
    for (size_t i = 0; i < n; i++) (*out)[i] = str_copy(a, json_text(json_array_get(list, i)));
    return n;
}

static RestrictHow how_read(Str text)
{
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        if (str_eq_z(text, hows[i])) return (RestrictHow)i;
    return RESTRICT_WITHHOLD;
}

static Restriction restriction_read(Arena *a, const Json *one)
{
    Str         audience = json_get_text(one, "audience");
    Restriction r = { .how = how_read(json_get_text(one, "how")),
                      .degrees = json_get_number(one, "degrees", 0),
                      .under = json_get_integer(one, "under", 0),
                      .rule = str_copy(a, json_get_text(one, "where")),
                      .audience = audience.len ? str_copy(a, audience) : S("own") };
    r.column_count = texts_read(a, json_get(one, "columns"), &r.columns);
    r.value_count = texts_read(a, json_get(one, "values"), &r.values);
    bool whole = r.how == RESTRICT_GRID ? r.degrees > 0 && r.degrees <= 180 && isfinite(r.degrees)
                                        : r.how != RESTRICT_SUPPRESS || r.under > 1;
    if (!whole) r.how = RESTRICT_WITHHOLD;
    return r;
}

size_t restrictions_for(const Reader *reader, Arena *a, const Json *doc, Str owner, Restriction **out)
{
    const Json *list = json_get(doc, "terms");
    size_t      n = 0;
    *out = NEW_ARRAY(a, Restriction, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Restriction r = restriction_read(a, json_array_get(list, i));
        bool        known = audience_check(r.audience, NULL);
        if (!known || !audience_allows(reader, audience_token(a, r.audience, owner, false))) (*out)[n++] = r;
    }
    return n;
}

RestrictHow restriction_how(const Restriction *r, const Column *column)
{
    bool number = column->type == COLUMN_NUMBER || column->type == COLUMN_INTEGER;
    bool dated = column->type == COLUMN_DATE || column->type == COLUMN_DATETIME || column->type == COLUMN_YEARMONTH;
    bool fits = r->how == RESTRICT_SUPPRESS ? true
                : r->how == RESTRICT_GRID   ? number
                : r->how == RESTRICT_YEAR   ? dated || column->type == COLUMN_YEAR
                                            : dated;
    return fits ? r->how : RESTRICT_WITHHOLD;
}

Str restriction_words(Arena *a, const Restriction *r, const Column *const *columns, size_t n, bool withheld)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < n; i++) {
        RestrictHow how = restriction_how(r, columns[i]);
        if ((how == RESTRICT_WITHHOLD || how == RESTRICT_SUPPRESS) != withheld) continue;
        buf_put_z(out, out->len ? ", " : "");
        buf_put(out, columns[i]->name);
    }
    if (!out->len) return STR_NONE;
    switch (withheld && r->how != RESTRICT_SUPPRESS ? RESTRICT_WITHHOLD : r->how) {
    case RESTRICT_WITHHOLD: buf_put_z(out, ": withheld"); break;
    case RESTRICT_GRID: buf_putf(out, ": the middle of a cell of %.15g degrees", r->degrees); break;
    case RESTRICT_MONTH: buf_put_z(out, ": the month"); break;
    case RESTRICT_YEAR: buf_put_z(out, ": the year"); break;
    case RESTRICT_SUPPRESS:
        buf_putf(out, ": withheld where fewer than %lld rows share them, and in others that hide these",
                 (long long)r->under);
        break;
    }
    return buf_str(out);
}

Str restriction_sentence(Arena *a, const Restriction *r, const Column *columns, size_t n)
{
    const Column **named = NEW_ARRAY(a, const Column *, r->column_count + 1);
    size_t         count = 0;
    Buf           *out = buf_open(a);
    for (size_t i = 0; i < r->column_count; i++) {
        const Column *column = columns_find(columns, n, r->columns[i]);
        if (column) named[count++] = column;
    }
    for (int withheld = 0; withheld < 2; withheld++) {
        Str words = restriction_words(a, r, named, count, withheld);
        if (words.len) buf_putf(out, "%s%.*s", out->len ? "; " : "", STR_ARG(words));
    }
    if (!out->len) return STR_NONE;
    if (r->rule.len) buf_putf(out, "; in rows whose %.*s is ", STR_ARG(r->rule));
    for (size_t i = 0; i < r->value_count && r->rule.len; i++)
        buf_putf(out, "%s%.*s", i == 0 ? "" : i + 1 < r->value_count ? ", "
                                                                     : " or ",
                 STR_ARG(r->values[i].len ? r->values[i] : S("empty")));
    buf_put_byte(out, '.');
    return buf_str(out);
}
