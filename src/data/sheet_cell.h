/* What a number in a cell of a workbook stands for, by the format it is shown in. */
#ifndef BANYAN_DATA_SHEET_CELL_H
#define BANYAN_DATA_SHEET_CELL_H

#include "base/str.h"

typedef struct {
    bool day, time, elapsed; /* `elapsed`: hours, minutes or seconds that go on counting past a day */
} SheetShown;

/* By the code of a format ("yyyy-mm-dd", "[h]:mm:ss"), and by the number of one that has none. */
SheetShown sheet_cell_shown(Str code);
SheetShown sheet_cell_shown_by_number(int64_t id);
/* The text of a number that is shown so: "2020-01-31", "2020-01-31 10:00:00", "10:00:00"; what has elapsed in hours,
   minutes and seconds, "36:00:00". Empty for what is no such date. */
Str sheet_cell_date(Arena *a, double serial, bool from_1904, SheetShown shown);
/* The number with no more digits than it needs: 0.1, and not 0.10000000000000001. */
Str sheet_cell_number(Arena *a, Str raw);

#endif
