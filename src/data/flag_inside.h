/* What flag*.c share. */
#ifndef BANYAN_DATA_FLAG_INSIDE_H
#define BANYAN_DATA_FLAG_INSIDE_H

#include "data/flag.h"

bool flag_is_number(const Column *c);
bool flag_is_date(const Column *c);

/* A part as a whole, while its checks run. */
typedef struct {
    DuckRun      *run;
    Arena        *a;
    const Column *columns;
    size_t        n;
    const Key    *keys;
    size_t        key_count;
    uint64_t      rows;
    Str           table; /* "read_parquet('…', file_row_number=true)" */
    Err          *err;
} Whole;

const Column *flag_role(const Whole *w, ColumnRole role);
Str           flag_name_sql(const Whole *w, const Column *c);
/* "SELECT row, …": its rows get the flag, unless they are too many. A row that has it already gets it once. */
bool flag_found(Whole *w, Flag flag, Str rows_sql);
/* The same however many they are: what a person declared. */
bool flag_declared(Whole *w, Flag flag, Str rows_sql);

/* flag_place.c: coordinates against country and sea. */
bool flag_places(Whole *w);

#endif
