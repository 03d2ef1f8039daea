/* The file of a part's index, in the byte order of the machine that made it. Only part_index*.c include it.

     16 bytes        mark
     slices          of each block and column those that are neither all zeros nor all ones, INDEX_BLOCK_ROWS bits
     of each column  its name; its values, sorted: 8 bytes each, of texts values + 1 offsets of 8 bytes and the bytes;
                     its directory: of each block and slice where it lies in words of 8 bytes, or SLICE_ZEROS or
                     SLICE_ONES
     columns         an IndexColumn each
     IndexEnd */
#ifndef BANYAN_DATA_PART_INDEX_INSIDE_H
#define BANYAN_DATA_PART_INDEX_INSIDE_H

#include "data/part_index.h"

#define INDEX_MARK    "banyan index 01"
#define INDEX_COLUMNS 1000
#define BLOCK_WORDS   (INDEX_BLOCK_ROWS / 64)
#define SLICES_MAX    16
#define SLICE_ZEROS   0
#define SLICE_ONES    1

typedef enum { VALUE_BOOLEAN,
               VALUE_INTEGER,
               VALUE_DOUBLE,
               VALUE_TEXT,
               VALUE_DATE,
               VALUE_TIME,
               VALUE_STAMP,
               VALUE_FLAGS, /* names joined by ";" */
               VALUE_TYPES } ValueType;

typedef struct {
    uint64_t name_at, name_len, values_at, values_len, directory_at;
    uint32_t type, slices, values;
    uint32_t sum_of_values, sum_of_slices; /* CRC-32 of values and directory; of the slices, one after the other */
    uint32_t none;
} IndexColumn;

typedef struct {
    uint64_t rows, columns_at;
    uint32_t columns, sum; /* CRC-32 of the columns and of this up to here */
    char     mark[16];
} IndexEnd;

/* Goes on with a sum over the slices of a column. */
static inline uint32_t sum_on(uint32_t sum, uint32_t crc)
{
    return (sum ^ crc) * 16777619u;
}

static inline size_t blocks_of(uint64_t rows)
{
    return (size_t)((rows + INDEX_BLOCK_ROWS - 1) / INDEX_BLOCK_ROWS);
}

/* As the engine orders doubles: NaN is one value, above all others. */
static inline int order_doubles(double x, double y)
{
    bool x_none = x != x, y_none = y != y;
    if (x_none || y_none) return (int)x_none - (int)y_none;
    return (x > y) - (x < y);
}

#endif
