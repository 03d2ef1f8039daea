/* What the views share: words in the reader's language, and values made ready to be shown. Only
   src/web/view_*.c include it. Everything lives in the request's arena.

   A "shown" value is an object that the partial `shown` of the templates writes:
     text       the words, already in the reader's language or marked as another
     lang, dir  set when the words are in another language than the page
     in         note "in Chinese"; none for the node's first language, which the page's head tells once
     url        where it leads; outside: true when that is another site
     md         a language map to be shown as Markdown (then there is no text)
     note       what is said behind it */
#ifndef BANYAN_WEB_VIEW_TOOLS_H
#define BANYAN_WEB_VIEW_TOOLS_H

#include "web/stands.h"
#include "web/value.h"
#include "web/view.h"

#define VIEW_LINKS_MAX 1000 /* records of one kind that a framework's or a country's page looks at */

/* Messages. `words_with` takes one argument by name. */
Str words(const ViewWork *w, const char *key);
Str words_map_source(const ViewWork *w); /* whose shapes the node's map draws; empty: it does not say */
Str words_with(const ViewWork *w, const char *key, const char *name, Str value);
Str words_count(const ViewWork *w, const char *key, uint64_t n); /* argument "n" */
Str note_join(const ViewWork *w, Str text, Str note);            /* "text, note" */
Str kind_word(const ViewWork *w, Str kind, bool plural);
Str field_word(const ViewWork *w, const Kind *kind, const Field *field);
Str choice_word(const ViewWork *w, const Kind *kind, const Field *field, Str value);
Str country_word(const ViewWork *w, Str alpha2); /* its name, as the node calls it */

const Kinds *view_kinds(const ViewWork *w);

/* Shown values. NULL when there is nothing to show. */
Json *shown_plain(const ViewWork *w, Str text);
Json *shown_text(const ViewWork *w, const Json *language_map);
Json *shown_card(const ViewWork *w, const Card *card);
Json *shown_url(const ViewWork *w, Str url);
/* Append each of a field's values; a list gives several. Groups that are actors, money, places or
   contacts become one value each; other groups are left to the caller. */
void shown_add(const ViewWork *w, const Kind *kind, const Field *field, const Json *value, Json *array);
bool field_is_table(const Field *field); /* a list of groups that shown_add leaves alone */

/* "word" and "shape" of how something stands; the shapes are progress_name's words. */
Json       *status_make(const ViewWork *w, Str word, Progress shape);
Date        date_at(const Json *doc, Str path); /* path of keys joined by dots; parts 0 when there is none */
const Json *value_at(const Json *doc, Str path);

/* What forms offer, as "value", "text" and "chosen": one choice; the organisations a reader edits for; audiences. */
Json *option_shown(const ViewWork *w, Str value, Str text, bool chosen);
Json *owners_shown(const ViewWork *w, Str chosen, bool *may_publish_for_one);
bool  audiences_shown(const ViewWork *w, Str chosen, Json **out, Err *err);

/* What a list shows of one record: shown_card's members and "kind", "kind_label", "type", "status", "when",
   "since" (instead of "when" where that stands alone), "where", "summary" (shown), "certainty" (word,
   when it is not confirmed). */
Json *row_make(const ViewWork *w, const Record *r, bool with_summary);
Json *row_of_card(const ViewWork *w, const Record *r, const Card *card, bool with_summary); /* whose card is made */

/* Records of one kind that match one filter (field empty: all), sorted; at most `limit`. */
bool records_where(const ViewWork *w, Str kind, Str field, Str value, Str sort, size_t limit, Record **out, size_t *n,
                   uint64_t *total, Err *err);

/* The first few of many, told by a rank (lowest first, then by face), and how many there were. */
typedef struct {
    size_t    limit, n;
    int64_t  *rank;
    uint32_t *face;
    uint64_t  total;
} Best;
Best best_make(const ViewWork *w, size_t limit);
void best_offer(Best *best, const Sketch *sketch, int64_t rank);
bool best_rows(const ViewWork *w, const Best *best, bool with_summary, Json **rows, Err *err); /* reads `n` records */
/* The first and the last day a date may mean, as 20180913, to be compared; 0 when there is none. */
int date_first(Date d);
int date_last(Date d);

/* Address of the question w->req asks, with one parameter set to a value (empty: taken out) or, with
   `toggle`, this pair added or taken out; "after" always goes. */
Str question_url(const ViewWork *w, const char *name, Str value, bool toggle);

/* The forms an answer is to be had in, "name", "type" and "url" each: of a record with its document, else of a list.
   `query` starts with '?' or is empty. */
Json *formats_shown(const ViewWork *w, const Kind *kind, const Json *doc, Str path, Str query);

/* Figures of a dataset ("looked_at" of its value, see figures.h) drawn: for the template `figures`. */
Json *view_figures(const ViewWork *w, const Json *doc, const Json *looked_at);

/* Parts of "view". */
bool view_home(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_list(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_search(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_record(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_dataset(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_quality(const ViewWork *w, Json *value, Json *view, Err *err);
void quality_put(const ViewWork *w, const Json *doc, Json *data); /* "quality" of a dataset's page */
bool view_calendar(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_history(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_difference(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_form(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_conflict(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_import(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_job(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_mend(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_node(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_console(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_ogc(const ViewWork *w, Json *value, Json *view, Err *err);
bool view_framework(const ViewWork *w, const Record *r, Json *view, Err *err);
bool view_country(const ViewWork *w, const Record *r, Json *view, Err *err);
bool view_goal(const ViewWork *w, const Record *r, Json *view, Err *err);
bool view_strategy(const ViewWork *w, const Record *r, Json *view, Err *err);

#endif
