/* BDQ tests of controlled vocabularies and licences. */
#include <string.h>

#include "base/buf.h"
#include "data/bdq/inside.h"
#include "text/fold.h"

typedef struct {
    BdqTerm term;
    Str     word, others;
} Word;

static const Word words[] = {
#define BDQ_WORD(term, word, others) { BDQ_##term, S_INIT(word), S_INIT(others) },
#include "data/bdq/words.def"
#undef BDQ_WORD
};
#define WORDS (sizeof words / sizeof words[0])

static Str letters(Arena *a, Str s)
{
    Folded f = fold_make(a, s);
    char  *text = arena_raw(a, 4 * f.n + 1);
    return (Str){ text, units_text(f.at, f.n, text) };
}

/* A label of the vocabulary in another language, as it stands. */
static bool is_label(Str others, Str value)
{
    while (others.len) {
        Cut cut = str_cut(others, '|');
        if (str_starts(cut.head, S("=")) && str_eq(str_drop(cut.head, 1), value)) return true;
        others = cut.tail;
    }
    return false;
}

static const Word *word_exact(BdqTerm term, Str value, bool labels)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (words[i].term != term) continue;
        if (str_eq(words[i].word, value) || (labels && is_label(words[i].others, value))) return &words[i];
    }
    return NULL;
}

static bool is_other(Arena *a, Str others, Str value)
{
    while (others.len) {
        Cut cut = str_cut(others, '|');
        Str other = str_starts(cut.head, S("=")) ? str_drop(cut.head, 1) : cut.head;
        Str folded = letters(a, other);
        /* A sign such as ♀ has no letters. */
        if (folded.len ? str_eq(folded, letters(a, value)) : str_eq(other, str_trim(value))) return true;
        others = cut.tail;
    }
    return false;
}

#define PARTS 6

/* "HumanObservation", "Human obs." to their words, in lower case. */
static size_t parts_of(Arena *a, Str s, Str *out)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= s.len; i++) {
        char c = i < s.len ? s.at[i] : ' ';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
        bool hump = letter && c >= 'A' && c <= 'Z' && i > from && s.at[i - 1] >= 'a' && s.at[i - 1] <= 'z';
        if (letter && !hump) continue;
        if (i > from && n < PARTS) out[n++] = str_lower_ascii(a, (Str){ s.at + from, i - from });
        from = hump ? i : i + 1;
    }
    return n;
}

/* Each word of the value begins, by three letters at least, one of the term's words, in their order: all of them,
   or its last ones in full. */
static bool shortens(Arena *a, Str value, Str word)
{
    Str    v[PARTS], w[PARTS];
    size_t nv = parts_of(a, value, v), nw = parts_of(a, word, w);
    if (nv == 0 || nv > nw) return false;
    size_t skip = nw - nv;
    for (size_t i = 0; i < nv; i++) {
        if (v[i].len < 3 || !str_starts(w[skip + i], v[i])) return false;
        if (skip && !str_eq(w[skip + i], v[i])) return false;
    }
    return true;
}

/* The one word of the vocabulary that the value can mean. */
static const Word *word_meant(Arena *a, BdqTerm term, Str value)
{
    const Word *found = NULL;
    Str         slash = str_cut_last(value, '/').found ? str_cut_last(value, '/').tail : value;
    Str         folded = letters(a, slash);
    for (size_t i = 0; i < WORDS; i++) {
        if (words[i].term != term) continue;
        if (folded.len && str_eq(letters(a, words[i].word), folded)) return &words[i];
        if (is_other(a, words[i].others, value)) return &words[i];
    }
    for (size_t i = 0; i < WORDS; i++) {
        if (words[i].term != term || !shortens(a, value, words[i].word)) continue;
        if (found) return NULL;
        found = &words[i];
    }
    return found;
}

void bdq_word_standard(Ask *k)
{
    BdqTerm term = k->test->term;
    if (bdq_empty(k, term)) return bdq_internal(k);
    bdq_comply(k, word_exact(term, bdq_value(k, term), true) != NULL);
}

void bdq_word_standardized(Ask *k)
{
    BdqTerm term = k->test->term;
    if (bdq_empty(k, term)) return bdq_internal(k);
    const Word *meant = word_meant(k->a, term, bdq_value(k, term));
    if (!meant || word_exact(term, bdq_value(k, term), false)) return bdq_not_amended(k);
    bdq_amend(k, term, meant->word);
}

/* "Holotype of Aus bus | Paratype of …": the first word of each part. */
void bdq_type_status_standard(Ask *k)
{
    Str rest = bdq_value(k, BDQ_TYPE_STATUS);
    if (bdq_empty(k, BDQ_TYPE_STATUS)) return bdq_internal(k);
    for (bool more = true; more;) {
        Cut cut = str_cut(rest, '|');
        if (!word_exact(BDQ_TYPE_STATUS, str_cut(str_trim(cut.head), ' ').head, false)) return bdq_comply(k, false);
        rest = cut.tail;
        more = cut.found;
    }
    bdq_comply(k, true);
}

void bdq_type_status_standardized(Ask *k)
{
    Str  rest = bdq_value(k, BDQ_TYPE_STATUS);
    Buf *out = buf_open(k->a);
    bool changed = false;
    if (bdq_empty(k, BDQ_TYPE_STATUS)) return bdq_internal(k);
    for (bool more = true; more;) {
        Cut         cut = str_cut(rest, '|');
        Cut         first = str_cut(str_trim(cut.head), ' ');
        const Word *meant = word_meant(k->a, BDQ_TYPE_STATUS, first.head);
        if (!meant) return bdq_not_amended(k);
        changed = changed || !str_eq(meant->word, first.head);
        if (out->len) buf_put_z(out, " | ");
        buf_put(out, meant->word);
        if (first.found) buf_putf(out, " %.*s", STR_ARG(first.tail));
        rest = cut.tail;
        more = cut.found;
    }
    if (!changed) return bdq_not_amended(k);
    bdq_amend(k, BDQ_TYPE_STATUS, buf_str(out));
}

/* ---- licences ---- */

static const char *const licences[] = { "by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd" };
#define LICENCES (sizeof licences / sizeof licences[0])

/* What follows ".../4.0/": nothing, or "deed" or "legalcode" with a language. */
static bool licence_end(Str s)
{
    Str rest = str_starts(s, S("legalcode")) ? str_drop(s, 9) : str_starts(s, S("deed")) ? str_drop(s, 4)
                                                                                         : s;
    if (rest.len == 0) return true;
    if (rest.len == s.len || rest.at[0] != '.' || rest.len < 3 || rest.len > 8) return false;
    for (size_t i = 1; i < rest.len; i++)
        if (!((rest.at[i] >= 'a' && rest.at[i] <= 'z') || rest.at[i] == '-')) return false;
    return true;
}

static bool licence_valid(Arena *a, Str s)
{
    Str rest = str_starts(s, S("https://")) ? str_drop(s, 8) : str_starts(s, S("http://")) ? str_drop(s, 7)
                                                                                           : STR_NONE;
    Str zero = S("creativecommons.org/publicdomain/zero/1.0/");
    if (str_starts(rest, zero)) return licence_end(str_drop(rest, zero.len));
    for (size_t i = 0; i < LICENCES; i++) {
        Str path = str_format(a, "creativecommons.org/licenses/%s/4.0/", licences[i]);
        if (str_starts(rest, path)) return licence_end(str_drop(rest, path.len));
    }
    return false;
}

void bdq_license_standard(Ask *k)
{
    if (bdq_empty(k, BDQ_LICENSE)) return bdq_internal(k);
    bdq_comply(k, licence_valid(k->a, bdq_value(k, BDQ_LICENSE)));
}

/* "CC BY-NC 4.0", "cc-by-4.0", "CC0 1.0", the address with "www." or without its end: what names the licence and
   the version. */
static Str licence_meant(Arena *a, Str value)
{
    Str s = letters(a, value);
    Str prefixes[] = { S("httpswww"), S("httpwww"), S("https"), S("http") };
    for (size_t i = 0; i < 4; i++)
        if (str_starts(s, prefixes[i])) {
            s = str_drop(s, prefixes[i].len);
            break;
        }
    if (str_eq(s, S("cc0")) || str_eq(s, S("cc010")) || str_eq(s, S("creativecommonsorgpublicdomainzero10")))
        return S("https://creativecommons.org/publicdomain/zero/1.0/");
    for (size_t i = 0; i < LICENCES; i++) {
        Str name = letters(a, str_of(licences[i]));
        Str forms[] = { str_format(a, "cc%.*s40", STR_ARG(name)), str_format(a, "cc%.*sv40", STR_ARG(name)),
                        str_format(a, "creativecommonsorglicenses%.*s40", STR_ARG(name)) };
        for (size_t j = 0; j < 3; j++)
            if (str_eq(s, forms[j])) return str_format(a, "https://creativecommons.org/licenses/%s/4.0/", licences[i]);
    }
    return STR_NONE;
}

void bdq_license_standardized(Ask *k)
{
    Str value = bdq_value(k, BDQ_LICENSE), meant = licence_meant(k->a, value);
    if (!meant.len || licence_valid(k->a, value)) return bdq_not_amended(k);
    bdq_amend(k, BDQ_LICENSE, meant);
}
