/* A list of taxa in memory, as a checklist has them (a Darwin Core Archive of taxa, an extract of the GBIF Backbone):
   by name, by id, and by what stands at each rank. The authority that tests of names ask (data/bdq.h).

   Takes some 300 bytes a taxon; adding is not for several threads, asking is for any. */
#ifndef BANYAN_DATA_TAXA_H
#define BANYAN_DATA_TAXA_H

#include "data/list_read.h"

typedef enum { TAXA_KINGDOM,
               TAXA_PHYLUM,
               TAXA_CLASS,
               TAXA_ORDER,
               TAXA_SUPERFAMILY,
               TAXA_FAMILY,
               TAXA_SUBFAMILY,
               TAXA_TRIBE,
               TAXA_SUBTRIBE,
               TAXA_GENUS,
               TAXA_RANKS } TaxaRank;

typedef enum { TAXON_NOT_SAID,
               TAXON_NO,
               TAXON_YES } TaxonSaid;

typedef struct {
    Str       id;               /* as others would cite it */
    Str       name, authorship; /* name: with or without its authorship, as the list has it */
    Str       rank;             /* "species", whatever the case */
    Str       at[TAXA_RANKS];   /* what it belongs to; empty: not said */
    TaxonSaid marine;
} Taxon;

typedef struct Taxa Taxa;

#define TAXA_MOST 5000000

Taxa  *taxa_make(void);
void   taxa_close(Taxa *taxa);                   /* accepts NULL */
void   taxa_add(Taxa *taxa, const Taxon *taxon); /* copied */
size_t taxa_count(const Taxa *taxa);

/* Whether a name stands at a rank, letter for letter: as a taxon of that rank, or as what another belongs to. */
bool taxa_at_rank(const Taxa *taxa, TaxaRank rank, Str name);
/* Whether all that is said here (empty: nothing) is true of one taxon, seen from the lowest of them that the list has
   at its rank; false when it has none of them. What the list leaves open contradicts nothing. */
bool taxa_agree(const Taxa *taxa, const Str at[TAXA_RANKS]);
/* The taxon of an id, or of the words of a name (taxon_name.h), one after the other: `after` is TAXA_NONE at first.
   TAXA_NONE when there is none or no other. */
#define TAXA_NONE ((size_t)-1)
size_t taxa_by_id(const Taxa *taxa, Str id, size_t after);
size_t taxa_by_name(const Taxa *taxa, Str words, size_t after);
/* One of them; lives as long as the list. */
Taxon taxa_get(const Taxa *taxa, size_t i);

/* A dataset of the node whose columns are terms of Darwin Core, among them scientificName: taxonID (or, where it has
   values, scientificNameID), scientificNameAuthorship, taxonRank, kingdom to genus, isMarine. Fails as list_read, for
   more than TAXA_MOST rows too. Some 6 µs a taxon. */
bool taxa_read(const ListSource *from, Taxa **out, Err *err);

#endif
