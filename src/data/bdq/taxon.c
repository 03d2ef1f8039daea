/* BDQ tests of names. Without a list of taxa (data/taxa.h) what asks for one answers so. */
#include "data/bdq/inside.h"
#include "data/taxon_name.h"

/* ---- names at a rank ---- */

static const struct {
    BdqTerm  term;
    TaxaRank rank;
} ranks[] = {
    { BDQ_KINGDOM, TAXA_KINGDOM },
    { BDQ_PHYLUM, TAXA_PHYLUM },
    { BDQ_CLASS, TAXA_CLASS },
    { BDQ_ORDER, TAXA_ORDER },
    { BDQ_SUPERFAMILY, TAXA_SUPERFAMILY },
    { BDQ_FAMILY, TAXA_FAMILY },
    { BDQ_SUBFAMILY, TAXA_SUBFAMILY },
    { BDQ_TRIBE, TAXA_TRIBE },
    { BDQ_SUBTRIBE, TAXA_SUBTRIBE },
    { BDQ_GENUS, TAXA_GENUS },
};
#define RANKS (sizeof ranks / sizeof ranks[0])

void bdq_name_found(Ask *k)
{
    if (bdq_empty(k, k->test->term)) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    for (size_t i = 0; i < RANKS; i++)
        if (ranks[i].term == k->test->term)
            bdq_comply(k, taxa_at_rank(k->list.taxa, ranks[i].rank, bdq_value(k, k->test->term)));
}

/* What the record says of each rank; false: nothing at all. */
static bool classification(const Ask *k, Str at[TAXA_RANKS])
{
    bool any = false;
    for (size_t i = 0; i < RANKS; i++) {
        at[ranks[i].rank] = bdq_empty(k, ranks[i].term) ? STR_NONE : str_trim(bdq_value(k, ranks[i].term));
        any = any || at[ranks[i].rank].len;
    }
    return any;
}

void bdq_classification_consistent(Ask *k)
{
    Str at[TAXA_RANKS];
    if (!classification(k, at)) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    bdq_comply(k, taxa_agree(k->list.taxa, at));
}

/* ---- one taxon ---- */

static bool has_name(Ask *k)
{
    return !bdq_empty(k, BDQ_SCIENTIFIC_NAME) || !bdq_empty(k, BDQ_GENERIC_NAME) ||
           !bdq_empty(k, BDQ_SPECIFIC_EPITHET) || !bdq_empty(k, BDQ_INFRASPECIFIC_EPITHET) ||
           !bdq_empty(k, BDQ_SCIENTIFIC_NAME_AUTHORSHIP) || !bdq_empty(k, BDQ_CULTIVAR_EPITHET);
}

static Str given(const Ask *k, BdqTerm term)
{
    return bdq_empty(k, term) ? STR_NONE : str_trim(bdq_value(k, term));
}

/* The scientific name, else its parts put together. */
static TaxonName name_given(const Ask *k)
{
    TaxonName name = taxon_name_read(bdq_value(k, BDQ_SCIENTIFIC_NAME));
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME)) {
        name = (TaxonName){ given(k, BDQ_GENERIC_NAME), given(k, BDQ_SPECIFIC_EPITHET),
                            given(k, BDQ_INFRASPECIFIC_EPITHET), STR_NONE };
    }
    if (!bdq_empty(k, BDQ_SCIENTIFIC_NAME_AUTHORSHIP)) name.authorship = given(k, BDQ_SCIENTIFIC_NAME_AUTHORSHIP);
    return name;
}

static bool said_same(Str list, Str record)
{
    return !list.len || !record.len || str_eq_nocase(list, record);
}

/* What else the record says of the taxon, where the list says it too. */
static bool fits_record(const Ask *k, const Taxon *taxon)
{
    Str at[TAXA_RANKS];
    classification(k, at);
    for (int i = 0; i < TAXA_RANKS; i++)
        if (!said_same(taxon->at[i], at[i])) return false;
    return said_same(taxon->rank, given(k, BDQ_TAXON_RANK)) && said_same(taxon->id, given(k, BDQ_TAXON_ID));
}

typedef struct {
    size_t found; /* how many taxa; `taxon` is the only one */
    Taxon  taxon;
} Match;

typedef enum { ANY_AUTHOR,
               SAME_AUTHOR,
               SAME_AUTHOR_AND_PLACE } Narrow;

static Match match_narrowed(const Ask *k, const TaxonName *name, Str words, Narrow narrow)
{
    Match out = { 0 };
    for (size_t i = taxa_by_name(k->list.taxa, words, TAXA_NONE); i != TAXA_NONE;
         i = taxa_by_name(k->list.taxa, words, i)) {
        Taxon taxon = taxa_get(k->list.taxa, i);
        if (narrow >= SAME_AUTHOR && name->authorship.len && !taxon_authors_same(taxon.authorship, name->authorship))
            continue;
        if (narrow == SAME_AUTHOR_AND_PLACE && !fits_record(k, &taxon)) continue;
        if (!out.found++) out.taxon = taxon;
    }
    return out;
}

/* By name and author; what several taxa have is narrowed by what else the record says. */
static Match match_name(const Ask *k)
{
    TaxonName name = name_given(k);
    Str       words = taxon_name_words(k->a, &name);
    Match     match = match_narrowed(k, &name, words, SAME_AUTHOR);
    return match.found > 1 ? match_narrowed(k, &name, words, SAME_AUTHOR_AND_PLACE) : match;
}

/* The addresses of GBIF's taxa and "gbif:", as the specification has it, are the same. */
static Str id_plain(Arena *a, Str id)
{
    static const char *const forms[] = { "https://api.gbif.org/v1/species/", "http://api.gbif.org/v1/species/",
                                         "https://www.gbif.org/species/", "http://www.gbif.org/species/" };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (str_starts(id, str_of(forms[i])))
            return str_join(a, (Str[]){ S("gbif:"), str_drop(id, str_of(forms[i]).len) }, 2);
    return id;
}

static Match match_id(const Ask *k)
{
    Match out = { 0 };
    Str   id = id_plain(k->a, str_trim(bdq_value(k, BDQ_SCIENTIFIC_NAME_ID)));
    for (size_t i = taxa_by_id(k->list.taxa, id, TAXA_NONE); i != TAXA_NONE; i = taxa_by_id(k->list.taxa, id, i))
        if (!out.found++) out.taxon = taxa_get(k->list.taxa, i);
    return out;
}

void bdq_scientific_name_found(Ask *k)
{
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME)) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    TaxonName name = taxon_name_read(bdq_value(k, BDQ_SCIENTIFIC_NAME));
    bdq_comply(k, match_narrowed(k, &name, taxon_name_words(k->a, &name), SAME_AUTHOR).found > 0);
}

void bdq_taxon_unambiguous(Ask *k)
{
    bool by_id = !bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID);
    if (!has_name(k) && !by_id) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    bdq_comply(k, (by_id ? match_id(k) : match_name(k)).found == 1);
}

void bdq_name_id_from_taxon(Ask *k)
{
    if (!has_name(k) || !bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID)) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    Match match = match_name(k);
    if (match.found != 1 || !match.taxon.id.len) return bdq_not_amended(k);
    bdq_fill(k, BDQ_SCIENTIFIC_NAME_ID, match.taxon.id);
}

void bdq_name_from_id(Ask *k)
{
    if (bdq_empty(k, BDQ_SCIENTIFIC_NAME_ID) || !bdq_empty(k, BDQ_SCIENTIFIC_NAME)) return bdq_internal(k);
    if (!k->list.taxa) return bdq_external(k);
    Match match = match_id(k);
    if (match.found != 1 || !match.taxon.name.len) return bdq_not_amended(k);
    Str name = match.taxon.name, authorship = match.taxon.authorship;
    if (authorship.len && !str_ends(name, authorship))
        name = str_join_with(k->a, S(" "), (Str[]){ name, authorship }, 2);
    bdq_fill(k, BDQ_SCIENTIFIC_NAME, name);
}

TaxonSaid bdq_is_marine(const Ask *k, const Taxa *taxa)
{
    TaxonSaid out = TAXON_NOT_SAID;
    Ask       asked = *k;
    asked.list.taxa = (Taxa *)taxa;
    TaxonName name = name_given(k);
    Str       words = taxon_name_words(k->a, &name);
    for (size_t i = taxa_by_name(taxa, words, TAXA_NONE); i != TAXA_NONE; i = taxa_by_name(taxa, words, i)) {
        Taxon taxon = taxa_get(taxa, i);
        if (name.authorship.len && !taxon_authors_same(taxon.authorship, name.authorship)) continue;
        if (!fits_record(&asked, &taxon) || taxon.marine == TAXON_NOT_SAID) continue;
        if (out != TAXON_NOT_SAID && out != taxon.marine) return TAXON_NOT_SAID;
        out = taxon.marine;
    }
    return out;
}

/* ---- the parts of a name ---- */

static bool part_fits(Ask *k, BdqTerm term, Str part)
{
    return bdq_empty(k, term) || str_eq(bdq_value(k, term), part);
}

void bdq_polynomial_consistent(Ask *k)
{
    TaxonName parts = taxon_name_read(bdq_value(k, BDQ_SCIENTIFIC_NAME));
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

void bdq_status_assumed(Ask *k)
{
    if (!bdq_empty(k, BDQ_OCCURRENCE_STATUS)) return bdq_internal(k);
    if (!bdq_empty(k, BDQ_INDIVIDUAL_COUNT) || !bdq_empty(k, BDQ_ORGANISM_QUANTITY)) return bdq_not_amended(k);
    bool set = !bdq_empty(k, BDQ_DEFAULT_OCCURRENCE_STATUS);
    bdq_fill(k, BDQ_OCCURRENCE_STATUS, set ? str_trim(bdq_value(k, BDQ_DEFAULT_OCCURRENCE_STATUS)) : S("present"));
}
