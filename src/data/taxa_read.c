/* Taxa from a dataset of the node. */
#include "data/taxa.h"

enum { ID,
       NAME_ID,
       NAME,
       AUTHORSHIP,
       RANK,
       MARINE,
       FIRST_RANK,
       TERMS = FIRST_RANK + TAXA_RANKS };
static const ListColumn terms[TERMS] = { { .names = "taxonID" },
                                         { .names = "scientificNameID" },
                                         { .names = "scientificName", .needed = true },
                                         { .names = "scientificNameAuthorship" },
                                         { .names = "taxonRank" },
                                         { .names = "isMarine" },
                                         { .names = "kingdom" },
                                         { .names = "phylum" },
                                         { .names = "class" },
                                         { .names = "order" },
                                         { .names = "superfamily" },
                                         { .names = "family" },
                                         { .names = "subfamily" },
                                         { .names = "tribe" },
                                         { .names = "subtribe" },
                                         { .names = "genus" } };

static TaxonSaid said(Str text)
{
    if (str_eq_nocase(text, S("true")) || str_eq_z(text, "1")) return TAXON_YES;
    if (str_eq_nocase(text, S("false")) || str_eq_z(text, "0")) return TAXON_NO;
    return TAXON_NOT_SAID;
}

static void row_add(void *taxa, const ListSource *from, Arena *once, const Str *values)
{
    Taxon taxon = { .id = values[NAME_ID].len ? values[NAME_ID] : values[ID],
                    .name = values[NAME],
                    .authorship = values[AUTHORSHIP],
                    .rank = values[RANK],
                    .marine = said(values[MARINE]) };
    if (taxon.id.len && !str_has(taxon.id, S(":"))) taxon.id = str_join(once, (Str[]){ from->prefix, taxon.id }, 2);
    for (int i = 0; i < TAXA_RANKS; i++) taxon.at[i] = values[FIRST_RANK + i];
    taxa_add(taxa, &taxon);
}

bool taxa_read(const ListSource *from, Taxa **out, Err *err)
{
    static const ListForm form = { "taxa", terms, TERMS, TAXA_MOST, row_add };
    Taxa                 *taxa = taxa_make();
    bool                  ok = list_read(from, &form, taxa, err);
    if (ok) *out = taxa;
    else taxa_close(taxa);
    return ok;
}
