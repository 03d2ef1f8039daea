#include "web/sent_name.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                                               : -1;
}

/* The byte that "%41" is; below 0: none. */
static int percent_byte(Str s)
{
    if (s.len < 3 || s.at[0] != '%' || hex_digit(s.at[1]) < 0 || hex_digit(s.at[2]) < 0) return -1;
    return hex_digit(s.at[1]) * 16 + hex_digit(s.at[2]);
}

/* UTF-8''na%C3%AFve.csv (RFC 8187, 3.2.1); empty for another character set. */
static Str extended(Arena *a, Str value)
{
    Cut    set = str_cut(value, '\''), language = str_cut(set.tail, '\'');
    bool   latin = str_eq_nocase(set.head, S("ISO-8859-1"));
    char  *to = arena_raw(a, 2 * language.tail.len + 1);
    size_t n = 0;
    if (!language.found || (!latin && !str_eq_nocase(set.head, S("UTF-8")))) return STR_NONE;
    for (size_t i = 0; i < language.tail.len; i++) {
        int           coded = percent_byte(str_drop(language.tail, i));
        unsigned char b = (unsigned char)(coded < 0 ? language.tail.at[i] : coded);
        i += coded < 0 ? 0 : 2;
        if (latin && b >= 0x80) {
            to[n++] = (char)(0xc0 | b >> 6);
            b = 0x80 | (b & 0x3f);
        }
        to[n++] = (char)b;
    }
    to[n] = 0;
    return (Str){ to, n };
}

/* A token or a quoted-string; `*rest` begins behind its ";". */
static Str value_take(Arena *a, Str *rest)
{
    Str    s = str_trim(*rest);
    char  *to = arena_raw(a, s.len + 1);
    size_t n = 0, i = 1;
    if (!str_starts(s, S("\""))) {
        Cut cut = str_cut(s, ';');
        *rest = cut.tail;
        return str_trim(cut.head);
    }
    for (; i < s.len && s.at[i] != '"'; i++) {
        i += s.at[i] == '\\' && i + 1 < s.len;
        to[n++] = s.at[i];
    }
    to[n] = 0;
    *rest = str_cut(str_drop(s, i + 1), ';').tail;
    return (Str){ to, n };
}

Str sent_name_said(Arena *a, Str header)
{
    Str plain = STR_NONE, rest = str_cut(header, ';').tail;
    while (rest.len) {
        Cut pair = str_cut(rest, '=');
        Str name = str_trim(pair.head);
        rest = pair.tail;
        if (!pair.found) break;
        Str value = value_take(a, &rest);
        if (str_eq_nocase(name, S("filename*"))) {
            Str decoded = extended(a, value);
            if (decoded.len) return decoded;
        } else if (str_eq_nocase(name, S("filename")) && !plain.len) {
            plain = value;
        }
    }
    return plain;
}

static Str from_form_text(Arena *a, Str given)
{
    char  *to = arena_raw(a, given.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < given.len; i++) {
        int  byte = percent_byte(str_drop(given, i));
        bool written = byte == '"' || byte == '\r' || byte == '\n';
        to[n++] = written ? (char)byte : given.at[i];
        i += written ? 2 : 0;
    }
    to[n] = 0;
    return (Str){ to, n };
}

Str sent_name_make(Arena *a, Str given, bool from_form)
{
    if (from_form) given = from_form_text(a, given);
    Cut    slash = str_cut_last(given, '/');
    Str    part = slash.found ? slash.tail : given;
    Cut    back = str_cut_last(part, '\\');
    Str    name = str_trim(back.found ? back.tail : part);
    char  *to = arena_raw(a, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < SENT_NAME_MAX; i++)
        if ((unsigned char)name.at[i] >= 0x20 && name.at[i] != 0x7f) to[n++] = name.at[i];
    while (n && !str_is_utf8((Str){ to, n })) n--; /* cut within a character */
    to[n] = 0;
    name = str_trim((Str){ to, n });
    return name.len ? name : S("file");
}
