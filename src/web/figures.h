/* The figures of a dataset's page: which ones suit its columns, and the answers they are drawn from. Each is a
   question of the address's own filters with a gathering of its own, so that its rows can be got as they are drawn.

   A dataset with a country and a value has "ranking" (with the means of every year for maps over time) and "series" by
   country; one with a time and a value has "series" by place, "calendar" and, where its record cites standards,
   "exceedance"; one with coordinates has "points"; one with a taxon has "taxa", "accumulation" (work/accumulation.h)
   and, with a time, "months" and trends (work/trends.h): "effort" and "shares" of the commonest taxa, or "share" of the
   taxon that is filtered. Any value has a "distribution". */
#ifndef BANYAN_WEB_FIGURES_H
#define BANYAN_WEB_FIGURES_H

#include "base/json.h"
#include "data/question.h"

#define FIGURE_SECONDS 3 /* for all of them; the page stands without */

typedef struct {
    Arena              *arena;
    const Table        *table;
    const Json         *doc;     /* of the dataset: its standards */
    const QuestionPair *filters; /* of the address, without what gathers, chooses or orders */
    size_t              filter_count;
    Str                 column; /* to look at (`figure=`); empty: the first that suits */
    /* Codes of the countries of the node's map: lines are of these where they have values. */
    const Str *region;
    size_t     region_count;
    Str        gathered; /* "sum" or "mean" (`gathered=`): how several values are put together; empty: as suits */
    Str        at;       /* year of the map and the calendar (`at=`); empty: the last well filled */
    /* {"column","unit","gathered","several","candidates":[…],"figures":[{"figure","question":[[name, value]…],
       "rows":[[…]…], and by figure "at","years","step","low","bins"}…]} */
    Json *out;
} Figures;

/* On a thread of questions (DeskWork). Fails as duck_ask; what was answered before stays in `out`. */
struct Stream;
bool figures_ask(DuckRun *run, struct Stream *stream, void *figures, Err *err);

#endif
