/* .ics: iCalendar (RFC 5545) of what has a start: one all-day VEVENT a record. A date known only to the
   month or year makes no event, for a calendar would show a day nobody named. */
#include "format/writers.h"

#define FOLD_BYTES 75 /* RFC 5545 section 3.1 */

/* One content line, folded between characters. */
static void line_put(Buf *out, Str line)
{
    size_t room = FOLD_BYTES;
    while (line.len > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char)line.at[n] & 0xC0) == 0x80) n--;
        buf_put(out, str_take_first(line, n));
        buf_put(out, S("\r\n "));
        line = str_drop(line, n);
        room = FOLD_BYTES - 1;
    }
    buf_put(out, line);
    buf_put(out, S("\r\n"));
}

static void text_put(const FormatWork *work, Buf *out, const char *name, Str text)
{
    if (!text.len) return;
    Buf *b = buf_open(work->arena);
    buf_put_z(b, name);
    buf_put_byte(b, ':');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '\\' || c == ';' || c == ',') buf_put_byte(b, '\\');
        if (c == '\n') buf_put(b, S("\\n"));
        else if ((unsigned char)c >= ' ') buf_put_byte(b, c);
    }
    line_put(out, buf_str(b));
}

static Str days_text(Arena *a, int days)
{
    Date d = date_of_ms((int64_t)days * 86400000);
    return str_format(a, "%04d%02d%02d", d.year, d.month, d.day);
}

/* RFC 5545 wants UTC as 20261123T183400Z; the value has RFC 3339. */
static Str stamp(Arena *a, Str rfc3339)
{
    Buf *b = buf_open(a);
    for (size_t i = 0; i < rfc3339.len && rfc3339.at[i] != '.'; i++)
        if (rfc3339.at[i] != '-' && rfc3339.at[i] != ':' && rfc3339.at[i] != 'Z') buf_put_byte(b, rfc3339.at[i]);
    buf_put_byte(b, 'Z');
    return buf_str(b);
}

static void event_put(const FormatWork *work, const Json *item, Buf *out)
{
    Arena      *a = work->arena;
    const Kind *kind = kind_find(work->kinds, json_get_text(item, "kind"));
    const Json *doc = json_get(item, "doc");
    Date        start, end;
    if (!format_days(kind, a, doc, &start, &end)) return;
    Str title = json_get_text(item, "title");
    if (!title.len) title = format_text(work, json_at(doc, json_pointer_add(a, STR_NONE, kind->title_field)));
    Str city = format_text(work, json_get(doc, "city"));
    Str where = kind->country_field.len ? json_get_text(doc, str_z(a, kind->country_field)) : STR_NONE;
    Str place[2] = { city, where };
    line_put(out, S("BEGIN:VEVENT"));
    line_put(out, str_join(a, (Str[]){ S("UID:"), json_get_text(item, "id"), S("@"), work->node_name }, 4));
    line_put(out, str_join(a, (Str[]){ S("DTSTAMP:"), stamp(a, json_get_text(item, "updated")) }, 2));
    line_put(out, str_join(a, (Str[]){ S("DTSTART;VALUE=DATE:"), days_text(a, date_days(start)) }, 2));
    line_put(out, str_join(a, (Str[]){ S("DTEND;VALUE=DATE:"), days_text(a, date_days(end) + 1) }, 2));
    text_put(work, out, "SUMMARY", title);
    text_put(work, out, "DESCRIPTION", json_get_text(item, "summary"));
    if (city.len || where.len)
        text_put(work, out, "LOCATION", !where.len ? city : !city.len ? where
                                                                      : str_join_with(a, S(", "), place, 2));
    line_put(out, str_join(a, (Str[]){ S("URL:"), format_item_url(work, item) }, 2));
    line_put(out, S("END:VEVENT"));
}

bool ics_write(const FormatWork *work, const Json *value, Buf *out, Err *err)
{
    Date first, last;
    if (!json_get(value, "items") && !format_days(kind_find(work->kinds, json_get_text(value, "kind")), work->arena,
                                                  json_get(value, "doc"), &first, &last))
        return fail(err, ERR_NOT_FOUND, "this record says no day");
    line_put(out, S("BEGIN:VCALENDAR"));
    line_put(out, S("VERSION:2.0"));
    line_put(out, S("PRODID:-//Banyan//Banyan//EN"));
    line_put(out, S("CALSCALE:GREGORIAN"));
    text_put(work, out, "X-WR-CALNAME", work->node_title);
    const Json *item;
    FormatWalk  walk = format_walk(work, value, out);
    while (format_next(&walk, &item, err)) {
        if (!item) {
            line_put(out, S("END:VCALENDAR"));
            return true;
        }
        event_put(&walk.work, item, out);
    }
    return false;
}
