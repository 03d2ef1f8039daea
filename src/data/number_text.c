#include "data/number_text.h"

/* Characters, and what each of them is among 0 to 9. */
static const struct {
    const char *others, *plain;
} known[] = {
    { "−－＋", "--+" },
    { "٫．٬，٪％", "..,,%%" },
    { "٠١٢٣٤٥٦٧٨٩", "0123456789" },           /* Arabic */
    { "۰۱۲۳۴۵۶۷۸۹", "0123456789" },           /* of Persian and Urdu */
    { "०१२३४५६७८९", "0123456789" },           /* Devanagari */
    { "০১২৩৪৫৬৭৮৯", "0123456789" },           /* Bengali */
    { "๐๑๒๓๔๕๖๗๘๙", "0123456789" },           /* Thai */
    { "໐໑໒໓໔໕໖໗໘໙", "0123456789" },           /* Lao */
    { "၀၁၂၃၄၅၆၇၈၉", "0123456789" },           /* Burmese */
    { "០១២៣៤៥៦៧៨៩", "0123456789" },           /* Khmer */
    { "０１２３４５６７８９", "0123456789" }, /* full-width */
};
#define KNOWN (sizeof known / sizeof known[0])

static char plain_of(Str character)
{
    for (size_t i = 0; i < KNOWN; i++) {
        Str rest = str_of(known[i].others);
        for (size_t k = 0; rest.len; k++) {
            if (str_starts(rest, character)) return known[i].plain[k];
            rest = str_drop(rest, str_utf8_step(rest));
        }
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

void number_plain_sql(Str sql, Buf *out)
{
    /* The engine looks at each of these characters for each text: not where there are none. */
    buf_putf(out, "CASE WHEN strlen(%.*s) = length(%.*s) THEN %.*s ELSE translate(%.*s, '", STR_ARG(sql), STR_ARG(sql),
             STR_ARG(sql), STR_ARG(sql));
    for (size_t i = 0; i < KNOWN; i++) buf_put_z(out, known[i].others);
    buf_put_z(out, "', '");
    for (size_t i = 0; i < KNOWN; i++) buf_put_z(out, known[i].plain);
    buf_put_z(out, "') END");
}
