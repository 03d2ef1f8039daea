/* Choosing what a page shows out of any number of records, by their sketches. */
#include <string.h>

#include "web/view/tools.h"

int date_first(Date d)
{
    return d.parts ? d.year * 10000 + (d.month ? d.month : 1) * 100 + (d.day ? d.day : 1) : 0;
}

int date_last(Date d)
{
    return d.parts ? d.year * 10000 + (d.month ? d.month : 12) * 100 + (d.day ? d.day : 31) : 0;
}

void best_offer(Best *best, const Sketch *sketch, int64_t rank)
{
    best->total++;
    size_t at = best->n;
    while (at > 0 && (best->rank[at - 1] > rank || (best->rank[at - 1] == rank && best->face[at - 1] > sketch->face)))
        at--;
    if (at == best->limit) return;
    if (best->n == best->limit) best->n--;
    memmove(best->rank + at + 1, best->rank + at, (best->n - at) * sizeof *best->rank);
    memmove(best->face + at + 1, best->face + at, (best->n - at) * sizeof *best->face);
    best->rank[at] = rank;
    best->face[at] = sketch->face;
    best->n++;
}

Best best_make(const ViewWork *w, size_t limit)
{
    Arena *a = w->req->arena;
    return (Best){ .limit = limit,
                   .rank = NEW_ARRAY(a, int64_t, limit + 1),
                   .face = NEW_ARRAY(a, uint32_t, limit + 1) };
}

bool best_rows(const ViewWork *w, const Best *best, bool with_summary, Json **rows, Err *err)
{
    *rows = json_array_make(w->req->arena);
    for (size_t i = 0; i < best->n; i++) {
        Record r;
        if (!record_of_face(w->snapshot, w->req->arena, best->face[i], &r, err)) return false;
        json_add_value(*rows, row_make(w, &r, with_summary));
    }
    return true;
}
