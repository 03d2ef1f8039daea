/* BDQ tests of names. No list of all taxa is at hand: what asks for one answers so. */
#include "data/bdq_inside.h"

static void needs_names(Ask *k, bool given)
{
    if (given) bdq_external(k);
    else bdq_internal(k);
}

void bdq_name_found(Ask *k)
{
    needs_names(k, !bdq_empty(k, k->test->term));
}

void bdq_classification_consistent(Ask *k)
{
    needs_names(k, !bdq_empty(k, BDQ_KINGDOM) || !bdq_empty(k, BDQ_PHYLUM) || !bdq_empty(k, BDQ_CLASS) ||
                       !bdq_empty(k, BDQ_ORDER) || !bdq_empty(k, BDQ_SUPERFAMILY) || !bdq_empty(k, BDQ_FAMILY) ||
                       !bdq_empty(k, BDQ_SUBFAMILY) || !bdq_empty(k, BDQ_TRIBE) || !bdq_empty(k, BDQ_SUBTRIBE) ||
                       !bdq_empty(k, BDQ_GENUS));
}

static bool has_name(Ask *k)
{
    return !bdq_empty(k, BDQ_SCIENTIFIC_NAME) || !bdq_empty(k, BDQ_GENERIC_NAME) ||
           !bdq_empty(k, BDQ_SPECIFIC_EPITHET) || !bdq_empty(k, BDQ_INFRASPECIFIC_EPITHET) ||
           !bdq_empty(k, BDQ_SCIENTIFIC_NAME_AUTHORSHIP) || !bdq_empty(k, BDQ_CULTIVAR_EPITHET);
}

void bdq_taxon_unambiguous(Ask *k)
{
    needs_names(k, has_name(k) || !bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID));
}

void bdq_name_id_from_taxon(Ask *k)
{
    needs_names(k, has_name(k) && bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID));
}

void bdq_name_from_id(Ask *k)
{
    needs_names(k, !bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID) && bdq_empty(k, BDQ_SCIENTIFIC_NAME));
}

/* ---- the parts of a name ---- */

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

typedef struct {
    Str genus, species, last; /* last: the epithet below the species; empty without */
} NameParts;

static NameParts name_parts(Str name)
{
    NameParts out = { 0 };
    Str       rest = str_trim(name);
    while (rest.len) {
        Cut cut = str_cut(rest, ' ');
        Str word = str_trim(cut.head);
        rest = cut.tail;
        if (!word.len || str_eq(word, S("×")) || str_eq(word, S("x"))) continue;
        if (!out.genus.len) out.genus = word;
        else if (!is_epithet(word)) continue;
        else if (!out.species.len) out.species = word;
        else out.last = word;
    }
    return out;
}

static bool part_fits(Ask *k, BdqTerm term, Str part)
{
    return bdq_empty(k, term) || str_eq(bdq_value(k, term), part);
}

void bdq_polynomial_consistent(Ask *k)
{
    NameParts parts = name_parts(bdq_value(k, BDQ_SCIENTIFIC_NAME));
    bool      none = bdq_empty(k, BDQ_GENERIC_NAME) && bdq_empty(k, BDQ_SPECIFIC_EPITHET) &&
                bdq_empty(k, BDQ_INFRASPECIFIC_EPITHET);
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME) || none) return bdq_internal(k);
    bdq_comply(k, part_fits(k, BDQ_GENERIC_NAME, parts.genus) && part_fits(k, BDQ_SPECIFIC_EPITHET, parts.species) &&
                      part_fits(k, BDQ_INFRASPECIFIC_EPITHET, parts.last));
}

/* ---- ids ---- */

static bool no_blank(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ') return false;
    return s.len > 0;
}

static bool is_scope(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool more = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '+';
        if (!letter && !(more && i > 0)) return false;
    }
    return s.len > 0;
}

static bool id_complete(Str s)
{
    Cut scope = str_cut(s, ':');
    if (!no_blank(s) || !scope.found || !is_scope(scope.head) || !scope.tail.len) return false;
    if (str_eq_nocase(scope.head, S("urn"))) {
        Cut  nid = str_cut(scope.tail, ':');
        bool lsid = str_eq_nocase(nid.head, S("lsid"));
        Cut  authority = str_cut(nid.tail, ':');
        Cut  names = str_cut(authority.tail, ':');
        if (nid.head.len < 2 || !is_scope(nid.head) || !nid.tail.len) return false;
        return !lsid || (authority.head.len && names.head.len && names.tail.len);
    }
    if (str_starts(scope.tail, S("//"))) {
        Cut path = str_cut(str_drop(scope.tail, 2), '/');
        return path.head.len && path.tail.len;
    }
    /* These prefix the names of terms; an id of a name has none of them for its scope. */
    return !str_eq(scope.head, S("dwc")) && !str_eq(scope.head, S("dc")) && !str_eq(scope.head, S("dcterms"));
}

void bdq_name_id_complete(Ask *k)
{
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID)) return bdq_internal(k);
    bdq_comply(k, id_complete(bdq_value(k, BDQ_SCIENTIFIC_NAME_ID)));
}

void bdq_authority_absent(Ask *k)
{
    bdq_external(k);
}

void bdq_status_assumed(Ask *k)
{
    if (!bdq_empty(k, BDQ_OCCURRENCE_STATUS)) return bdq_internal(k);
    if (!bdq_empty(k, BDQ_INDIVIDUAL_COUNT) || !bdq_empty(k, BDQ_ORGANISM_QUANTITY)) return bdq_not_amended(k);
    bool set = !bdq_empty(k, BDQ_DEFAULT_OCCURRENCE_STATUS);
    bdq_fill(k, BDQ_OCCURRENCE_STATUS, set ? str_trim(bdq_value(k, BDQ_DEFAULT_OCCURRENCE_STATUS)) : S("present"));
}
