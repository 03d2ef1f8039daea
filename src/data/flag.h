/* Quality flags of imported rows: names in the column `_flags` of a part. A flagged row stays where it is.

   Each check is SQL over the dataset's columns, found by their roles, types, units and bounds; a check whose columns
   are not there is not made. Checks of the row alone are read with the rows. The others look at the columns they
   need of the part as written, first whether there is anything to find, then for its rows. What is a fault only where
   it is seldom (flags.def) flags none when it finds more than a fifth of the rows: the table is made otherwise than the
   check thinks. How many there are is said all the same: such a finding is widespread.

   Coordinates are laid against the shapes of countries and the sea (data/place.h): what is farther than a fifth of
   a degree from where it should be is flagged. Outliers are values further from the median than four times the 0.5 %
   or 99.5 % quantile of their indicator is on that side, where the column has a unit or the role of the value, from
   200 rows on. Coordinates are also compared in the same way with others of their country. A series has a gap where
   its rows of a place and indicator are usually one step apart and here more than one and a half.
   Quantiles are taken of values rounded to 16 bits (coordinates: to 1/16 degree).
   Cost: ten million occurrences take three seconds of processor time; sorting series for gaps is slower. */
#ifndef BANYAN_DATA_FLAG_H
#define BANYAN_DATA_FLAG_H

#include "base/json.h"
#include "data/column.h"
#include "data/duck.h"
#include "data/key.h"

typedef enum { FLAG_WARNING,
               FLAG_ERROR } FlagSeverity;

typedef enum {
#define FLAG(code, name, severity, by) FLAG_##code,
#include "data/flags.def"
#undef FLAG
    FLAGS
} Flag;

const char  *flag_name(Flag flag);
FlagSeverity flag_severity(Flag flag);
bool         flag_find(Str name, Flag *out);
/* A unit whose values are checked: those that it cannot have get FLAG_UNIT_RANGE. */
bool flag_knows_unit(Str unit);

/* "CASE … END": the list of the flags of a row by itself, over the columns' names. What is past
   `now_ms` is in the future. */
void flags_row_sql(const Column *columns, size_t n, int64_t now_ms, Buf *out);

/* What the checks call in SQL: DuckOptions of an instance that flags has them. */
#define FLAG_FUNCTIONS 2
extern const DuckFunction flag_functions[FLAG_FUNCTIONS];

/* What a part is checked by. */
typedef struct {
    const Column *columns;
    size_t        n;
    const Key    *keys;
    size_t        key_count;
} FlagRules;

typedef struct {
    DuckRun         *run;
    const FlagRules *rules;
    Str              path; /* of the part: Parquet, `_flags` its last column */
    uint64_t         rows;
    Str              temporary;    /* path of a file that may be made meanwhile */
    uint64_t         memory_bytes; /* beside the engine's own */
} FlagPart;

typedef struct {
    bool     written;           /* any flag */
    uint64_t widespread[FLAGS]; /* rows that a check found and did not flag, as they are too many */
} FlagsFound;

/* The checks over the whole of a part: what they find is put into its column `_flags`, which alone is written once
   more, in the file itself (parquet_splice.h). After a failure the file is of no use.
   The same part always gets the same flags, whatever the threads and the memory. */
bool flags_table(Arena *a, const FlagPart *part, FlagsFound *out, Err *err);

#define FLAG_EXAMPLES 3

/* [{"flag","severity","rows","examples":[{"row","values":{column: text},"nearest":[values of the list, of keys that are
   not in it]}]}], most rows first; `*flagged` is how many rows have any. Rows are counted from 1 in the part. */
bool flags_report(DuckRun *run, Arena *a, Str path, const FlagRules *rules, uint64_t *flagged, Json **out, Err *err);

/* [{"flag","severity","rows"}] of what is widespread. */
Json *flags_widespread(Arena *a, const FlagsFound *found);
/* [{"flag","rows"}] of either, as a record keeps them: examples are rows, which terms may withhold. */
Json *flags_counted(Arena *a, const Json *report);

/* Whether the flag speaks of that column. */
bool flag_concerns(Flag flag, const Column *column);
/* Whether the value, as text, may be what the flag is for: where the flag is of bounds, that it is past them. */
bool flag_blames(Flag flag, const Column *column, Str value);
/* Whether the flag is of bounds: then few of the columns that it speaks of are to blame. */
bool flag_has_bounds(Flag flag);
/* Whether a table of these columns is checked for it. */
bool flag_applies(Flag flag, const FlagRules *rules);

#endif
