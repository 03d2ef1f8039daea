#include "data/number_text.h"

/* Code points of 0 where the ten digits stand in a row. */
static const uint32_t zeros[] = { 0x0660,   /* Arabic */
                                  0x06F0,   /* of Persian and Urdu */
                                  0x0966,   /* Devanagari */
                                  0x09E6,   /* Bengali */
                                  0x0E50,   /* Thai */
                                  0x0ED0,   /* Lao */
                                  0x1040,   /* Burmese */
                                  0x17E0,   /* Khmer */
                                  0xFF10 }; /* full-width */
#define ZEROS (sizeof zeros / sizeof *zeros)

/* Other signs of numbers, and what each is in ASCII. */
static const char signs[] = "−－＋٫．٬，٪％", plain_signs[] = "--+..,,%%";

int number_other_digit(Str text, size_t *step)
{
    const uint8_t *b = (const uint8_t *)text.at;
    *step = str_utf8_step(text);
    if (*step < 2 || *step > 3) return -1;
    uint32_t c = *step == 2 ? (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu)
                            : (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
    for (size_t i = 0; i < ZEROS; i++)
        if (c >= zeros[i] && c < zeros[i] + 10) return (int)(c - zeros[i]);
    return -1;
}

static char plain_of(Str character)
{
    size_t step;
    int    digit = number_other_digit(character, &step);
    if (digit >= 0) return (char)('0' + digit);
    Str rest = str_of(signs);
    for (size_t k = 0; rest.len; k++) {
        if (str_starts(rest, character)) return plain_signs[k];
        rest = str_drop(rest, str_utf8_step(rest));
    }
    return 0;
}

Str number_plain(Arena *a, Str text)
{
    size_t ascii = 0;
    while (ascii < text.len && (unsigned char)text.at[ascii] < 0x80) ascii++;
    if (ascii == text.len) return text;
    Buf *out = buf_open(a);
    while (text.len) {
        size_t step = str_utf8_step(text);
        Str    character = str_take_first(text, step ? step : 1);
        char   plain = step > 1 ? plain_of(character) : 0;
        if (plain) buf_put_byte(out, plain);
        else buf_put(out, character);
        text = str_drop(text, character.len);
    }
    return buf_str(out);
}

/* Of two or three bytes. */
static void put_character(uint32_t c, Buf *out)
{
    if (c < 0x800) buf_put_byte(out, (char)(0xC0 | c >> 6));
    if (c >= 0x800) buf_put_byte(out, (char)(0xE0 | c >> 12));
    if (c >= 0x800) buf_put_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
    buf_put_byte(out, (char)(0x80 | (c & 0x3F)));
}

void number_plain_sql(Str sql, Buf *out)
{
    /* The engine looks at each of these characters for each text: not where there are none. */
    buf_putf(out, "CASE WHEN strlen(%.*s) = length(%.*s) THEN %.*s ELSE translate(%.*s, '", STR_ARG(sql), STR_ARG(sql),
             STR_ARG(sql), STR_ARG(sql));
    buf_put_z(out, signs);
    for (size_t i = 0; i < ZEROS; i++)
        for (uint32_t c = zeros[i]; c < zeros[i] + 10; c++) put_character(c, out);
    buf_putf(out, "', '%s", plain_signs);
    for (size_t i = 0; i < ZEROS; i++) buf_put_z(out, "0123456789");
    buf_put_z(out, "') END");
}
