#include "data/sheet_merges.h"

#include <stdlib.h>
#include <string.h>

#define DOWN_COLUMNS (sizeof((MergesDown *)0)->of / sizeof *((MergesDown *)0)->of)

/* "AB12" as its column and row. */
static bool read_place(Str place, size_t *column, uint64_t *row)
{
    size_t  n = 0, i = 0;
    int64_t number;
    for (; i < place.len && place.at[i] >= 'A' && place.at[i] <= 'Z' && n < 100000; i++)
        n = n * 26 + (size_t)(place.at[i] - 'A' + 1);
    if (!n || !str_to_i64(str_drop(place, i), &number) || number < 1) return false;
    *column = n - 1;
    *row = (uint64_t)number;
    return true;
}

void merges_add(Merges *merges, Arena *a, Str range)
{
    Merge m = { 0 };
    Cut   cut = str_cut(range, ':');
    if (!read_place(cut.head, &m.first, &m.first_row) || !read_place(cut.tail, &m.last, &m.last_row)) return;
    if (m.last < m.first || m.last_row < m.first_row || (m.last == m.first && m.last_row == m.first_row)) return;
    if (!(merges->n & (merges->n - 1))) {
        Merge *more = NEW_ARRAY(a, Merge, merges->n ? 2 * merges->n : 1);
        if (merges->n) memcpy(more, merges->at, merges->n * sizeof *more);
        merges->at = more;
    }
    merges->at[merges->n++] = m;
}

static int by_first_row(const void *x, const void *y)
{
    const Merge *a = x, *b = y;
    if (a->first_row != b->first_row) return a->first_row < b->first_row ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

void merges_sort(Merges *merges)
{
    if (merges->n) qsort(merges->at, merges->n, sizeof *merges->at, by_first_row);
}

size_t merges_fill(const Merges *merges, MergesDown *down, Arena *a, uint64_t row, Str *cells, size_t cell_count,
                   size_t *width)
{
    size_t put = 0;
    for (; down->next < merges->n && merges->at[down->next].first_row <= row; down->next++) {
        Merge *m = &merges->at[down->next];
        if (m->last_row == m->first_row || m->first >= DOWN_COLUMNS || m->first >= cell_count) continue;
        if (m->first_row == row && !m->text.len) m->text = str_copy(a, cells[m->first]);
        down->of[m->first] = m;
        if (m->first + 1 > down->width) down->width = m->first + 1;
    }
    for (size_t i = 0; i < down->width; i++) {
        const Merge *m = down->of[i];
        if (!m || m->last_row < row || m->first_row >= row || cells[i].len || !m->text.len) continue;
        cells[i] = m->text;
        put++;
        if (i + 1 > *width) *width = i + 1;
    }
    return put;
}
