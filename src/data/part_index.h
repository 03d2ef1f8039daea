/* An index of the columns of a part: which rows fit a condition, and how many, without reading them.

   Bit-sliced (O'Neil and Quass, Improved Query Performance with Variant Indexes, SIGMOD 1997). The distinct values of a
   column, sorted, have numbers from 1 on, and no value is 0. Of the number of each row the lowest bits make up one
   slice, the next ones another, a bit a row; so equality and bounds are a few operations on words, 64 rows at a time.
   Slices lie in blocks of 65,536 rows, and one that is all zeros or all ones in a block takes no room.

   Has the columns of texts, numbers, dates, times and quality flags with at most INDEX_DISTINCT_MAX values; others,
   such as ids and precise coordinates, are not in it. Size: log2 of the number of values in bits a row and column, at
   most 2 bytes. Cost: 0.1 ns a row and slice. The file stands beside its part (data/beside.h). */
#ifndef BANYAN_DATA_PART_INDEX_H
#define BANYAN_DATA_PART_INDEX_H

#include "data/beside.h"
#include "data/column.h"

#define INDEX_DISTINCT_MAX 65535
#define INDEX_BLOCK_ROWS   65536
#define INDEX_RANGES_MAX   64 /* of numbers of values that one condition may be */

typedef struct PartIndex PartIndex;

extern const BesideKind part_index_kind;

/* Maps the file. ERR_CORRUPT when it is not as it was written: what it says of a column is checked against a sum when
   the column is first asked. From any thread; close when nobody asks any longer. */
bool     part_index_open(const char *path, PartIndex **out, Err *err);
void     part_index_close(PartIndex *index); /* accepts NULL */
uint64_t part_index_rows(const PartIndex *index);

/* One thing that may hold of a value. Bounds are of the type that the column is stored as: texts, numbers, booleans as
   they are; days and microseconds of dates and times as integers. */
typedef enum { TEST_RANGE, /* `low` to `high`; DUCK_NULL: open */
               TEST_HAS,   /* `text` is in it, whatever the case */
               TEST_FLAG,  /* `text` is one of the quality flags */
               TEST_MISSING,
               TEST_PRESENT } TestKind;
typedef struct {
    TestKind  kind;
    DuckValue low, high;
    bool      low_open, high_open; /* the bound itself is not in it */
    Str       text;
} Test;

/* Rows of which any of the tests holds. */
typedef struct {
    const Column *column;
    bool          flags,
        number; /* it is the quality flags; it is the number of a row, which lies in a range of integers */
    Test  *tests;
    size_t n;
} Condition;

typedef struct {
    uint64_t *bits;  /* a bit a row */
    uint64_t *count; /* of each block */
    size_t    blocks;
    uint64_t  total;
} RowSet;

/* Rows of which all conditions hold, in `a`; `first` is the number of the part's first row. False with ERR_NOT_FOUND
   when the index cannot tell (a column that it has not, or has as another type); else ERR_CORRUPT. */
bool part_index_find(PartIndex *index, Arena *a, const Condition *conditions, size_t n, int64_t first, RowSet *out,
                     Err *err);
/* The row (from 0) with `rank` rows of the set before it; `rank` is below its total. */
uint64_t rowset_at(const RowSet *set, uint64_t rank);

#endif
