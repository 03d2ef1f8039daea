/* The API's values, made from what the core returns: the shapes that every face shares. */
#ifndef BANYAN_WEB_VALUE_H
#define BANYAN_WEB_VALUE_H

#include "web/request.h"
#include "web/shape.h"

/* "/activity/green-envoys" */
Str record_url(Arena *a, Str kind, Str slug);
/* {"id","slug","kind","url","title","title_lang","summary","summary_lang","state","updated"} */
Json *card_value(Arena *a, const Card *card);
void  card_put(Shape *out, const Card *card); /* the members, into an object that was begun */
/* The whole of a record as GET answers it:
   {"id","kind","slug","url","version","owner","audience","state","created","updated","title","title_lang",
    "summary", "summary_lang","author","note","working","leaf","index","why","doc",
    "links":     [{"field","id","kind","slug","title","title_lang","url","visible"}]  (only field and visible when not)
    "backlinks": [{"kind","field","total","items":[card …, at most BACKLINKS_SHOWN]}]} */
#define BACKLINKS_SHOWN 20
bool record_put(Request *req, Snapshot *s, const Record *r, Shape *out, Err *err); /* the members */
/* Only the links, as above: exports name them. */
bool links_put(Arena *a, Snapshot *s, const Record *r, Shape *out, Err *err);
/* The same without links, which only the record as it is now has. */
/* The record's document as its reader sees it: of a dataset whose terms hold for who asks, now or in that version, the
   parts without the hashes of what they precisely have, which who guesses the rest of a short file could confirm. */
Json *doc_shown(Snapshot *s, Arena *a, const Record *r);
Json *version_value(Request *req, Snapshot *s, const Record *r);
/* `version=` of a question to a dataset, else the newest: the record whose columns and parts are asked. */
bool version_asked(Request *req, Snapshot *s, const Record *now, Record *out, Err *err);
/* Asked for by id, key or a former slug: the reply sends to the one address that the record has now. */
bool record_moved(Request *req, Reply *reply, const Record *r);
/* An entry of a history: {"version","state","author","updated","note","leaf","index"} */
Json *history_entry(Arena *a, const Record *r);

/* After a conflict: the record as others left it, so that the answer can name its version. */
void newest_read(Request *req, const Err *err, Outcome *outcome);

/* limit=, 1 … max; ERR_FORMAT for anything else. */
bool limit_read(const Request *req, int otherwise, int max, int *out, Err *err);

#endif
