/* What the figures of a dataset's page share: the figure at hand, its caption, legend and table. Only
   src/web/view_dataset_*.c include it. Everything lives in the request's arena. */
#ifndef BANYAN_WEB_VIEW_FIGURES_H
#define BANYAN_WEB_VIEW_FIGURES_H

#include "web/chart.h"
#include "web/view/tools.h"

#define TABLE_ROWS 400 /* of one figure; the address has all */
#define TOP_ROWS   15  /* of a ranking before its table is opened */

typedef struct {
    const ViewWork *w;
    const Json     *doc; /* of the dataset */
    const Json     *looked_at;
    Json           *out;  /* of the figure at hand */
    Str             name; /* of the column that is looked at, without its unit */
    Str             unit;
} Drawing;

Json  *figure_cell(const Json *rows, size_t row, size_t column);
double figure_number_at(const Json *rows, size_t row, size_t column);
/* As precise as three digits or so ask; NaN: "no value". */
Str figure_number_shown(const Drawing *d, double value);
/* A country in the reader's language; what is none as it is said. */
Str        figure_place_shown(const Drawing *d, Str said);
ChartWords figure_words_of(const Drawing *d);
void       figure_title_put(Drawing *d, const char *key);
/* The message that says how several rows of a country are put together; the last where each has one. */
const char *figure_several_key(const Json *figure, const char *sum, const char *mean, const char *otherwise);
/* Headings, rows, legend and notes of the figure at hand. */
void figure_head_add(Drawing *d, Str text, bool number);
/* A row of "rows", which stand open, or of "more", the folded table. */
Json *figure_row_add(Drawing *d, const char *list, Str head);
void  figure_cell_add(Drawing *d, Json *row, Str text);
void  figure_bar_put(Drawing *d, Json *row, double share);
void  figure_legend_add(Drawing *d, const char *class, int shade, Str text);
void  figure_note_add(Drawing *d, Str text);
/* The years to choose from, with `at=`. */
void figure_years_put(Drawing *d, const Json *figure);
Str  figure_year_shown(const Drawing *d, Str year);
void figure_shades_legend(Drawing *d, const double bounds[CHART_SHADES], double most);
/* For qsort of doubles. */
int figure_by_size(const void *x, const void *y);

/* view/dataset_tiles.c: what a map that moves needs, "tiles" of the figure; it first shows that box
   (west, south, east, north). */
void figure_tiles_put(Drawing *d, const double box[4]);
/* Of the page, with the rows of a cell about that middle. */
Str figure_cell_url(const Drawing *d, double latitude, double longitude, double size);

/* view/dataset_maps.c */
void figure_ranking_draw(Drawing *d, const Json *figure);
void figure_points_draw(Drawing *d, const Json *figure);

/* view/dataset_taxa.c */
void figure_taxa_draw(Drawing *d, const Json *figure);
void figure_accumulation_draw(Drawing *d, const Json *figure);
void figure_months_draw(Drawing *d, const Json *figure);
void figure_effort_draw(Drawing *d, const Json *figure);
void figure_share_draw(Drawing *d, const Json *figure);
void figure_shares_draw(Drawing *d, const Json *figure);

#endif
