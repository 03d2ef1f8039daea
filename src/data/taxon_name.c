/* See taxon_name.h. Words are told by how they are written: an epithet is in small letters and no particle. */
#include "data/taxon_name.h"

static bool is_rank_or_particle(Str word)
{
    static const char *const others[] = { "subsp.", "ssp.", "var.", "subvar.", "f.", "fo.", "forma", "subf.", "cv.",
                                          "aff.", "cf.", "nothosubsp.", "nothovar.", "sp.", "spp.", "agg.", "ex",
                                          "et", "in", "and", "de", "la", "van", "von", "der", "den", "du", "des",
                                          "bis", "fil.", "auct.", "non", "sensu", "nec", "emend.", "hort.", "x", "×" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_eq_nocase(word, str_of(others[i]))) return true;
    return false;
}

static bool is_epithet(Str word)
{
    if (word.len < 2 || is_rank_or_particle(word)) return false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.at[i];
        if (!((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80 || (c == '-' && i > 0))) return false;
    }
    return true;
}

/* "(Chicoreus)" between genus and species; "(Lamarck," and "(L.)" are authors. */
static bool is_subgenus(Str word, Str rest)
{
    if (word.len < 4 || word.at[0] != '(' || word.at[word.len - 1] != ')' || word.at[word.len - 2] == '.') return false;
    return is_epithet(str_cut(str_trim(rest), ' ').head);
}

TaxonName taxon_name_read(Str name)
{
    TaxonName out = { 0 };
    Str       whole = str_trim(name), rest = whole;
    while (rest.len) {
        Cut cut = str_cut(rest, ' ');
        Str word = str_trim(cut.head);
        rest = cut.tail;
        if (!word.len || str_eq(word, S("×")) || str_eq(word, S("x"))) continue;
        if (!out.genus.len) out.genus = word;
        else if (!out.species.len && is_subgenus(word, rest)) continue;
        else if (!is_epithet(word)) continue;
        else if (!out.species.len) out.species = word;
        else out.last = word;
        out.authorship = rest;
    }
    out.authorship = str_trim(out.authorship);
    return out;
}

Str taxon_name_words(Arena *a, const TaxonName *name)
{
    Str    parts[3] = { name->genus, name->species, name->last };
    size_t n = name->last.len ? 3 : name->species.len ? 2
                                                      : 1;
    return str_join_with(a, S(" "), parts, n);
}

/* The next word of letters or digits, with the point that follows it; empty at the end. */
static Str author_next(Str *rest)
{
    size_t from = 0, to;
    while (from < rest->len && !((unsigned char)rest->at[from] >= 0x80 ||
                                 (rest->at[from] >= '0' && rest->at[from] <= '9') ||
                                 ((rest->at[from] | 32) >= 'a' && (rest->at[from] | 32) <= 'z')))
        from++;
    for (to = from; to < rest->len; to++) {
        char c = rest->at[to];
        if (c == '.') {
            to++;
            break;
        }
        if (c == ' ' || c == ',' || c == '(' || c == ')' || c == '&' || c == ';') break;
    }
    Str word = str_take_first(str_drop(*rest, from), to - from);
    *rest = str_drop(*rest, to);
    return word;
}

static bool stands_for(Str shorter, Str longer)
{
    if (!str_ends(shorter, S("."))) return str_eq_nocase(shorter, longer);
    Str start = str_take_first(shorter, shorter.len - 1);
    return start.len <= longer.len && str_eq_nocase(start, str_take_first(longer, start.len));
}

bool taxon_authors_same(Str x, Str y)
{
    for (;;) {
        Str one = author_next(&x), other = author_next(&y);
        if (!one.len || !other.len) return one.len == other.len;
        if (!stands_for(one, other) && !stands_for(other, one)) return false;
    }
}
