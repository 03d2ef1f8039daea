/* A scientific name taken apart: "Abies balsamea var. phanerolepis Fernald" is the words abies balsamea phanerolepis
   and the authorship Fernald. Names of hybrids, with a subgenus or with authors before the last epithet are read as
   well. */
#ifndef BANYAN_DATA_TAXON_NAME_H
#define BANYAN_DATA_TAXON_NAME_H

#include "base/str.h"

typedef struct {
    Str genus, species, last; /* views of the text; last: the epithet below the species; empty without */
    Str authorship;           /* what follows the last epithet, or the genus of a name of one word */
} TaxonName;

TaxonName taxon_name_read(Str name);
/* Genus and epithets with one blank between them, in `a`. */
Str taxon_name_words(Arena *a, const TaxonName *name);
/* Whether two authorships can be of the same authors: letters and years equal, whatever the brackets; a word with a
   point at its end stands for any that begins so ("(L., 1822)", "(Lamarck, 1822)"). */
bool taxon_authors_same(Str x, Str y);

#endif
