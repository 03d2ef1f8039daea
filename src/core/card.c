/* Cards: what a list, a link or a facet shows of a face. A card is lines "T<lang>\t<text>" for the
   title, "S…" for the summary, "C\t<code>" for a title that is a country's code. */
#include <string.h>

#include "core/projection.h"

#define SUMMARY_MAX_BYTES 360

/* Cut before the character that would pass `max`, at white space when there is some near. */
static Str shortened(Str text, size_t max, bool *cut)
{
    *cut = text.len > max;
    if (!*cut) return text;
    size_t n = max;
    while (n > 0 && ((unsigned char)text.at[n] & 0xC0) == 0x80) n--;
    for (size_t back = n; back + 40 > n && back > 0; back--)
        if (text.at[back] == ' ') {
            n = back;
            break;
        }
    return str_take_first(text, n);
}

static void put_line(Buf *out, char what, Str lang, Str text, size_t max)
{
    bool cut;
    text = str_trim(text);
    if (!text.len) return;
    text = shortened(text, max, &cut);
    buf_put_byte(out, what);
    buf_put(out, lang);
    buf_put_byte(out, '\t');
    char *at = buf_grow(out, text.len);
    for (size_t i = 0; i < text.len; i++) at[i] = (unsigned char)text.at[i] < ' ' ? ' ' : text.at[i];
    if (cut) buf_put_z(out, "…");
    buf_put_byte(out, '\n');
}

static void put_field(Arena *a, Buf *out, const Kind *kind, const Json *doc, Str path, char what, size_t max)
{
    FieldValue *values;
    size_t      n = path.len ? kind_values(kind, a, doc, path, &values) : 0;
    if (!n) return;
    Json *value = values[0].value;
    if (values[0].field->type == FIELD_COUNTRY) {
        put_line(out, what == 'T' ? 'C' : what, S(""), json_text(value), max);
    } else if (json_is_object(value)) {
        const char *lang;
        Json       *text;
        json_object_foreach(value, lang, text) put_line(out, what, str_of(lang), json_text(text), max);
    } else if (json_is_string(value)) {
        put_line(out, what, S(""), json_text(value), max);
    }
}

Str card_make(Arena *a, const Kind *kind, const Json *doc)
{
    Buf *out = buf_open(a);
    put_field(a, out, kind, doc, kind->title_field, 'T', 2000);
    put_field(a, out, kind, doc, kind->summary_field, 'S', SUMMARY_MAX_BYTES);
    return buf_str(out);
}

size_t card_texts(Arena *a, Str card, char what, CardText **out)
{
    size_t n = 0, room = 0;
    for (Str rest = card; rest.len; rest = str_cut(rest, '\n').tail) room += rest.at[0] == what;
    *out = NEW_ARRAY(a, CardText, room);
    for (Str rest = card; rest.len && n < room;) {
        Cut line = str_cut(rest, '\n');
        if (line.head.len && line.head.at[0] == what) {
            Cut parts = str_cut(str_drop(line.head, 1), '\t');
            (*out)[n++] = (CardText){ parts.head, parts.tail };
        }
        rest = line.tail;
    }
    return n;
}

static Str primary(Str lang)
{
    return str_cut(lang, '-').head;
}

static size_t find_lang(Str wanted, const Str *have, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(have[i], wanted)) return i;
    for (Cut cut = str_cut_last(wanted, '-'); cut.found; cut = str_cut_last(cut.head, '-'))
        for (size_t i = 0; i < n; i++)
            if (str_eq_nocase(have[i], cut.head)) return i;
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(primary(have[i]), primary(wanted))) return i;
    return n;
}

size_t lang_pick(Str lang, const Str *node_langs, size_t node_lang_count, const Str *have, size_t n)
{
    size_t at = lang.len ? find_lang(lang, have, n) : n;
    for (size_t i = 0; at == n && i < node_lang_count; i++) at = find_lang(node_langs[i], have, n);
    return at == n && n > 0 ? 0 : at;
}
