/* Darwin Core Archives out (http://rs.tdwg.org/dwc/text/): a dataset whose columns are called by terms of Darwin
   Core, as meta.xml, eml.xml and one table of tab-separated text. The way in is data/dwca.h.

   The table is a core: of occurrences where there is an occurrenceID, of events where there is an eventID, of
   taxa where there is a taxonID; else of occurrences where basisOfRecord stands beside scientificName.
   Columns that no term names go along under an address of the dataset's own. */
#ifndef BANYAN_FORMAT_DARWIN_CORE_H
#define BANYAN_FORMAT_DARWIN_CORE_H

#include "base/json.h"
#include "data/column.h"

typedef struct {
    const char *row_type; /* address of the class */
    const char *file;     /* "occurrence.txt" */
    const char *id;       /* the column that is the id; NULL: the one of that role, or none */
} DarwinCore;

/* NULL when the columns are of no core. */
const DarwinCore *darwin_core_of(const Column *columns, size_t n);

Str darwin_core_meta(Arena *a, const DarwinCore *core, const Column *columns, size_t n, Str dataset_url);

/* What EML 2.2.0 (https://eml.ecoinformatics.org) says of the dataset; what is empty is left out. */
typedef struct {
    Str         url, id, doi, published; /* published: a day */
    const Json *title, *description;     /* language maps */
    Str         title_fallback;
    const Str  *creators; /* names of organisations; at least one */
    size_t      creator_count;
    Str         licence, licence_url, citation, keyword;
    const Str  *terms; /* sentences of what was generalised or withheld for this reader */
    size_t      term_count;
    bool        placed;
    double      west, south, east, north;
    Str         from, to; /* days */
} DarwinCoreAbout;
Str darwin_core_eml(Arena *a, const DarwinCoreAbout *about);

/* A row's next cell: what would end it is a space. */
void darwin_core_put(Buf *out, Str cell);

#endif
