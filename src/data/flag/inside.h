/* What the files of flag/ share. */
#ifndef BANYAN_DATA_FLAG_INSIDE_H
#define BANYAN_DATA_FLAG_INSIDE_H

#include "data/flag.h"

#define FLAG_VALUES_MIN 200 /* values that have outliers */

bool flag_is_seldom(Flag flag); /* a fault only where few rows have it */
bool flag_is_number(const Column *c);
bool flag_is_date(const Column *c);

/* A part as a whole, while its checks run. */
typedef struct {
    DuckRun        *run;
    Arena          *a;
    const Column   *columns;
    size_t          n;
    const Key      *keys;
    size_t          key_count;
    uint64_t        rows;
    Str             table; /* "read_parquet('…', file_row_number=true)" */
    const FlagPart *part;
    FlagsFound     *out;
    Err            *err;
} Whole;

const Column *flag_role(const Whole *w, ColumnRole role); /* NULL without one */
Str           flag_name_sql(const Whole *w, const Column *c);
/* "SELECT row, …": its rows get the flag; where it is one of those that must be seldom and they are too many, none
   has it and their number is kept. A row that has it already gets it once. */
bool flag_found(Whole *w, Flag flag, Str rows_sql);

/* flag/place.c: coordinates against country and sea. */
bool flag_places(Whole *w);

/* flag/equal.c: whether any rows that meet `where` ("" or a condition) have the same `hash` (SQL, UBIGINT), by 63 of
   its bits; those hashes, halved, are then the column h of the temporary table flags_repeated. Memory: what the part
   may have; reads the columns once for each so many rows as fit into it. */
bool flag_equal(Whole *w, Str hash, Str where, bool *any);

/* flag/far.c */
bool flag_find_outliers(Whole *w);
bool flag_find_coordinates(Whole *w);

/* flag/write.c: what was found, into the part; and the function flag_bits(row, 0, path of the temporary file), which
   has a bit for each flag that the row has. */
bool flag_write(Whole *w);
void flag_bits(const double *row, const double *none, const Str *part, size_t n, int32_t *out);

#endif
