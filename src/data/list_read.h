/* A list that a dataset of the node gives, read row by row as texts: taxa, provinces, centres, annotations. */
#ifndef BANYAN_DATA_LIST_READ_H
#define BANYAN_DATA_LIST_READ_H

#include "data/data.h"

/* Which dataset, as whom it is read, and what goes before ids in it that do not say of themselves whose they are
   ("gbif:" before the numbers of the GBIF Backbone; empty: nothing). */
typedef struct {
    Data         *data;
    const Reader *reader;
    Str           dataset; /* slug or id */
    Str           prefix;
} ListSource;

/* What is read of a row: the column that is called so, by the heading it was read from (its IRI or prefix left off)
   or by its name, whatever the case. */
typedef struct {
    const char *names;  /* parted by "|": the first of them that there is */
    bool        needed; /* without it the dataset is no such list */
    bool        all;    /* instead every column of text that has one of these names, and "name_*" any that begins so;
                           their values joined by "|" */
} ListColumn;

typedef struct {
    const char       *what; /* "taxa" */
    const ListColumn *columns;
    size_t            n;
    int64_t           most; /* rows */
    /* One row; `values` are n texts, empty where there is none. They and what `once` gives end with the row. */
    void (*row)(void *list, const ListSource *from, Arena *once, const Str *values);
} ListForm;

/* ERR_INVALID for a dataset that is no such list, ERR_TOO_BIG for one of more rows than `most`. */
bool list_read(const ListSource *from, const ListForm *form, void *list, Err *err);

#endif
